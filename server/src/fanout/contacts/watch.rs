//! The watched users of one session, and digests of the contacts that the session was sent last.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use causerie_protocol::{UserId, command::UserRef, wire};
use prost::Message as _;
use wire::event::Kind as Event;

use crate::sessions::{Frame, Session};

/// The users that one session watches.
pub(super) struct Watch {
    pub session: Arc<Session>,
    state: Mutex<State>,
}

struct State {
    stage: Stage,
    entries: Vec<Entry>,
}

/// The progress of the command that began the watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The command was not answered yet.
    Begun,
    /// The command was not answered yet, and a change that may affect this watch was handled in the meantime.
    Missed,
    /// The command was answered.
    Live,
    /// The session watches other users now, or it ended.
    Ended,
}

/// Whether a change that may affect the watch was handled before the command was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    /// No such change was handled.
    InTime,
    /// A change was handled before, so the contacts must be evaluated again.
    Late,
}

struct Entry {
    /// The reference to the user in the command.
    user_ref: UserRef,
    /// `None` if the reference names no user.
    user: Option<UserId>,
    /// The digest of the contact that the session was sent last.
    sent: u64,
}

/// An entry that must be evaluated again.
pub(super) struct AffectedEntry {
    /// The index of the entry in its watch.
    pub index: usize,
    pub user_ref: UserRef,
    /// `None` if the reference names no user.
    pub user: Option<UserId>,
}

/// The address of an existing [`Watch`] in memory, which identifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct WatchAddress(usize);

impl Watch {
    pub(super) fn new(session: Arc<Session>, users: Vec<UserRef>) -> Arc<Self> {
        let entries = users.into_iter().map(|user_ref| Entry { user_ref, user: None, sent: 0 }).collect();
        Arc::new(Self { session, state: Mutex::new(State { stage: Stage::Begun, entries }) })
    }

    pub(super) fn address(self: &Arc<Self>) -> WatchAddress {
        WatchAddress(Arc::as_ptr(self).addr())
    }

    /// Records which user an entry names. Returns false if this was recorded before or there is no such entry.
    pub(super) fn resolve(&self, index: usize, user: UserId) -> bool {
        let mut state = self.lock();
        let Some(entry) = state.entries.get_mut(index) else { return false };
        let is_new = entry.user != Some(user);
        entry.user = Some(user);
        is_new
    }

    /// Sends the answer to the command: one contact for each entry, in the order of the entries. Events may be sent from now
    /// on.
    pub(super) fn answered(&self, contacts: Vec<wire::Contact>, answer: impl FnOnce(wire::ContactList)) -> Answered {
        let mut state = self.lock();
        for (entry, contact) in state.entries.iter_mut().zip(&contacts) {
            entry.sent = digest(contact);
        }
        let answered = if state.stage == Stage::Missed { Answered::Late } else { Answered::InTime };
        if state.stage != Stage::Ended {
            state.stage = Stage::Live;
        }
        // The lock is held, so no event of this watch is queued before the answer.
        answer(wire::ContactList { contacts });
        answered
    }

    /// The entries that `is_affected` selects. Empty if the command was not answered yet; after its answer the contacts are
    /// then renewed.
    pub(super) fn affected_entries(&self, is_affected: impl Fn(Option<UserId>) -> bool) -> Vec<AffectedEntry> {
        let mut state = self.lock();
        match state.stage {
            Stage::Begun | Stage::Missed => {
                state.stage = Stage::Missed;
                Vec::new()
            }
            Stage::Ended => Vec::new(),
            Stage::Live => {
                let entries = state.entries.iter().enumerate();
                let affected = entries.filter(|(_, entry)| is_affected(entry.user));
                affected
                    .map(|(index, entry)| AffectedEntry { index, user_ref: entry.user_ref.clone(), user: entry.user })
                    .collect()
            }
        }
    }

    /// Sends the contacts that differ from the contacts that the session was sent last. Each contact comes with the index of
    /// its entry.
    pub(super) fn send(&self, contacts: Vec<(usize, wire::Contact)>) {
        let mut state = self.lock();
        if state.stage != Stage::Live {
            return;
        }
        let changed = contacts.into_iter().filter(|(index, contact)| {
            let Some(entry) = state.entries.get_mut(*index) else { return false };
            let now = digest(contact);
            std::mem::replace(&mut entry.sent, now) != now
        });
        let contacts: Vec<wire::Contact> = changed.map(|(_, contact)| contact).collect();
        if !contacts.is_empty() {
            self.session.push(&Frame::event(Event::ContactsChanged(wire::ContactsChanged { contacts })));
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.lock().stage == Stage::Ended
    }

    /// Ends the watch. Returns the users that its entries name.
    pub(super) fn end(&self) -> Vec<UserId> {
        let mut state = self.lock();
        state.stage = Stage::Ended;
        state.entries.iter().filter_map(|entry| entry.user).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hash by which changed contacts are recognized.
fn digest(contact: &wire::Contact) -> u64 {
    let mut hasher = DefaultHasher::new();
    contact.encode_to_vec().hash(&mut hasher);
    hasher.finish()
}
