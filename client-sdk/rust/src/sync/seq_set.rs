//! The set of message positions that were emitted.

/// A set of seqs as sorted ranges, each with its first and its last seq. Ranges neither overlap nor touch. Nearly all sets
/// have one range.
#[derive(Default)]
pub(super) struct SeqSet(Vec<(u32, u32)>);

impl SeqSet {
    pub fn contains(&self, seq: u32) -> bool {
        self.0.iter().any(|(first, last)| (first..=last).contains(&&seq))
    }

    /// Adds the seqs after `after` up to and including `until`.
    pub fn add(&mut self, after: u32, until: u32) {
        if after >= until {
            return;
        }
        let (mut first, mut last) = (after + 1, until);
        self.0.retain(|&(other_first, other_last)| {
            let is_separate = other_last.saturating_add(1) < first || last.saturating_add(1) < other_first;
            if !is_separate {
                (first, last) = (first.min(other_first), last.max(other_last));
            }
            is_separate
        });
        let index = self.0.partition_point(|(other, _)| *other < first);
        self.0.insert(index, (first, last));
    }

    /// Removes the seqs after `last`.
    pub fn truncate(&mut self, last: u32) {
        self.0.retain(|(first, _)| *first <= last);
        if let Some(range) = self.0.last_mut() {
            range.1 = range.1.min(last);
        }
    }

    /// Takes the range of seqs after `after` up to and including `until`, and removes the seqs at its two ends that the set
    /// contains. Returns the remaining range in the same form, or `None` if it is empty.
    pub fn missing(&self, mut after: u32, mut until: u32) -> Option<(u32, u32)> {
        let range_with = |seq: u32| self.0.iter().find(|(first, last)| (*first..=*last).contains(&seq));
        if let Some((_, last)) = after.checked_add(1).and_then(range_with) {
            after = *last;
        }
        if let Some((first, _)) = range_with(until) {
            until = first - 1;
        }
        (after < until).then_some((after, until))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn the_ranges_contain_the_same_seqs_as_a_plain_set() {
        let mut random = StdRng::seed_from_u64(7);
        let (mut seqs, mut set) = (SeqSet::default(), BTreeSet::new());
        for _ in 0..5_000 {
            let (left, right) = (random.random_range(0..40_u32), random.random_range(0..40_u32));
            let (after, until) = (left.min(right), left.max(right));
            if random.random_range(0..8) == 0 {
                seqs.truncate(after);
                set.retain(|seq| *seq <= after);
            } else if until - after < 5 {
                seqs.add(after, until);
                set.extend(after + 1..=until);
            }
            let missing: Vec<u32> = (after + 1..=until).filter(|seq| !set.contains(seq)).collect();
            let ends = missing.first().zip(missing.last()).map(|(first, last)| (first - 1, *last));
            assert_eq!(seqs.missing(after, until), ends);
            assert!((1..50).all(|seq| seqs.contains(seq) == set.contains(&seq)));
            assert!(seqs.0.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0), "{:?}", seqs.0);
        }
    }
}
