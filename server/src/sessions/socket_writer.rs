//! The writing side of a socket. Whoever has something for its peer queues it here; nobody waits.

use std::{
    collections::HashMap,
    io,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
};

use bytes::Bytes;
use causerie_protocol::{ConversationId, Encoding};
use futures::task::AtomicWaker;
use socket2::SockRef;
use tokio::net::tcp::OwnedWriteHalf;

use super::outbox::{Outbox, Wrote};
use crate::sessions::Frame;

/// Answers that may wait for a peer to take them; beyond, it is not read. One is at most some 300 KiB, or as much again
/// where JSON escapes.
pub const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// A ping without a payload: final, unmasked (RFC 6455 §5.5.2).
const PING: Bytes = Bytes::from_static(&[0x89, 0x00]);

/// A socket that is written to.
pub struct SocketWriter {
    /// How frames are encoded.
    pub encoding: Encoding,
    outbox: Outbox,
    socket: OwnedWriteHalf,
    look: AtomicBool,
    task: AtomicWaker,
}

impl SocketWriter {
    /// Of a fresh connection; beyond `live_bytes_max` waiting, its reader counts as slow.
    #[must_use]
    pub fn new(socket: OwnedWriteHalf, encoding: Encoding, live_bytes_max: usize) -> Self {
        Self {
            encoding,
            outbox: Outbox::new(encoding, live_bytes_max),
            socket,
            look: AtomicBool::new(false),
            task: AtomicWaker::new(),
        }
    }

    /// Queues an event. True when somebody has to [`flush`](Self::flush).
    #[must_use]
    pub fn push_live(&self, frame: &Frame) -> bool {
        self.outbox.push_live(frame)
    }

    /// Queues an event that nobody has to flush for its own sake.
    pub fn push_deferred(&self, frame: &Frame) {
        self.outbox.push_deferred(frame);
    }

    /// True when something waits and somebody has to flush.
    #[must_use]
    pub fn asks_to_write(&self) -> bool {
        self.outbox.asks_to_write()
    }

    /// Queues bytes as they go over the wire. True when somebody has to flush.
    #[must_use]
    pub fn push_reply(&self, bytes: Bytes) -> bool {
        self.outbox.push_reply(bytes)
    }

    /// Queues the answer to the first frame, and what belongs to it, as it goes over the wire, before all that waits already;
    /// of that, what `told` says of conversations, by their versions, is dropped. To be flushed.
    pub fn push_first(&self, frames: Vec<Bytes>, told: &HashMap<ConversationId, u32>) {
        self.outbox.push_first(frames, told);
    }

    /// Queues a ping, unless the kernel takes nothing: behind a write that does not get through, silence tells as much. True
    /// when somebody has to flush.
    #[must_use]
    pub fn push_ping(&self) -> bool {
        !self.outbox.is_blocked() && self.outbox.push_reply(PING)
    }

    /// Drops what is live, and lets nothing live in any more.
    pub fn fall_silent(&self) {
        self.outbox.fall_silent();
    }

    /// Live events flow again.
    pub fn rejoin(&self) {
        self.outbox.rejoin();
    }

    /// Writes what waits, as far as the kernel takes it. What is left is for the connection's own task.
    pub fn flush(&self) -> Wrote {
        let wrote = self.outbox.write(REPLY_BYTES_MAX, |slices| match slices {
            [one] => self.socket.try_write(one),
            many => self.socket.try_write_vectored(many),
        });
        if wrote.look {
            self.wake();
        }
        wrote
    }

    /// Peers that take no answers are not read.
    #[must_use]
    pub fn is_listening(&self) -> bool {
        self.outbox.reply_bytes() < REPLY_BYTES_MAX
    }

    /// The connection broke while it was written to.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.outbox.is_broken()
    }

    /// Ready when the kernel took no more the last time and now does. For the connection's own task alone.
    pub fn poll_unblocked(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.outbox.is_blocked() { self.socket.as_ref().poll_write_ready(context) } else { Poll::Pending }
    }

    /// Wakes the connection's own task.
    pub fn wake(&self) {
        self.look.store(true, Ordering::Release);
        self.task.wake();
    }

    /// Ready when the connection's own task has to look at something.
    pub fn poll_look(&self, context: &mut Context<'_>) -> Poll<()> {
        self.task.register(context.waker());
        if self.look.swap(false, Ordering::AcqRel) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Writes all that waits, however long it takes; false when the connection broke.
    pub async fn drain(&self) -> bool {
        loop {
            self.flush();
            if self.outbox.is_empty() {
                return !self.is_broken();
            }
            if self.socket.writable().await.is_err() {
                return false;
            }
        }
    }

    /// Tells the peer that nothing more comes.
    ///
    /// # Errors
    /// When the connection broke.
    pub fn shut(&self) -> io::Result<()> {
        SockRef::from(self.socket.as_ref()).shutdown(std::net::Shutdown::Write)
    }
}
