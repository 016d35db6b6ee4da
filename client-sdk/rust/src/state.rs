//! The states of a client.

use std::fmt;

/// The state of a client; watch it with [`crate::Client::state`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// No connection was tried yet.
    Disconnected,
    /// The first connection is being opened.
    Connecting,
    /// The server has welcomed the client and sent what it missed.
    Connected,
    /// The connection was lost or could not be opened. The client tries again.
    Reconnecting {
        /// Failures in a row, from 1.
        attempt: u32,
        /// The reason, for developers.
        why: String,
    },
    /// The client has ended and does not reconnect. Unsent messages stay in the outbox store, if there is one.
    Closed {
        /// Why it ended.
        reason: CloseReason,
    },
}

/// Why a client ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The program called [`crate::Client::close`] or dropped the last handle.
    ByClient,
    /// The server closed with a code after which a client must not reconnect unchanged.
    ByServer {
        /// The close code: 4500 to 4999, or one of WebSocket's own from 1002 to 1009; see `causerie_protocol::CloseCode`.
        code: u16,
        /// The reason of the close frame, for instance `revoked`; after a refused `Hello`, the error of the reply.
        reason: String,
    },
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByClient => f.write_str("this program has closed the client; make another one to go on"),
            Self::ByServer { code, reason } => {
                write!(
                    f,
                    "the server closed the client for good: {code} {reason} (the close codes are in the README of causerie-protocol)"
                )
            }
        }
    }
}
