//! What waits to be written to one socket.
//!
//! Bounded in bytes, allocated only while something waits, never a reason for a sender to wait. A reader too slow for the
//! live stream is parted from it: what waits is dropped, a `Gap` tells the client, and nothing live is queued until it
//! rejoins by `Resume`. Replies are not dropped; whoever reads from the socket stops while too many bytes of them wait.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use causerie_protocol::{Encoding, wire};
use tokio::sync::Notify;

use crate::fanout::Frame;

/// The queue of one session.
pub struct Outbox {
    queue: Mutex<Queue>,
    some: Notify,
    live_bytes_max: usize,
}

#[derive(Default)]
struct Queue {
    replies: VecDeque<Bytes>,
    reply_bytes: usize,
    live: VecDeque<Bytes>,
    live_bytes: usize,
    parted: bool,
    gap_due: bool,
}

impl Outbox {
    /// An empty one; beyond `live_bytes_max` waiting, its reader counts as slow.
    #[must_use]
    pub fn new(live_bytes_max: usize) -> Self {
        Self { queue: Mutex::default(), some: Notify::new(), live_bytes_max }
    }

    /// Queues an event, unless the reader is parted from the live stream, or too slow and parted by this.
    pub fn push_live(&self, frame: &Frame, encoding: Encoding) {
        let mut queue = self.lock();
        if queue.parted {
            return;
        }
        let bytes = frame.encoded(encoding);
        if queue.live_bytes + bytes.len() > self.live_bytes_max {
            queue.live = VecDeque::new();
            queue.live_bytes = 0;
            queue.parted = true;
            queue.gap_due = true;
            drop(queue);
            self.some.notify_one();
            return;
        }
        queue.live_bytes += bytes.len();
        queue.live.push_back(bytes);
        let first = queue.live.len() == 1;
        drop(queue);
        if first {
            self.some.notify_one();
        }
    }

    /// Queues an answer.
    pub fn push_reply(&self, bytes: Bytes) {
        let mut queue = self.lock();
        queue.reply_bytes += bytes.len();
        queue.replies.push_back(bytes);
        drop(queue);
        self.some.notify_one();
    }

    /// Bytes of answers that wait.
    #[must_use]
    pub fn reply_bytes(&self) -> usize {
        self.lock().reply_bytes
    }

    /// Live events flow again.
    pub fn rejoin(&self) {
        let mut queue = self.lock();
        queue.parted = false;
        queue.gap_due = false;
    }

    /// Wakes whoever waits in [`Outbox::ready`].
    pub fn wake(&self) {
        self.some.notify_one();
    }

    /// Waits until something may be there.
    pub async fn ready(&self) {
        self.some.notified().await;
    }

    /// Takes frames of about `bytes_max` bytes, answers first; at least one if there is one. What is left wakes
    /// [`Outbox::ready`] again. True when the reader is told of a gap with these.
    pub fn take(&self, encoding: Encoding, bytes_max: usize, into: &mut Vec<Bytes>) -> bool {
        let mut queue = self.lock();
        let mut taken = 0;
        while taken < bytes_max {
            let next = match queue.replies.pop_front() {
                Some(reply) => {
                    queue.reply_bytes -= reply.len();
                    reply
                }
                None => match queue.live.pop_front() {
                    Some(frame) => {
                        queue.live_bytes -= frame.len();
                        frame
                    }
                    None => break,
                },
            };
            taken += next.len();
            into.push(next);
        }
        if queue.replies.is_empty() && queue.live.is_empty() {
            // Idle sessions keep no memory for what once waited.
            queue.replies = VecDeque::new();
            queue.live = VecDeque::new();
            let gap = std::mem::take(&mut queue.gap_due);
            if gap {
                into.push(Frame::event(wire::event::Kind::Gap(wire::Gap {})).encoded(encoding));
            }
            return gap;
        }
        drop(queue);
        self.some.notify_one();
        false
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Frame {
        Frame::from_proto(Bytes::from(text.to_owned()))
    }

    fn taken(outbox: &Outbox, bytes_max: usize) -> Vec<Bytes> {
        let mut frames = Vec::new();
        outbox.take(Encoding::Proto, bytes_max, &mut frames);
        frames
    }

    #[test]
    fn answers_come_first_and_events_in_order() {
        let outbox = Outbox::new(1_000);
        outbox.push_live(&frame("one"), Encoding::Proto);
        outbox.push_live(&frame("two"), Encoding::Proto);
        outbox.push_reply(Bytes::from_static(b"answer"));
        assert_eq!(taken(&outbox, 1_000), ["answer", "one", "two"]);
        assert!(taken(&outbox, 1_000).is_empty());
    }

    #[test]
    fn takes_no_more_than_asked_but_at_least_one() {
        let outbox = Outbox::new(1_000);
        for _ in 0..3 {
            outbox.push_live(&frame("0123456789"), Encoding::Proto);
        }
        assert_eq!(taken(&outbox, 15).len(), 2);
        assert_eq!(taken(&outbox, 1).len(), 1);
    }

    #[test]
    fn a_slow_reader_is_parted_told_once_and_rejoins() {
        let gap = Frame::event(wire::event::Kind::Gap(wire::Gap {})).encoded(Encoding::Proto);
        let outbox = Outbox::new(10);
        outbox.push_live(&frame("01234"), Encoding::Proto);
        outbox.push_live(&frame("0123456"), Encoding::Proto);
        outbox.push_live(&frame("x"), Encoding::Proto);
        outbox.push_reply(Bytes::from_static(b"answer"));
        assert_eq!(taken(&outbox, 1_000), [Bytes::from_static(b"answer"), gap]);
        assert!(taken(&outbox, 1_000).is_empty(), "nothing live flows");
        outbox.rejoin();
        outbox.push_live(&frame("again"), Encoding::Proto);
        assert_eq!(taken(&outbox, 1_000), ["again"]);
    }

    #[test]
    fn an_empty_outbox_holds_no_memory() {
        let outbox = Outbox::new(1_000);
        for _ in 0..50 {
            outbox.push_live(&frame("x"), Encoding::Proto);
        }
        assert_eq!(taken(&outbox, 1_000).len(), 50);
        let queue = outbox.lock();
        assert_eq!((queue.live.capacity(), queue.replies.capacity()), (0, 0));
    }
}
