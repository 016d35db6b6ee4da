//! A conversation with at least one online member on this node.
//!
//! A room holds the version that its members have seen, and delivers changes strictly in the order of versions: a change
//! that comes early waits, and a change that comes twice is dropped. The room holds the unread count of each online member,
//! and updates the count from the changes, without a query. Which members may read is decided in [`deciding`].

mod deciding;
mod member;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use causerie_protocol::{ConversationId, TenantId, UserId, wire};

pub use self::member::Reads;
use self::{
    deciding::Deciding,
    member::{PackedVisibility, RoomMember},
};
use super::{
    arrivals::Arrivals,
    count::Count,
    online_user::{OnlineUser, grow_little},
    recent::Recent,
    update::{Change, Effect, ReadPosition},
};
use crate::{domain::Message, sessions::Frame, store::queries::positions};

/// The number of changes that may wait for a missing change. Further changes are dropped: the repair reads them from the
/// database.
const WAITING_MAX: usize = 256;

/// The state of one conversation in the memory of this node.
pub struct Room {
    /// The id of the conversation.
    pub id: ConversationId,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The version that the members have seen; `None` until the first member's position was read.
    version: Option<u32>,
    /// The `seq` of the last message at `version`, never ahead of it: the repair treats messages with a higher `seq` as new.
    last_seq: u32,
    /// Sorted by user id.
    members: Vec<RoomMember>,
    recent: Recent,
    /// The changes that are not delivered yet, by version: an earlier change is missing, or the readers must be decided
    /// first.
    waiting: BTreeMap<u32, Change<Frame>>,
    /// Members to whom `conversationJoined` was not sent yet.
    arrivals: Arrivals,
    deciding: Deciding,
    /// When the last change was applied. Milliseconds since 1970 UTC, by the clock of the hub.
    active_at_ms: i64,
}

/// A guard that exists while positions of the room are read from the database; see [`Room::begin_reading`].
pub struct Reading(Arc<Room>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.lock().recent.end_reading();
    }
}

/// The result of applying a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The change is delivered, or was delivered before.
    Done,
    /// An earlier change is missing, so this change waits.
    Gap,
    /// The change was decided by newer facts than the room's last decision about its readers. The readers must be decided
    /// again before the change is delivered.
    Undecided,
}

impl Room {
    /// A room without members.
    #[must_use]
    pub fn new(id: ConversationId) -> Self {
        Self { id, state: Mutex::default() }
    }

    /// Delivers a change, or keeps it until the earlier changes have come. `now_ms`: milliseconds since 1970 UTC.
    pub fn apply(&self, change: Change<Frame>, now_ms: i64) -> Applied {
        let mut state = self.lock();
        state.active_at_ms = now_ms;
        if state.version.is_some_and(|version| change.version <= version) {
            return Applied::Done;
        }
        if change.effect == Effect::Capabilities && change.facts > 0 {
            state.deciding.state_changed(change.version);
        }
        match state.version {
            Some(version) if change.version == version + 1 && change.facts <= state.deciding.decided_facts => {
                state.deliver(self.id, &change);
                state.deliver_waiting(self.id)
            }
            _ => {
                if state.waiting.len() < WAITING_MAX {
                    state.waiting.insert(change.version, change);
                }
                state.undelivered_reason()
            }
        }
    }

    /// Delivers the messages that the room missed, as the database has them at `version` with `last_seq` as the last
    /// message. Versions that left no message are skipped; the caller then sends `gap` to the members. Nothing is delivered
    /// and the result is [`Applied::Undecided`] until the readers of the room were decided by facts of version `facts` or
    /// later; `facts` is 0 where the rules let every member read.
    pub fn repair(&self, messages: &[Message], version: u32, last_seq: u32, facts: u64) -> Applied {
        let mut state = self.lock();
        if facts > 0 && !state.deciding.covers(facts) {
            return Applied::Undecided;
        }
        // Whether a message is new is decided under the lock, because some of the messages may have come live in the
        // meantime.
        let known_seq = state.last_seq;
        for message in messages {
            if state.version.is_some_and(|seen| message.version > seen) {
                state.deliver(self.id, &Change::of_message(message.clone(), known_seq).encode());
            }
        }
        state.skip_to(version, last_seq);
        state.deliver_waiting(self.id)
    }

