//! The state that all users of a worker process share: users, conversations, servers and loads in progress.

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
        order::{Configure, KnownConversation, UserSet},
    },
    mail::Mails,
    tally::{Halt, Tallies},
    user::Task,
    watch::Watch,
};
use crate::{
    Outcome,
    world::{place::Place, token::Signer},
};

/// Handshakes in progress at once when no instant is given. The server loads arriving users in batches.
const ARRIVING: usize = 128;
/// Messages per conversation whose last reader is awaited.
const OPEN_MAX: usize = 4_096;
/// Number of reasons that are kept as text.
const REASONS: usize = 5;

/// The state of a worker process.
pub struct WorkerState {
    /// The configuration of this process.
    pub config: Configure,
    /// The users of this process, by number.
    pub users: Vec<Arc<User>>,
    /// Streams in progress.
    pub tallies: Tallies,
    /// Loads in progress, by number.
    pub halts: Mutex<HashMap<u64, Arc<Halt>>>,
    /// Bounds the handshakes in progress.
    pub door: Semaphore,
    /// Measures the resource usage of this process.
    pub watch: Watch,
    /// Number of messages received.
    pub received: AtomicU64,
    /// Number of frames received.
    pub frames: AtomicU64,
    /// Mails that the server accepted.
    pub mails: Mails,
    check: Mutex<Check>,
    signer: Signer,
    places: RwLock<Arc<Vec<Place>>>,
    conversations: RwLock<HashMap<u32, Arc<Conversation>>>,
}

/// A simulated user.
pub struct User {
    /// The number of the user in the whole crowd.
    pub number: u32,
    /// The queue of the user's task.
    pub tasks: mpsc::UnboundedSender<Task>,
    /// Held while the user starts a conversation: the server limits the connections of one user.
    pub starting: tokio::sync::Mutex<()>,
    state: Mutex<UserState>,
}

/// The connection of a user, and the conversations and versions that the user holds.
#[derive(Default)]
pub struct UserState {
    /// The connection of the user.
    pub connection: ConnectionState,
    /// The conversations of the user, sorted by id.
    pub positions: Vec<Position>,
    /// The inbox version in the last reply or event.
    pub inbox_version: u32,
    /// The epoch of the server; empty before the first connection.
    pub epoch: String,
}

/// The connection of a user.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not connected.
    #[default]
    Away,
    /// Connected and reading.
    Reading,
    /// Connected and not reading.
    Deaf,
}

/// A conversation with members in this process.
pub struct Conversation {
    /// The number of the conversation, the same in all processes.
    pub number: u32,
    /// The id that the server gave to it.
    pub id: Uuid,
    /// Whether this process sends the messages of a load to it.
    pub leads: bool,
    /// Its members in this process.
    pub members: Vec<Arc<User>>,
    /// The seq of the last message that all members must have.
    pub known_seq: AtomicU32,
    /// The seq of the last message that this process sent and the server acknowledged.
    pub acknowledged_seq: AtomicU32,
    version: u32,
    readers: AtomicU32,
    open: Mutex<VecDeque<Open>>,
}

/// A message that not all members have read yet.
struct Open {
    seq: u32,
    left: u32,
}

