//! The cost of decisions in memory, for the rules of each preset.

use std::{hint::black_box, time::Instant};

use causerie_policy::{Resource, Action, PRESETS, Policy, DirectoryQuery, UserIx, World};

use super::school::{Random, School};
use crate::Outcome;

/// Pairs of users for checks.
const PAIRS: usize = 20_000;
/// The number of random users whose reach is computed, and the number of users with a large reach.
const USERS: usize = 200;
const WIDEST: usize = 16;
/// The best of this many runs counts, because other processes share the machine.
const RUNS: u32 = 5;
/// The prefixes of a search: none, one letter, three letters.
const TYPED: [&[&str]; 3] = [&[], &["m"], &["mar"]];
const COMPLETIONS: usize = 20;

/// The results of one preset.
pub struct Decisions {
    /// The name of the preset.
    pub preset: &'static str,
    /// The number of memberships among the facts.
    pub memberships: usize,
    /// The memory of the facts.
    pub bytes: usize,
    /// The duration of a check, for random users or for users with a large reach, whichever is slower on average.
    pub check_us: f64,
    /// The duration of computing a user's reach with 20 matches of a search: the median and the maximum over all
    /// searches.
    pub reach_ms: (f64, f64),
}

/// The names of all presets.
pub fn presets() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

/// Measures one preset with this many users. It blocks its thread.
///
/// # Errors
/// When there is no preset of this name.
#[allow(clippy::cast_precision_loss)] // thousands
pub fn measure(preset: &'static str, user_count: u32) -> Outcome<Decisions> {
    let policy = Policy::preset(preset).ok_or_else(|| format!("there is no preset `{preset}`"))?;
    let School { changes, widest, memberships } = School::new(user_count, policy.vocabulary());
    let mut world = World::new(policy.vocabulary().clone());
    world.apply_all(&changes);
    drop(changes);

    let users: Vec<UserIx> = world.users().collect();
    let widest: Vec<UserIx> = widest.iter().take(WIDEST).filter_map(|key| world.user(*key)).collect();
    let mut random = Random::new(7);
    let mut random_user = || users[random.below(user_count) as usize];
    let pairs: Vec<_> = (0..PAIRS).map(|_| (random_user(), random_user())).collect();
    let some: Vec<UserIx> = (0..USERS).map(|_| random_user()).chain(widest.iter().copied()).collect();

    let check = |me, them| black_box(policy.decide(&world, Action::Start, me, Resource::User(them)).is_allowed());
    let checks = |me: Option<UserIx>| {
        let count = || pairs.iter().filter(|(one, them)| check(me.unwrap_or(*one), *them)).count();
        best_us(count) / PAIRS as f64
    };
    let check_us = widest.iter().map(|me| checks(Some(*me))).fold(checks(None), f64::max);
    let typed = TYPED.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    let reach = |me: UserIx, words: &[String]| {
        let reached = policy.reach(&world, me, Action::Find).len();
        reached + policy.complete(&world, me, &DirectoryQuery { words, after: None, limit: COMPLETIONS }).hits.len()
    };
    let each = some.iter().flat_map(|me| typed.iter().map(|words| best_us(|| reach(*me, words)) / 1_000.0));
    let mut each: Vec<f64> = each.collect();
    each.sort_by(f64::total_cmp);
    let reach_ms = (each[each.len() / 2], each[each.len() - 1]);
    Ok(Decisions { preset, memberships, bytes: world.bytes(), check_us, reach_ms })
}

/// The duration of the fastest run in microseconds.
fn best_us<T>(mut run: impl FnMut() -> T) -> f64 {
    let time = |_| {
        let began = Instant::now();
        black_box(run());
        began.elapsed().as_secs_f64() * 1e6
    };
    (0..RUNS).map(time).fold(f64::MAX, f64::min)
}
