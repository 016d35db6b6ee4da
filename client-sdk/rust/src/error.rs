//! What can go wrong for a caller.

use causerie_protocol::{ErrorCode, wire};

use crate::state::CloseReason;

/// Why a command has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The server refused it.
    #[error("{}: {}", .0.name, .0.message)]
    Refused(wire::Error),
    /// No answer within [`crate::Config::command_timeout`]; whether it was done is not known.
    #[error("no answer in time")]
    Timeout,
    /// No server welcomed the client within [`crate::Config::command_timeout`]. The text is the reason, as in
    /// [`crate::State::Reconnecting`], or says that the first connection attempt still runs.
    #[error("no connection in time: {0}")]
    NotConnected(String),
    /// The connection was lost before the answer; whether it was done is not known. Only commands that change something
    /// when repeated end so, all others are asked again on the next connection.
    #[error("the connection was lost before the answer came")]
    ConnectionLost,
    /// The client ended.
    #[error("{0}")]
    Closed(CloseReason),
    /// The answer is of another kind than the command's: the server is broken.
    #[error("the server answered something else than it was asked")]
    UnexpectedReply,
}

impl Error {
    /// Why the server refused it, for programs; `None` where it did not, or for a reason this version does not know.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(error) => i32::try_from(error.code).ok().and_then(|code| ErrorCode::try_from(code).ok()),
            _ => None,
        }
    }

    /// The same command may succeed later.
    #[must_use]
    pub fn temporary(&self) -> bool {
        match self {
            Self::Refused(error) => error.temporary,
            Self::Timeout | Self::NotConnected(_) | Self::ConnectionLost => true,
            Self::Closed(_) | Self::UnexpectedReply => false,
        }
    }
}

/// Why a message was not sent. Temporary trouble is not among them: the outbox repeats the send until it is answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SendError {
    /// The server refused it for good.
    #[error("{}: {}", .0.name, .0.message)]
    Refused(wire::Error),
    /// Too many sends wait for an answer already, [`crate::Config::outbox_max`].
    #[error("too many messages wait to be sent")]
    Full,
    /// The outbox store could not keep it, so it was not sent.
    #[error("the outbox could not keep the message: {0}")]
    Store(String),
    /// The client ended first. With an outbox store, the next client sends it.
    #[error("{0}")]
    Closed(CloseReason),
    /// The answer is of another kind than the command's: the server is broken.
    #[error("the server answered something else than it was asked")]
    UnexpectedReply,
}
