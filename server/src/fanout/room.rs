//! A conversation that somebody on this node is in.
//!
//! A room holds the version its audience has seen and delivers changes strictly in order: what comes early waits, what
//! comes twice is dropped. Each live member has a seat with the count of what is unread; counts follow from the changes
//! themselves, so nobody is asked.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use causerie_protocol::{ConversationId, UserId, wire};

use super::{
    arrivals::Arrivals,
    change::{Change, Effect, Position},
    frame::Frame,
    person::Person,
};
use crate::store::queries::seats;

/// Effects remembered, to bring counts up to date that were read from the database a moment earlier.
const RECENT_MAX: usize = 64;
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
    recent: VecDeque<(u32, Effect)>,
    ahead: BTreeMap<u32, Change>,
    /// Members whose devices are being told that they joined.
    arrivals: Arrivals,
    /// Of the last change, as the caller's clock has it.
    active_at_ms: i64,
}

struct Seat {
    person: Arc<Person>,
    count: Count,
    /// The version the count is true at.
    as_of: u32,
    /// See [`seats::Seat::whole_from`].
    whole_from: u32,
}

impl Seat {
    /// A change as this member sees it. Of a message the member may have deleted their copy of, the devices ask, and are
    /// answered without it.
    fn view<'a>(&self, change: &'a Change, gap: &'a Frame) -> &'a Frame {
        if change.seq().is_some_and(|seq| seq < self.whole_from) { gap } else { &change.frame }
    }

    /// Replaces the count by one that is true at a version, unless the position moved further meanwhile. True when it is
    /// another count than before.
    fn count_is(&mut self, count: Count, as_of: u32) -> bool {
        if count.read_seq < self.count.read_seq {
            return false;
        }
        let before = std::mem::replace(&mut self.count, count);
        self.as_of = as_of;
        self.person.recounted(before, count);
        before != count
    }
}

/// Where a live member stands. Small, since there is one for each conversation of everyone who is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Number of the last message read.
    pub read_seq: u32,
    /// Twice the number of messages unread, and one if marked by hand.
    unread_and_mark: u32,
}

impl Count {
    /// As read from the database.
    #[must_use]
    pub fn new(read_seq: u32, unread: u32, marked_unread: bool) -> Self {
        Self { read_seq, unread_and_mark: unread.min(u32::MAX / 2) * 2 + u32::from(marked_unread) }
    }

    /// Messages unread.
    #[must_use]
    pub fn unread(&self) -> u32 {
        self.unread_and_mark / 2
    }

    /// Marked as unread by hand.
    #[must_use]
    pub fn marked_unread(&self) -> bool {
        self.unread_and_mark % 2 == 1
    }

    /// What it adds to the person's total: a conversation marked by hand counts as one.
    #[must_use]
    pub fn weight(&self) -> u32 {
        if self.unread() == 0 { u32::from(self.marked_unread()) } else { self.unread() }
    }

    fn apply(&mut self, user: UserId, effect: &Effect) {
        match effect {
            Effect::Sent { seq, author } if *author == user => *self = Self { read_seq: *seq, ..Self::default() },
            Effect::Sent { .. } => *self = Self::new(self.read_seq, self.unread() + 1, self.marked_unread()),
            Effect::Uncounted { seq } if *seq > self.read_seq => {
                *self = Self::new(self.read_seq, self.unread().saturating_sub(1), self.marked_unread());
            }
            Effect::Uncounted { .. }
            | Effect::Rewritten { .. }
            | Effect::Capabilities
            | Effect::None
            | Effect::Removed(_) => {}
        }
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Everyone has it, or had it.
    Done,
    /// One before it is missing.
    Gap,
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
        match state.version {
            Some(version) if change.version <= version => Applied::Done,
            Some(version) if change.version == version + 1 => {
                state.deliver(self.id, &change);
                state.deliver_ahead(self.id)
            }
            _ => {
                if state.ahead.len() < AHEAD_MAX {
                    state.ahead.insert(change.version, change);
                }
                if state.version.is_some() { Applied::Gap } else { Applied::Done }
            }
        }
    }

    /// Delivers what the database says was missed, up to `version`, when the last message was `last_seq`. Versions that left
    /// no trace are passed over; clients that see the hole ask for themselves.
    pub fn repair(&self, messages: &[wire::Message], version: u32, last_seq: u32) {
        let mut state = self.lock();
        // What is new is decided here, for some of it may have come live meanwhile.
        let known_seq = state.last_seq;
        for message in messages {
            if state.version.is_some_and(|seen| message.version > seen) {
                state.deliver(self.id, &Change::of_message(self.id, message, known_seq));
            }
        }
        state.skip_to(version, last_seq);
        state.deliver_ahead(self.id);
    }

