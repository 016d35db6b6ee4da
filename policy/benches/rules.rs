//! The cost of decisions among 5,000 users under the preset `school`, small enough to be run often. The bench `policy/`
//! measures more evaluations, among more users.

#[path = "policy/school.rs"]
mod school;

use causerie_benches::{BatchSize, Benches};
use causerie_policy::{Action, DirectoryQuery, PRESETS, Policy, Resource, UserIx, World};
use school::{Random, School};

const USERS: u32 = 5_000;
/// The number of decisions in one run. The cost of a decision depends on the users, so one run has several.
const CHECKS: u32 = 256;
const SEEKERS: u32 = 16;

fn main() {
    let mut benches = Benches::from_env();
    benches.bench("rules/check-256", || {
        let Place { policy, world, .. } = Place::new();
        let users = some(&world, 2 * CHECKS);
        let allowed =
            move |pair: &&[UserIx]| policy.decide(&world, Action::Start, pair[0], Resource::User(pair[1])).is_allowed();
        move || users.chunks_exact(2).filter(&allowed).count()
    });
    benches.bench("rules/reach-16", || {
        let (Place { policy, world, .. }, users) = Place::with_seekers();
        move || users.iter().map(|me| policy.reach(&world, *me, Action::Find).len()).sum::<usize>()
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
            let (Place { policy, world, .. }, users) = Place::with_seekers();
            move || {
                let search = DirectoryQuery { words: &words, after: None, limit: 20 };
                users.iter().map(|me| policy.complete(&world, *me, &search).hits.len()).sum::<usize>()
            }
        });
    }
    benches.bench_on("rules/change-with-copy", BatchSize::SmallInput, || {
        let Place { world, school, .. } = Place::new();
        let (mut random, mut held) = (Random::new(7), world);
        // As a node does for each change: copy the world, change the copy, drop the old world.
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
        let school = School::new(USERS, policy.vocabulary());
        let mut world = World::new(policy.vocabulary().clone());
        world.apply_all(&school.changes);
        Self { policy, world, school }
    }

    fn with_seekers() -> (Self, Vec<UserIx>) {
        let place = Self::new();
        let users = some(&place.world, SEEKERS);
        (place, users)
    }
}

/// Random users, the same in every run.
fn some(world: &World, count: u32) -> Vec<UserIx> {
    let (users, mut random): (Vec<UserIx>, _) = (world.users().collect(), Random::new(7));
    (0..count).map(|_| users[random.below(USERS) as usize]).collect()
}
