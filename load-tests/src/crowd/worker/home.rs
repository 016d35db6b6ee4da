//! Who and what a process of the crowd knows: its people, their conversations, the servers, and what is under way.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use super::{
    super::{
        check::{Check, Position},
        name,
        order::{Known, Settle, Who},
    },
    mail::Mails,
    tally::{Halt, Tallies},
    user::Errand,
    watch::Watch,
};
use crate::{
    Outcome,
    world::{place::Place, token::Signer},
};

/// Handshakes under way at once where no instant is ordered; the server looks arrivals up in batches.
const ARRIVING: usize = 128;
/// Messages of a conversation whose last reader is waited for.
const OPEN_MAX: usize = 4_096;
/// Reasons that are kept word by word.
const REASONS: usize = 5;

/// What everyone of this process shares.
pub struct Home {
    /// As ordered.
    pub settle: Settle,
    /// Everyone, in order.
    pub people: Vec<Arc<User>>,
    /// Streams under way.
    pub tallies: Tallies,
    /// Loads under way.
    pub halts: Mutex<HashMap<u64, Arc<Halt>>>,
    /// Passed by those who come.
    pub door: Semaphore,
    /// What this process uses.
    pub watch: Watch,
    /// Messages that arrived.
    pub received: AtomicU64,
    /// Frames of any kind.
    pub frames: AtomicU64,
    /// Mails that were taken.
    pub mails: Mails,
    check: Mutex<Check>,
    signer: Signer,
    places: RwLock<Arc<Vec<Place>>>,
    conversations: RwLock<HashMap<u32, Arc<Conversation>>>,
}

/// A person.
pub struct User {
    /// Among all people.
    pub number: u32,
    /// What they are to do next.
    pub errands: mpsc::UnboundedSender<Errand>,
    /// Held while they start a conversation: the connections of one person are limited.
    pub starting: tokio::sync::Mutex<()>,
    seat: Mutex<Seat>,
}

/// Where a person stands.
#[derive(Default)]
pub struct Seat {
    /// Connected, or not.
    pub state: State,
    /// By id.
    pub positions: Vec<Position>,
    /// As last told.
    pub inbox_version: u32,
    /// As last told; empty while the person never came.
    pub epoch: String,
}

/// See [`Seat`].
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No connection.
    #[default]
    Away,
    /// Connected, and everything is read.
    Reading,
    /// Connected, and nothing is read.
    Deaf,
}

/// A conversation with members in this process.
pub struct Conversation {
    /// The same in all processes.
    pub number: u32,
    /// The server's.
    pub id: Uuid,
    /// What is to be sent to it is sent from here.
    pub leads: bool,
    /// Those of this process.
    pub members: Vec<Arc<User>>,
    /// Its last message, as far as all members should have it.
    pub known_seq: AtomicU32,
    /// Its last message that was acknowledged here.
    pub acknowledged_seq: AtomicU32,
    version: u32,
    readers: AtomicU32,
    open: Mutex<VecDeque<Open>>,
}

/// A message that not all members have read.
struct Open {
    seq: u32,
    left: u32,
}

impl Home {
    /// Its people do not live yet; whoever makes them listens to their errands.
    ///
    /// # Errors
    /// When the key can't sign.
    pub fn new(settle: Settle, people: Vec<Arc<User>>) -> Outcome<Self> {
        Ok(Self {
            signer: settle.issuer.signer()?,
            settle,
            people,
            tallies: Tallies::default(),
            halts: Mutex::default(),
            door: Semaphore::new(ARRIVING),
            watch: Watch::new()?,
            received: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            mails: Mails::default(),
            check: Mutex::default(),
            places: RwLock::default(),
            conversations: RwLock::default(),
        })
    }

    /// Of these, those who live here.
    #[must_use]
    pub fn of(&self, who: &Who) -> Vec<Arc<User>> {
        match who {
            Who::These(people) => people.iter().filter_map(|person| self.person(*person)).cloned().collect(),
            _ => self.people.iter().filter(|user| who.has(user.number)).cloned().collect(),
        }
    }

    /// One who lives here.
    #[must_use]
    pub fn person(&self, number: u32) -> Option<&Arc<User>> {
        self.people.get(usize::try_from(number.checked_sub(self.settle.from)?).ok()?)
    }

    /// The server a person connects to, with its number.
    ///
    /// # Errors
    /// When nobody said where servers are.
    pub fn place_of(&self, person: u32) -> Outcome<(u8, Place)> {
        let places = Arc::clone(&self.places.read().unwrap_or_else(PoisonError::into_inner));
        let at = person as usize % places.len().max(1);
        let place = places.get(at).ok_or("nobody said where the server is")?;
        Ok((u8::try_from(at)?, place.clone()))
    }

    /// Servers are there now.
    pub fn move_to(&self, places: Vec<Place>) {
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(places);
    }

    /// A token for a person.
    ///
    /// # Errors
    /// As [`Signer::token`].
    pub fn token(&self, person: u32) -> Outcome<String> {
        self.signer.token(&name(&self.settle.prefix, person))
    }

    /// There are these conversations; those members who are away will stand where it stands now.
    ///
    /// # Errors
    /// When an id is none.
    pub fn know(&self, known: Vec<Known>) -> Outcome<()> {
        let mut conversations = self.conversations.write().unwrap_or_else(PoisonError::into_inner);
        for Known { number, started, members, leads } in known {
            let id = Uuid::try_parse(&started.id)?;
            let members: Vec<_> = members.iter().filter_map(|person| self.person(*person)).cloned().collect();
            for user in &members {
                let mut seat = user.seat();
                if let Err(at) = seat.positions.binary_search_by_key(&id, |position| position.id) {
                    seat.positions.insert(at, Position::new(id, number, started.last_seq, started.version));
                }
            }
            let conversation = Conversation {
                number,
                id,
                leads,
                members,
                known_seq: AtomicU32::new(started.last_seq),
                acknowledged_seq: AtomicU32::new(0),
                version: started.version,
                readers: AtomicU32::new(0),
                open: Mutex::default(),
            };
            conversations.insert(number, Arc::new(conversation));
        }
        Ok(())
    }

