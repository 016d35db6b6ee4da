//! A user with at least one session on this node.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use causerie_protocol::{ConnectionId, ConversationId, TenantId, UserId, wire};
use wire::event::Kind as Event;

use super::{count::Count, openings::KnownOpenings, room::Room};
use crate::sessions::{CloseReason, Frame, Session};

/// The shortest time between two frames with counts to one user. Counts that change sooner are sent together. Otherwise each
/// message in a busy group of thousands would cost one more frame per member.
const COUNT_INTERVAL_MIN: Duration = Duration::from_millis(500);

/// A user with at least one session on this node, with the rooms that the user is in.
pub struct OnlineUser {
    /// The user's id.
    pub id: UserId,
    /// The user's tenant.
    pub tenant: TenantId,
    deferred_counts: Weak<DeferredCounts>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sessions: Vec<Arc<Session>>,
    /// The rooms that the user is in, sorted by conversation id.
    rooms: Vec<Arc<Room>>,
    /// The sum of [`Count::weight`] over the rooms in which the user may read.
    total_unread: u32,
    /// `None` until the user was joined to their rooms.
    inbox_version: Option<u32>,
    /// Tokens issued before this second (since 1970 UTC) are revoked. Holds only the revocations that this node has learned
    /// since the user came online.
    revoked_before_s: i64,
    /// Whether the user has left. A session that enters later needs a new `OnlineUser`.
    retired: bool,
    /// The counts that wait to be sent together. A `BTreeMap`: few counts wait, and one comparison is cheaper than a hash.
    deferred: BTreeMap<ConversationId, Count>,
    /// When a count was last sent.
    count_sent_at: Option<Instant>,
    openings: KnownOpenings,
}

/// Users with unread counts that wait to be sent together.
#[derive(Default)]
pub struct DeferredCounts {
    online_users: Mutex<Vec<Arc<OnlineUser>>>,
    /// Notified when a user is added.
    pub added: tokio::sync::Notify,
}

impl DeferredCounts {
    /// Queues the waiting counts of all users in their outboxes. They are written with the next frame. Returns these users.
    pub fn flush(&self) -> Vec<Arc<OnlineUser>> {
        let users = std::mem::take(&mut *self.online_users.lock().unwrap_or_else(PoisonError::into_inner));
        for online in &users {
            online.send_deferred();
        }
        users
    }
}

/// The result of adding a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// The session was added.
    Yes,
    /// The user has left; the session needs a new [`OnlineUser`].
    Retired,
    /// The user has the highest allowed number of sessions.
    TooMany,
}

impl OnlineUser {
    /// A user without sessions and rooms.
    #[must_use]
    pub fn new(id: UserId, tenant: TenantId, deferred_counts: &Arc<DeferredCounts>) -> Arc<Self> {
        Arc::new(Self { id, tenant, deferred_counts: Arc::downgrade(deferred_counts), state: Mutex::default() })
    }

    /// Adds a session, unless the user is retired or has `max` sessions already.
    pub fn enter(&self, session: &Arc<Session>, max: usize) -> Entered {
        let mut state = self.lock();
        if state.retired {
            return Entered::Retired;
        }
        if state.sessions.len() >= max {
            return Entered::TooMany;
        }
        // Most users have one session.
        state.sessions.reserve_exact(1);
        state.sessions.push(Arc::clone(session));
        Entered::Yes
    }

    /// Removes a session. Returns true if the user has no sessions afterwards.
    pub fn exit(&self, connection: ConnectionId) -> bool {
        let mut state = self.lock();
        state.sessions.retain(|session| session.connection != connection);
        state.sessions.shrink_to_fit();
        state.sessions.is_empty()
    }

    /// Retires a user without sessions. Returns the rooms to leave; `None` if a new session has entered.
    pub fn retire(&self) -> Option<Vec<ConversationId>> {
        let mut state = self.lock();
        if !state.sessions.is_empty() {
            return None;
        }
        state.retired = true;
        Some(state.room_ids())
    }