impl WorkerState {
    /// The state before the users' tasks run; the caller starts these with the receivers of `tasks`.
    ///
    /// # Errors
    /// If the key can't sign.
    pub fn new(config: Configure, users: Vec<Arc<User>>) -> Outcome<Self> {
        Ok(Self {
            signer: config.issuer.signer()?,
            config,
            users,
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

    /// The users of a set that belong to this process.
    #[must_use]
    pub fn of(&self, users: &UserSet) -> Vec<Arc<User>> {
        match users {
            UserSet::These(users) => users.iter().filter_map(|user| self.user(*user)).cloned().collect(),
            _ => self.users.iter().filter(|user| users.has(user.number)).cloned().collect(),
        }
    }

    /// The user with this number, if the user belongs to this process.
    #[must_use]
    pub fn user(&self, number: u32) -> Option<&Arc<User>> {
        self.users.get(usize::try_from(number.checked_sub(self.config.from)?).ok()?)
    }

    /// The server that a user connects to, with its number.
    ///
    /// # Errors
    /// If no server is known yet.
    pub fn place_of(&self, user: u32) -> Outcome<(u8, Place)> {
        let places = Arc::clone(&self.places.read().unwrap_or_else(PoisonError::into_inner));
        let at = user as usize % places.len().max(1);
        let place = places.get(at).ok_or("nobody said where the server is")?;
        Ok((u8::try_from(at)?, place.clone()))
    }

    /// Replaces the list of servers.
    pub fn set_servers(&self, places: Vec<Place>) {
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(places);
    }

    /// A signed token for a user.
    ///
    /// # Errors
    /// The errors of [`Signer::token`].
    pub fn token(&self, user: u32) -> Outcome<String> {
        self.signer.token(&name(&self.config.prefix, user))
    }

    /// Adds conversations. Their members who are not connected start at the current seq and version.
    ///
    /// # Errors
    /// If an id is not a UUID.
    pub fn add_conversations(&self, known: Vec<KnownConversation>) -> Outcome<()> {
        let mut conversations = self.conversations.write().unwrap_or_else(PoisonError::into_inner);
        for KnownConversation { number, started, members, leads } in known {
            let id = Uuid::try_parse(&started.id)?;
            let members: Vec<_> = members.iter().filter_map(|user| self.user(*user)).cloned().collect();
            for user in &members {
                let mut state = user.state();
                if let Err(at) = state.positions.binary_search_by_key(&id, |position| position.id) {
                    state.positions.insert(at, Position::new(id, number, started.last_seq, started.version));
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

    /// The conversation with this number, if one of its members belongs to this process.
    #[must_use]
    pub fn conversation(&self, number: u32) -> Option<Arc<Conversation>> {
        self.conversations.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// The conversations that this process sends to, by number.
    #[must_use]
    pub fn conversations_to_send_to(&self, (from, to): (u32, u32)) -> Vec<Arc<Conversation>> {
        let conversations = self.conversations.read().unwrap_or_else(PoisonError::into_inner);
        let chosen = |it: &&Arc<Conversation>| it.leads && (from..to).contains(&it.number);
        let mut led: Vec<_> = conversations.values().filter(chosen).cloned().collect();
        led.sort_by_key(|conversation| conversation.number);
        led
    }

    /// Changes the counts.
    pub fn update_check(&self, what: impl FnOnce(&mut Check)) {
        what(&mut self.check.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The counts so far, without lost messages.
    #[must_use]
    pub fn check(&self) -> Check {
        let mut check = self.check.lock().unwrap_or_else(PoisonError::into_inner).clone();
        check.received += self.received.load(Ordering::Relaxed);
        check.frames += self.frames.load(Ordering::Relaxed);
        check
    }

    /// Counts a connection that ended unexpectedly.
    pub fn ended(&self, user: u32, why: &str) {
        self.update_check(|check| {
            check.ended += 1;
            if check.reasons.len() < REASONS {
                check.reasons.push(format!("{}: {why}", name(&self.config.prefix, user)));
            }
        });
    }

    /// Sets the connection of a user, and counts readers of their conversations.
    pub fn set_connection(&self, user: &User, connection: ConnectionState) {
        let mut state = user.state();
        let before = std::mem::replace(&mut state.connection, connection);
        if (before == ConnectionState::Reading) == (connection == ConnectionState::Reading) {
            return;
        }
        let conversations = self.conversations.read().unwrap_or_else(PoisonError::into_inner);
        for position in &state.positions {
            let Some(conversation) = conversations.get(&position.number) else { continue };
            if connection == ConnectionState::Reading {
                conversation.readers.fetch_add(1, Ordering::Relaxed);
            } else {
                conversation.readers.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// Sets the positions of a user who connects without held versions to the current state of their conversations.
    pub fn start_now(&self, state: &mut UserState) {
        let conversations = self.conversations.read().unwrap_or_else(PoisonError::into_inner);
        for position in &mut state.positions {
            if let Some(conversation) = conversations.get(&position.number) {
                let seq = conversation.known_seq.load(Ordering::Relaxed);
                let version = position.version.max(conversation.version);
                *position = Position::new(position.id, position.number, seq.max(position.seq), version);
            }
        }
    }
}

impl User {
    /// A user without a connection.
    #[must_use]
    pub fn new(number: u32, tasks: mpsc::UnboundedSender<Task>) -> Self {
        Self { number, tasks, starting: tokio::sync::Mutex::default(), state: Mutex::default() }
    }

    /// The state of the user. The lock must not be held across an await.
    pub fn state(&self) -> MutexGuard<'_, UserState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UserState {
    /// The position in one conversation.
    pub fn position(&mut self, id: Uuid) -> Option<&mut Position> {
        let at = self.positions.binary_search_by_key(&id, |position| position.id).ok()?;
        Some(&mut self.positions[at])
    }
}

impl Conversation {
    /// Counts a reader of a message. Returns whether it was the last reader.
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
        // Members who disconnected in the meantime never read these messages.
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
        // Readers are at different messages.
        let reads =
            [(5, false), (6, false), (5, false), (7, false), (6, false), (5, true), (7, false), (6, true), (7, true)];
        for (seq, last) in reads {
            assert_eq!(it.read_by_all(seq), last, "{seq}");
        }
        assert!(it.open.lock().expect("no panic").is_empty());
        assert!(!it.read_by_all(9) && !it.read_by_all(4), "one that comes too late is no last reader");
    }

    #[test]
    fn messages_without_a_last_reader_are_forgotten() {
        let it = conversation(2);
        for seq in 1..10_000 {
            assert!(!it.read_by_all(seq));
        }
        assert_eq!(it.open.lock().expect("no panic").len(), OPEN_MAX);
    }
}