    /// Must be called before positions of this room are read from the database. Until the returned guard is dropped, the
    /// room remembers more changes, so that a position can be brought up to date although many changes happen during the
    /// query.
    #[must_use]
    pub fn begin_reading(self: &Arc<Self>) -> Reading {
        self.lock().recent.begin_reading();
        Reading(Arc::clone(self))
    }

    /// Adds a member whose position was read from the database. Returns false if the position must be read again: since the
    /// read, versions were skipped, the member was removed, or more changed than the room remembers. If `is_arriving`, the
    /// member's devices get no frame of this room until [`Self::finish_arrival`].
    pub fn join(
        self: &Arc<Self>,
        online: &Arc<OnlineUser>,
        position: &positions::MemberPosition,
        is_arriving: bool,
    ) -> bool {
        let mut state = self.lock();
        if online.is_retired() {
            return true;
        }
        if state.version.is_none() {
            state.version = Some(position.version);
            state.last_seq = position.last_seq;
            state.waiting = state.waiting.split_off(&(position.version + 1));
            state.deliver_waiting(self.id);
        }
        let mut count = Count::new(position.read_seq, position.unread, position.marked_unread);
        let Some(count_version) = state.bring_up_to_date(online.id, &mut count, position.version) else { return false };
        if is_arriving {
            state.arrivals.begin(online.id);
        }
        let visibility = PackedVisibility::new(position.fully_visible_from_seq);
        let member = RoomMember { online: Arc::clone(online), count, count_version, visibility };
        match state.index_of(online.id) {
            Ok(index) if Arc::ptr_eq(&state.members[index].online, online) => {
                let is_waiting = state.arrivals.is_waiting(online.id);
                let member = &mut state.members[index];
                member.visibility.raise_fully_visible_from(position.fully_visible_from_seq);
                let gets_frames = member.visibility.reads() == Reads::Yes && !is_waiting;
                if member.set_count(count, count_version) && gets_frames {
                    online.push_count(self.id, count);
                }
                return true;
            }
            // The entry belongs to an earlier `OnlineUser` of the same user, who went offline and came back.
            Ok(index) => state.members[index] = member,
            Err(index) => {
                grow_little(&mut state.members);
                state.members.insert(index, member);
            }
        }
        online.joined_room(self);
        true
    }

    /// Removes a member. Returns true if the room has no members afterwards.
    pub fn leave(&self, user: UserId) -> bool {
        let mut state = self.lock();
        if let Ok(index) = state.index_of(user) {
            state.remove_member(self.id, index);
        }
        state.members.is_empty()
    }

    /// Sends `joined` (`conversationJoined`, with the conversation at `version` and the member's count `count`) to a
    /// member's devices, and then the frames that waited for the member, except changes up to `version`. The caller has
    /// decided by facts of version `facts` that the member may read. Returns false, and sends nothing, if the room's readers
    /// were decided by newer facts in the meantime: the waiting changes may have been decided by these facts, so the rules
    /// must be asked about the member again.
    #[must_use]
    pub fn finish_arrival(&self, online: &OnlineUser, joined: &Frame, version: u32, mut count: Count, facts: u64) -> bool {
        let mut state = self.lock();
        let Ok(index) = state.index_of(online.id) else { return true };
        if facts < state.deciding.decided_facts {
            return false;
        }
        state.make_reader(index, facts, version);
        let seen = state.version.unwrap_or(version);
        let waited = state.arrivals.finish(online.id, version, seen);
        if let Some(count_version) = state.bring_up_to_date(online.id, &mut count, version) {
            state.members[index].set_count(count, count_version);
        }
        online.push(joined);
        for frame in &waited.frames {
            online.push(frame);
        }
        if !waited.is_whole {
            online.push(&Frame::event(wire::event::Kind::Gap(wire::Gap {})));
        }
        // The member's total has changed with the count of this room.
        online.push_count(self.id, state.members[index].count);
        true
    }

