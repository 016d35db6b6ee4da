//! The frames that wait to be written to one socket, and their writing.
//!
//! An outbox is bounded in bytes, uses memory only while frames wait, and never makes a sender wait. When a client reads too
//! slowly, the outbox drops the waiting live events, sends the event `Gap`, and queues no live event until the client sends
//! `Resume`. Replies are not dropped. While too many bytes of replies wait, the connection's task reads no further frames
//! from this client.

use std::{
    collections::{HashMap, VecDeque},
    io::{self, IoSlice},
    ops::AddAssign,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::{Buf as _, Bytes};
use causerie_protocol::{ConversationId, Encoding, wire};

use crate::{sessions::Frame, telemetry::Metrics};

/// The maximum number of frames that one call gives to the kernel, and the number of bytes after which no further frame is
/// added to the call: about the size of an empty send buffer (`lifecycle::listener`).
const SLICES_MAX: usize = 64;
const CALL_BYTES_MAX: usize = 64 * 1024;
/// The memory that a reply needs in addition to its bytes, at least: its entry in the queue and the allocation of its bytes.
/// It is counted because a pong has only two bytes.
const ANSWER_BYTES: usize = 128;

/// The queue of one session.
pub struct Outbox {
    queue: Mutex<Queue>,
    encoding: Encoding,
    live_bytes_max: usize,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// The kernel took a part of the first frame.
    begun: bool,
    live_bytes: usize,
    reply_bytes: usize,
    parted: bool,
    gap_due: bool,
    writer: Writer,
}

/// The bytes of a WebSocket frame that are not written yet.
struct Waiting {
    bytes: Bytes,
    live: bool,
    /// See [`Frame::conversation_version`].
    conversation_version: Option<(ConversationId, u32)>,
}

/// Which task has to write next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Writer {
    /// No task, until the first frame is queued: see [`Outbox::push_first`].
    #[default]
    Held,
    /// No task: no frame waits.
    Idle,
    /// A task was asked to write, and has not finished yet.
    Due,
    /// The kernel takes no more bytes for now. The connection's own task waits until it does.
    Blocked,
    /// The connection broke. No frame is queued any more.
    Broken,
}

/// The result of [`Outbox::write`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wrote {
    /// Calls to the kernel that wrote at least one byte.
    pub calls: u64,
    /// Frames that were written completely.
    pub frames: u64,
    /// Bytes that the kernel took.
    pub bytes: u64,
    /// `Gap` events that were queued for slow readers.
    pub parted: u64,
    /// The connection's own task must be woken: the socket is blocked or broken, or there is room for replies again.
    pub look: bool,
}

impl AddAssign for Wrote {
    fn add_assign(&mut self, more: Self) {
        self.calls += more.calls;
        self.frames += more.frames;
        self.bytes += more.bytes;
        self.parted += more.parted;
        self.look |= more.look;
    }
}

impl Wrote {
    /// Adds these counts to the server's metrics.
    pub fn count(&self, metrics: &Metrics) {
        metrics.socket_writes.inc_by(self.calls);
        metrics.frames_sent.inc_by(self.frames);
        metrics.bytes_sent.inc_by(self.bytes);
        metrics.slow_readers.inc_by(self.parted);
    }
}

impl Outbox {
    /// An empty outbox that asks no task to write until [`Outbox::push_first`] and a write. When more than `live_bytes_max`
    /// bytes of live events would wait, the client counts as a slow reader.
    #[must_use]
    pub fn new(encoding: Encoding, live_bytes_max: usize) -> Self {
        Self { queue: Mutex::default(), encoding, live_bytes_max }
    }

    /// Queues a live event. If the outbox would exceed its limit, it drops its live events and queues a `Gap` instead. After
    /// that it queues no live event until [`Outbox::rejoin`]. Returns true if the caller has to start a write.
    #[must_use]
    pub fn push_live(&self, frame: &Frame) -> bool {
        let mut queue = self.lock();
        self.queue_live(&mut queue, frame) && queue.asks_to_write()
    }

    /// As [`Outbox::push_live`], but asks for no write: the event goes out with the next write.
    pub fn push_deferred(&self, frame: &Frame) {
        self.queue_live(&mut self.lock(), frame);
    }

    /// Returns true if frames wait and the caller has to start a write.
    #[must_use]
    pub fn asks_to_write(&self) -> bool {
        let mut queue = self.lock();
        (!queue.waiting.is_empty() || queue.gap_due) && queue.asks_to_write()
    }

    fn queue_live(&self, queue: &mut Queue, frame: &Frame) -> bool {
        if queue.parted || queue.writer == Writer::Broken {
            return false;
        }
        let bytes = frame.on_wire(self.encoding);
        if queue.live_bytes + bytes.len() > self.live_bytes_max {
            queue.part();
        } else {
            queue.push(bytes, true, frame.conversation_version());
        }
        true
    }

    /// Queues the WebSocket frame of a reply. Returns true if the caller has to start a write.
    #[must_use]
    pub fn push_reply(&self, bytes: Bytes) -> bool {
        let mut queue = self.lock();
        if queue.writer == Writer::Broken {
            return false;
        }
        queue.push(bytes, false, None);
        queue.asks_to_write()
    }

