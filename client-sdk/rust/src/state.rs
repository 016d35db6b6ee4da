//! Where the connection stands.

use std::fmt;

/// Where the connection stands; watch it with [`crate::Client::state`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing was tried yet.
    Disconnected,
    /// The first connection is being made.
    Connecting,
    /// Welcomed by the server, and resumed.
    Connected,
    /// The connection was lost, or never came about; it is tried again.
    Reconnecting {
        /// Failures in a row, from 1.
        attempt: u32,
        /// What happened, for the developer who reads it.
        why: String,
    },
    /// Over: this client does not come back. Unanswered sends stay in the outbox store, if there is one.
    Closed {
        /// Why.
        reason: CloseReason,
    },
}

/// Why a client ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// [`crate::Client::close`] was called, or the last handle dropped.
    ByClient,
    /// The server said: do not come back as you are.
    ByServer {
        /// The close code, 4500 to 4999; see `causerie_protocol::CloseCode`.
        code: u16,
        /// Its reason, `revoked`; after a refused `Hello`, what the server said of it.
        reason: String,
    },
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByClient => f.write_str("closed by this program"),
            Self::ByServer { code, reason } => write!(f, "closed by the server: {code} {reason}"),
        }
    }
}
