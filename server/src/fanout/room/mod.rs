//! A conversation that somebody on this node is in.
//!
//! A room holds the version its audience has seen and delivers changes strictly in order: what comes early waits, what
//! comes twice is dropped. Each live member has a seat with the count of what is unread; counts follow from the changes
//! themselves, so nobody is asked. Whether a member may read is in [`deciding`].

mod deciding;
mod seat;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use causerie_protocol::{ConversationId, TenantId, UserId, wire};

pub use self::seat::{Count, Reads};
use self::{
    deciding::Deciding,
    seat::{Seat, Sight},
};
use super::{
    arrivals::Arrivals,
    change::{Change, Effect, Position},
    person::Person,
    recent::Recent,
};
use crate::sessions::Frame;
use crate::store::queries::seats;

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
    /// Sorted by person.
    seats: Vec<Seat>,
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

    /// Seats a member, whose position was read from the database. False when the position must be read again: versions were
    /// passed over since, the member was removed, or too much was changed. With `arriving`, the member's devices hear nothing of this room until [`Self::admit`].
    pub fn seat(self: &Arc<Self>, person: &Arc<Person>, read: &seats::Seat, arriving: bool) -> bool {
        let mut state = self.lock();
        if person.is_retired() {
            return true;
        }
        if state.version.is_none() {
            state.version = Some(read.version);
            state.last_seq = read.last_seq;
            state.ahead = state.ahead.split_off(&(read.version + 1));
            state.deliver_ahead(self.id);
        }
        let mut count = Count::new(read.read_seq, read.unread, read.marked_unread);
        let Some(as_of) = state.bring_up(person.id, &mut count, read.version) else { return false };
        if arriving {
            state.arrivals.begin(person.id);
        }
        let sight = Sight::new(read.whole_from);
        let seat = Seat { person: Arc::clone(person), count, as_of, sight };
        match state.find(person.id) {
            Ok(at) if Arc::ptr_eq(&state.seats[at].person, person) => {
                let is_waiting = state.arrivals.is_waiting(person.id);
                let seat = &mut state.seats[at];
                seat.sight.see_from(read.whole_from);
                let is_told = seat.sight.reads() == Reads::Yes && !is_waiting;
                if seat.count_is(count, as_of) && is_told {
                    person.tell_count(self.id, count);
                }
                return true;
            }
            // Of one who left and came back.
            Ok(at) => state.seats[at] = seat,
            Err(at) => {
                grow_little(&mut state.seats);
                state.seats.insert(at, seat);
            }
        }
        person.seated_in(self);
        true
    }

    /// Takes a member's seat away. True when nobody is left.
    pub fn unseat(&self, user: UserId) -> bool {
        let mut state = self.lock();
        if let Ok(at) = state.find(user) {
            state.take_seat(self.id, at);
        }
        state.seats.is_empty()
    }

    /// Tells a seated member's devices that the member joined, by an event that holds the conversation at `version` and
    /// the member's count at it. What waited follows, from the next version on: nothing before the event, nothing twice. Facts
    /// of the version `facts` let the member read. False when newer facts were asked about the others meanwhile: what waited
    /// may be decided by those, so they are to be asked about this member, too.
    #[must_use]
    pub fn admit(&self, person: &Person, joined: &Frame, version: u32, read: Count, facts: u64) -> bool {
        let mut state = self.lock();
        let Ok(at) = state.find(person.id) else { return true };
        if facts < state.deciding.decided {
            return false;
        }
        state.let_in(at, facts, version);
        let seen = state.version.unwrap_or(version);
        let waited = state.arrivals.finish(person.id, version, seen);
        let mut count = read;
        if let Some(as_of) = state.bring_up(person.id, &mut count, version) {
            state.seats[at].count_is(count, as_of);
        }
        person.push(joined);
        for frame in &waited.frames {
            person.push(frame);
        }
        if !waited.is_whole {
            person.push(&Frame::event(wire::event::Kind::Gap(wire::Gap {})));
        }
        // The total moved with what is unread here.
        person.tell_count(self.id, state.seats[at].count);
        true
    }

    /// Moves a member's own position. False when so much happened since that the position must be read from the database.
    #[must_use]
    pub fn position(&self, position: &Position) -> bool {
        let mut state = self.lock();
        let Ok(at) = state.find(position.user) else { return true };
        let mut count = Count::new(position.read_seq, position.unread, position.marked_unread);
        let Some(as_of) = state.bring_up(position.user, &mut count, position.version) else { return false };
        let is_told = state.seats[at].sight.reads() == Reads::Yes && !state.arrivals.is_waiting(position.user);
        let seat = &mut state.seats[at];
        if count.read_seq < seat.count.read_seq {
            return true;
        }
        seat.count_is(count, as_of);
        if is_told {
            seat.person.tell_count(self.id, count);
        }
        true
    }

    /// Shows a passing frame to everyone but its cause, as far as they may learn of it.
    pub fn pass(&self, cause: UserId, frame: &Frame, may_learn: impl Fn(UserId) -> bool) {
        self.lock().show(frame, |user| user != cause && may_learn(user));
    }

    /// Shows a frame to everyone, outside of the order of versions.
    pub fn push(&self, frame: &Frame) {
        self.lock().show(frame, |_| true);
    }

    /// Shows a frame to one member, outside of the order of versions.
    pub fn tell(&self, member: UserId, frame: &Frame) {
        self.lock().show(frame, |user| user == member);
    }

    /// What the audience has seen: `(version, last_seq)`; `None` while the first member is being seated.
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

    /// Nobody is seated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().seats.is_empty()
    }

    /// The live members.
    #[must_use]
    pub fn people(&self) -> Vec<Arc<Person>> {
        self.lock().seats.iter().map(|seat| Arc::clone(&seat.person)).collect()
    }

    /// The tenant of the members.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        self.lock().seats.first().map(|seat| seat.person.tenant)
    }

    /// Where a live member who may read stands, the version that the audience has seen, and from which message on the member sees
    /// all: of one moment, so that whoever is a member here was not taken out up to that version.
    #[must_use]
    pub fn standing(&self, user: UserId) -> Option<(Count, u32, u32)> {
        let state = self.lock();
        let seat = state.open_seat(user)?;
        Some((seat.count, state.version?, seat.sight.whole_from()))
    }

    /// Where a live member who may read stands.
    #[must_use]
    pub fn count(&self, user: UserId) -> Option<Count> {
        self.lock().open_seat(user).map(|seat| seat.count)
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
        self.seats.binary_search_by(|seat| seat.person.id.cmp(&user))
    }

    fn open_seat(&self, user: UserId) -> Option<&Seat> {
        self.find(user).ok().map(|at| &self.seats[at]).filter(|seat| seat.sight.reads() == Reads::Yes)
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
        // A seat read later than this is of one who came back.
        let gone: Vec<UserId> = match &change.effect {
            Effect::Removed(users) => users
                .iter()
                .filter(|user| self.find(**user).is_ok_and(|at| self.seats[at].as_of < change.version))
                .copied()
                .collect(),
            _ => Vec::new(),
        };
        let (now, gap) = (Instant::now(), Frame::event(wire::event::Kind::Gap(wire::Gap {})));
        for seat in &mut self.seats {
            let mut moved = None;
            if seat.as_of < change.version {
                seat.as_of = change.version;
                let before = seat.count;
                seat.count.apply(seat.person.id, &change.effect);
                moved = (seat.count != before).then_some((before, seat.count));
            }
            let view = seat.view(change, &gap);
            let waits = self.arrivals.take(seat.person.id, Some(change.version), view);
            match (seat.sight.reads(), moved) {
                (Reads::Yes, Some((before, now))) if waits => seat.person.recounted(before, now),
                (Reads::Yes, _) if !waits => seat.person.deliver(room, view, moved, now),
                _ => {}
            }
        }
        self.arrivals.seen(change.version);
        for user in gone {
            if let Ok(at) = self.find(user) {
                self.take_seat(room, at);
            }
        }
    }

    /// Takes a seat away; the person's devices are told the total that is left.
    fn take_seat(&mut self, room: ConversationId, at: usize) {
        let seat = self.seats.remove(at);
        self.arrivals.forget(seat.person.id);
        seat.person.unseated(room, seat.counted());
    }

    /// Shows a frame that has no version to some members.
    fn show(&mut self, frame: &Frame, to: impl Fn(UserId) -> bool) {
        for seat in self.seats.iter().filter(|seat| to(seat.person.id)) {
            if !self.arrivals.take(seat.person.id, None, frame) && seat.sight.reads() == Reads::Yes {
                seat.person.push(frame);
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
                // Read before the leaving: only a fresh read tells whether there is a seat.
                return None;
            }
            count.apply(user, effect);
        }
        Some(seen)
    }
}
