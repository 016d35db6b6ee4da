//! The people of a run. They live in processes of their own, started from here, each with at most 15,000 of them; here it is
//! said what they do, and what all of them saw is put together.

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

pub use mail::Letter;
pub use order::{Action, Came, Cut, Load, Stream, Who};
pub use process::SUBCOMMAND;
pub use running::{Running, Seen, judge};

use crate::{
    Outcome,
    measure::clock,
    scenario::Stage,
    world::{Server, World},
};
use check::Check;
use order::{Answer, Complete, Known, Reached, Settle, Start, Started, What};
use process::Process;
use socket::Socket;

/// A process may hold 20,000 files.
const PEOPLE_PER_PROCESS: usize = 15_000;
/// What is to happen at one instant is ordered so long before.
const AHEAD: Duration = Duration::from_millis(300);

/// Everyone.
pub struct Crowd {
    stage: Stage,
    processes: Vec<Process>,
    /// First person of each process, and one beyond the last.
    bounds: Vec<u32>,
    conversations: Mutex<Vec<Conversation>>,
    signer: crate::world::token::Signer,
    prefix: String,
    places: Mutex<Vec<crate::world::place::Place>>,
    loads: AtomicU64,
    streams: AtomicU16,
    /// Of all loads by now.
    errors: AtomicU64,
}

struct Conversation {
    members: Vec<u32>,
    last_seq: u32,
}

/// The product's id of a person.
#[must_use]
pub fn name(prefix: &str, person: u32) -> String {
    format!("{prefix}p{person}")
}

impl Crowd {
    /// Starts the processes in which so many people will live. Those of a block, from 0 on, share one, so that their
    /// conversations with each other are not split between processes.
    ///
    /// # Errors
    /// When a process can't be started.
    pub async fn gather(stage: &Stage, world: &World, people: usize, block: usize) -> Outcome<Self> {
        let (count, blocks) = (people.div_ceil(PEOPLE_PER_PROCESS).max(1), people.div_ceil(block));
        let bound = |at: usize| Ok(u32::try_from((blocks * at / count * block).min(people))?);
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
        let settle = |number: usize| Settle {
            from: crowd.bounds[number],
            to: crowd.bounds[number + 1],
            number,
            clock_offset_us: clock::offset_us(),
            issuer: world.issuer().clone(),
            prefix: world.prefix().to_owned(),
        };
        crowd.each("", 0, |number| Some(What::Settle(settle(number)))).await?;
        Ok(crowd)
    }

    /// How many people there are.
    #[must_use]
    pub fn people(&self) -> u32 {
        self.bounds.last().copied().unwrap_or(0)
    }

