//! The cost of decisions. `cargo bench -p causerie-policy --bench policy -- [users…] [preset…]` prints a table per number of
//! users (by default 10,000 and 100,000), with a line per preset (by default all). The goals with 100,000 users are less
//! than 2 µs for a check, and less than 1 ms for reach and for 20 completions.

mod school;

use std::{hint::black_box, time::Instant};

use causerie_policy::{Action, DirectoryQuery, FactChange, PRESETS, Policy, Resource, UserIx, UserStatus, World};
use school::{Random, School};

fn main() {
    let arguments = || std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let asked: Vec<u32> = arguments().filter_map(|argument| argument.parse().ok()).collect();
    let names: Vec<String> = arguments().filter(|argument| argument.parse::<u32>().is_err()).collect();
    let sizes = if asked.is_empty() { vec![10_000, 100_000] } else { asked };
    for users in sizes {
        println!("\n{users} users");
        println!(
            "{:<10} {:>11} {:>8} {:>8} {:>9} {:>10} {:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>7}",
            "preset",
            "memberships",
            "import s",
            "MiB",
            "check ns",
            "check max",
            "reach µs",
            "reach max",
            "a- µs",
            "abc- µs",
            "all µs",
            "apply µs",
            "copy µs",
            "reached"
        );
        for policy in policies().iter().filter(|policy| names.is_empty() || names.iter().any(|name| name == policy.name())) {
            measure(users, policy);
        }
    }
}

fn policies() -> Vec<Policy> {
    PRESETS.iter().filter_map(|(name, _)| Policy::preset(name)).collect()
}

fn measure(user_count: u32, policy: &Policy) {
    let school = School::new(user_count, policy.vocabulary());
    let started = Instant::now();
    let mut world = World::new(policy.vocabulary().clone());
    world.apply_all(&school.changes);
    let import_s = started.elapsed().as_secs_f64();
    let memberships = school.changes.iter().filter(|change| matches!(change, FactChange::Membership { .. })).count();
    let mut random = Random::new(7);
    let users: Vec<UserIx> = world.users().collect();
    let mut random_user = || users[random.below(user_count) as usize];

    let pairs: Vec<(UserIx, UserIx)> = (0..20_000).map(|_| (random_user(), random_user())).collect();
    let check = |me, them| black_box(policy.decide(&world, Action::Start, me, Resource::User(them)).is_allowed());
    let check_ns = us(10, || pairs.iter().filter(|(me, them)| check(*me, *them)).count()) * 1000.0 / pairs.len() as f64;

    let widest = school.widest.iter().filter_map(|key| world.user(*key));
    let some: Vec<UserIx> = (0..200).map(|_| random_user()).collect();
    let reaches: Vec<f64> = some.iter().map(|me| us(5, || policy.reach(&world, *me, Action::Find).len())).collect();
    let reached = middle(some.iter().map(|me| policy.reach(&world, *me, Action::Find).len() as f64).collect());
    let (mut reach_max, mut check_max) = (0f64, 0f64);
    for me in widest {
        reach_max = reach_max.max(us(20, || policy.reach(&world, me, Action::Find).len()));
        check_max = check_max.max(us(5, || pairs.iter().filter(|(_, them)| check(me, *them)).count()));
    }
    let check_max_ns = check_max * 1000.0 / pairs.len() as f64;

    let complete = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let each = some.iter().map(|me| {
            us(3, || policy.complete(&world, *me, &DirectoryQuery { words: &words, after: None, limit: 20 }).hits.len())
        });
        middle(each.collect())
    };
    let (one, three, all) = (complete(&["m"]), complete(&["mar"]), complete(&[]));

    let copies: Vec<f64> = (0..50).map(|_| us(1, || world.clone())).collect();
    // As a node does for each change: copy the world, change the copy, drop the old world.
    let mut held = world.clone();
    let applied: Vec<f64> = (0..200)
        .map(|_| {
            let change = school.change(&mut random);
            us(1, || {
                let mut next = held.clone();
                next.apply(&change);
                held = next;
            })
        })
        .collect();
    assert!(held.users().all(|user| world.status(user) == UserStatus::Active));
    println!(
        "{:<10} {:>11} {:>8.2} {:>8.1} {:>9.0} {:>10.0} {:>10.1} {:>9.1} {:>9.1} {:>9.1} {:>9.1} {:>9.1} {:>8.1} {:>7}",
        policy.name(),
        memberships,
        import_s,
        world.bytes() as f64 / 1_048_576.0,
        check_ns,
        check_max_ns,
        middle(reaches),
        reach_max,
        one,
        three,
        all,
        middle(applied),
        middle(copies),
        reached
    );
}

/// The time of the fastest of some runs, in microseconds. Other programs slow down the other runs.
fn us<T>(runs: u32, mut run: impl FnMut() -> T) -> f64 {
    let time = |_| {
        let started = Instant::now();
        black_box(run());
        started.elapsed().as_secs_f64() * 1e6
    };
    (0..runs).map(time).fold(f64::MAX, f64::min)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
