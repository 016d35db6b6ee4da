//! A conversation that somebody on this node is in.
//!
//! A room holds the version its audience has seen and delivers changes strictly in order: what comes early waits, what
//! comes twice is dropped. Each live member has a seat with the count of what is unread; counts follow from the changes
//! themselves, so nobody is asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use causerie_protocol::{ConversationId, TenantId, UserId, wire};

use super::{
    arrivals::Arrivals,
    change::{Change, Effect, Position},
    frame::Frame,
    person::Person,
    recent::Recent,
};
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
    /// Facts up to this version are in the decisions on whom the changes go to.
    decided: u64,
    /// The oldest facts that a member was let in by since the decision in progress began.
    let_in_by: u64,
    /// The conversation changed since then in a way that rules may ask about.
    is_outdated: bool,
    /// Decisions who may read that were begun; only the last one may raise `decided`.
    decisions_begun: u64,
    /// Of the last change, as the caller's clock has it.
    active_at_ms: i64,
}

/// Whether a member may read the conversation. Only then do the member's devices hear of it, and is it in their total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Not asked yet, and nothing told.
    Undecided,
    /// They may, and the devices know the conversation.
    Yes,
    /// They may not, and the devices know no more than the conversation's id.
    No,
}

struct Seat {
    person: Arc<Person>,
    count: Count,
    /// The version the count is true at.
    as_of: u32,
    sight: Sight,
}

/// What a member sees of a conversation: whether they may read, and from which message on they see all (see
/// [`seats::Seat::whole_from`]). In one number, since there is one for each conversation of everyone who is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sight(u32);

impl Sight {
    /// Of a member the rules were not asked about yet. Conversations of more than a billion messages are looked at as if the
    /// member had deleted own copies of the last.
    fn new(whole_from: u32) -> Self {
        Self(whole_from.min(u32::MAX >> 2) << 2)
    }

    fn whole_from(self) -> u32 {
        self.0 >> 2
    }

    /// All is seen from a message on that may be later than before.
    fn see_from(&mut self, whole_from: u32) {
        *self = Self(Self::new(self.whole_from().max(whole_from)).0 | self.0 & 3);
    }

    fn reads(self) -> Reads {
        match self.0 & 3 {
            0 => Reads::Undecided,
            1 => Reads::Yes,
            _ => Reads::No,
        }
    }

    fn set_reads(&mut self, reads: Reads) {
        let reads = match reads {
            Reads::Undecided => 0,
            Reads::Yes => 1,
            Reads::No => 2,
        };
        self.0 = self.0 & !3 | reads;
    }
}

impl Seat {
    /// A change as this member sees it. Of a message the member may have deleted their copy of, the devices ask, and are
    /// answered without it.
    fn view<'a>(&self, change: &'a Change, gap: &'a Frame) -> &'a Frame {
        if change.seq().is_some_and(|seq| seq < self.sight.whole_from()) { gap } else { &change.frame }
    }

    /// Replaces the count by one that is true at a version, unless the position moved further meanwhile. True when it is
    /// another count than before.
    fn count_is(&mut self, count: Count, as_of: u32) -> bool {
        if count.read_seq < self.count.read_seq {
            return false;
        }
        let before = std::mem::replace(&mut self.count, count);
        self.as_of = as_of;
        if self.sight.reads() == Reads::Yes {
            self.person.recounted(before, count);
        }
        before != count
    }