    /// The number of the user's sessions on this node.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.lock().sessions.len()
    }

    /// Whether the user has left, so that no session can enter any more.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.lock().retired
    }

    /// Returns `(total unread, inbox version)`; `None` until the user was joined to their rooms.
    #[must_use]
    pub fn inbox(&self) -> Option<(u32, u32)> {
        let state = self.lock();
        state.inbox_version.map(|version| (state.total_unread, version))
    }

    /// Records that the user is joined to the rooms of all conversations up to this inbox version.
    pub fn set_inbox_version(&self, inbox_version: u32) {
        let mut state = self.lock();
        state.inbox_version = Some(state.inbox_version.unwrap_or(0).max(inbox_version));
    }

    /// The ids of the rooms that the user is in.
    #[must_use]
    pub fn rooms(&self) -> Vec<ConversationId> {
        self.lock().room_ids()
    }

    /// Closes the sessions whose token was issued before this second (since 1970 UTC).
    pub fn revoke(&self, issued_before_s: i64) {
        let mut state = self.lock();
        state.revoked_before_s = state.revoked_before_s.max(issued_before_s);
        for session in &state.sessions {
            session.revoke(issued_before_s);
        }
    }

    /// Ends all sessions of the user on this node.
    pub fn end(&self, reason: &CloseReason) {
        for session in &self.lock().sessions {
            session.end(reason.clone());
        }
    }

    /// Whether [`Self::revoke`] was called for tokens issued at this second (since 1970 UTC). The user may have been
    /// activated again since.
    #[must_use]
    pub fn was_revoked_since(&self, issued_at_s: i64) -> bool {
        issued_at_s < self.lock().revoked_before_s
    }

    /// Reads or changes what the user's devices know of [`Openings`](crate::facts::Openings).
    pub(super) fn openings<T>(&self, access: impl FnOnce(&mut KnownOpenings) -> T) -> T {
        access(&mut self.lock().openings)
    }

    /// Sends a frame to every session of the user on this node.
    pub fn push(&self, frame: &Frame) {
        for session in &self.lock().sessions {
            session.push(frame);
        }
    }

    /// Adds a room. Its unread count belongs to the total only once the user may read it.
    pub(super) fn joined_room(&self, room: &Arc<Room>) {
        let mut state = self.lock();
        if let Err(index) = state.room_index(room.id) {
            grow_little(&mut state.rooms);
            state.rooms.insert(index, Arc::clone(room));
        }
    }

    /// Records that the user may no longer read a conversation. Every session gets `conversationLeft`, and the new total if
    /// it changed.
    pub(super) fn end_reading(&self, room: ConversationId, count: Count) {
        let mut state = self.lock();
        let before = state.total_unread;
        state.recount(count, Count::default());
        state.deferred.remove(&room);
        // The inbox version is 0 because the user stays a member, so the inbox does not change.
        let left = wire::ConversationLeft { inbox_version: 0, conversation_id: room.to_string() };
        let left = Frame::event(Event::ConversationLeft(left));
        let total = (state.total_unread != before).then(|| state.total_frame());
        for session in &state.sessions {
            session.push(&left);
            if let Some(total) = &total {
                session.push(total);
            }
        }
    }

    /// Updates the total after the count of a room changed.
    pub(super) fn recounted(&self, before: Count, now: Count) {
        self.lock().recount(before, now);
    }

    /// Removes a room, and its count from the total. Every session gets the total if it changed or the room's count was
    /// waiting.
    pub(super) fn left_room(&self, room: ConversationId, count: Count) {
        let mut state = self.lock();
        let before = state.total_unread;
        if let Ok(index) = state.room_index(room) {
            state.rooms.remove(index);
            state.recount(count, Count::default());
        }
        let was_deferred = state.deferred.remove(&room).is_some();
        if was_deferred || state.total_unread != before {
            let frame = state.total_frame();
            for session in &state.sessions {
                session.push(&frame);
            }
        }
    }

    /// Sends a count to every session at once.
    pub(super) fn push_count(&self, room: ConversationId, count: Count) {
        let mut state = self.lock();
        state.deferred.remove(&room);
        let frame = state.read_state_frame(room, count);
        for session in &state.sessions {
            session.push(&frame);
        }
    }

    /// Sends a change of a room to every session. `moved` holds the user's count before and after the change, if they
    /// differ. The new count is then sent now, or deferred if a count was sent less than [`COUNT_INTERVAL_MIN`] ago or
    /// others wait.
    pub(super) fn deliver(
        self: &Arc<Self>,
        room: ConversationId,
        frame: &Frame,
        moved: Option<(Count, Count)>,
        now: Instant,
    ) {
        let mut state = self.lock();
        let mut count_frame = None;
        let mut is_first = false;
        if let Some((before, count)) = moved {
            state.recount(before, count);
            if state.deferred.is_empty() && state.count_sent_at.is_none_or(|sent_at| now - sent_at >= COUNT_INTERVAL_MIN) {
                state.count_sent_at = Some(now);
                count_frame = Some(state.read_state_frame(room, count));
            } else {
                is_first = state.deferred.is_empty();
                state.deferred.insert(room, count);
            }
        }
        for session in &state.sessions {
            session.push(frame);
            if let Some(count_frame) = &count_frame {
                session.push(count_frame);
            }
        }
        drop(state);
        if let (true, Some(deferred_counts)) = (is_first, self.deferred_counts.upgrade()) {
            deferred_counts.online_users.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(self));
            deferred_counts.added.notify_one();
        }
    }

    /// Makes the flushers write the deferred counts that still wait in the outboxes of the user's sessions.
    pub fn flush_deferred(&self) {
        for session in &self.lock().sessions {
            session.flush_deferred();
        }
    }

    /// Queues the waiting counts in the outbox of every session.
    fn send_deferred(&self) {
        let mut state = self.lock();
        state.count_sent_at = Some(Instant::now());
        for (room, count) in std::mem::take(&mut state.deferred) {
            let frame = state.read_state_frame(room, count);
            for session in &state.sessions {
                session.send_deferred(&frame);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The index of a room, or the index at which the room would be inserted.
    fn room_index(&self, room: ConversationId) -> Result<usize, usize> {
        self.rooms.binary_search_by(|other| other.id.cmp(&room))
    }

    fn room_ids(&self) -> Vec<ConversationId> {
        self.rooms.iter().map(|room| room.id).collect()
    }

    /// Updates the total after the count of a room changed.
    fn recount(&mut self, before: Count, now: Count) {
        self.total_unread = self.total_unread.saturating_sub(before.weight()) + now.weight();
    }

    /// The event `readStateChanged` with the total and without a conversation.
    fn total_frame(&self) -> Frame {
        let total_unread = self.total_unread;
        Frame::event(Event::ReadStateChanged(wire::ReadStateChanged { read_state: None, total_unread }))
    }

    /// The event `readStateChanged` with the count of a room and the total.
    fn read_state_frame(&self, room: ConversationId, count: Count) -> Frame {
        Frame::event(Event::ReadStateChanged(wire::ReadStateChanged {
            read_state: Some(wire::ReadState {
                conversation_id: room.to_string(),
                read_seq: count.read_seq,
                unread: count.unread(),
                marked_unread: count.marked_unread(),
            }),
            total_unread: self.total_unread,
        }))
    }
}

/// Reserves capacity for an eighth more entries, at least one. Member lists fill once and then keep their size; doubling
/// would leave up to half of their memory unused.
pub(super) fn grow_little<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 8).max(1));
    }
}