    /// Seats a member, whose position was read from the database. False when so much happened since that the position
    /// must be read again. With `arriving`, the member's devices hear nothing of this room until [`Self::admit`].
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
        let seat = Seat { person: Arc::clone(person), count, as_of, whole_from: read.whole_from };
        match state.find(person.id) {
            Ok(at) if Arc::ptr_eq(&state.seats[at].person, person) => {
                let seat = &mut state.seats[at];
                seat.whole_from = seat.whole_from.max(read.whole_from);
                if seat.count_is(count, as_of) && !state.arrivals.is_waiting(person.id) {
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
        person.seated_in(self, count);
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
    /// the member's count at it. What waited follows, from the next version on: nothing before the event, nothing twice.
    pub fn admit(&self, person: &Person, joined: &Frame, version: u32, read: Count) {
        let mut state = self.lock();
        let Ok(at) = state.find(person.id) else { return };
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
    }

    /// Moves a member's own position. False when so much happened since that the position must be read from the database.
    #[must_use]
    pub fn position(&self, position: &Position) -> bool {
        let mut state = self.lock();
        let Ok(at) = state.find(position.user) else { return true };
        let mut count = Count::new(position.read_seq, position.unread, position.marked_unread);
        let Some(as_of) = state.bring_up(position.user, &mut count, position.version) else { return false };
        let is_told = !state.arrivals.is_waiting(position.user);
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

    /// Shows a passing frame to everyone but its cause.
    pub fn pass(&self, cause: UserId, frame: &Frame) {
        self.lock().show(frame, |user| user != cause);
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

    /// From which message on a live member sees all.
    #[must_use]
    pub fn whole_from(&self, user: UserId) -> Option<u32> {
        let state = self.lock();
        state.find(user).ok().map(|at| state.seats[at].whole_from)
    }

    /// Where a live member stands.
    #[must_use]
    pub fn count(&self, user: UserId) -> Option<Count> {
        let state = self.lock();
        state.find(user).ok().map(|at| state.seats[at].count)
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

    fn deliver(&mut self, room: ConversationId, change: &Change) {
        self.version = Some(change.version);
        if let Effect::Sent { seq, .. } = change.effect {
            self.last_seq = self.last_seq.max(seq);
        }
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back((change.version, change.effect.clone()));
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
            if self.arrivals.take(seat.person.id, Some(change.version), view) {
                if let Some((before, now)) = moved {
                    seat.person.recounted(before, now);
                }
            } else {
                seat.person.deliver(room, view, moved, now);
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
        seat.person.unseated(room, seat.count);
    }

    /// Shows a frame that has no version to some members.
    fn show(&mut self, frame: &Frame, to: impl Fn(UserId) -> bool) {
        for seat in self.seats.iter().filter(|seat| to(seat.person.id)) {
            if !self.arrivals.take(seat.person.id, None, frame) {
                seat.person.push(frame);
            }
        }
    }

    fn deliver_ahead(&mut self, room: ConversationId) -> Applied {
        let version = self.version.unwrap_or(0);
        self.ahead = self.ahead.split_off(&(version + 1));
        while let Some(next) = self.version.and_then(|version| self.ahead.remove(&(version + 1))) {
            self.deliver(room, &next);
        }
        if self.ahead.is_empty() { Applied::Done } else { Applied::Gap }
    }

    fn skip_to(&mut self, version: u32, last_seq: u32) {
        if self.version.is_some_and(|seen| seen < version) {
            self.version = Some(version);
            self.last_seq = self.last_seq.max(last_seq);
            self.arrivals.seen(version);
            // Effects of the versions passed over are not known, so counts can't be brought up across them.
            self.recent.clear();
        }
    }

    /// Applies to a count what happened since `version`; answers the version it is true at then.
    fn bring_up(&self, user: UserId, count: &mut Count, version: u32) -> Option<u32> {
        let seen = self.version.unwrap_or(version);
        if version >= seen {
            return Some(version);
        }
        let missed = usize::try_from(seen - version).unwrap_or(usize::MAX);
        let at = self.recent.len().checked_sub(missed)?;
        let contiguous = self.recent.get(at).is_some_and(|(first, _)| *first == version + 1);
        if !contiguous {
            return None;
        }
        for (_, effect) in self.recent.iter().skip(at) {
            if matches!(effect, Effect::Removed(users) if users.contains(&user)) {
                // Read before the leaving: only a fresh read tells whether there is a seat.
                return None;
            }
            count.apply(user, effect);
        }
        Some(seen)
    }
}

#[cfg(test)]
mod tests {
    use causerie_protocol::TenantId;

    use super::*;
    use crate::fanout::person::Soon;

    fn read_at(version: u32, last_seq: u32) -> seats::Seat {
        let conversation = ConversationId::new();
        seats::Seat { conversation, version, last_seq, read_seq: last_seq, unread: 0, marked_unread: false, whole_from: 1 }
    }

    fn member() -> Arc<Person> {
        Person::new(UserId::new(), TenantId::new(), &Arc::new(Soon::default()))
    }

    fn sent(room: &Room, version: u32, seq: u32) -> Change {
        let effect = Effect::Sent { seq, author: UserId::new() };
        let frame = Frame::event(wire::event::Kind::MessageSent(wire::MessageEvent::default()));
        Change { conversation: room.id, version, effect, frame }
    }

    #[test]
    fn who_is_seated_ahead_of_the_audience_does_not_make_its_missed_messages_old() {
        let room = Arc::new(Room::new(ConversationId::new()));
        assert!(room.seat(&member(), &read_at(5, 4), false));
        // The database knows two messages more, which a lost signal keeps from the room.
        assert!(room.seat(&member(), &read_at(7, 6), false));
        assert_eq!(room.seen(), Some((5, 4)), "the repair takes messages after 4 for new");
        let missed = |seq, version| wire::Message { seq, version, ..Default::default() };
        room.repair(&[missed(5, 6), missed(6, 7)], 7, 6);
        assert_eq!(room.seen(), Some((7, 6)));
    }

    #[test]
    fn what_is_passed_over_is_counted() {
        let room = Arc::new(Room::new(ConversationId::new()));
        assert!(room.seat(&member(), &read_at(5, 4), false));
        room.repair(&[], 900, 800);
        assert_eq!(room.seen(), Some((900, 800)), "a message up to 800 that changes next is no new one");
        assert_eq!(room.apply(sent(&room, 901, 801), 0), Applied::Done);
        assert_eq!(room.seen(), Some((901, 801)));
    }
}