    /// Applies a new read position of a member. Returns false if the room no longer remembers all changes since the
    /// position's version, so that the position must be read from the database.
    #[must_use]
    pub fn apply_read_position(&self, position: &ReadPosition) -> bool {
        let mut state = self.lock();
        let Ok(index) = state.index_of(position.user) else { return true };
        let mut count = Count::new(position.read_seq, position.unread, position.marked_unread);
        let Some(count_version) = state.bring_up_to_date(position.user, &mut count, position.version) else { return false };
        let gets_frames = state.members[index].visibility.reads() == Reads::Yes && !state.arrivals.is_waiting(position.user);
        let member = &mut state.members[index];
        if count.read_seq < member.count.read_seq {
            return true;
        }
        member.set_count(count, count_version);
        if gets_frames {
            member.online.push_count(self.id, count);
        }
        true
    }

    /// Sends an ephemeral frame to each reader except `cause` for whom `may_learn` returns true.
    pub fn push_ephemeral(&self, cause: UserId, frame: &Frame, may_learn: impl Fn(UserId) -> bool) {
        self.lock().push(frame, |user| user != cause && may_learn(user));
    }

    /// Sends a frame that has no version to all readers.
    pub fn push(&self, frame: &Frame) {
        self.lock().push(frame, |_| true);
    }

    /// Sends a frame that has no version to one member.
    pub fn push_to_member(&self, member: UserId, frame: &Frame) {
        self.lock().push(frame, |user| user == member);
    }

    /// Returns `(version, last_seq)` that the members have seen; `None` while the first member is being added.
    #[must_use]
    pub fn seen(&self) -> Option<(u32, u32)> {
        let state = self.lock();
        state.version.map(|version| (version, state.last_seq))
    }

    /// When the last change was applied. Milliseconds since 1970 UTC; 0 if no change was applied.
    #[must_use]
    pub fn active_at_ms(&self) -> i64 {
        self.lock().active_at_ms
    }

