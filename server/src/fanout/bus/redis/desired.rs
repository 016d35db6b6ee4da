//! A set that is kept in memory and copied to Redis: the subscribed channels, or the users online on this node.
//!
//! Callers change the set, and one task copies the waiting changes together. It copies the state of each changed item at the
//! time of the copy, and not the change itself. So calls that overtake each other can't leave an older state in Redis. A new
//! connection begins with a copy of the whole set.

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

/// The set in its desired state, and the items that must still be copied.
pub(super) struct Desired<T> {
    state: Mutex<State<T>>,
    changed: Notify,
}

struct State<T> {
    wanted: HashSet<T>,
    /// The items whose copy may differ from `wanted`.
    dirty: HashSet<T>,
    /// The callers that wait until their changes are copied.
    waiting: Vec<oneshot::Sender<()>>,
    copy: CopyState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CopyState {
    /// There is no connection.
    None,
    /// A connection is open, and the whole set is being copied to it for the first time.
    Begun,
    /// The copy follows each change.
    Current,
}

/// The items to copy next.
pub(super) struct Batch<T> {
    pub added: Vec<T>,
    pub removed: Vec<T>,
    /// The size of the set when this batch is copied.
    pub len: usize,
    waiting: Vec<oneshot::Sender<()>>,
}

impl<T> Batch<T> {
    /// Notifies the callers that wait for this batch. If the batch is dropped instead, their receivers close.
    pub fn done(self) {
        for waiting in self.waiting {
            // A caller that gave up waiting needs no answer.
            let _ = waiting.send(());
        }
    }
}

impl<T: Copy + Eq + Hash> Desired<T> {
    /// A set with these items, copied nowhere yet.
    pub fn new(wanted: impl IntoIterator<Item = T>) -> Self {
        let state = State {
            wanted: wanted.into_iter().collect(),
            dirty: HashSet::new(),
            waiting: Vec::new(),
            copy: CopyState::None,
        };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    /// Adds (`true`) or removes (`false`) items.
    pub fn change(&self, changes: impl IntoIterator<Item = (T, bool)>) {
        self.lock().change(changes);
        self.changed.notify_one();
    }

    /// As [`Self::change`]. The returned receiver gets a value when the copy has the changes, and closes if the connection
    /// is lost before. Returns `None` if the copy is not current, because then no copy confirms the changes.
    pub fn change_and_wait(&self, changes: impl IntoIterator<Item = (T, bool)>) -> Option<oneshot::Receiver<()>> {
        let mut state = self.lock();
        state.change(changes);
        let waiter = (state.copy == CopyState::Current).then(|| {
            let (done, waiter) = oneshot::channel();
            state.waiting.push(done);
            waiter
        });
        drop(state);
        self.changed.notify_one();
        waiter
    }

    /// Records that a connection is open and that nothing is copied to it yet.
    pub fn begin(&self) {
        let mut state = self.lock();
        state.dirty = state.wanted.clone();
        state.copy = CopyState::Begun;
        drop(state);
        self.changed.notify_one();
    }

    /// Returns the whole set, to copy it again over the same connection.
    pub fn take_all(&self) -> Batch<T> {
        let mut state = self.lock();
        state.dirty.clear();
        let added: Vec<T> = state.wanted.iter().copied().collect();
        Batch { len: added.len(), added, removed: Vec::new(), waiting: std::mem::take(&mut state.waiting) }
    }

    /// If the whole set is copied, callers can wait for their changes from now on. Returns whether the whole set is copied.
    pub fn make_current(&self) -> bool {
        let mut state = self.lock();
        let clean = state.dirty.is_empty();
        if clean {
            state.copy = CopyState::Current;
        }
        clean
    }

    /// Records that the connection is lost.
    pub fn end(&self) {
        let mut state = self.lock();
        state.copy = CopyState::None;
        state.dirty = HashSet::new();
        state.waiting.clear();
    }

    /// Returns when there may be something to copy.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Returns all items that must be copied now.
    pub fn take(&self) -> Batch<T> {
        let mut state = self.lock();
        let dirty = std::mem::take(&mut state.dirty);
        let (added, removed) = dirty.into_iter().partition(|item| state.wanted.contains(item));
        Batch { added, removed, len: state.wanted.len(), waiting: std::mem::take(&mut state.waiting) }
    }

    /// Whether the item is in the set.
    pub fn contains(&self, item: &T) -> bool {
        self.lock().wanted.contains(item)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Copy + Eq + Hash> State<T> {
    fn change(&mut self, changes: impl IntoIterator<Item = (T, bool)>) {
        for (item, wanted) in changes {
            let changed = if wanted { self.wanted.insert(item) } else { self.wanted.remove(&item) };
            // Without a connection there is no copy to keep up to date.
            if changed && self.copy != CopyState::None {
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
    fn changes_during_a_copy_are_in_the_next_batch() {
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
    async fn callers_that_wait_are_notified_of_the_copy_or_of_its_loss() {
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
        /// After any sequence of additions, removals and lost connections, a completed copy equals the set.
        #[test]
        fn the_copy_equals_the_set_after_any_changes(steps in proptest::collection::vec((0_u8..12, any::<bool>()), 0..200)) {
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
            if desired.lock().copy == CopyState::None {
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
