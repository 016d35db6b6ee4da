//! The errors of commands and messages.

use causerie_protocol::{ErrorCode, wire};

use crate::state::CloseReason;

/// The reason why a command failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The server refused the command.
    #[error("{}: {}", .0.name, .0.message)]
    Refused(wire::Error),
    /// The reply did not arrive within [`crate::Config::command_timeout`]. It is unknown whether the server executed the
    /// command.
    #[error(
        "no answer within `Config::command_timeout`: the server may have executed the command, so read the state before you repeat it"
    )]
    Timeout,
    /// No server welcomed the client within [`crate::Config::command_timeout`]. The text is the reason, as in
    /// [`crate::State::Reconnecting`], or says that the first connection attempt still runs.
    #[error("no connection within `Config::command_timeout`, so the command was not sent: {0}")]
    NotConnected(String),
    /// The connection was lost before the reply. It is unknown whether the server executed the command. Only commands whose
    /// repetition could undo a later change fail with this error; the client repeats all other commands on the next
    /// connection.
    #[error(
        "the connection was lost before the answer: the server may have executed the command, so read the state before you repeat it"
    )]
    ConnectionLost,
    /// The client was closed before the reply, or before the command was sent.
    #[error("{0}")]
    Closed(CloseReason),
    /// The reply does not belong to the command: the server is faulty.
    #[error("the reply does not belong to the command: the server is faulty or not a Causerie server")]
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

/// The reason why a message was not sent. After a temporary failure there is no error: the outbox sends the message again
/// until the server answers.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SendError {
    /// The server refused the message permanently, or closed the connection over it twice.
    #[error("{}: {}", .0.name, .0.message)]
    Refused(wire::Error),
    /// The outbox is full. The message was not queued; the program sends it again later, with the same text.
    #[error(
        "the outbox is full: {outbox_max} messages wait to be sent. Send again when some of them have an answer (`Client::unsent`), or raise `Config::outbox_max`"
    )]
    Full {
        /// The value of [`crate::Config::outbox_max`].
        outbox_max: usize,
    },
    /// The outbox store could not keep the message, so it was not sent.
    #[error("the outbox store could not keep the message, so it was not sent: {0}")]
    Store(String),
    /// The client was closed before the server answered. If the outbox store has the message, the next client sends it.
    #[error("{0}")]
    Closed(CloseReason),
    /// The reply does not belong to the command: the server is faulty.
    #[error("the reply does not belong to the command: the server is faulty or not a Causerie server")]
    UnexpectedReply,
}
