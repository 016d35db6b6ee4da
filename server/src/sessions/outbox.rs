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

/// The maximum number of frames that one system call writes.
const SLICES_MAX: usize = 64;
/// When a system call holds this number of bytes, no further frame is added to it. This is about the size of an empty send
/// buffer (`lifecycle::listener`).
const CALL_BYTES_MAX: usize = 64 * 1024;
/// The bytes of memory that a reply needs at least in addition to its own bytes: its entry in the queue and the allocation
/// of its bytes. The limits count them, because a pong has only two bytes of its own.
const REPLY_OVERHEAD_BYTES: usize = 128;

/// The frames that wait to be written to the socket of one session.
pub struct Outbox {
    queue: Mutex<Queue>,
    encoding: Encoding,
    live_bytes_max: usize,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<WaitingFrame>,
    /// Whether the kernel took a part of the first frame.
    is_first_partly_written: bool,
    live_bytes: usize,
    reply_bytes: usize,
    /// Whether no live event is queued until [`Outbox::resume_live`].
    live_stopped: bool,
    /// Whether a `Gap` event must be queued when all waiting frames are written.
    gap_due: bool,
    write_state: WriteState,
}

/// The bytes of a WebSocket frame that are not written yet.
struct WaitingFrame {
    bytes: Bytes,
    live: bool,
    /// See [`Frame::conversation_version`].
    conversation_version: Option<(ConversationId, u32)>,
}

/// Which task has to write next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum WriteState {
    /// No task: [`Outbox::write`] was not called yet. The first frames are queued with [`Outbox::push_first`] before that.
    #[default]
    NotStarted,
    /// No task: no frame waits.
    Idle,
    /// A task was asked to write, and has not finished yet.
    Requested,
    /// The kernel takes no more bytes for now. The connection's own task waits until the kernel takes bytes again.
    Blocked,
    /// The connection broke. No frame is queued any more.
    Broken,
}

/// The result of [`Outbox::write`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteOutcome {
    /// The number of system calls that wrote at least one byte.
    pub calls: u64,
    /// The number of frames that were written completely.
    pub frames: u64,
    /// The number of bytes that the kernel took.
    pub bytes: u64,
    /// The number of `Gap` events that were queued for slow readers.
    pub gaps: u64,
    /// Whether the connection's own task must be woken: the socket is blocked or broken, or there is room for replies again.
    pub wake_connection: bool,
}

impl AddAssign for WriteOutcome {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.frames += other.frames;
        self.bytes += other.bytes;
        self.gaps += other.gaps;
        self.wake_connection |= other.wake_connection;
    }
}

impl WriteOutcome {
    /// Adds these counts to the server's metrics.
    pub fn count(&self, metrics: &Metrics) {
        metrics.socket_writes.inc_by(self.calls);
        metrics.frames_sent.inc_by(self.frames);
        metrics.bytes_sent.inc_by(self.bytes);
        metrics.slow_readers.inc_by(self.gaps);
    }
}

impl Outbox {
    /// An empty outbox. It asks no task to write before the first [`Outbox::write`]. When more than `live_bytes_max` bytes
    /// of live events would wait, the client counts as a slow reader.
    #[must_use]
    pub fn new(encoding: Encoding, live_bytes_max: usize) -> Self {
        Self { queue: Mutex::default(), encoding, live_bytes_max }
    }

    /// Queues a live event. If the outbox would exceed its limit, it drops its live events and sends a `Gap` instead. After
    /// that it queues no live event until [`Outbox::resume_live`]. Returns true if the caller has to start a write.
    #[must_use]
    pub fn push_live(&self, frame: &Frame) -> bool {
        let mut queue = self.lock();
        self.queue_live(&mut queue, frame) && queue.request_write()
    }

    /// As [`Outbox::push_live`], but requests no write: the event is written with the next write.
    pub fn push_deferred(&self, frame: &Frame) {
        self.queue_live(&mut self.lock(), frame);
    }

    /// Requests a write if frames wait. Returns true if the caller has to start the write.
    #[must_use]
    pub fn request_write(&self) -> bool {
        let mut queue = self.lock();
        (!queue.waiting.is_empty() || queue.gap_due) && queue.request_write()
    }

    /// Queues a live event or stops the live events. Returns true if there is something to write.
    fn queue_live(&self, queue: &mut Queue, frame: &Frame) -> bool {
        if queue.live_stopped || queue.write_state == WriteState::Broken {
            return false;
        }
        let bytes = frame.on_wire(self.encoding);
        if queue.live_bytes + bytes.len() > self.live_bytes_max {
            queue.stop_live();
        } else {
            queue.push(bytes, true, frame.conversation_version());
        }
        true
    }

    /// Queues the WebSocket frame of a reply. Returns true if the caller has to start a write.
    #[must_use]
    pub fn push_reply(&self, bytes: Bytes) -> bool {
        let mut queue = self.lock();
        if queue.write_state == WriteState::Broken {
            return false;
        }
        queue.push(bytes, false, None);
        queue.request_write()
    }

    /// Puts `frames` (the reply to the client's first frame, and the events that belong to this reply) at the head of the
    /// queue. Drops the queued changes whose conversation has at least their version in `versions`, because `frames` contain
    /// these changes.
    pub fn push_first(&self, frames: Vec<Bytes>, versions: &HashMap<ConversationId, u32>) {
        let mut queue = self.lock();
        let is_contained = |(conversation, version)| versions.get(&conversation).is_some_and(|known| version <= *known);
        queue.waiting.retain(|frame| !frame.conversation_version.is_some_and(is_contained));
        for bytes in frames.into_iter().rev() {
            queue.waiting.push_front(WaitingFrame { bytes, live: false, conversation_version: None });
        }
        let counted_bytes =
            |live| queue.waiting.iter().filter(|frame| frame.live == live).map(WaitingFrame::counted_bytes).sum();
        (queue.live_bytes, queue.reply_bytes) = (counted_bytes(true), counted_bytes(false));
    }