    /// Whether the room has no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().members.is_empty()
    }

    /// The online members on this node.
    #[must_use]
    pub fn online_members(&self) -> Vec<Arc<OnlineUser>> {
        self.lock().members.iter().map(|member| Arc::clone(&member.online)).collect()
    }

    /// The tenant of the members; `None` if the room has no members.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        self.lock().members.first().map(|member| member.online.tenant)
    }

    /// For an online member who may read: the count, the version that the members have seen, and the `seq` from which on the
    /// member sees every message. All three are read at the same moment, so the member was not removed up to that version.
    /// `None` for other users.
    #[must_use]
    pub fn state_of(&self, user: UserId) -> Option<(Count, u32, u32)> {
        let state = self.lock();
        let member = state.reading_member(user)?;
        Some((member.count, state.version?, member.visibility.fully_visible_from_seq()))
    }

    /// The count of an online member who may read; `None` for other users.
    #[must_use]
    pub fn count(&self, user: UserId) -> Option<Count> {
        self.lock().reading_member(user).map(|member| member.count)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock. If it did, the comparison of versions with the database would still
        // correct the state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The index of a member, or the index at which the user would be inserted.
    fn index_of(&self, user: UserId) -> Result<usize, usize> {
        self.members.binary_search_by(|member| member.online.id.cmp(&user))
    }

    fn reading_member(&self, user: UserId) -> Option<&RoomMember> {
        self.index_of(user).ok().map(|index| &self.members[index]).filter(|member| member.visibility.reads() == Reads::Yes)
    }

    /// The reason why the next waiting change is not delivered; [`Applied::Done`] if no change waits.
    fn undelivered_reason(&self) -> Applied {
        match (self.version, self.waiting.first_key_value()) {
            (None, _) | (_, None) => Applied::Done,
            (Some(version), Some((next, _))) if *next == version + 1 => Applied::Undecided,
            _ => Applied::Gap,
        }
    }

    /// Delivers the next change, or a change whose earlier versions are skipped.
    fn deliver(&mut self, room: ConversationId, change: &Change<Frame>) {
        self.version = Some(change.version);
        if let Effect::Sent { seq, .. } = change.effect {
            self.last_seq = self.last_seq.max(seq);
        }
        self.recent.push(change.version, change.effect.clone());
        // A member whose position was read at a later version came back after this removal, and stays.
        let removed: Vec<UserId> = match &change.effect {
            Effect::Removed(users) => users
                .iter()
                .filter(|user| self.index_of(**user).is_ok_and(|index| self.members[index].count_version < change.version))
                .copied()
                .collect(),
            _ => Vec::new(),
        };
        let (now, gap) = (Instant::now(), Frame::event(wire::event::Kind::Gap(wire::Gap {})));
        // A change without a message is sent to every member.
        let seq = change.seq().unwrap_or(u32::MAX);
        for member in &mut self.members {
            let mut moved = None;
            if member.count_version < change.version {
                member.count_version = change.version;
                let before = member.count;
                member.count.apply(member.online.id, &change.effect);
                moved = (member.count != before).then_some((before, member.count));
            }
            // The devices answer `gap` with `resume`, whose reply does not contain messages that the member deleted.
            let frame = if member.may_not_see(seq) { &gap } else { &change.event };
            let is_held_back = self.arrivals.take(member.online.id, Some(change.version), frame);
            match (member.visibility.reads(), moved) {
                (Reads::Yes, Some((before, after))) if is_held_back => member.online.recounted(before, after),
                (Reads::Yes, _) if !is_held_back => member.online.deliver(room, frame, moved, now),
                _ => {}
            }
        }
        self.arrivals.seen(change.version);
        for user in removed {
            if let Ok(index) = self.index_of(user) {
                self.remove_member(room, index);
            }
        }
    }

    /// Removes a member. The user's devices get the user's new total.
    fn remove_member(&mut self, room: ConversationId, index: usize) {
        let member = self.members.remove(index);
        self.arrivals.forget(member.online.id);
        member.online.left_room(room, member.count_in_total());
    }

    /// Sends a frame that has no version to the readers that `selects` selects.
    fn push(&mut self, frame: &Frame, selects: impl Fn(UserId) -> bool) {
        for member in self.members.iter().filter(|member| selects(member.online.id)) {
            if !self.arrivals.take(member.online.id, None, frame) && member.visibility.reads() == Reads::Yes {
                member.online.push(frame);
            }
        }
    }

    /// Delivers the waiting changes that can be delivered now. Returns the reason why the next change waits.
    fn deliver_waiting(&mut self, room: ConversationId) -> Applied {
        let version = self.version.unwrap_or(0);
        self.waiting = self.waiting.split_off(&(version + 1));
        while let Some(next) = self.version.map(|version| version + 1)
            && self.waiting.get(&next).is_some_and(|change| change.facts <= self.deciding.decided_facts)
            && let Some(change) = self.waiting.remove(&next)
        {
            self.deliver(room, &change);
        }
        self.undelivered_reason()
    }

    /// Records that the members have seen everything up to this version, without delivering the versions in between.
    fn skip_to(&mut self, version: u32, last_seq: u32) {
        if self.version.is_some_and(|seen| seen < version) {
            self.version = Some(version);
            self.last_seq = self.last_seq.max(last_seq);
            self.arrivals.seen(version);
            self.deciding.skipped(version);
            self.recent.forget();
        }
    }

    /// Applies the changes after `version` to a count. Returns the version at which the count is true afterwards; `None` if
    /// the room does not remember these changes, or if one of these changes removed the user.
    fn bring_up_to_date(&self, user: UserId, count: &mut Count, version: u32) -> Option<u32> {
        let seen = self.version.unwrap_or(version);
        if version >= seen {
            return Some(version);
        }
        for effect in self.recent.since(version, seen)? {
            if matches!(effect, Effect::Removed(users) if users.contains(&user)) {
                // The count was read before the removal. Only a new read shows whether the user is a member again.
                return None;
            }
            count.apply(user, effect);
        }
        Some(seen)
    }
}
