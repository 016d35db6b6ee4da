//! Who is connected: a session is the person behind a socket.

mod outbox;
mod session;

use std::sync::Arc;

use causerie_protocol::{ConnectionId, UserId};
use dashmap::{DashMap, mapref::entry::Entry};

pub use self::{
    outbox::Outbox,
    session::{CloseReason, Session},
};

/// All sessions of this node.
#[derive(Default)]
pub struct Sessions {
    by_connection: DashMap<ConnectionId, Arc<Session>>,
    per_user: DashMap<UserId, u32>,
}

impl Sessions {
    /// Adds a session unless its person has `max` already.
    pub fn add(&self, session: &Arc<Session>, max: u32) -> bool {
        let mut count = self.per_user.entry(session.caller.user).or_default();
        if *count >= max {
            return false;
        }
        *count += 1;
        drop(count);
        self.by_connection.insert(session.connection, Arc::clone(session));
        true
    }

    /// Removes a session that was added.
    pub fn remove(&self, session: &Session) {
        if self.by_connection.remove(&session.connection).is_none() {
            return;
        }
        if let Entry::Occupied(mut count) = self.per_user.entry(session.caller.user) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }

    /// Everyone of now.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.by_connection.iter().map(|session| Arc::clone(&session)).collect()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_connection.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_connection.is_empty()
    }
}