    /// What the seat adds to the person's total.
    fn counted(&self) -> Count {
        if self.sight.reads() == Reads::Yes { self.count } else { Count::default() }
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
            // The state of the conversation, which rules of `read` may ask about.
            state.decided = 0;
            state.is_outdated = true;
        }
        match state.version {
            Some(version) if change.version == version + 1 && change.facts <= state.decided => {
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

    /// Begins to ask who may read; answers the members who do so far.
    pub fn begin_decision(&self) -> (u64, Vec<UserId>) {
        let mut state = self.lock();
        state.decisions_begun += 1;
        state.is_outdated = false;
        state.let_in_by = u64::MAX;
        let readers =
            state.seats.iter().filter(|seat| seat.sight.reads() == Reads::Yes).map(|seat| seat.person.id).collect();
        (state.decisions_begun, readers)
    }

    /// Ends the decision of this number: facts of a version let all of them read but these, who are told that the conversation is gone. What waited for
    /// the decision is delivered.
    pub fn decide(&self, decision: u64, facts: u64, unable: &[UserId]) -> Applied {
        let mut state = self.lock();
        for user in unable {
            state.shut_out(self.id, *user);
        }
        // Of two that overlap, the one that began later knows of the members who were let in meanwhile.
        if !state.is_outdated && decision == state.decisions_begun {
            state.decided = state.decided.max(facts.min(state.let_in_by));
        }
        state.deliver_ahead(self.id)
    }

    /// Whether the decisions who may read are of these facts or later ones.
    #[must_use]
    pub fn is_decided(&self, facts: u64) -> bool {
        facts <= self.lock().decided
    }

    /// Takes a decision about one member, by facts of a version and the conversation at `version`. A member who may read no
    /// more is told that the conversation is gone; one of whom nothing was known is let in silently. Answers what the devices
    /// know now.
    pub fn settle(&self, user: UserId, may: bool, facts: u64, version: u32) -> Option<Reads> {
        let mut state = self.lock();
        let at = state.find(user).ok()?;
        let is_waiting = state.arrivals.is_waiting(user);
        match (state.seats[at].sight.reads(), may) {
            (Reads::Undecided, true) if !is_waiting => state.let_in(at, facts, version),
            (Reads::Undecided, false) if !is_waiting => state.seats[at].sight.set_reads(Reads::No),
            (Reads::Yes, false) => state.shut_out(self.id, user),
            _ => {}
        }
        Some(state.seats[at].sight.reads())
    }

    /// A member who was about to be told that they joined may not read.
    pub fn turn_away(&self, user: UserId) {
        let mut state = self.lock();
        state.arrivals.forget(user);
        match state.find(user) {
            Ok(at) if state.seats[at].sight.reads() == Reads::Yes => state.shut_out(self.id, user),
            Ok(at) => state.seats[at].sight.set_reads(Reads::No),
            Err(_) => {}
        }
    }

    /// Delivers what the database says was missed, up to `version`, when the last message was `last_seq`. Versions that left
    /// no trace are passed over; clients that see the hole ask for themselves. Nothing is delivered while it is open whether
    /// facts of version `facts` let all readers of the room read; 0 stands for rules that let members read whatever the facts.
    pub fn repair(&self, messages: &[wire::Message], version: u32, last_seq: u32, facts: u64) -> Applied {
        let mut state = self.lock();
        if facts > 0 && (state.is_outdated || state.decided < facts) {
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
        if facts < state.decided {
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

    /// What a live member's devices know of the conversation.
    #[must_use]
    pub fn reads(&self, user: UserId) -> Option<Reads> {
        let state = self.lock();
        state.find(user).ok().map(|at| state.seats[at].sight.reads())
    }

    /// The tenant of the members.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        self.lock().seats.first().map(|seat| seat.person.tenant)
    }

    /// From which message on a live member who may read sees all.
    #[must_use]
    pub fn whole_from(&self, user: UserId) -> Option<u32> {
        self.lock().open_seat(user).map(|seat| seat.sight.whole_from())
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

    /// The devices of a member hear what goes on from now on.
    fn let_in(&mut self, at: usize, facts: u64, version: u32) {
        self.let_in_by = self.let_in_by.min(facts);
        // What changed in the conversation since it was read may have changed who may read it.
        let is_current = self.version.is_none_or(|seen| seen <= version);
        self.decided = if is_current { self.decided.min(facts) } else { 0 };
        let seat = &mut self.seats[at];
        if seat.sight.reads() != Reads::Yes {
            seat.sight.set_reads(Reads::Yes);
            seat.person.recounted(Count::default(), seat.count);
        }
    }

    /// The devices of a member are told that the conversation is gone, and hear nothing more.
    fn shut_out(&mut self, room: ConversationId, user: UserId) {
        let Ok(at) = self.find(user) else { return };
        self.arrivals.forget(user);
        let seat = &mut self.seats[at];
        if seat.sight.reads() == Reads::Yes {
            seat.sight.set_reads(Reads::No);
            seat.person.shut_out(room, seat.count);
        }
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
            && self.ahead.get(&next).is_some_and(|change| change.facts <= self.decided)
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

#[cfg(test)]
mod tests {
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
        Change { conversation: room.id, version, effect, frame, facts: 0 }
    }

    #[test]
    fn who_is_seated_ahead_of_the_audience_does_not_make_its_missed_messages_old() {
        let room = Arc::new(Room::new(ConversationId::new()));
        assert!(room.seat(&member(), &read_at(5, 4), false));
        // The database knows two messages more, which a lost signal keeps from the room.
        assert!(room.seat(&member(), &read_at(7, 6), false));
        assert_eq!(room.seen(), Some((5, 4)), "the repair takes messages after 4 for new");
        let missed = |seq, version| wire::Message { seq, version, ..Default::default() };
        room.repair(&[missed(5, 6), missed(6, 7)], 7, 6, 0);
        assert_eq!(room.seen(), Some((7, 6)));
    }

    #[test]
    fn what_is_passed_over_is_counted() {
        let room = Arc::new(Room::new(ConversationId::new()));
        assert!(room.seat(&member(), &read_at(5, 4), false));
        room.repair(&[], 900, 800, 0);
        assert_eq!(room.seen(), Some((900, 800)), "a message up to 800 that changes next is no new one");
        assert_eq!(room.apply(sent(&room, 901, 801), 0), Applied::Done);
        assert_eq!(room.seen(), Some((901, 801)));
    }

    #[test]
    fn a_change_decided_by_newer_facts_waits_until_the_members_were_asked() {
        let room = Arc::new(Room::new(ConversationId::new()));
        let (able, unable) = (member(), member());
        for person in [&able, &unable] {
            assert!(room.seat(person, &read_at(5, 4), false));
            assert_eq!(room.reads(person.id), Some(Reads::Undecided));
            assert_eq!(room.settle(person.id, true, 7, 5), Some(Reads::Yes));
        }
        assert_eq!(room.apply(sent(&room, 6, 5).decided_by(8), 0), Applied::Undecided);
        assert_eq!(room.seen(), Some((5, 4)));
        let (decision, readers) = room.begin_decision();
        assert_eq!(readers.len(), 2);
        assert_eq!(room.decide(decision, 8, &[unable.id]), Applied::Done);
        assert_eq!((room.reads(able.id), room.reads(unable.id)), (Some(Reads::Yes), Some(Reads::No)));
        assert_eq!((room.seen(), room.count(unable.id)), (Some((6, 5)), None));
        assert_eq!(room.count(able.id).map(|count| count.unread()), Some(1));
        assert_eq!(room.apply(sent(&room, 7, 6).decided_by(8), 0), Applied::Done, "nobody is asked again");
    }

    #[test]
    fn a_conversation_that_is_closed_while_its_members_are_asked_about_has_them_asked_again() {
        let room = Arc::new(Room::new(ConversationId::new()));
        let person = member();
        assert!(room.seat(&person, &read_at(5, 4), false));
        room.settle(person.id, true, 7, 5);
        let (decision, _) = room.begin_decision();
        let closed = Change { effect: Effect::Capabilities, ..sent(&room, 6, 5) }.decided_by(7);
        assert_eq!(room.apply(closed, 0), Applied::Undecided);
        assert_eq!(room.decide(decision, 7, &[]), Applied::Undecided, "it was asked as the conversation was before");
        let (decision, _) = room.begin_decision();
        assert_eq!(room.decide(decision, 7, &[person.id]), Applied::Done);
        assert_eq!((room.seen(), room.reads(person.id)), (Some((6, 4)), Some(Reads::No)));
    }

    #[test]
    fn of_two_decisions_that_overlap_the_earlier_one_lets_nothing_through() {
        let room = Arc::new(Room::new(ConversationId::new()));
        let (reader, arriving) = (member(), member());
        assert!(room.seat(&reader, &read_at(5, 4), false));
        room.settle(reader.id, true, 7, 5);
        assert_eq!(room.apply(sent(&room, 6, 5).decided_by(8), 0), Applied::Undecided);
        let (earlier, asked) = room.begin_decision();
        assert_eq!(asked.len(), 1);
        assert!(room.seat(&arriving, &read_at(5, 4), false));
        room.settle(arriving.id, true, 7, 5);
        let (later, asked) = room.begin_decision();
        assert_eq!(asked.len(), 2);
        assert_eq!(room.decide(earlier, 8, &[]), Applied::Undecided, "nobody asked whether the second member may read");
        assert_eq!(room.repair(&[], 6, 5, 8), Applied::Undecided, "nor does a look at the database deliver it");
        assert_eq!(room.decide(later, 8, &[arriving.id]), Applied::Done);
        assert_eq!((room.seen(), room.reads(arriving.id)), (Some((6, 5)), Some(Reads::No)));
    }
}
