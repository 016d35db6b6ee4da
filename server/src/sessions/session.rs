//! One person on one socket.

use std::sync::{
    OnceLock,
    atomic::{AtomicI64, Ordering},
};

use causerie_protocol::{CloseCode, ConnectionId, Encoding};

use super::outbox::Outbox;
use crate::conversations::Caller;

/// Shared by the task that owns the socket and by whoever sends to it.
pub struct Session {
    /// Which socket.
    pub connection: ConnectionId,
    /// Who is behind it.
    pub caller: Caller,
    /// How frames are encoded.
    pub encoding: Encoding,
    /// What is to be written.
    pub outbox: Outbox,
    /// When the token in force was signed. Seconds since 1970 UTC.
    issued_at_s: AtomicI64,
    closing: OnceLock<CloseReason>,
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
    pub fn new(caller: Caller, encoding: Encoding, outbox: Outbox) -> Self {
        Self {
            connection: ConnectionId::new(),
            caller,
            encoding,
            outbox,
            issued_at_s: AtomicI64::new(caller.issued_at_s),
            closing: OnceLock::new(),
        }
    }

    /// Who acts, with the token in force.
    #[must_use]
    pub fn acting(&self) -> Caller {
        Caller { issued_at_s: self.issued_at_s.load(Ordering::Relaxed), ..self.caller }
    }

    /// A fresh token for the same person.
    pub fn refreshed(&self, issued_at_s: i64) {
        self.issued_at_s.store(issued_at_s, Ordering::Relaxed);
    }

    /// Ends the session if its token was issued before this second.
    pub fn revoke(&self, issued_before_s: i64) {
        if self.issued_at_s.load(Ordering::Relaxed) < issued_before_s {
            self.close(CloseReason::code(CloseCode::Revoked));
        }
    }

    /// Asks the task that owns the socket to close it. The first reason stands.
    pub fn close(&self, reason: CloseReason) {
        let _ = self.closing.set(reason);
        self.outbox.wake();
    }

    /// Why it is to be closed, if it is.
    #[must_use]
    pub fn closing(&self) -> Option<&CloseReason> {
        self.closing.get()
    }
}
