//! What deciding costs among 5,000 people under the rules of a school, small enough to be run often; `policy/` measures more
//! of it and among more people.

#[path = "policy/school.rs"]
mod school;

use causerie_benches::{BatchSize, Benches};
use causerie_policy::{Action, DirectoryQuery, PRESETS, Policy, Resource, UserIx, World};
use school::{Random, School};

const PEOPLE: u32 = 5_000;
/// What a decision costs depends on whom it is about, so some are taken together.
const CHECKS: u32 = 256;
const SEEKERS: u32 = 16;

fn main() {
    let mut benches = Benches::from_env();
    benches.bench("rules/check-256", || {
        let Place { policy, world, .. } = Place::new();
        let people = some(&world, 2 * CHECKS);
        let allowed =
            move |pair: &&[UserIx]| policy.decide(&world, Action::Start, pair[0], Resource::User(pair[1])).is_allowed();
        move || people.chunks_exact(2).filter(&allowed).count()
    });
    benches.bench("rules/reach-16", || {
        let (Place { policy, world, .. }, people) = Place::with_seekers();
        move || people.iter().map(|me| policy.reach(&world, *me, Action::Find).len()).sum::<usize>()
    });
    benches.bench("rules/reach-of-a-head", || {
        let Place { policy, world, school } = Place::new();
        let head = school.widest.first().and_then(|key| world.user(*key)).expect("a school has one");
        move || policy.reach(&world, head, Action::Find).len()
    });
    for (name, words) in
        [("a-letter", vec!["m".to_owned()]), ("a-syllable", vec!["mar".to_owned()]), ("nothing", Vec::new())]
    {
        benches.bench(&format!("rules/complete-16/{name}"), || {
            let (Place { policy, world, .. }, people) = Place::with_seekers();
            move || {
                let search = DirectoryQuery { words: &words, after: None, limit: 20 };
                people.iter().map(|me| policy.complete(&world, *me, &search).hits.len()).sum::<usize>()
            }
        });
    }
    benches.bench_on("rules/change-with-copy", BatchSize::SmallInput, || {
        let Place { world, school, .. } = Place::new();
        let (mut random, mut held) = (Random::new(7), world);
        // As a node does for each change: copy, change, let the old one go.
        let apply = move |change| {
            let mut next = held.clone();
            next.apply(&change);
            held = next;
        };
        (move || school.change(&mut random), apply)
    });
    for (name, text) in PRESETS {
        benches.bench(&format!("rules/parse/{name}"), || || Policy::parse(text).expect("is one of ours"));
    }
    benches.finish();
}

/// A world and its rules.
struct Place {
    policy: Policy,
    world: World,
    school: School,
}

impl Place {
    fn new() -> Self {
        let policy = Policy::preset("school").expect("is one of ours");
        let school = School::new(PEOPLE, policy.vocabulary());
        let mut world = World::new(policy.vocabulary().clone());
        world.apply_all(&school.changes);
        Self { policy, world, school }
    }

    fn with_seekers() -> (Self, Vec<UserIx>) {
        let place = Self::new();
        let people = some(&place.world, SEEKERS);
        (place, people)
    }
}

/// Anybody, and the same in every run.
fn some(world: &World, count: u32) -> Vec<UserIx> {
    let (users, mut random): (Vec<UserIx>, _) = (world.users().collect(), Random::new(7));
    (0..count).map(|_| users[random.below(PEOPLE) as usize]).collect()
}
