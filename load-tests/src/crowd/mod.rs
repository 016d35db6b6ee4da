//! The simulated users of a run. They live in worker processes that this process starts, at most 15,000 per process. This
//! module sends orders to the worker processes and adds up their results.

pub mod check;
mod frames;
mod mail;
pub mod order;
mod process;
mod running;
pub mod seen;
pub mod socket;
pub mod worker;

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::future::try_join_all;

pub use mail::MailSpec;
pub use order::{Action, ConnectSummary, Disconnect, Load, Stream, UserSet};
pub use process::SUBCOMMAND;
pub use running::{Running, Seen, judge};

use crate::{
    Outcome,
    measure::clock,
    scenario::Stage,
    world::{Server, World},
};
use check::Check;
use order::{Answer, Complete, Configure, KnownConversation, LastMessage, Operation, Start, Started};
use process::Process;
use socket::Socket;

/// The maximum number of users of a process. A process may have 20,000 open files.
const USERS_PER_PROCESS: usize = 15_000;
/// The time between the sending of an order and the instant at which all processes carry it out.
const AHEAD: Duration = Duration::from_millis(300);

/// All simulated users.
pub struct Crowd {
    stage: Stage,
    processes: Vec<Process>,
    /// The first user of each process, and the number after the last user.
    bounds: Vec<u32>,
    conversations: Mutex<Vec<Conversation>>,
    signer: crate::world::token::Signer,
    prefix: String,
    places: Mutex<Vec<crate::world::place::Place>>,
    loads: AtomicU64,
    streams: AtomicU16,
    /// Failed requests of all loads so far.
    errors: AtomicU64,
}

struct Conversation {
    members: Vec<u32>,
    last_seq: u32,
}

/// The external id of a user.
#[must_use]
pub fn name(prefix: &str, user: u32) -> String {
    format!("{prefix}p{user}")
}

impl Crowd {
    /// Starts the worker processes for a number of users. Users of one block (`block` consecutive numbers, from 0) share a
    /// process, so that their conversations with each other are not split between processes.
    ///
    /// # Errors
    /// If a process can't be started.
    pub async fn spawn(stage: &Stage, world: &World, users: usize, block: usize) -> Outcome<Self> {
        let (count, blocks) = (users.div_ceil(USERS_PER_PROCESS).max(1), users.div_ceil(block));
        let bound = |at: usize| Ok(u32::try_from((blocks * at / count * block).min(users))?);
        let bounds = (0..=count).map(bound).collect::<Outcome<Vec<u32>>>()?;
        let processes = (0..count).map(|_| Process::start()).collect::<Outcome<Vec<_>>>()?;
        let crowd = Self {
            stage: stage.clone(),
            processes,
            bounds,
            conversations: Mutex::default(),
            signer: world.issuer().signer()?,
            prefix: world.prefix().to_owned(),
            places: Mutex::default(),
            loads: AtomicU64::new(0),
            streams: AtomicU16::new(0),
            errors: AtomicU64::new(0),
        };
        let config = |number: usize| Configure {
            from: crowd.bounds[number],
            to: crowd.bounds[number + 1],
            number,
            clock_offset_us: clock::offset_us(),
            issuer: world.issuer().clone(),
            prefix: world.prefix().to_owned(),
        };
        crowd.each("", 0, |number| Some(Operation::Configure(config(number)))).await?;
        Ok(crowd)
    }

    /// The number of users.
    #[must_use]
    pub fn users(&self) -> u32 {
        self.bounds.last().copied().unwrap_or(0)
    }

