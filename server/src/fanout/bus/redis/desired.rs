//! A set kept here and copied to Redis: channels to hear, users online.
//!
//! Callers change the set; one task copies what changed, everything that waits at once. It copies what the set *is* when it
//! gets to it, not the changes: calls that overtake each other can't leave Redis with the older of two, and a new connection
//! begins by copying everything.

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

/// The set as it should be.
pub(super) struct Desired<T> {
    state: Mutex<State<T>>,
    changed: Notify,
}

struct State<T> {
    wanted: HashSet<T>,
    /// Differs, or may differ, from the copy.
    dirty: HashSet<T>,
    waiting: Vec<oneshot::Sender<()>>,
    copy: Copy,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Copy {
    /// No connection.
    None,
    /// Connected, being written for the first time.
    Begun,
    /// Follows each change.
    Current,
}

/// What to copy next.
pub(super) struct Batch<T> {
    pub added: Vec<T>,
    pub removed: Vec<T>,
    /// How many the copy holds then.
    pub len: usize,
    waiting: Vec<oneshot::Sender<()>>,
}

impl<T> Batch<T> {
    /// Answers those who wait for it. Dropping the batch tells them that it failed.
    pub fn done(self) {
        for waiting in self.waiting {
            // Who gave up waiting needs no answer.
            let _ = waiting.send(());
        }
    }
}

impl<T: std::marker::Copy + Eq + Hash> Desired<T> {
    /// A set with these in it, copied nowhere yet.
    pub fn new(wanted: impl IntoIterator<Item = T>) -> Self {
        let state =
            State { wanted: wanted.into_iter().collect(), dirty: HashSet::new(), waiting: Vec::new(), copy: Copy::None };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    /// Puts in (`true`) or takes out.
    pub fn change(&self, changes: impl IntoIterator<Item = (T, bool)>) {
        self.lock().change(changes);
        self.changed.notify_one();
    }

    /// As [`Self::change`]. What it returns is answered when the copy has the changes, and closed when the connection is lost
    /// first; `None` when there is none.
    pub fn change_and_wait(&self, changes: impl IntoIterator<Item = (T, bool)>) -> Option<oneshot::Receiver<()>> {
        let mut state = self.lock();
        state.change(changes);
        let waiter = (state.copy == Copy::Current).then(|| {
            let (done, waiter) = oneshot::channel();
            state.waiting.push(done);
            waiter
        });
        drop(state);
        self.changed.notify_one();
        waiter
    }

    /// There is a connection, with nothing copied to it.
    pub fn begin(&self) {
        let mut state = self.lock();
        state.dirty = state.wanted.clone();
        state.copy = Copy::Begun;
        drop(state);
        self.changed.notify_one();
    }

    /// Everything there is, to copy it anew over the same connection.
    pub fn take_all(&self) -> Batch<T> {
        let mut state = self.lock();
        state.dirty.clear();
        let added: Vec<T> = state.wanted.iter().copied().collect();
        Batch { len: added.len(), added, removed: Vec::new(), waiting: std::mem::take(&mut state.waiting) }
    }

    /// If everything is copied, callers may wait for their changes from now on. Tells whether it is.
    pub fn make_current(&self) -> bool {
        let mut state = self.lock();
        let clean = state.dirty.is_empty();
        if clean {
            state.copy = Copy::Current;
        }
        clean
    }

    /// The connection is lost.
    pub fn end(&self) {
        let mut state = self.lock();
        state.copy = Copy::None;
        state.dirty = HashSet::new();
        state.waiting.clear();
    }

    /// Returns when there may be something to copy.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Everything that is to be copied now.
    pub fn take(&self) -> Batch<T> {
        let mut state = self.lock();
        let dirty = std::mem::take(&mut state.dirty);
        let (added, removed) = dirty.into_iter().partition(|item| state.wanted.contains(item));
        Batch { added, removed, len: state.wanted.len(), waiting: std::mem::take(&mut state.waiting) }
    }

    /// Whether it is in the set.
    pub fn contains(&self, item: &T) -> bool {
        self.lock().wanted.contains(item)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Eq + Hash + std::marker::Copy> State<T> {
    fn change(&mut self, changes: impl IntoIterator<Item = (T, bool)>) {
        for (item, wanted) in changes {
            let changed = if wanted { self.wanted.insert(item) } else { self.wanted.remove(&item) };
            // Without a connection there is nothing to keep up to date.
            if changed && self.copy != Copy::None {
                self.dirty.insert(item);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use tokio::sync::oneshot::error::TryRecvError;

    use super::*;

    fn sorted(items: &[u8]) -> Vec<u8> {
        let mut items = items.to_vec();
        items.sort_unstable();
        items
    }

    #[test]
    fn a_new_connection_starts_with_the_whole_set() {
        let desired = Desired::new([1]);
        desired.change([(2, true), (3, true), (2, false)]);
        assert!(desired.change_and_wait([(4, true)]).is_none(), "nobody confirms");
        desired.begin();
        let batch = desired.take();
        assert_eq!((sorted(&batch.added), sorted(&batch.removed)), (vec![1, 3, 4], vec![]));
    }

    #[test]
    fn changes_during_a_write_are_in_the_next_write() {
        let desired = Desired::new([1, 2]);
        desired.begin();
        let _ = desired.take();
        assert!(desired.change_and_wait([(1, false), (3, true)]).is_none(), "not everything is written yet");
        let batch = desired.take();
        assert_eq!((batch.added.as_slice(), batch.removed.as_slice()), ([3].as_slice(), [1].as_slice()));
        assert!(desired.make_current());
        desired.change([(4, true)]);
        assert!(!desired.make_current());
    }

    #[tokio::test]
    async fn waiting_callers_are_answered() {
        let desired = Desired::new([]);
        desired.begin();
        assert!(desired.make_current());
        let (first, known) = (desired.change_and_wait([(1, true)]), desired.change_and_wait([(1, true)]));
        desired.take().done();
        assert!(first.expect("connected").await.is_ok() && known.expect("connected").await.is_ok());

        let (mut taken, batch) = (desired.change_and_wait([(2, true)]).expect("connected"), desired.take());
        let mut waiting = desired.change_and_wait([(3, true)]).expect("connected");
        drop(batch);
        desired.end();
        assert_eq!((taken.try_recv(), waiting.try_recv()), (Err(TryRecvError::Closed), Err(TryRecvError::Closed)));
    }

    proptest! {
        /// After any sequence of additions, removals and cuts, a completed copy equals the set.
        #[test]
        fn the_copy_equals_the_set_after_a_write(steps in proptest::collection::vec((0_u8..12, any::<bool>()), 0..200)) {
            let desired = Desired::new([]);
            let mut copy = BTreeSet::new();
            desired.begin();
            for (item, flag) in steps {
                match item {
                    0 => {
                        desired.end();
                        if flag {
                            desired.begin();
                            copy.clear();
                        }
                    }
                    1 => {
                        let batch = desired.take();
                        copy.extend(batch.added);
                        batch.removed.iter().for_each(|item| { copy.remove(item); });
                    }
                    item => desired.change([(item, flag)]),
                }
            }
            if desired.lock().copy == Copy::None {
                desired.begin();
                copy.clear();
            }
            let batch = desired.take();
            copy.extend(batch.added);
            batch.removed.iter().for_each(|item| { copy.remove(item); });
            prop_assert_eq!(copy.len(), batch.len);
            prop_assert_eq!(copy, desired.lock().wanted.iter().copied().collect::<BTreeSet<u8>>());
            prop_assert!(desired.make_current());
        }
    }
}
