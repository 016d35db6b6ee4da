//! Applies changes of facts, in their order, to the stored facts in memory.

use std::collections::BTreeMap;

use super::Outcome;

/// Facts by key, as stored and after the changes applied so far. Sorted by key, because tables are written fastest in this
/// order.
pub(super) struct Merge<K, R>(BTreeMap<K, Entry<R>>);

struct Entry<R> {
    stored: Option<R>,
    current: Option<R>,
}

/// A fact that differs from the stored fact, so that it must be written or deleted.
pub(super) struct MergedChange<'a, K, R> {
    pub key: &'a K,
    /// `None` if the fact is new.
    pub stored: Option<&'a R>,
    /// `None` if the fact is removed.
    pub current: Option<&'a R>,
}

impl<K: Ord, R: Clone + PartialEq> Merge<K, R> {
    /// The stored facts, without changes.
    pub(super) fn new(stored: impl IntoIterator<Item = (K, R)>) -> Self {
        Self(stored.into_iter().map(|(key, row)| (key, Entry { stored: Some(row.clone()), current: Some(row) })).collect())
    }

    /// The fact after the changes applied so far; `None` if it does not exist then.
    pub(super) fn current(&self, key: &K) -> Option<&R> {
        self.0.get(key)?.current.as_ref()
    }

    /// Sets a fact. Returns the outcome of the change.
    pub(super) fn set(&mut self, key: K, row: R) -> Outcome {
        let entry = self.0.entry(key).or_insert(Entry { stored: None, current: None });
        let outcome = match &entry.current {
            None => Outcome::Created,
            Some(current) if *current == row => Outcome::Unchanged,
            Some(_) => Outcome::Updated,
        };
        entry.current = Some(row);
        outcome
    }

    /// Removes a fact. Returns the outcome of the change.
    pub(super) fn remove(&mut self, key: &K) -> Outcome {
        match self.0.get_mut(key).and_then(|entry| entry.current.take()) {
            Some(_) => Outcome::Removed,
            None => Outcome::Unchanged,
        }
    }

    /// The facts that differ from the stored facts.
    pub(super) fn changes(&self) -> impl Iterator<Item = MergedChange<'_, K, R>> {
        let differing = self.0.iter().filter(|(_, entry)| entry.stored != entry.current);
        differing.map(|(key, entry)| MergedChange { key, stored: entry.stored.as_ref(), current: entry.current.as_ref() })
    }
}