    /// Puts the reply to the first frame, and the frames that belong to it, at the head of the queue. Drops the queued
    /// changes whose conversation has at least their version in `versions`, because the first frames contain them.
    pub fn push_first(&self, frames: Vec<Bytes>, versions: &HashMap<ConversationId, u32>) {
        let mut queue = self.lock();
        let is_contained = |(conversation, version)| versions.get(&conversation).is_some_and(|known| version <= *known);
        queue.waiting.retain(|one| !one.conversation_version.is_some_and(is_contained));
        for bytes in frames.into_iter().rev() {
            queue.waiting.push_front(Waiting { bytes, live: false, conversation_version: None });
        }
        let taken = |live| queue.waiting.iter().filter(|one| one.live == live).map(Waiting::takes).sum();
        (queue.live_bytes, queue.reply_bytes) = (taken(true), taken(false));
    }

    /// The bytes of waiting replies, including the fixed amount that is counted for each.
    #[must_use]
    pub fn reply_bytes(&self) -> usize {
        self.lock().reply_bytes
    }

    /// Whether no frame waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// Whether the kernel took no more bytes at the last write.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.lock().writer == Writer::Blocked
    }

    /// Whether a write found that the connection broke.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.lock().writer == Writer::Broken
    }

    /// Drops the waiting live events without a `Gap`, and queues no live event until [`Outbox::rejoin`].
    pub fn leave_live(&self) {
        let mut queue = self.lock();
        queue.part();
        queue.gap_due = false;
    }

    /// Lets live events be queued again.
    pub fn rejoin(&self) {
        let mut queue = self.lock();
        queue.parted = false;
        queue.gap_due = false;
    }

    /// Writes the waiting frames with as few calls as possible, until no frame waits or the kernel takes no more bytes. If
    /// the bytes of waiting replies fall below `look_below`, the result asks to wake the connection's task, which then reads
    /// from its client again.
    pub fn write(&self, look_below: usize, mut call: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) -> Wrote {
        let mut queue = self.lock();
        let mut wrote = Wrote::default();
        let was_deaf = queue.reply_bytes >= look_below;
        loop {
            if queue.waiting.is_empty() {
                // Free the queue's memory, so that an idle session keeps none.
                queue.waiting = VecDeque::new();
                if std::mem::take(&mut queue.gap_due) {
                    wrote.parted += 1;
                    let gap = Frame::event(wire::event::Kind::Gap(wire::Gap {})).on_wire(self.encoding);
                    queue.push(gap, false, None);
                    continue;
                }
                queue.writer = Writer::Idle;
                break;
            }
            match queue.call(&mut call) {
                Ok(taken @ 1..) => {
                    wrote.calls += 1;
                    wrote.bytes += taken as u64;
                    wrote.frames += queue.taken(taken);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    queue.writer = Writer::Blocked;
                    wrote.look = true;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => {
                    *queue = Queue { writer: Writer::Broken, parted: true, ..Queue::default() };
                    wrote.look = true;
                    break;
                }
            }
        }
        wrote.look |= was_deaf && queue.reply_bytes < look_below;
        wrote
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The bytes that count towards the limits. Events get no fixed amount, because all recipients share their bytes.
    fn takes(&self) -> usize {
        self.bytes.len() + if self.live { 0 } else { ANSWER_BYTES }
    }
}

impl Queue {
    fn push(&mut self, bytes: Bytes, live: bool, conversation_version: Option<(ConversationId, u32)>) {
        let waiting = Waiting { bytes, live, conversation_version };
        *(if live { &mut self.live_bytes } else { &mut self.reply_bytes }) += waiting.takes();
        self.waiting.push_back(waiting);
    }

    fn asks_to_write(&mut self) -> bool {
        let asks = self.writer == Writer::Idle;
        if asks {
            self.writer = Writer::Due;
        }
        asks
    }

    /// Drops the waiting live events, except the rest of a frame that is partly written, and makes a `Gap` due.
    fn part(&mut self) {
        let mut begun = std::mem::take(&mut self.begun);
        self.begun = begun;
        self.waiting.retain(|one| std::mem::take(&mut begun) || !one.live);
        self.live_bytes = self.waiting.iter().filter(|one| one.live).map(|one| one.bytes.len()).sum();
        self.parted = true;
        self.gap_due = true;
    }

    fn call(&self, call: &mut impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let (mut count, mut bytes) = (0, 0);
        for (slice, one) in slices.iter_mut().zip(&self.waiting) {
            if bytes >= CALL_BYTES_MAX {
                break;
            }
            *slice = IoSlice::new(&one.bytes);
            bytes += one.bytes.len();
            count += 1;
        }
        call(&slices[..count])
    }

    /// Removes the bytes that the kernel took. Returns how many frames are now written completely.
    fn taken(&mut self, mut bytes: usize) -> u64 {
        let mut ended = 0;
        while let Some(first) = self.waiting.front_mut() {
            let part = bytes.min(first.bytes.len());
            *(if first.live { &mut self.live_bytes } else { &mut self.reply_bytes }) -= part;
            bytes -= part;
            if part < first.bytes.len() {
                first.bytes.advance(part);
                self.begun |= part > 0;
                break;
            }
            if !first.live {
                self.reply_bytes -= ANSWER_BYTES;
            }
            self.waiting.pop_front();
            self.begun = false;
            ended += 1;
        }
        ended
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
