//! What is counted of one situation.

use std::collections::HashMap;

use super::{
    LabelChange, Pair, Row,
    cohort::{Actor, People},
    situation::Situation,
};
use crate::{action::Action, facts::Key};

/// At most so many examples each way.
const EXAMPLES_MAX: usize = 20;
/// At most so many examples of one kind of people are kept until the end, when they are dealt out in turns.
const OF_ONE_COHORT_MAX: u8 = 5;
/// At most so many examples are kept until the end.
const KEPT_MAX: usize = 200;

/// What changes for one person.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Change {
    pub before: u64,
    pub gained: u64,
    pub lost: u64,
    pub gained_one: Option<Key>,
    pub lost_one: Option<Key>,
}

/// Sums over people.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    people: f64,
    before: f64,
    gained: f64,
    lost: f64,
    gaining: f64,
    losing: f64,
}

impl Sums {
    fn add_change(&mut self, change: &Change, weight: f64) {
        self.people += weight;
        self.before += change.before as f64 * weight;
        self.gained += change.gained as f64 * weight;
        self.lost += change.lost as f64 * weight;
        self.gaining += if change.gained > 0 { weight } else { 0.0 };
        self.losing += if change.lost > 0 { weight } else { 0.0 };
    }

    fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.before += other.before;
        self.gained += other.gained;
        self.lost += other.lost;
        self.gaining += other.gaining;
        self.losing += other.losing;
    }
}

/// Examples, spread over kinds of people and over the people they act on.
#[derive(Debug, Clone, Default)]
struct Examples {
    of_cohort: HashMap<u32, u8>,
    kept: Vec<(u32, Pair)>,
}

impl Examples {
    fn add(&mut self, cohort: u32, pair: Pair) {
        let count = self.of_cohort.entry(cohort).or_default();
        let is_new = self.kept.iter().all(|(_, other)| other.them != pair.them);
        if self.kept.len() < KEPT_MAX && *count < OF_ONE_COHORT_MAX && (is_new || *count == 0) {
            *count += 1;
            self.kept.push((cohort, pair));
        }
    }

    /// One of each kind of people, then a second of each, and so on.
    fn dealt(self) -> Vec<Pair> {
        let mut turns: HashMap<u32, usize> = HashMap::new();
        let mut kept: Vec<(usize, Pair)> = self
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

/// All that is counted of one situation.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    all: Sums,
    /// By label; people without any come last.
    labels: Vec<Sums>,
    gained: Examples,
    lost: Examples,
}

impl Tally {
    pub fn new(people: &People) -> Self {
        let labels = vec![Sums::default(); people.labels.len() + 1];
        Self { all: Sums::default(), labels, gained: Examples::default(), lost: Examples::default() }
    }

    pub fn count(&mut self, people: &People, actor: &Actor, change: &Change) {
        self.all.add_change(change, actor.weight);
        let unlabelled = [people.labels.len() as u16];
        let own = people.cohorts.get(actor.cohort as usize).filter(|own| !own.is_empty());
        for label in own.map_or(&unlabelled[..], Vec::as_slice) {
            if let Some(sums) = self.labels.get_mut(usize::from(*label)) {
                sums.add_change(change, actor.weight);
            }
        }
        for (one, examples) in [(change.gained_one, &mut self.gained), (change.lost_one, &mut self.lost)] {
            if let Some(them) = one {
                examples.add(actor.cohort, Pair { me: actor.key, them });
            }
        }
    }

    /// Adds what was counted of other people.
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

    pub fn into_row(self, action: Action, situation: Situation, people: &People) -> Row {
        let changes = |sums: &&Sums| sums.gained > 0.0 || sums.lost > 0.0;
        let label = |at: usize| people.labels.get(at).cloned();
        let labels = self.labels.iter().enumerate().filter(|(_, sums)| changes(sums)).map(|(at, sums)| LabelChange {
            label: label(at),
            people: rounded(sums.people),
            before: rounded(sums.before),
            gained: rounded(sums.gained),
            lost: rounded(sums.lost),
            gaining: rounded(sums.gaining),
            losing: rounded(sums.losing),
        });
        let mut labels: Vec<LabelChange> = labels.collect();
        labels.sort_by_key(|change| std::cmp::Reverse((change.gained + change.lost, change.gaining + change.losing)));
        Row {
            action,
            situation,
            before: rounded(self.all.before),
            gained: rounded(self.all.gained),
            lost: rounded(self.all.lost),
            gaining: rounded(self.all.gaining),
            losing: rounded(self.all.losing),
            labels,
            gained_examples: self.gained.dealt(),
            lost_examples: self.lost.dealt(),
        }
    }
}

/// What was counted of all people is exact; what was counted of some is an estimate, at least 1 where there was anything.
fn rounded(sum: f64) -> u64 {
    if sum > 0.0 { (sum.round() as u64).max(1) } else { 0 }
}