    /// The conversation of that number, if somebody here is in it.
    #[must_use]
    pub fn conversation(&self, number: u32) -> Option<Arc<Conversation>> {
        self.conversations.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// Those whose load is sent from here, by number.
    #[must_use]
    pub fn led(&self, (from, to): (u32, u32)) -> Vec<Arc<Conversation>> {
        let conversations = self.conversations.read().unwrap_or_else(PoisonError::into_inner);
        let chosen = |it: &&Arc<Conversation>| it.leads && (from..to).contains(&it.number);
        let mut led: Vec<_> = conversations.values().filter(chosen).cloned().collect();
        led.sort_by_key(|conversation| conversation.number);
        led
    }

    /// Changes the counts.
    pub fn checked(&self, what: impl FnOnce(&mut Check)) {
        what(&mut self.check.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The counts by now, but for what is lost.
    #[must_use]
    pub fn check(&self) -> Check {
        let mut check = self.check.lock().unwrap_or_else(PoisonError::into_inner).clone();
        check.received += self.received.load(Ordering::Relaxed);
        check.frames += self.frames.load(Ordering::Relaxed);
        check
    }

    /// A connection ended unasked.
    pub fn ended(&self, person: u32, why: &str) {
        self.checked(|check| {
            check.ended += 1;
            if check.reasons.len() < REASONS {
                check.reasons.push(format!("{}: {why}", name(&self.settle.prefix, person)));
            }
        });
    }

    /// A person becomes one who reads, or is none any more.
    pub fn seat(&self, user: &User, state: State) {
        let mut seat = user.seat();
        let before = std::mem::replace(&mut seat.state, state);
        if (before == State::Reading) == (state == State::Reading) {
            return;
        }
        let conversations = self.conversations.read().unwrap_or_else(PoisonError::into_inner);
        for position in &seat.positions {
            let Some(conversation) = conversations.get(&position.number) else { continue };
            if state == State::Reading {
                conversation.readers.fetch_add(1, Ordering::Relaxed);
            } else {
                conversation.readers.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// Somebody comes for the first time, or as if: holding nothing, and standing where their conversations stand.
    pub fn stand_now(&self, seat: &mut Seat) {
        let conversations = self.conversations.read().unwrap_or_else(PoisonError::into_inner);
        for position in &mut seat.positions {
            if let Some(conversation) = conversations.get(&position.number) {
                let seq = conversation.known_seq.load(Ordering::Relaxed);
                let version = position.version.max(conversation.version);
                *position = Position::new(position.id, position.number, seq.max(position.seq), version);
            }
        }
    }
}

impl User {
    /// One who is away.
    #[must_use]
    pub fn new(number: u32, errands: mpsc::UnboundedSender<Errand>) -> Self {
        Self { number, errands, starting: tokio::sync::Mutex::default(), seat: Mutex::default() }
    }

    /// Where they stand. Not to be held over a wait.
    pub fn seat(&self) -> MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// In one conversation.
    pub fn position(&mut self, id: Uuid) -> Option<&mut Position> {
        let at = self.positions.binary_search_by_key(&id, |position| position.id).ok()?;
        Some(&mut self.positions[at])
    }
}

impl Conversation {
    /// A message of a load reached another member; whether that was the last one.
    #[must_use]
    pub fn read_by_all(&self, seq: u32) -> bool {
        let readers = self.readers.load(Ordering::Relaxed);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let first = open.front().map_or(seq, |first| first.seq);
        let Some(at) = seq.checked_sub(first) else { return false };
        while open.len() <= at as usize {
            let next = first + u32::try_from(open.len()).unwrap_or(u32::MAX);
            open.push_back(Open { seq: next, left: readers });
        }
        let message = &mut open[at as usize];
        message.left = message.left.saturating_sub(1);
        let last = message.left == 0;
        // Those of people who left meanwhile never come to their end.
        while open.front().is_some_and(|first| first.left == 0) || open.len() > OPEN_MAX {
            open.pop_front();
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(readers: u32) -> Conversation {
        Conversation {
            number: 0,
            id: Uuid::nil(),
            leads: true,
            members: Vec::new(),
            known_seq: AtomicU32::new(0),
            acknowledged_seq: AtomicU32::new(0),
            version: 1,
            readers: AtomicU32::new(readers),
            open: Mutex::default(),
        }
    }

    #[test]
    fn the_last_reader_of_each_message_is_known() {
        let it = conversation(3);
        // Readers are not equally far.
        let reads =
            [(5, false), (6, false), (5, false), (7, false), (6, false), (5, true), (7, false), (6, true), (7, true)];
        for (seq, last) in reads {
            assert_eq!(it.read_by_all(seq), last, "{seq}");
        }
        assert!(it.open.lock().expect("no panic").is_empty());
        assert!(!it.read_by_all(9) && !it.read_by_all(4), "one that comes too late is no last reader");
    }

    #[test]
    fn messages_nobody_completes_are_forgotten() {
        let it = conversation(2);
        for seq in 1..10_000 {
            assert!(!it.read_by_all(seq));
        }
        assert_eq!(it.open.lock().expect("no panic").len(), OPEN_MAX);
    }
}
