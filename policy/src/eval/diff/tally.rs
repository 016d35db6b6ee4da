//! The counts of one situation.

use std::collections::HashMap;

use super::{
    ExamplePair, RoleDifference, SituationDifference,
    cohort::{Actor, Sample},
    situation::Situation,
};
use crate::{action::Action, facts::EntityKey};

/// The largest number of examples of gains in a result, and of examples of losses.
const EXAMPLES_MAX: usize = 20;
/// The largest number of examples of one cohort that are kept until the result is made.
const COHORT_EXAMPLES_MAX: u8 = 5;
/// The largest number of examples that are kept until the result is made.
const KEPT_EXAMPLES_MAX: usize = 200;

/// The changes for one principal.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ActorChange {
    /// Number of users, groups or conversations with which the old policy allows the action.
    pub before: u64,
    /// Number that the new policy allows and the old policy denies.
    pub gained: u64,
    /// Number that the old policy allows and the new policy denies.
    pub lost: u64,
    /// The other user or the group of one gain.
    pub gained_example: Option<EntityKey>,
    /// The other user or the group of one loss.
    pub lost_example: Option<EntityKey>,
}

/// Sums over users.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    users: f64,
    before: f64,
    gained: f64,
    lost: f64,
    gaining: f64,
    losing: f64,
}

impl Sums {
    fn add_change(&mut self, change: &ActorChange, weight: f64) {
        self.users += weight;
        self.before += change.before as f64 * weight;
        self.gained += change.gained as f64 * weight;
        self.lost += change.lost as f64 * weight;
        self.gaining += if change.gained > 0 { weight } else { 0.0 };
        self.losing += if change.lost > 0 { weight } else { 0.0 };
    }

    fn add(&mut self, other: &Self) {
        self.users += other.users;
        self.before += other.before;
        self.gained += other.gained;
        self.lost += other.lost;
        self.gaining += other.gaining;
        self.losing += other.losing;
    }
}

/// Examples, spread over cohorts and over other users.
#[derive(Debug, Clone, Default)]
struct Examples {
    /// Number of kept examples, by cohort.
    count_by_cohort: HashMap<u32, u8>,
    /// The cohort of the principal, and the example.
    kept: Vec<(u32, ExamplePair)>,
}

impl Examples {
    fn add(&mut self, cohort: u32, pair: ExamplePair) {
        let count = self.count_by_cohort.entry(cohort).or_default();
        let is_new = self.kept.iter().all(|(_, known)| known.other != pair.other);
        if self.kept.len() < KEPT_EXAMPLES_MAX && *count < COHORT_EXAMPLES_MAX && (is_new || *count == 0) {
            *count += 1;
            self.kept.push((cohort, pair));
        }
    }

    /// One example of each cohort, then a second of each, and so on.
    fn interleaved(self) -> Vec<ExamplePair> {
        let mut turns: HashMap<u32, usize> = HashMap::new();
        let mut kept: Vec<(usize, ExamplePair)> = self
            .kept
            .into_iter()
            .map(|(cohort, pair)| {
                let turn = turns.entry(cohort).or_default();
                *turn += 1;
                (*turn, pair)
            })
            .collect();
        kept.sort_by_key(|(turn, _)| *turn);
        kept.into_iter().map(|(_, pair)| pair).take(EXAMPLES_MAX).collect()
    }
}

/// The counts of one situation.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    all: Sums,
    /// By role; users without a role come last.
    labels: Vec<Sums>,
    gained: Examples,
    lost: Examples,
}

impl Tally {
    pub fn new(sample: &Sample) -> Self {
        let labels = vec![Sums::default(); sample.labels.len() + 1];
        Self { all: Sums::default(), labels, gained: Examples::default(), lost: Examples::default() }
    }

    pub fn count(&mut self, sample: &Sample, actor: &Actor, change: &ActorChange) {
        self.all.add_change(change, actor.weight);
        let unlabelled = [sample.labels.len() as u16];
        let labels = sample.cohorts.get(actor.cohort as usize).filter(|labels| !labels.is_empty());
        for label in labels.map_or(&unlabelled[..], Vec::as_slice) {
            if let Some(sums) = self.labels.get_mut(usize::from(*label)) {
                sums.add_change(change, actor.weight);
            }
        }
        for (example, examples) in [(change.gained_example, &mut self.gained), (change.lost_example, &mut self.lost)] {
            if let Some(other) = example {
                examples.add(actor.cohort, ExamplePair { principal: actor.key, other });
            }
        }
    }

    /// Adds the counts of other users.
    pub fn add(&mut self, other: Self) {
        self.all.add(&other.all);
        for (mine, theirs) in self.labels.iter_mut().zip(&other.labels) {
            mine.add(theirs);
        }
        for (mine, theirs) in [(&mut self.gained, other.gained), (&mut self.lost, other.lost)] {
            for (cohort, pair) in theirs.kept {
                mine.add(cohort, pair);
            }
        }
    }

    pub fn into_row(self, action: Action, situation: Situation, sample: &Sample) -> SituationDifference {
        let is_changed = |sums: &&Sums| sums.gained > 0.0 || sums.lost > 0.0;
        let label = |index: usize| sample.labels.get(index).cloned();
        let labels =
            self.labels.iter().enumerate().filter(|(_, sums)| is_changed(sums)).map(|(index, sums)| RoleDifference {
                role: label(index),
                users: rounded(sums.users),
                before: rounded(sums.before),
                gained: rounded(sums.gained),
                lost: rounded(sums.lost),
                gaining: rounded(sums.gaining),
                losing: rounded(sums.losing),
            });
        let mut labels: Vec<RoleDifference> = labels.collect();
        labels.sort_by_key(|change| std::cmp::Reverse((change.gained + change.lost, change.gaining + change.losing)));
        SituationDifference {
            action,
            situation,
            before: rounded(self.all.before),
            gained: rounded(self.all.gained),
            lost: rounded(self.all.lost),
            gaining: rounded(self.all.gaining),
            losing: rounded(self.all.losing),
            roles: labels,
            gained_examples: self.gained.interleaved(),
            lost_examples: self.lost.interleaved(),
        }
    }
}

/// Rounds a sum. The sum of a sample is an estimate; a positive sum is at least 1.
fn rounded(sum: f64) -> u64 {
    if sum > 0.0 { (sum.round() as u64).max(1) } else { 0 }
}
