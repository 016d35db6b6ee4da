//! A conversation that somebody on this node is in.
//!
//! A room holds the version its audience has seen and delivers changes strictly in order: what comes early waits, what
//! comes twice is dropped. The room holds each online member with the count of unread messages; counts follow from the changes
//! themselves, without a query. Whether a member may read is in [`deciding`].

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

pub use self::member::{Count, Reads};
use self::{
    deciding::Deciding,
    member::{PackedVisibility, RoomMember},
};
use super::{
    arrivals::Arrivals,
    online_user::OnlineUser,
    recent::Recent,
    update::{Change, Effect, Position},
};
use crate::{sessions::Frame, store::queries::positions};

/// Changes that wait for a missing one. Beyond, the repair reads them from the database anyway.
const AHEAD_MAX: usize = 256;

/// A live conversation.
pub struct Room {
    /// Which.
    pub id: ConversationId,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the audience has seen; `None` until the first member's position was read.
    version: Option<u32>,
    /// Number of the last message at that version, never ahead of it: what is repaired counts as new beyond it.
    last_seq: u32,
    /// Sorted by user.
    members: Vec<RoomMember>,
    recent: Recent,
    ahead: BTreeMap<u32, Change>,
    /// Members whose devices are being told that they joined.
    arrivals: Arrivals,
    deciding: Deciding,
    /// Of the last change, as the caller's clock has it.
    active_at_ms: i64,
}

/// Positions of a room are being read; see [`Room::begin_reading`].
pub struct Reading(Arc<Room>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.lock().recent.end_reading();
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Everyone has it, or had it.
    Done,
    /// One before it is missing.
    Gap,
    /// It was decided by newer facts than those that say who of the members may read: they are to be asked about first.
    Undecided,
}

impl Room {
    /// A room nobody is in yet.
    #[must_use]
    pub fn new(id: ConversationId) -> Self {
        Self { id, state: Mutex::default() }
    }

    /// Delivers a change, or keeps it until those before it came.
    pub fn apply(&self, change: Change, now_ms: i64) -> Applied {
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

    /// Delivers what the database says was missed, up to `version`, when the last message was `last_seq`. Versions that left
    /// no trace are passed over; clients that see the hole ask for themselves. Nothing is delivered while it is open whether
    /// facts of version `facts` let all readers of the room read; 0 stands for rules that let members read whatever the facts.
    pub fn repair(&self, messages: &[wire::Message], version: u32, last_seq: u32, facts: u64) -> Applied {
        let mut state = self.lock();
        if facts > 0 && !state.deciding.is_by(facts) {
            return Applied::Undecided;
        }
        // What is new is decided here, for some of it may have come live meanwhile.
        let known_seq = state.last_seq;
        for message in messages {
            if state.version.is_some_and(|seen| message.version > seen) {
                state.deliver(self.id, &Change::of_message(self.id, message, known_seq));
            }
        }
        state.skip_to(version, last_seq);
        state.deliver_ahead(self.id)
    }

    /// Says that positions in this room are about to be read from the database. Until the answer is dropped, the room remembers
    /// what changes, so that what was read can be brought up to date however much that is.
    #[must_use]
    pub fn begin_reading(self: &Arc<Self>) -> Reading {
        self.lock().recent.begin_reading();
        Reading(Arc::clone(self))
    }

    /// Adds a member, whose position was read from the database. False when the position must be read again: versions were
    /// passed over since, the member was removed, or too much was changed. With `arriving`, the member's devices hear nothing of this room until [`Self::admit`].
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
        let Some(as_of) = state.bring_up(online.id, &mut count, read.version) else { return false };
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
                let is_told = member.visibility.reads() == Reads::Yes && !is_waiting;
                if member.count_is(count, as_of) && is_told {
                    online.push_count(self.id, count);
                }
                return true;
            }
            // Of one who left and came back.
            Ok(at) => state.members[at] = member,
            Err(at) => {
                grow_little(&mut state.members);
                state.members.insert(at, member);
            }
        }
        online.joined_room(self);
        true
    }

    /// Removes a member. True when no member is left.
    pub fn leave(&self, user: UserId) -> bool {
        let mut state = self.lock();
        if let Ok(at) = state.find(user) {
            state.remove_member(self.id, at);
        }
        state.members.is_empty()
    }

    /// Tells the devices of a member of this room that the member joined, by an event that holds the conversation at `version` and
    /// the member's count at it. What waited follows, from the next version on: nothing before the event, nothing twice. Facts
    /// of the version `facts` let the member read. False when newer facts were asked about the others meanwhile: what waited
    /// may be decided by those, so they are to be asked about this member, too.
    #[must_use]
    pub fn admit(&self, online: &OnlineUser, joined: &Frame, version: u32, read: Count, facts: u64) -> bool {
        let mut state = self.lock();
        let Ok(at) = state.find(online.id) else { return true };
        if facts < state.deciding.decided {
            return false;
        }
        state.let_in(at, facts, version);
        let seen = state.version.unwrap_or(version);
        let waited = state.arrivals.finish(online.id, version, seen);
        let mut count = read;
        if let Some(as_of) = state.bring_up(online.id, &mut count, version) {
            state.members[at].count_is(count, as_of);
        }
        online.push(joined);
        for frame in &waited.frames {
            online.push(frame);
        }
        if !waited.is_whole {
            online.push(&Frame::event(wire::event::Kind::Gap(wire::Gap {})));
        }
        // The total moved with what is unread here.
        online.push_count(self.id, state.members[at].count);
        true
    }

    /// Moves a member's own position. False when so much happened since that the position must be read from the database.
    #[must_use]
    pub fn position(&self, position: &Position) -> bool {
        let mut state = self.lock();
        let Ok(at) = state.find(position.user) else { return true };
        let mut count = Count::new(position.read_seq, position.unread, position.marked_unread);
        let Some(as_of) = state.bring_up(position.user, &mut count, position.version) else { return false };
        let is_told = state.members[at].visibility.reads() == Reads::Yes && !state.arrivals.is_waiting(position.user);
        let member = &mut state.members[at];
        if count.read_seq < member.count.read_seq {
            return true;
        }
        member.count_is(count, as_of);
        if is_told {
            member.online.push_count(self.id, count);
        }
        true
    }

    /// Shows a passing frame to everyone but its cause, as far as they may learn of it.
    pub fn push_ephemeral(&self, cause: UserId, frame: &Frame, may_learn: impl Fn(UserId) -> bool) {
        self.lock().push(frame, |user| user != cause && may_learn(user));
    }

    /// Shows a frame to everyone, outside of the order of versions.
    pub fn push(&self, frame: &Frame) {
        self.lock().push(frame, |_| true);
    }

    /// Shows a frame to one member, outside of the order of versions.
    pub fn push_to_member(&self, member: UserId, frame: &Frame) {
        self.lock().push(frame, |user| user == member);
    }

    /// What the audience has seen: `(version, last_seq)`; `None` while the first member is being added.
    #[must_use]
    pub fn seen(&self) -> Option<(u32, u32)> {
        let state = self.lock();
        state.version.map(|version| (version, state.last_seq))
    }

    /// When something last happened, milliseconds since 1970 UTC.
    #[must_use]
    pub fn active_at_ms(&self) -> i64 {
        self.lock().active_at_ms
    }

    /// The room has no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().members.is_empty()
    }

    /// The live members.
    #[must_use]
    pub fn people(&self) -> Vec<Arc<OnlineUser>> {
        self.lock().members.iter().map(|member| Arc::clone(&member.online)).collect()
    }

    /// The tenant of the members.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        self.lock().members.first().map(|member| member.online.tenant)
    }

    /// Where a live member who may read stands, the version that the audience has seen, and from which message on the member sees
    /// all: of one moment, so that whoever is a member here was not taken out up to that version.
    #[must_use]
    pub fn state_of(&self, user: UserId) -> Option<(Count, u32, u32)> {
        let state = self.lock();
        let member = state.reading_member(user)?;
        Some((member.count, state.version?, member.visibility.fully_visible_from_seq()))
    }

    /// Where a live member who may read stands.
    #[must_use]
    pub fn count(&self, user: UserId) -> Option<Count> {
        self.lock().reading_member(user).map(|member| member.count)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; if it did, the counters still heal.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for one more, and an eighth: lists of who is where fill up once and stay so, and doubling would leave half of them empty.
pub(super) fn grow_little<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 8).max(1));
    }
}

