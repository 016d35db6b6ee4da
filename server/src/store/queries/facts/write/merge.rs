//! Applies rows, one after the other, to the stored facts.

use std::collections::BTreeMap;

use super::Outcome;

/// Facts by key, as stored and as they will be. Sorted by key, because tables are written fastest in this order.
pub(super) struct Merge<K, R>(BTreeMap<K, Entry<R>>);

struct Entry<R> {
    stored: Option<R>,
    now: Option<R>,
}

/// A fact to be written or deleted.
pub(super) struct Due<'a, K, R> {
    pub key: &'a K,
    /// `None` if the fact is new.
    pub stored: Option<&'a R>,
    /// `None` if the fact is removed.
    pub now: Option<&'a R>,
}

impl<K: Ord, R: Clone + PartialEq> Merge<K, R> {
    /// Begins with the stored facts.
    pub(super) fn new(stored: impl IntoIterator<Item = (K, R)>) -> Self {
        Self(stored.into_iter().map(|(key, row)| (key, Entry { stored: Some(row.clone()), now: Some(row) })).collect())
    }

    /// The fact after the rows applied so far.
    pub(super) fn now(&self, key: &K) -> Option<&R> {
        self.0.get(key)?.now.as_ref()
    }

    /// Sets a fact.
    pub(super) fn set(&mut self, key: K, row: R) -> Outcome {
        let entry = self.0.entry(key).or_insert(Entry { stored: None, now: None });
        let outcome = match &entry.now {
            None => Outcome::Created,
            Some(now) if *now == row => Outcome::Unchanged,
            Some(_) => Outcome::Updated,
        };
        entry.now = Some(row);
        outcome
    }

    /// Removes a fact.
    pub(super) fn remove(&mut self, key: &K) -> Outcome {
        match self.0.get_mut(key).and_then(|entry| entry.now.take()) {
            Some(_) => Outcome::Removed,
            None => Outcome::Unchanged,
        }
    }

    /// The facts that differ from the stored facts.
    pub(super) fn due(&self) -> impl Iterator<Item = Due<'_, K, R>> {
        let differing = self.0.iter().filter(|(_, entry)| entry.stored != entry.now);
        differing.map(|(key, entry)| Due { key, stored: entry.stored.as_ref(), now: entry.now.as_ref() })
    }
}
