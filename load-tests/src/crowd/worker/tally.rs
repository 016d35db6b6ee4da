//! The results of one stream in this process, written by all of its users.

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

/// Number of separately locked counters, so that threads do not wait for one lock.
const SHARDS: usize = 4;

/// The file for the reads of last members, shared by all streams of a load.
pub type Reads = Arc<Mutex<BufWriter<File>>>;

/// A stream in progress.
pub struct Tally {
    /// The number of the stream, unique in the crowd.
    pub number: u16,
    /// The instant when the warm-up begins, in µs.
    pub begin_us: u64,
    /// The instant when the measured time begins, in µs.
    pub from_us: u64,
    /// The instant when the measured time ends, in µs.
    pub to_us: u64,
    /// Whether its actions are messages, which are delivered to members.
    pub delivers: bool,
    shards: [Mutex<StreamSeen>; SHARDS],
    due: AtomicU64,
    over: AtomicU64,
    reads: Option<Reads>,
}

impl Tally {
    /// The results of a new stream.
    #[must_use]
    pub fn new(number: u16, begin_us: u64, (from_us, to_us): (u64, u64), delivers: bool, reads: Option<Reads>) -> Self {
        let (shards, due, over) = (Default::default(), AtomicU64::new(0), AtomicU64::new(0));
        Self { number, begin_us, from_us, to_us, delivers, shards, due, over, reads }
    }

    /// Counts an action that is due and was given to a user as a task.
    pub fn due(&self, at_us: u64) {
        self.due.fetch_add(1, Ordering::Relaxed);
        self.update_second(at_us, 0, |seen, second| {
            seen.due += 1;
            seen.second(second).due += 1;
        });
    }

    /// Records that the action was handed to a socket.
    pub fn handed(&self, at_us: u64, user: u32) {
        let lag_us = clock::now_us().saturating_sub(at_us);
        self.update_second(at_us, user, |seen, _| seen.lag.record(lag_us));
    }

    /// Counts an action for which no suitable user was connected.
    pub fn absent(&self, at_us: u64) {
        self.update_second(at_us, 0, |seen, _| seen.absent += 1);
        self.over.fetch_add(1, Ordering::Release);
    }

    /// Counts an action that succeeded, and records its latency.
    pub fn answered(&self, at_us: u64, user: u32) {
        let took_us = clock::now_us().saturating_sub(at_us);
        self.with(user, |seen| seen.answered_in_all += 1);
        self.update_second(at_us, user, |seen, second| {
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

    /// Counts an action that was refused or whose connection ended.
    pub fn refused(&self, user: u32, error: &str) {
        // Errors count in the warm-up, too: there must be none.
        self.with(user, |seen| *seen.refused.entry(error.to_owned()).or_default() += 1);
        self.over.fetch_add(1, Ordering::Release);
    }

    /// Counts a message of the stream that reached a member.
    pub fn delivered(&self, head: Head, now_us: u64, bytes: usize, user: u32, across: bool) {
        let took_us = now_us.saturating_sub(head.due_us);
        self.update_second(head.due_us, user, |seen, second| {
            seen.delivered += 1;
            seen.delivered_bytes += bytes as u64;
            seen.delivery.record(took_us);
            if across {
                seen.across.record(took_us);
            }
            seen.second(second).took.get_or_insert_with(Latencies::coarse).record(took_us);
        });
    }

    /// Records that a message of the stream reached the last member.
    pub fn read_by_all(&self, head: Head, now_us: u64, conversation: Uuid, seq: u32) {
        self.update_second(head.due_us, seq, |seen, _| seen.last_read.record(now_us.saturating_sub(head.due_us)));
        if let Some(reads) = &self.reads
            && (self.from_us..self.to_us).contains(&head.due_us)
        {
            let mut reads = reads.lock().unwrap_or_else(PoisonError::into_inner);
            // A full disk is reported when the file is closed.
            let _ = writeln!(reads, "{conversation} {seq} {} {now_us}", head.due_us);
        }
    }

    /// Whether each due action has a reply or will never get one.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire) >= self.due.load(Ordering::Acquire)
    }

    /// All results.
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

    /// Adds to the results of the second in which an action was due, within the measured time.
    fn update_second(&self, at_us: u64, user: u32, what: impl FnOnce(&mut StreamSeen, u64)) {
        if (self.from_us..self.to_us).contains(&at_us) {
            let second = at_us.saturating_sub(self.from_us) / 1_000_000;
            self.with(user, |seen| what(seen, second));
        }
    }

    fn with(&self, user: u32, what: impl FnOnce(&mut StreamSeen)) {
        let shard = &self.shards[user as usize % SHARDS];
        what(&mut shard.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// All streams in progress, by number.
#[derive(Default)]
pub struct Tallies(RwLock<HashMap<u16, Arc<Tally>>>);

impl Tallies {
    /// Adds a stream.
    pub fn add(&self, tally: &Arc<Tally>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(tally.number, Arc::clone(tally));
    }

    /// The stream of a number.
    #[must_use]
    pub fn get(&self, number: u16) -> Option<Arc<Tally>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// Removes a stream.
    pub fn remove(&self, number: u16) -> Option<Arc<Tally>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&number)
    }
}

/// Stops a load early.
#[derive(Default)]
pub struct Halt(AtomicBool);

impl Halt {
    /// Stops the load.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the load was stopped.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
