//! A user with at least one session on this node.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use causerie_protocol::{ConnectionId, ConversationId, TenantId, UserId, wire};
use wire::event::Kind as Event;

use super::room::{Count, Room, grow_little};
use crate::sessions::Frame;
use crate::sessions::Session;

/// Counts that change faster are told together. In a busy group of thousands each count would otherwise cost a frame per
/// member per message.
const COUNTS_APART: Duration = Duration::from_millis(500);

/// Somebody who is here.
pub struct OnlineUser {
    /// Who.
    pub id: UserId,
    /// Whose.
    pub tenant: TenantId,
    deferred_counts: Weak<DeferredCounts>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sessions: Vec<Arc<Session>>,
    /// The rooms the user is in; sorted by id.
    rooms: Vec<Arc<Room>>,
    /// The sum of the weights of the counts in [`Self::rooms`].
    total_unread: u32,
    /// `None` until the user was joined to their rooms.
    inbox_version: Option<u32>,
    /// Tokens issued before this second were said to be void since the user is here.
    void_before_s: i64,
    /// Left for good; a session that comes now needs a new `OnlineUser`.
    retired: bool,
    waiting: HashMap<ConversationId, Count>,
    told_at: Option<Instant>,
}

/// Users with unread counts that wait to be sent together.
#[derive(Default)]
pub struct DeferredCounts {
    online_users: Mutex<Vec<Arc<OnlineUser>>>,
    /// Somebody was added to an empty list.
    pub some: tokio::sync::Notify,
}

impl DeferredCounts {
    /// Tells everyone's waiting counts, together with whatever else goes to them soon; answers whom.
    pub fn flush(&self) -> Vec<Arc<OnlineUser>> {
        let people = std::mem::take(&mut *self.online_users.lock().unwrap_or_else(PoisonError::into_inner));
        for online in &people {
            online.send_deferred();
        }
        people
    }
}

/// What became of a session that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It is in.
    Yes,
    /// The user left for good; it needs a new [`OnlineUser`].
    Retired,
    /// The user has enough.
    TooMany,
}

impl OnlineUser {
    /// Nobody yet.
    #[must_use]
    pub fn new(id: UserId, tenant: TenantId, deferred_counts: &Arc<DeferredCounts>) -> Arc<Self> {
        Arc::new(Self { id, tenant, deferred_counts: Arc::downgrade(deferred_counts), state: Mutex::default() })
    }

    /// Adds a session, unless the user is retired or has `max` already.
    pub fn enter(&self, session: &Arc<Session>, max: usize) -> Entered {
        let mut state = self.lock();
        if state.retired {
            return Entered::Retired;
        }
        if state.sessions.len() >= max {
            return Entered::TooMany;
        }
        // Most users have one.
        state.sessions.reserve_exact(1);
        state.sessions.push(Arc::clone(session));
        Entered::Yes
    }

    /// Removes a session; true when none is left.
    pub fn exit(&self, connection: ConnectionId) -> bool {
        let mut state = self.lock();
        state.sessions.retain(|session| session.connection != connection);
        state.sessions.shrink_to_fit();
        state.sessions.is_empty()
    }

    /// Retires a user without sessions; answers the rooms to leave. `None` when somebody came back.
    pub fn retire(&self) -> Option<Vec<ConversationId>> {
        let mut state = self.lock();
        if !state.sessions.is_empty() {
            return None;
        }
        state.retired = true;
        Some(state.room_ids())
    }

