//! What this process saw of one stream, written by everyone of it.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufWriter, Write as _},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use uuid::Uuid;

use super::super::{frames::Head, seen::StreamSeen};
use crate::measure::{Latencies, clock};

/// What happens in one process is counted in so many places, lest all threads wait for one.
const SHARDS: usize = 4;

/// Lines of what the last member read, for all streams of a load.
pub type Reads = Arc<Mutex<BufWriter<File>>>;

/// A stream under way.
pub struct Tally {
    /// Among all streams of the crowd's life.
    pub number: u16,
    /// When the warm-up begins.
    pub begin_us: u64,
    /// From here on it counts.
    pub from_us: u64,
    /// To here.
    pub to_us: u64,
    /// Messages of it are delivered to others.
    pub delivers: bool,
    shards: [Mutex<StreamSeen>; SHARDS],
    due: AtomicU64,
    over: AtomicU64,
    reads: Option<Reads>,
}

impl Tally {
    /// Of a stream that begins.
    #[must_use]
    pub fn new(number: u16, begin_us: u64, (from_us, to_us): (u64, u64), delivers: bool, reads: Option<Reads>) -> Self {
        let (shards, due, over) = (Default::default(), AtomicU64::new(0), AtomicU64::new(0));
        Self { number, begin_us, from_us, to_us, delivers, shards, due, over, reads }
    }

    /// Something is due, and somebody was told.
    pub fn due(&self, at_us: u64) {
        self.due.fetch_add(1, Ordering::Relaxed);
        self.note(at_us, 0, |seen, second| {
            seen.due += 1;
            seen.second(second).due += 1;
        });
    }

    /// It was handed to a socket.
    pub fn handed(&self, at_us: u64, person: u32) {
        let lag_us = clock::now_us().saturating_sub(at_us);
        self.note(at_us, person, |seen, _| seen.lag.record(lag_us));
    }

    /// Nobody was there to do it.
    pub fn absent(&self, at_us: u64) {
        self.note(at_us, 0, |seen, _| seen.absent += 1);
        self.over.fetch_add(1, Ordering::Release);
    }

    /// It was answered as asked.
    pub fn answered(&self, at_us: u64, person: u32) {
        let took_us = clock::now_us().saturating_sub(at_us);
        self.with(person, |seen| seen.answered_in_all += 1);
        self.note(at_us, person, |seen, second| {
            seen.answered += 1;
            seen.answer.record(took_us);
            let second = seen.second(second);
            second.answered += 1;
            if !self.delivers {
                second.took.get_or_insert_with(Latencies::coarse).record(took_us);
            }
        });
        self.over.fetch_add(1, Ordering::Release);
    }

    /// It was refused, or its connection ended.
    pub fn refused(&self, person: u32, error: &str) {
        // Errors count in the warm-up as well: there are to be none.
        self.with(person, |seen| *seen.refused.entry(error.to_owned()).or_default() += 1);
        self.over.fetch_add(1, Ordering::Release);
    }

    /// A message of it reached a member.
    pub fn delivered(&self, head: Head, now_us: u64, bytes: usize, person: u32, across: bool) {
        let took_us = now_us.saturating_sub(head.due_us);
        self.note(head.due_us, person, |seen, second| {
            seen.delivered += 1;
            seen.delivered_bytes += bytes as u64;
            seen.delivery.record(took_us);
            if across {
                seen.across.record(took_us);
            }
            seen.second(second).took.get_or_insert_with(Latencies::coarse).record(took_us);
        });
    }

    /// A message of it reached the last member.
    pub fn read_by_all(&self, head: Head, now_us: u64, conversation: Uuid, seq: u32) {
        self.note(head.due_us, seq, |seen, _| seen.last_read.record(now_us.saturating_sub(head.due_us)));
        if let Some(reads) = &self.reads
            && (self.from_us..self.to_us).contains(&head.due_us)
        {
            let mut reads = reads.lock().unwrap_or_else(PoisonError::into_inner);
            // A full disk shows when the file is closed.
            let _ = writeln!(reads, "{conversation} {seq} {} {now_us}", head.due_us);
        }
    }

    /// Whether everything due has an answer or never will.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire) >= self.due.load(Ordering::Acquire)
    }

    /// All of it.
    #[must_use]
    pub fn seen(&self) -> StreamSeen {
        let mut all = StreamSeen::default();
        for shard in &self.shards {
            all.merge(&shard.lock().unwrap_or_else(PoisonError::into_inner));
        }
        let open = self.due.load(Ordering::Acquire).saturating_sub(self.over.load(Ordering::Acquire));
        all.unanswered = open;
        all
    }

    /// Notes something that was due in the measured time, with the second it was due in.
    fn note(&self, at_us: u64, person: u32, what: impl FnOnce(&mut StreamSeen, u64)) {
        if (self.from_us..self.to_us).contains(&at_us) {
            let second = at_us.saturating_sub(self.from_us) / 1_000_000;
            self.with(person, |seen| what(seen, second));
        }
    }

    fn with(&self, person: u32, what: impl FnOnce(&mut StreamSeen)) {
        let shard = &self.shards[person as usize % SHARDS];
        what(&mut shard.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// All streams under way, by number.
#[derive(Default)]
pub struct Tallies(RwLock<HashMap<u16, Arc<Tally>>>);

impl Tallies {
    /// One begins.
    pub fn add(&self, tally: &Arc<Tally>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(tally.number, Arc::clone(tally));
    }

    /// The one of that number.
    #[must_use]
    pub fn get(&self, number: u16) -> Option<Arc<Tally>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// One ends.
    pub fn remove(&self, number: u16) -> Option<Arc<Tally>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&number)
    }
}

/// Says of a load that it is not continued.
#[derive(Default)]
pub struct Halt(AtomicBool);

impl Halt {
    /// From now on.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was said.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