    /// Says where servers are; person `p` connects to number `p % n` from now on.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn connect_to(&self, servers: &[&Server]) -> Outcome<()> {
        let places: Vec<_> = servers.iter().map(|server| server.place.clone()).collect();
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&places);
        self.all(|| What::Places(places.clone())).await
    }

    /// Makes people known to the server: their first token does.
    ///
    /// # Errors
    /// When one is not let in.
    pub async fn introduce(&self, who: Who) -> Outcome<()> {
        let total = self.count(&who);
        self.each("people show themselves", total, |_| Some(What::Introduce(who.clone()))).await?;
        Ok(())
    }

    /// Starts groups; the first of each is its owner. All of them have to be known, and away.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn groups(&self, groups: Vec<Vec<u32>>) -> Outcome<()> {
        self.start("groups are started", groups, false).await
    }

    /// Starts direct conversations of two. Both have to be known, and away.
    ///
    /// # Errors
    /// When the server refuses.
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
        let answers = self.each(what, all.len(), |number| Some(What::Start(orders[number].1.clone()))).await?;
        let mut started: Vec<Option<Started>> = vec![None; all.len()];
        for ((places, _), answer) in orders.iter().zip(answers) {
            let Answer::Started(these) = answer else { return Err("a process did not tell what it started".into()) };
            for (place, one) in places.iter().zip(these) {
                started[*place] = Some(one);
            }
        }
        let started: Vec<Started> = started.into_iter().flatten().collect();
        self.know(all, started).await
    }

    /// Takes conversations that exist already, by the server's ids: those of a database that was filled beforehand.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn know(&self, members: Vec<Vec<u32>>, started: Vec<Started>) -> Outcome<()> {
        let first = u32::try_from(self.conversations().len())?;
        let mut known: Vec<Vec<Known>> = self.processes.iter().map(|_| Vec::new()).collect();
        for ((members, started), number) in members.iter().zip(&started).zip(first..) {
            let leader = members.first().map_or(0, |first| self.process_of(*first));
            for (process, known) in known.iter_mut().enumerate() {
                let here = |person: &&u32| self.process_of(**person) == process;
                let members: Vec<u32> = members.iter().filter(here).copied().collect();
                if !members.is_empty() {
                    known.push(Known { number, started: started.clone(), members, leads: leader == process });
                }
            }
        }
        let conversations = members.into_iter().zip(&started);
        let conversations = conversations.map(|(members, started)| Conversation { members, last_seq: started.last_seq });
        self.conversations().extend(conversations);
        self.each("", 0, |number| Some(What::Know(known[number].clone()))).await?;
        Ok(())
    }

    /// They come, a hundred or so at a time, and stay. Not while something is sent to their conversations.
    ///
    /// # Errors
    /// When one is not let in.
    pub async fn enter(&self, who: Who) -> Outcome<Came> {
        let total = self.count(&who);
        let came = self.came("people come", total, |_| Some(What::Enter(who.clone()))).await?;
        match came.failed {
            0 => Ok(came),
            failed => Err(format!("{failed} of {total} were not let in: {}", came.reasons.join("; ")).into()),
        }
    }

    /// The first so many come within that time, in portions. Otherwise as [`Crowd::enter`].
    ///
    /// # Errors
    /// When one is not let in.
    pub async fn enter_within(&self, people: u32, time: Duration) -> Outcome<()> {
        const PORTION: Duration = Duration::from_millis(250);
        let bar = self.stage.progress.bar("people come", people.into());
        let portions = u64::try_from(time.as_micros() / PORTION.as_micros())?.clamp(1, u64::from(people.max(1)));
        let began_us = clock::now_us();
        for portion in 0..portions {
            let bound = |at: u64| u32::try_from(u64::from(people) * at / portions);
            let (from, to) = (bound(portion)?, bound(portion + 1)?);
            let came = self.came("", 0, |_| Some(What::Enter(Who::Span(from, to)))).await?;
            if came.failed > 0 {
                return Err(format!("{} of {} were not let in: {}", came.failed, to - from, came.reasons.join("; ")).into());
            }
            bar.at(to.into());
            let next_us = began_us + clock::micros(time) * (portion + 1) / portions;
            self.stage.stop.sleep_until(next_us).await?;
        }
        Ok(())
    }

    /// They are cut off at one instant; answers it.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn cut(&self, who: Who, how: Cut) -> Outcome<u64> {
        let at = clock::now_us() + clock::micros(AHEAD);
        self.all(|| What::Cut(who.clone(), how, at)).await?;
        Ok(at)
    }

    /// They come back at an instant, [`Crowd::cut`]'s for instance, all at once, with what they hold. Those who are refused try
    /// again, for so long. Times count from the instant, to being live without a gap.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn come_back(&self, who: Who, at_us: u64, patience: Duration) -> Outcome<Came> {
        let patience_ms = clock::micros(patience) / 1_000;
        let total = self.count(&who);
        self.came("people come back", total, |_| Some(What::Return(who.clone(), at_us, patience_ms))).await
    }

    /// They stop reading, with their connections open, until they [come back](Self::come_back).
    ///
    /// # Errors
    /// When a process ended.
    pub async fn stop_reading(&self, who: Who) -> Outcome<()> {
        self.all(|| What::StopReading(who.clone())).await
    }

    /// They leave in order.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn leave(&self, who: Who) -> Outcome<()> {
        self.all(|| What::Leave(who.clone())).await
    }

    /// Begins a load, in a moment. Other orders may be given while it runs.
    ///
    /// # Errors
    /// When there is nobody to carry it out.
    pub fn begin(&self, load: &Load) -> Outcome<Running<'_>> {
        Running::begin(self, load)
    }

    /// A load from its warm-up to its end, all answers and deliveries included.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn load(&self, load: &Load) -> Outcome<Seen> {
        self.begin(load)?.end().await
    }

    /// Waits until everyone who reads has everything that was ever sent; answers the counts by now.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn complete(&self, patience: Duration) -> Outcome<Check> {
        let expected = {
            let conversations = self.conversations();
            let sent = conversations.iter().zip(0..).filter(|(it, _)| it.last_seq > 0);
            sent.map(|(it, conversation)| Reached { conversation, last_seq: it.last_seq }).collect()
        };
        let order = Complete { expected, patience_ms: clock::micros(patience) / 1_000, streams: (0, 0) };
        let mut check = Check::default();
        for answer in self.each("", 0, |_| Some(What::Complete(order.clone()))).await? {
            let Answer::Completed(completed) = answer else { return Err("a process did not tell its counts".into()) };
            check.merge(&completed.check);
        }
        Ok(check)
    }

    /// Somebody's connection of one's own, in this process, to ask something with. Nobody else may be using the person's counts.
    ///
    /// # Errors
    /// When not let in.
    pub async fn socket_of(&self, person: u32) -> Outcome<Socket> {
        let place = {
            let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            places.get(person as usize % places.len().max(1)).cloned().ok_or("nobody said where the server is")?
        };
        let token = self.signer.token(&name(&self.prefix, person))?;
        let opened = self.stage.stop.guard(Socket::open(&place, token, None)).await;
        Ok(opened.map_err(|error| format!("{}: {error}", name(&self.prefix, person)))?.0)
    }

    async fn came(&self, what: &str, total: usize, order: impl Fn(usize) -> Option<What>) -> Outcome<Came> {
        let mut all = Came::default();
        for answer in self.each(what, total, order).await? {
            let Answer::Came(came) = answer else { return Err("a process did not tell who came".into()) };
            all.took.merge(&came.took);
            all.came += came.came;
            all.reloaded += came.reloaded;
            all.tried_again += came.tried_again;
            all.failed += came.failed;
            all.reasons.extend(came.reasons);
        }
        Ok(all)
    }

    /// The same order for every process.
    async fn all(&self, order: impl Fn() -> What) -> Outcome<()> {
        self.each("", 0, |_| Some(order())).await?;
        Ok(())
    }

    /// An order for each process, by number; waits for all. `what` is shown with how far it is, of `total`, unless it is empty.
    async fn each(&self, what: &str, total: usize, order: impl Fn(usize) -> Option<What>) -> Outcome<Vec<Answer>> {
        let bar = (!what.is_empty()).then(|| self.stage.progress.bar(what, total as u64));
        let so_far: Vec<AtomicU64> = self.processes.iter().map(|_| AtomicU64::new(0)).collect();
        let so = |number: usize, count: u64| {
            so_far[number].store(count, Ordering::Relaxed);
            if let Some(bar) = &bar {
                bar.at(so_far.iter().map(|count| count.load(Ordering::Relaxed)).sum());
            }
        };
        let so = &so;
        let orders = self.processes.iter().enumerate().filter_map(|(number, process)| {
            let reply = process.order(order(number)?);
            Some(async move { reply.answer(|count| so(number, count)).await })
        });
        let orders: Vec<_> = orders.collect();
        self.stage.stop.guard(try_join_all(orders)).await
    }

    fn process_of(&self, person: u32) -> usize {
        self.bounds.partition_point(|bound| *bound <= person).saturating_sub(1).min(self.processes.len() - 1)
    }

    fn count(&self, who: &Who) -> usize {
        (0..self.people()).filter(|person| who.has(*person)).count()
    }

    fn places_are_local(&self) -> bool {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.iter().all(|place| place.address().ip().is_loopback())
    }

    fn conversations(&self) -> MutexGuard<'_, Vec<Conversation>> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
