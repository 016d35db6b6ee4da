//! The states of a client.

use std::fmt;

/// The state of a client; watch it with [`crate::Client::state`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// No connection was tried yet.
    Disconnected,
    /// The first connection is being opened.
    Connecting,
    /// The server has welcomed the client and answered its resume.
    Connected,
    /// The connection was lost or could not be opened. The client tries again.
    Reconnecting {
        /// The number of failures in a row, from 1.
        attempt: u32,
        /// The reason of the last failure, for developers.
        why: String,
    },
    /// The client has ended and does not reconnect. Unsent messages stay in the outbox store, if there is one.
    Closed {
        /// The reason why the client ended.
        reason: CloseReason,
    },
}

/// The reason why a client ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The program called [`crate::Client::close`] or dropped the last handle.
    ByClient,
    /// The server closed the connection with a code after which a client must not reconnect with the same token and program.
    ByServer {
        /// The close code: 4500 to 4999 (see `causerie_protocol::CloseCode`), or 1002 to 1004 or 1007 to 1009 of RFC 6455.
        code: u16,
        /// The reason in the close frame, such as `revoked`. After a refused `Hello`, the error in the reply.
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