    /// Sets the servers. From now on, user `p` connects to server `p % n`.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn connect_to(&self, servers: &[&Server]) -> Outcome<()> {
        let places: Vec<_> = servers.iter().map(|server| server.place.clone()).collect();
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&places);
        self.all(|| Operation::Places(places.clone())).await
    }

    /// Makes users known to the server: each connects once with a token.
    ///
    /// # Errors
    /// If the server refuses a user.
    pub async fn introduce(&self, users: UserSet) -> Outcome<()> {
        let total = self.count(&users);
        self.each("users show themselves", total, |_| Some(Operation::Introduce(users.clone()))).await?;
        Ok(())
    }

    /// Starts groups; the first user of each is its owner. The users must be known to the server and not connected.
    ///
    /// # Errors
    /// If the server refuses a group.
    pub async fn groups(&self, groups: Vec<Vec<u32>>) -> Outcome<()> {
        self.start("groups are started", groups, false).await
    }

    /// Starts direct conversations. The users must be known to the server and not connected.
    ///
    /// # Errors
    /// If the server refuses a conversation.
    pub async fn pairs(&self, pairs: Vec<[u32; 2]>) -> Outcome<()> {
        self.start("pairs are started", pairs.into_iter().map(Vec::from).collect(), true).await
    }

    async fn start(&self, what: &str, all: Vec<Vec<u32>>, direct: bool) -> Outcome<()> {
        let mut orders: Vec<(Vec<usize>, Vec<Start>)> = self.processes.iter().map(|_| Default::default()).collect();
        for (at, members) in all.iter().enumerate() {
            let leader = self.process_of(*members.first().ok_or("a conversation has members")?);
            orders[leader].0.push(at);
            orders[leader].1.push(Start { members: members.clone(), direct });
        }
        let answers = self.each(what, all.len(), |number| Some(Operation::Start(orders[number].1.clone()))).await?;
        let mut started: Vec<Option<Started>> = vec![None; all.len()];
        for ((places, _), answer) in orders.iter().zip(answers) {
            let Answer::Started(these) = answer else {
                return Err("a process answered an order to start conversations without their ids".into());
            };
            for (place, one) in places.iter().zip(these) {
                started[*place] = Some(one);
            }
        }
        let started: Vec<Started> = started.into_iter().flatten().collect();
        self.add_conversations(all, started).await
    }

    /// Adds conversations that exist in a database that was filled before, by the server's ids.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn add_conversations(&self, members: Vec<Vec<u32>>, started: Vec<Started>) -> Outcome<()> {
        let first = u32::try_from(self.conversations().len())?;
        let mut known: Vec<Vec<KnownConversation>> = self.processes.iter().map(|_| Vec::new()).collect();
        for ((members, started), number) in members.iter().zip(&started).zip(first..) {
            let leader = members.first().map_or(0, |first| self.process_of(*first));
            for (process, known) in known.iter_mut().enumerate() {
                let here = |user: &&u32| self.process_of(**user) == process;
                let members: Vec<u32> = members.iter().filter(here).copied().collect();
                if !members.is_empty() {
                    known.push(KnownConversation { number, started: started.clone(), members, leads: leader == process });
                }
            }
        }
        let conversations = members.into_iter().zip(&started);
        let conversations = conversations.map(|(members, started)| Conversation { members, last_seq: started.last_seq });
        self.conversations().extend(conversations);
        self.each("", 0, |number| Some(Operation::Know(known[number].clone()))).await?;
        Ok(())
    }

    /// Connects users, about a hundred at a time. They stay connected. Must not run while a load sends to their
    /// conversations.
    ///
    /// # Errors
    /// If the server refuses a user.
    pub async fn connect(&self, users: UserSet) -> Outcome<ConnectSummary> {
        let total = self.count(&users);
        let summary = self.connect_all("users connect", total, |_| Some(Operation::Connect(users.clone()))).await?;
        match summary.failed {
            0 => Ok(summary),
            failed => Err(format!("{failed} of {total} were not let in: {}", summary.reasons.join("; ")).into()),
        }
    }

    /// Connects the first `users` users in portions, spread over `time`. Otherwise the same as [`Crowd::connect`].
    ///
    /// # Errors
    /// If the server refuses a user.
    pub async fn connect_within(&self, users: u32, time: Duration) -> Outcome<()> {
        const PORTION: Duration = Duration::from_millis(250);
        let bar = self.stage.progress.bar("users connect", users.into());
        let portions = u64::try_from(time.as_micros() / PORTION.as_micros())?.clamp(1, u64::from(users.max(1)));
        let began_us = clock::now_us();
        for portion in 0..portions {
            let bound = |at: u64| u32::try_from(u64::from(users) * at / portions);
            let (from, to) = (bound(portion)?, bound(portion + 1)?);
            let summary = self.connect_all("", 0, |_| Some(Operation::Connect(UserSet::Span(from, to)))).await?;
            if summary.failed > 0 {
                return Err(
                    format!("{} of {} were not let in: {}", summary.failed, to - from, summary.reasons.join("; ")).into()
                );
            }
            bar.set(to.into());
            let next_us = began_us + clock::micros(time) * (portion + 1) / portions;
            self.stage.stop.sleep_until(next_us).await?;
        }
        Ok(())
    }

    /// Ends the connections of users at one instant, without close frames. Returns that instant, in µs.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn disconnect(&self, users: UserSet, how: Disconnect) -> Outcome<u64> {
        let at = clock::now_us() + clock::micros(AHEAD);
        self.all(|| Operation::Disconnect(users.clone(), how, at)).await?;
        Ok(at)
    }

    /// Reconnects users at one instant, for instance the instant of [`Crowd::disconnect`]. The users resume from the versions
    /// that they hold. Refused users try again for `patience`. Latencies count from the instant until a user is connected without a
    /// gap.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn reconnect(&self, users: UserSet, at_us: u64, patience: Duration) -> Outcome<ConnectSummary> {
        let patience_ms = clock::micros(patience) / 1_000;
        let total = self.count(&users);
        self.connect_all("users reconnect", total, |_| Some(Operation::Reconnect(users.clone(), at_us, patience_ms))).await
    }

    /// Makes users stop reading while their connections stay open, until they [reconnect](Self::reconnect).
    ///
    /// # Errors
    /// If a process ended.
    pub async fn stop_reading(&self, users: UserSet) -> Outcome<()> {
        self.all(|| Operation::StopReading(users.clone())).await
    }

    /// Closes the connections of users with close frames.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn leave(&self, users: UserSet) -> Outcome<()> {
        self.all(|| Operation::Leave(users.clone())).await
    }

    /// Starts a load. Other orders may be sent while it runs.
    ///
    /// # Errors
    /// If no user can carry it out.
    pub fn begin(&self, load: &Load) -> Outcome<Running<'_>> {
        Running::begin(self, load)
    }

    /// Runs a load from its warm-up to its end, replies and deliveries included.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn load(&self, load: &Load) -> Outcome<Seen> {
        self.begin(load)?.end().await
    }

    /// Waits until each reading user has received all messages that were ever sent. Returns the counts so far.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn complete(&self, patience: Duration) -> Outcome<Check> {
        let expected = {
            let conversations = self.conversations();
            let sent = conversations.iter().zip(0..).filter(|(it, _)| it.last_seq > 0);
            sent.map(|(it, conversation)| LastMessage { conversation, last_seq: it.last_seq }).collect()
        };
        let order = Complete { expected, patience_ms: clock::micros(patience) / 1_000, streams: (0, 0) };
        let mut check = Check::default();
        for answer in self.each("", 0, |_| Some(Operation::Complete(order.clone()))).await? {
            let Answer::Completed(completed) = answer else { return Err("a process answered without its counts".into()) };
            check.merge(&completed.check);
        }
        Ok(check)
    }

    /// A connection of a user in this process, for single requests. The user must have no other connection.
    ///
    /// # Errors
    /// If the server refuses the user.
    pub async fn socket_of(&self, user: u32) -> Outcome<Socket> {
        let place = {
            let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            places.get(user as usize % places.len().max(1)).cloned().ok_or("the address of the server is not set")?
        };
        let token = self.signer.token(&name(&self.prefix, user))?;
        let opened = self.stage.stop.guard(Socket::open(&place, token, None)).await;
        Ok(opened.map_err(|error| format!("{}: {error}", name(&self.prefix, user)))?.0)
    }

    async fn connect_all(
        &self,
        what: &str,
        total: usize,
        order: impl Fn(usize) -> Option<Operation>,
    ) -> Outcome<ConnectSummary> {
        let mut all = ConnectSummary::default();
        for answer in self.each(what, total, order).await? {
            let Answer::ConnectSummary(summary) = answer else {
                return Err("a process answered an order to connect without a summary".into());
            };
            all.took.merge(&summary.took);
            all.connected += summary.connected;
            all.reloaded += summary.reloaded;
            all.tried_again += summary.tried_again;
            all.failed += summary.failed;
            all.reasons.extend(summary.reasons);
        }
        Ok(all)
    }

    /// Sends the same order to each process.
    async fn all(&self, order: impl Fn() -> Operation) -> Outcome<()> {
        self.each("", 0, |_| Some(order())).await?;
        Ok(())
    }

    /// Sends an order to each process, by its number, and waits for all answers. `what` is shown with the progress out of
    /// `total`, unless it is empty.
    async fn each(&self, what: &str, total: usize, order: impl Fn(usize) -> Option<Operation>) -> Outcome<Vec<Answer>> {
        let bar = (!what.is_empty()).then(|| self.stage.progress.bar(what, total as u64));
        let so_far: Vec<AtomicU64> = self.processes.iter().map(|_| AtomicU64::new(0)).collect();
        let progress = |number: usize, count: u64| {
            so_far[number].store(count, Ordering::Relaxed);
            if let Some(bar) = &bar {
                bar.set(so_far.iter().map(|count| count.load(Ordering::Relaxed)).sum());
            }
        };
        let progress = &progress;
        let orders = self.processes.iter().enumerate().filter_map(|(number, process)| {
            let reply = process.order(order(number)?);
            Some(async move { reply.answer(|count| progress(number, count)).await })
        });
        let orders: Vec<_> = orders.collect();
        self.stage.stop.guard(try_join_all(orders)).await
    }

    fn process_of(&self, user: u32) -> usize {
        self.bounds.partition_point(|bound| *bound <= user).saturating_sub(1).min(self.processes.len() - 1)
    }

    fn count(&self, users: &UserSet) -> usize {
        (0..self.users()).filter(|user| users.has(*user)).count()
    }

    fn places_are_local(&self) -> bool {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.iter().all(|place| place.address().ip().is_loopback())
    }

    fn conversations(&self) -> MutexGuard<'_, Vec<Conversation>> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