    /// Left for good.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.lock().retired
    }

    /// `(total unread, inbox version)`, once the user was joined to their rooms.
    #[must_use]
    pub fn inbox(&self) -> Option<(u32, u32)> {
        let state = self.lock();
        state.inbox_version.map(|version| (state.total_unread, version))
    }

    /// The user was joined to the rooms of all conversations up to this inbox version.
    pub fn set_inbox_version(&self, inbox_version: u32) {
        let mut state = self.lock();
        state.inbox_version = Some(state.inbox_version.unwrap_or(0).max(inbox_version));
    }

    /// The rooms the user is in.
    #[must_use]
    pub fn rooms(&self) -> Vec<ConversationId> {
        self.lock().room_ids()
    }

    /// Closes the sessions whose token was issued before this second.
    pub fn revoke(&self, issued_before_s: i64) {
        let mut state = self.lock();
        state.void_before_s = state.void_before_s.max(issued_before_s);
        for session in &state.sessions {
            session.revoke(issued_before_s);
        }
    }

    /// Whether [`Self::revoke`] was called for tokens of this second. Then or later they may have been let in again.
    #[must_use]
    pub fn heard_revocation(&self, issued_at_s: i64) -> bool {
        issued_at_s < self.lock().void_before_s
    }

    /// Sends a frame to every device.
    pub fn push(&self, frame: &Frame) {
        for session in &self.lock().sessions {
            session.push(frame);
        }
    }

    /// The user joined a room. What is unread there counts once the user may read it.
    pub(super) fn joined_room(&self, room: &Arc<Room>) {
        let mut state = self.lock();
        if let Err(at) = state.position_of(room.id) {
            grow_little(&mut state.rooms);
            state.rooms.insert(at, Arc::clone(room));
        }
    }

    /// The user may not read a conversation any more: every device is told that it is gone, and the total without it.
    pub(super) fn shut_out(&self, room: ConversationId, count: Count) {
        let mut state = self.lock();
        let before = state.total_unread;
        state.recount(count, Count::default());
        state.waiting.remove(&room);
        // No inbox version: the user is still a member.
        let left = wire::ConversationLeft { inbox_version: 0, conversation_id: room.to_string() };
        let left = Frame::event(Event::ConversationLeft(left));
        let total = (state.total_unread != before).then(|| state.total());
        for session in &state.sessions {
            session.push(&left);
            if let Some(total) = &total {
                session.push(total);
            }
        }
    }

    /// The count of a room changed.
    pub(super) fn recounted(&self, before: Count, now: Count) {
        self.lock().recount(before, now);
    }

    /// The user left a room. What was unread there counts no more, and every device gets the total.
    pub(super) fn left_room(&self, room: ConversationId, count: Count) {
        let mut state = self.lock();
        let before = state.total_unread;
        if let Ok(at) = state.position_of(room) {
            state.rooms.remove(at);
            state.recount(count, Count::default());
        }
        let was_waiting = state.waiting.remove(&room).is_some();
        if was_waiting || state.total_unread != before {
            let frame = state.total();
            for session in &state.sessions {
                session.push(&frame);
            }
        }
    }

    /// Tells a count to every device at once.
    pub(super) fn push_count(&self, room: ConversationId, count: Count) {
        let mut state = self.lock();
        state.waiting.remove(&room);
        let frame = state.frame(room, count);
        for session in &state.sessions {
            session.push(&frame);
        }
    }

    /// Shows a change of a room to every device. If it moved the user's count there, the new
    /// count is sent now, or deferred if another one was sent just before.
    pub(super) fn deliver(
        self: &Arc<Self>,
        room: ConversationId,
        frame: &Frame,
        moved: Option<(Count, Count)>,
        now: Instant,
    ) {
        let mut state = self.lock();
        let mut told = None;
        let mut waits = false;
        if let Some((before, count)) = moved {
            state.recount(before, count);
            if state.waiting.is_empty() && state.told_at.is_none_or(|at| now - at >= COUNTS_APART) {
                state.told_at = Some(now);
                told = Some(state.frame(room, count));
            } else {
                waits = state.waiting.is_empty();
                state.waiting.insert(room, count);
            }
        }
        for session in &state.sessions {
            session.push(frame);
            if let Some(told) = &told {
                session.push(told);
            }
        }
        drop(state);
        if let (true, Some(deferred_counts)) = (waits, self.deferred_counts.upgrade()) {
            deferred_counts.online_users.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(self));
            deferred_counts.some.notify_one();
        }
    }

    /// Writes the deferred counts of every device that no other frame has taken along.
    pub fn flush_deferred(&self) {
        for session in &self.lock().sessions {
            session.flush_deferred();
        }
    }

    fn send_deferred(&self) {
        let mut state = self.lock();
        state.told_at = Some(Instant::now());
        for (room, count) in std::mem::take(&mut state.waiting) {
            let frame = state.frame(room, count);
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
    fn position_of(&self, room: ConversationId) -> Result<usize, usize> {
        self.rooms.binary_search_by(|one| one.id.cmp(&room))
    }

    fn room_ids(&self) -> Vec<ConversationId> {
        self.rooms.iter().map(|room| room.id).collect()
    }

    fn recount(&mut self, before: Count, now: Count) {
        self.total_unread = self.total_unread.saturating_sub(before.weight()) + now.weight();
    }

    /// The total alone.
    fn total(&self) -> Frame {
        let total_unread = self.total_unread;
        Frame::event(Event::ReadStateChanged(wire::ReadStateChanged { read_state: None, total_unread }))
    }

    fn frame(&self, room: ConversationId, count: Count) -> Frame {
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