    /// The number of bytes of the waiting replies. 128 bytes are added for each reply, for the memory of its entry.
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
        self.lock().write_state == WriteState::Blocked
    }

    /// Whether a write found that the connection broke.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.lock().write_state == WriteState::Broken
    }

    /// Drops the waiting live events without a `Gap`, and queues no live event until [`Outbox::resume_live`].
    pub fn stop_live(&self) {
        let mut queue = self.lock();
        queue.stop_live();
        queue.gap_due = false;
    }

    /// Queues live events again from now on. A `Gap` that was not queued yet is not sent.
    pub fn resume_live(&self) {
        let mut queue = self.lock();
        queue.live_stopped = false;
        queue.gap_due = false;
    }

    /// Writes the waiting frames with as few system calls as possible, until no frame waits or the kernel takes no more
    /// bytes. `write_vectored` makes one system call and returns the number of bytes that the kernel took. If the bytes of
    /// the waiting replies fall below `wake_below`, the outcome asks to wake the connection's task, which then reads from
    /// its client again.
    pub fn write(
        &self,
        wake_below: usize,
        mut write_vectored: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> WriteOutcome {
        let mut queue = self.lock();
        let mut outcome = WriteOutcome::default();
        if queue.write_state == WriteState::Broken {
            return outcome;
        }
        let was_reading_paused = queue.reply_bytes >= wake_below;
        loop {
            if queue.waiting.is_empty() {
                // Free the queue's memory, so that an idle session keeps none.
                queue.waiting = VecDeque::new();
                if std::mem::take(&mut queue.gap_due) {
                    outcome.gaps += 1;
                    let gap = Frame::event(wire::event::Kind::Gap(wire::Gap {})).on_wire(self.encoding);
                    queue.push(gap, false, None);
                    continue;
                }
                queue.write_state = WriteState::Idle;
                break;
            }
            match queue.write_once(&mut write_vectored) {
                Ok(written @ 1..) => {
                    outcome.calls += 1;
                    outcome.bytes += written as u64;
                    outcome.frames += queue.remove_written(written);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    queue.write_state = WriteState::Blocked;
                    outcome.wake_connection = true;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => {
                    *queue = Queue { write_state: WriteState::Broken, live_stopped: true, ..Queue::default() };
                    outcome.wake_connection = true;
                    break;
                }
            }
        }
        outcome.wake_connection |= was_reading_paused && queue.reply_bytes < wake_below;
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WaitingFrame {
    /// The bytes that count towards the limits. For an event no overhead is counted, because all recipients share its bytes.
    fn counted_bytes(&self) -> usize {
        self.bytes.len() + if self.live { 0 } else { REPLY_OVERHEAD_BYTES }
    }
}

impl Queue {
    fn push(&mut self, bytes: Bytes, live: bool, conversation_version: Option<(ConversationId, u32)>) {
        let frame = WaitingFrame { bytes, live, conversation_version };
        *(if live { &mut self.live_bytes } else { &mut self.reply_bytes }) += frame.counted_bytes();
        self.waiting.push_back(frame);
    }

    /// Returns true if no task has to write yet, so that the caller has to start a write.
    fn request_write(&mut self) -> bool {
        let is_idle = self.write_state == WriteState::Idle;
        if is_idle {
            self.write_state = WriteState::Requested;
        }
        is_idle
    }

    /// Drops the waiting live events, except the rest of a frame that is partly written, and makes a `Gap` due.
    fn stop_live(&mut self) {
        let mut keeps_first = self.is_first_partly_written;
        self.waiting.retain(|frame| std::mem::take(&mut keeps_first) || !frame.live);
        self.live_bytes = self.waiting.iter().filter(|frame| frame.live).map(|frame| frame.bytes.len()).sum();
        self.live_stopped = true;
        self.gap_due = true;
    }

    /// Makes one system call with the first frames. Returns the number of bytes that the kernel took.
    fn write_once(&self, write_vectored: &mut impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let (mut count, mut bytes) = (0, 0);
        for (slice, frame) in slices.iter_mut().zip(&self.waiting) {
            if bytes >= CALL_BYTES_MAX {
                break;
            }
            *slice = IoSlice::new(&frame.bytes);
            bytes += frame.bytes.len();
            count += 1;
        }
        write_vectored(&slices[..count])
    }

    /// Removes the bytes that the kernel took. Returns how many frames these bytes completed.
    fn remove_written(&mut self, mut bytes: usize) -> u64 {
        let mut completed = 0;
        while let Some(first) = self.waiting.front_mut() {
            let part = bytes.min(first.bytes.len());
            *(if first.live { &mut self.live_bytes } else { &mut self.reply_bytes }) -= part;
            bytes -= part;
            if part < first.bytes.len() {
                first.bytes.advance(part);
                self.is_first_partly_written |= part > 0;
                break;
            }
            if !first.live {
                self.reply_bytes -= REPLY_OVERHEAD_BYTES;
            }
            self.waiting.pop_front();
            self.is_first_partly_written = false;
            completed += 1;
        }
        completed
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
