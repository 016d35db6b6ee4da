//! One user on one socket.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use bytes::Bytes;
use causerie_protocol::{CloseCode, ConnectionId};

use super::{flusher::Flusher, socket_writer::SocketWriter};
use crate::{
    auth::{Caller, keys::KeyMark},
    sessions::Frame,
};

/// Shared by the task that owns the socket and by whoever sends to it.
pub struct Session {
    /// Which socket.
    pub connection: ConnectionId,
    /// Who is behind it.
    pub caller: Caller,
    /// The way to its peer.
    pub socket: Arc<SocketWriter>,
    flusher: Arc<Flusher>,
    /// When the token in force was signed. Seconds since 1970 UTC.
    issued_at_s: AtomicI64,
    /// The [`KeyMark`] of the key that signed it.
    signed_by: AtomicU64,
    closing: OnceLock<Box<CloseReason>>,
}

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The peer left, or the network did.
    PeerLeft,
    /// This side ends it, with a code and a sentence for the developer who reads it.
    Code(CloseCode, String),
}

impl CloseReason {
    /// Ends with a code; its name is the sentence.
    #[must_use]
    pub fn code(code: CloseCode) -> Self {
        Self::Code(code, code.name())
    }
}

impl Session {
    /// A session whose token was accepted.
    #[must_use]
    pub fn new(
        connection: ConnectionId,
        caller: Caller,
        signed_by: KeyMark,
        socket: Arc<SocketWriter>,
        flusher: Arc<Flusher>,
    ) -> Self {
        let (issued_at_s, signed_by) = (AtomicI64::new(caller.issued_at_s), AtomicU64::new(signed_by.0));
        Self { connection, caller, socket, flusher, issued_at_s, signed_by, closing: OnceLock::new() }
    }

    /// Sends an event, unless its peer is too slow.
    pub fn push(self: &Arc<Self>, frame: &Frame) {
        if self.socket.push_live(frame) {
            self.flusher.add(Arc::clone(self));
        }
    }

    /// Sends an event with whatever goes out next, or at [`flush_deferred`](Self::flush_deferred).
    pub fn send_deferred(&self, frame: &Frame) {
        self.socket.push_deferred(frame);
    }

    /// Sends what waits for something to go with.
    pub fn flush_deferred(self: &Arc<Self>) {
        if self.socket.asks_to_write() {
            self.flusher.add(Arc::clone(self));
        }
    }

    /// Sends bytes as they go over the wire.
    pub fn answer(self: &Arc<Self>, bytes: Bytes) {
        if self.socket.push_reply(bytes) {
            self.flusher.add(Arc::clone(self));
        }
    }

    /// Asks the peer whether it lives, unless it takes nothing.
    pub fn ping(self: &Arc<Self>) {
        if self.socket.push_ping() {
            self.flusher.add(Arc::clone(self));
        }
    }

    /// Who acts, with the token in force.
    #[must_use]
    pub fn acting(&self) -> Caller {
        Caller { issued_at_s: self.issued_at_s(), ..self.caller }
    }

    /// When the token in force was signed. Seconds since 1970 UTC.
    #[must_use]
    pub fn issued_at_s(&self) -> i64 {
        self.issued_at_s.load(Ordering::Relaxed)
    }

    /// A fresh token for the same user.
    pub fn refreshed(&self, issued_at_s: i64, signed_by: KeyMark) {
        self.issued_at_s.store(issued_at_s, Ordering::Relaxed);
        self.signed_by.store(signed_by.0, Ordering::Relaxed);
    }

    /// Which key signed the token in force.
    #[must_use]
    pub fn signed_by(&self) -> KeyMark {
        KeyMark(self.signed_by.load(Ordering::Relaxed))
    }

    /// Ends the session if its token was issued before this second.
    pub fn revoke(&self, issued_before_s: i64) {
        if self.issued_at_s() < issued_before_s {
            self.end(CloseReason::code(CloseCode::Revoked));
        }
    }

    /// As [`close`](Self::close), and it hears nothing more, whenever its task gets to it.
    pub fn end(&self, reason: CloseReason) {
        self.socket.fall_silent();
        self.close(reason);
    }

    /// Asks the task that owns the socket to close it. The first reason stands.
    pub fn close(&self, reason: CloseReason) {
        let _ = self.closing.set(Box::new(reason));
        self.socket.wake();
    }

    /// Why it is to be closed, if it is.
    #[must_use]
    pub fn closing(&self) -> Option<&CloseReason> {
        self.closing.get().map(|reason| &**reason)
    }
}
