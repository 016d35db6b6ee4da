//! A session: one user on one connection.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use bytes::Bytes;
use causerie_protocol::{CloseCode, ConnectionId, TenantId, UserId};

use super::{flusher::Flusher, socket_writer::SocketWriter};
use crate::{
    auth::{Caller, Credential, keys::KeyMark},
    sessions::Frame,
};

/// A signed-in connection. The connection's own task and all code that sends to the session share it.
pub struct Session {
    /// The id of the connection; unique over all nodes.
    pub connection: ConnectionId,
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The outbox and the writing half of the socket.
    pub socket: Arc<SocketWriter>,
    flusher: Arc<Flusher>,
    /// Issue time of the current token. Seconds since 1970 UTC.
    issued_at_s: AtomicI64,
    /// The [`KeyMark`] of the key that signed the current token.
    signed_by: AtomicU64,
    /// The reason of the first call of [`Session::close`].
    closing: OnceLock<Box<CloseReason>>,
}

/// The reason why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The client closed the connection, or the network lost it.
    PeerLeft,
    /// The server closes the connection, with a close code and a sentence for the developer of the client.
    Code(CloseCode, String),
}

impl CloseReason {
    /// A reason whose sentence is the name of the close code.
    #[must_use]
    pub fn code(code: CloseCode) -> Self {
        Self::Code(code, code.name())
    }
}

impl Session {
    /// The session of a connection whose token was accepted.
    #[must_use]
    pub fn new(
        connection: ConnectionId,
        caller: Caller,
        signed_by: KeyMark,
        socket: Arc<SocketWriter>,
        flusher: Arc<Flusher>,
    ) -> Self {
        let Caller { tenant, user, credential } = caller;
        let issued_at_s = match credential {
            Credential::Token { issued_at_s } => issued_at_s,
            Credential::ApiKey(_) | Credential::Server => i64::MAX,
        };
        let (issued_at_s, signed_by) = (AtomicI64::new(issued_at_s), AtomicU64::new(signed_by.0));
        Self { connection, tenant, user, socket, flusher, issued_at_s, signed_by, closing: OnceLock::new() }
    }

    /// Sends a live event, unless the client reads too slowly (see `Outbox::push_live`).
    pub fn push(&self, frame: &Frame) {
        if self.socket.outbox.push_live(frame) {
            self.flusher.add(Arc::clone(&self.socket));
        }
    }

    /// Queues an event that is written together with the next frame, or after [`flush_deferred`](Self::flush_deferred).
    pub fn send_deferred(&self, frame: &Frame) {
        self.socket.outbox.push_deferred(frame);
    }

    /// Asks the flusher to write the events of [`send_deferred`](Self::send_deferred) that still wait.
    pub fn flush_deferred(&self) {
        if self.socket.outbox.request_write() {
            self.flusher.add(Arc::clone(&self.socket));
        }
    }

    /// Sends the WebSocket frame of a reply.
    pub fn answer(&self, bytes: Bytes) {
        if self.socket.outbox.push_reply(bytes) {
            self.flusher.add(Arc::clone(&self.socket));
        }
    }

    /// Sends a ping, unless the kernel takes no bytes for this socket.
    pub fn ping(&self) {
        if self.socket.push_ping() {
            self.flusher.add(Arc::clone(&self.socket));
        }
    }

    /// The user as the caller of a command, with the issue time of the current token.
    #[must_use]
    pub fn caller(&self) -> Caller {
        let credential = Credential::Token { issued_at_s: self.issued_at_s() };
        Caller { tenant: self.tenant, user: self.user, credential }
    }

    /// Issue time of the current token. Seconds since 1970 UTC.
    #[must_use]
    pub fn issued_at_s(&self) -> i64 {
        self.issued_at_s.load(Ordering::Relaxed)
    }

    /// Replaces the token by a fresh token for the same user. `issued_at_s`: seconds since 1970 UTC.
    pub fn refresh_token(&self, issued_at_s: i64, signed_by: KeyMark) {
        self.issued_at_s.store(issued_at_s, Ordering::Relaxed);
        self.signed_by.store(signed_by.0, Ordering::Relaxed);
    }

    /// The mark of the key that signed the current token.
    #[must_use]
    pub fn signed_by(&self) -> KeyMark {
        KeyMark(self.signed_by.load(Ordering::Relaxed))
    }

    /// Ends the session if its token was issued before this second (since 1970 UTC).
    pub fn revoke(&self, issued_before_s: i64) {
        if self.issued_at_s() < issued_before_s {
            self.end(CloseReason::code(CloseCode::Revoked));
        }
    }

    /// As [`close`](Self::close). In addition the session gets no live event from now on, even if its task closes it later.
    pub fn end(&self, reason: CloseReason) {
        self.socket.outbox.stop_live();
        self.close(reason);
    }

    /// Asks the connection's own task to close the socket. If this is called more than once, the first reason is kept.
    pub fn close(&self, reason: CloseReason) {
        let _ = self.closing.set(Box::new(reason));
        self.socket.wake();
    }

    /// The reason of the first [`close`](Self::close), or `None`.
    #[must_use]
    pub fn closing(&self) -> Option<&CloseReason> {
        self.closing.get().map(|reason| &**reason)
    }
}