impl State {
    fn find(&self, user: UserId) -> Result<usize, usize> {
        self.members.binary_search_by(|member| member.online.id.cmp(&user))
    }

    fn reading_member(&self, user: UserId) -> Option<&RoomMember> {
        self.find(user).ok().map(|at| &self.members[at]).filter(|member| member.visibility.reads() == Reads::Yes)
    }

    /// What keeps the next change waiting.
    fn waits(&self) -> Applied {
        match (self.version, self.ahead.first_key_value()) {
            (None, _) | (_, None) => Applied::Done,
            (Some(version), Some((next, _))) if *next == version + 1 => Applied::Undecided,
            _ => Applied::Gap,
        }
    }

    fn deliver(&mut self, room: ConversationId, change: &Change) {
        self.version = Some(change.version);
        if let Effect::Sent { seq, .. } = change.effect {
            self.last_seq = self.last_seq.max(seq);
        }
        self.recent.push(change.version, change.effect.clone());
        // A member whose position was read at a later version came back after the removal.
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

    /// Removes a member; the user's devices get the total that is left.
    fn remove_member(&mut self, room: ConversationId, at: usize) {
        let member = self.members.remove(at);
        self.arrivals.forget(member.online.id);
        member.online.left_room(room, member.counted());
    }

    /// Shows a frame that has no version to some members.
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
            self.deciding.passed_over(version);
            self.recent.forget();
        }
    }

    /// Applies to a count what happened since `version`; answers the version it is true at then.
    fn bring_up(&self, user: UserId, count: &mut Count, version: u32) -> Option<u32> {
        let seen = self.version.unwrap_or(version);
        if version >= seen {
            return Some(version);
        }
        for effect in self.recent.since(version, seen)? {
            if matches!(effect, Effect::Removed(users) if users.contains(&user)) {
                // Read before the leaving: only a fresh read tells whether the user is a member.
                return None;
            }
            count.apply(user, effect);
        }
        Some(seen)
    }
}
