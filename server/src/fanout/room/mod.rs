//! A conversation with at least one online member on this node.
//!
//! A room holds the version that its members have seen, and delivers changes strictly in the order of versions: a change
//! that comes early waits, a change that comes twice is dropped. The room holds each online member with their unread count,
//! and updates the count from the changes themselves, without a query. Which members may read is decided in [`deciding`].

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
const AHEAD_MAX: usize = 256;

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
    ahead: BTreeMap<u32, Change<Frame>>,
    /// Members to whom `conversationJoined` was not sent yet.
    arrivals: Arrivals,
    deciding: Deciding,
    /// When the last change was applied, milliseconds since 1970 UTC by the clock of the hub.
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
    /// The change was decided by newer facts than the room's last decision about its readers. The members must be asked
    /// about before it is delivered.
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
            Some(version) if change.version == version + 1 && change.facts <= state.deciding.decided => {
                state.deliver(self.id, &change);
                state.deliver_ahead(self.id)
            }
            _ => {
                if state.ahead.len() < AHEAD_MAX {
                    state.ahead.insert(change.version, change);
                }
                state.waits()
            }
        }
    }

    /// Delivers the messages that the room missed, as the database has them at `version` with `last_seq` as the last
    /// message. Versions that left no message are passed over; a client that sees the hole asks for itself. Nothing is
    /// delivered as long as it is not decided that all readers of the room may read by facts of version `facts`; `facts` is
    /// 0 where the rules let every member read.
    pub fn repair(&self, messages: &[Message], version: u32, last_seq: u32, facts: u64) -> Applied {
        let mut state = self.lock();
        if facts > 0 && !state.deciding.is_by(facts) {
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
        state.deliver_ahead(self.id)
    }

    /// Declares that positions of this room are about to be read from the database. Until the returned guard is dropped, the
    /// room remembers its changes, so that a position can be brought up to date however many changes happen during the
    /// query.
    #[must_use]
    pub fn begin_reading(self: &Arc<Self>) -> Reading {
        self.lock().recent.begin_reading();
        Reading(Arc::clone(self))
    }

    /// Adds a member whose position was read from the database. Returns false if the position must be read again: since the
    /// read, versions were passed over, the member was removed, or more changed than the room remembers. With `arriving`,
    /// the member's devices get no frame of this room until [`Self::admit`].
    pub fn join(self: &Arc<Self>, online: &Arc<OnlineUser>, read: &positions::MemberPosition, arriving: bool) -> bool {
        let mut state = self.lock();
        if online.is_retired() {
            return true;
        }
        if state.version.is_none() {
            state.version = Some(read.version);
            state.last_seq = read.last_seq;
            state.ahead = state.ahead.split_off(&(read.version + 1));
            state.deliver_ahead(self.id);
        }
        let mut count = Count::new(read.read_seq, read.unread, read.marked_unread);
        let Some(as_of) = state.bring_up_to_date(online.id, &mut count, read.version) else { return false };
        if arriving {
            state.arrivals.begin(online.id);
        }
        let visibility = PackedVisibility::new(read.fully_visible_from_seq);
        let member = RoomMember { online: Arc::clone(online), count, as_of, visibility };
        match state.find(online.id) {
            Ok(at) if Arc::ptr_eq(&state.members[at].online, online) => {
                let is_waiting = state.arrivals.is_waiting(online.id);
                let member = &mut state.members[at];
                member.visibility.see_from(read.fully_visible_from_seq);
                let gets_frames = member.visibility.reads() == Reads::Yes && !is_waiting;
                if member.set_count(count, as_of) && gets_frames {
                    online.push_count(self.id, count);
                }
                return true;
            }
            // The entry is left from an earlier `OnlineUser` of the same user, who went offline and came back.
            Ok(at) => state.members[at] = member,
            Err(at) => {
                grow_little(&mut state.members);
                state.members.insert(at, member);
            }
        }
        online.joined_room(self);
        true
    }

    /// Removes a member. Returns true if the room has no members then.
    pub fn leave(&self, user: UserId) -> bool {
        let mut state = self.lock();
        if let Ok(at) = state.find(user) {
            state.remove_member(self.id, at);
        }
        state.members.is_empty()
    }

    /// Sends `joined` (`conversationJoined`, with the conversation at `version` and the member's count `read`) to a member's
    /// devices, and then the frames that waited for the member, without changes up to `version`. Facts of version `facts`
    /// let the member read. Returns false, and sends nothing, if the room's other members were asked about by newer facts in
    /// the meantime: the waiting changes may have been decided by these facts, so the member must be asked about again.
    #[must_use]
    pub fn admit(&self, online: &OnlineUser, joined: &Frame, version: u32, read: Count, facts: u64) -> bool {
        let mut state = self.lock();
        let Ok(at) = state.find(online.id) else { return true };
        if facts < state.deciding.decided {
            return false;
        }
        state.make_reader(at, facts, version);
        let seen = state.version.unwrap_or(version);
        let waited = state.arrivals.finish(online.id, version, seen);
        let mut count = read;
        if let Some(as_of) = state.bring_up_to_date(online.id, &mut count, version) {
            state.members[at].set_count(count, as_of);
        }
        online.push(joined);
        for frame in &waited.frames {
            online.push(frame);
        }
        if !waited.is_whole {
            online.push(&Frame::event(wire::event::Kind::Gap(wire::Gap {})));
        }
        // The member's total has changed with the count of this room.
        online.push_count(self.id, state.members[at].count);
        true
    }

    /// Applies a move of a member's own read position. Returns false if the room no longer remembers all changes since the
    /// position's version, so that the position must be read from the database.
    #[must_use]
    pub fn apply_read_position(&self, position: &ReadPosition) -> bool {
        let mut state = self.lock();
        let Ok(at) = state.find(position.user) else { return true };
        let mut count = Count::new(position.read_seq, position.unread, position.marked_unread);
        let Some(as_of) = state.bring_up_to_date(position.user, &mut count, position.version) else { return false };
        let gets_frames = state.members[at].visibility.reads() == Reads::Yes && !state.arrivals.is_waiting(position.user);
        let member = &mut state.members[at];
        if count.read_seq < member.count.read_seq {
            return true;
        }
        member.set_count(count, as_of);
        if gets_frames {
            member.online.push_count(self.id, count);
        }
        true
    }

    /// Sends an ephemeral frame to all readers except `cause`, as far as `may_learn` allows.
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

    /// `(version, last_seq)` that the members have seen; `None` while the first member is being added.
    #[must_use]
    pub fn seen(&self) -> Option<(u32, u32)> {
        let state = self.lock();
        state.version.map(|version| (version, state.last_seq))
    }

    /// When the last change was applied, milliseconds since 1970 UTC; 0 if there was none.
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
    /// member sees every message. All three are read at one moment, so a member who is found here was not removed up to that
    /// version.
    #[must_use]
    pub fn state_of(&self, user: UserId) -> Option<(Count, u32, u32)> {
        let state = self.lock();
        let member = state.reading_member(user)?;
        Some((member.count, state.version?, member.visibility.fully_visible_from_seq()))
    }

    /// The count of an online member who may read.
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
    fn find(&self, user: UserId) -> Result<usize, usize> {
        self.members.binary_search_by(|member| member.online.id.cmp(&user))
    }

    fn reading_member(&self, user: UserId) -> Option<&RoomMember> {
        self.find(user).ok().map(|at| &self.members[at]).filter(|member| member.visibility.reads() == Reads::Yes)
    }

    /// The reason why the next change is not delivered yet.
    fn waits(&self) -> Applied {
        match (self.version, self.ahead.first_key_value()) {
            (None, _) | (_, None) => Applied::Done,
            (Some(version), Some((next, _))) if *next == version + 1 => Applied::Undecided,
            _ => Applied::Gap,
        }
    }

    fn deliver(&mut self, room: ConversationId, change: &Change<Frame>) {
        self.version = Some(change.version);
        if let Effect::Sent { seq, .. } = change.effect {
            self.last_seq = self.last_seq.max(seq);
        }
        self.recent.push(change.version, change.effect.clone());
        // A member whose position was read at a later version came back after this removal, and stays.
        let gone: Vec<UserId> = match &change.effect {
            Effect::Removed(users) => users
                .iter()
                .filter(|user| self.find(**user).is_ok_and(|at| self.members[at].as_of < change.version))
                .copied()
                .collect(),
            _ => Vec::new(),
        };
        let (now, gap) = (Instant::now(), Frame::event(wire::event::Kind::Gap(wire::Gap {})));
        for member in &mut self.members {
            let mut moved = None;
            if member.as_of < change.version {
                member.as_of = change.version;
                let before = member.count;
                member.count.apply(member.online.id, &change.effect);
                moved = (member.count != before).then_some((before, member.count));
            }
            let view = member.view(change, &gap);
            let waits = self.arrivals.take(member.online.id, Some(change.version), view);
            match (member.visibility.reads(), moved) {
                (Reads::Yes, Some((before, now))) if waits => member.online.recounted(before, now),
                (Reads::Yes, _) if !waits => member.online.deliver(room, view, moved, now),
                _ => {}
            }
        }
        self.arrivals.seen(change.version);
        for user in gone {
            if let Ok(at) = self.find(user) {
                self.remove_member(room, at);
            }
        }
    }

    /// Removes a member; the user's devices get their new total.
    fn remove_member(&mut self, room: ConversationId, at: usize) {
        let member = self.members.remove(at);
        self.arrivals.forget(member.online.id);
        member.online.left_room(room, member.counted());
    }

    /// Sends a frame that has no version to the readers that `to` selects.
    fn push(&mut self, frame: &Frame, to: impl Fn(UserId) -> bool) {
        for member in self.members.iter().filter(|member| to(member.online.id)) {
            if !self.arrivals.take(member.online.id, None, frame) && member.visibility.reads() == Reads::Yes {
                member.online.push(frame);
            }
        }
    }

    fn deliver_ahead(&mut self, room: ConversationId) -> Applied {
        let version = self.version.unwrap_or(0);
        self.ahead = self.ahead.split_off(&(version + 1));
        while let Some(next) = self.version.map(|version| version + 1)
            && self.ahead.get(&next).is_some_and(|change| change.facts <= self.deciding.decided)
            && let Some(change) = self.ahead.remove(&next)
        {
            self.deliver(room, &change);
        }
        self.waits()
    }

    fn skip_to(&mut self, version: u32, last_seq: u32) {
        if self.version.is_some_and(|seen| seen < version) {
            self.version = Some(version);
            self.last_seq = self.last_seq.max(last_seq);
            self.arrivals.seen(version);
            self.deciding.skipped(version);
            self.recent.forget();
        }
    }

    /// Applies the changes after `version` to a count. Returns the version at which the count is then true; `None` if the
    /// room does not remember these changes, or if one of them removed the user.
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
