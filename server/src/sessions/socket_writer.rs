//! The writing half of a socket with its outbox. Queueing a frame never waits.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
};

use bytes::Bytes;
use causerie_protocol::Encoding;
use futures::task::AtomicWaker;
use socket2::SockRef;
use tokio::net::tcp::OwnedWriteHalf;

use super::outbox::{Outbox, WriteOutcome};

/// While at least this number of bytes of replies waits for a client, the server reads nothing from this client. The largest
/// reply has about 300 KiB, or twice that where JSON has to escape characters.
pub const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// A ping without a payload: final, unmasked (RFC 6455 §5.5.2).
const PING: Bytes = Bytes::from_static(&[0x89, 0x00]);

/// The writing half of a socket, and the frames that wait for it.
pub struct SocketWriter {
    /// The encoding that the client chose for this connection.
    pub encoding: Encoding,
    /// The frames that wait for the socket.
    pub outbox: Outbox,
    socket: OwnedWriteHalf,
    /// Whether [`Self::wake`] was called since the last [`Self::poll_woken`].
    woken: AtomicBool,
    task: AtomicWaker,
}

impl SocketWriter {
    /// The writer of a new connection. When more than `live_bytes_max` bytes of live events would wait, the client counts as
    /// a slow reader.
    #[must_use]
    pub fn new(socket: OwnedWriteHalf, encoding: Encoding, live_bytes_max: usize) -> Self {
        Self {
            encoding,
            outbox: Outbox::new(encoding, live_bytes_max),
            socket,
            woken: AtomicBool::new(false),
            task: AtomicWaker::new(),
        }
    }

    /// Queues a ping, unless the kernel takes no bytes: a blocked socket shows already that the client does not read.
    /// Returns true if the caller has to start a [`flush`](Self::flush).
    #[must_use]
    pub fn push_ping(&self) -> bool {
        !self.outbox.is_blocked() && self.outbox.push_reply(PING)
    }

    /// Writes the waiting frames as far as the kernel takes them. The connection's own task writes the rest.
    pub fn flush(&self) -> WriteOutcome {
        let outcome = self.outbox.write(REPLY_BYTES_MAX, |slices| match slices {
            [slice] => self.socket.try_write(slice),
            slices => self.socket.try_write_vectored(slices),
        });
        if outcome.wake_connection {
            self.wake();
        }
        outcome
    }

    /// Whether fewer than [`REPLY_BYTES_MAX`] bytes of replies wait. Otherwise the server reads nothing from this client.
    #[must_use]
    pub fn has_room_for_replies(&self) -> bool {
        self.outbox.reply_bytes() < REPLY_BYTES_MAX
    }

    /// Ready when a socket that was blocked takes bytes again. Only the connection's own task may poll this.
    pub fn poll_unblocked(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.outbox.is_blocked() { self.socket.as_ref().poll_write_ready(context) } else { Poll::Pending }
    }

    /// Wakes the connection's own task.
    pub fn wake(&self) {
        self.woken.store(true, Ordering::Release);
        self.task.wake();
    }

    /// Ready once after each [`wake`](Self::wake); calls of `wake` before a poll are combined. Only the connection's own
    /// task may poll this.
    pub fn poll_woken(&self, context: &mut Context<'_>) -> Poll<()> {
        self.task.register(context.waker());
        if self.woken.swap(false, Ordering::AcqRel) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Writes all waiting frames. Waits without a time limit until the kernel has taken them. Returns false if the
    /// connection broke.
    pub async fn drain(&self) -> bool {
        loop {
            self.flush();
            if self.outbox.is_empty() {
                return !self.outbox.is_broken();
            }
            if self.socket.writable().await.is_err() {
                return false;
            }
        }
    }

    /// Shuts down the writing half of the socket, so that the client reads an end of file.
    ///
    /// # Errors
    /// The socket's error if the connection broke.
    pub fn shut(&self) -> io::Result<()> {
        SockRef::from(self.socket.as_ref()).shutdown(std::net::Shutdown::Write)
    }
}
