//! The errors that a program gets.

use causerie_protocol::{ErrorCode, wire};

use crate::state::CloseReason;

/// Why a command has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The server refused the command.
    #[error("{}: {}", .0.name, .0.message)]
    Refused(wire::Error),
    /// No reply within [`crate::Config::command_timeout`]. It is unknown whether the server executed the command.
    #[error("no answer in time")]
    Timeout,
    /// No server welcomed the client within [`crate::Config::command_timeout`]. The text is the reason, as in
    /// [`crate::State::Reconnecting`], or says that the first connection attempt still runs.
    #[error("no connection in time: {0}")]
    NotConnected(String),
    /// The connection was lost before the reply. It is unknown whether the server executed the command. Only commands whose
    /// repetition could undo a later change end like this; the client repeats all others on the next connection.
    #[error("the connection was lost before the answer came")]
    ConnectionLost,
    /// The client is closed.
    #[error("{0}")]
    Closed(CloseReason),
    /// The reply does not belong to the command: the server is faulty.
    #[error("the server answered something else than it was asked")]
    UnexpectedReply,
}

impl Error {
    /// The code of a refusal. `None` for other errors, and for a code that this version does not know.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(error) => i32::try_from(error.code).ok().and_then(|code| ErrorCode::try_from(code).ok()),
            _ => None,
        }
    }

    /// Whether the same command may succeed later.
    #[must_use]
    pub fn temporary(&self) -> bool {
        match self {
            Self::Refused(error) => error.temporary,
            Self::Timeout | Self::NotConnected(_) | Self::ConnectionLost => true,
            Self::Closed(_) | Self::UnexpectedReply => false,
        }
    }
}

/// Why a message was not sent. Temporary failures are not among the reasons: the outbox repeats the send until the server
/// answers.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SendError {
    /// The server refused the message permanently.
    #[error("{}: {}", .0.name, .0.message)]
    Refused(wire::Error),
    /// [`crate::Config::outbox_max`] messages are unsent already.
    #[error("too many messages wait to be sent")]
    Full,
    /// The outbox store could not keep the message, so it was not sent.
    #[error("the outbox could not keep the message: {0}")]
    Store(String),
    /// The client was closed first. With an outbox store, the next client sends the message.
    #[error("{0}")]
    Closed(CloseReason),
    /// The reply does not belong to the command: the server is faulty.
    #[error("the server answered something else than it was asked")]
    UnexpectedReply,
}
