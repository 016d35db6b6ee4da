//! Error codes and close codes. `proto/causerie/v1/code.proto` defines their numbers and names; this module defines how
//! clients and the HTTP API handle them.

use crate::wire;
pub use crate::wire::{CloseCode, ErrorCode};

impl ErrorCode {
    /// The name on the wire, in snake case: `not_found`.
    #[must_use]
    pub fn name(self) -> String {
        self.as_str_name().trim_start_matches("ERROR_CODE_").to_ascii_lowercase()
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn temporary(self) -> bool {
        matches!(self, Self::Internal | Self::Unavailable | Self::Timeout | Self::RateLimited)
    }

    /// The status code of an HTTP answer with this error.
    #[must_use]
    pub fn http_status(self) -> u16 {
        match self {
            Self::Unspecified | Self::Internal => 500,
            Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::RateLimited => 429,
            Self::Malformed | Self::Invalid => 400,
            Self::TooLarge => 413,
            Self::Conflict => 409,
            Self::Unauthenticated | Self::TokenExpired => 401,
            Self::UnknownCommand | Self::NotFound => 404,
            Self::Forbidden
            | Self::Unsupported
            | Self::NotAMember
            | Self::NotAuthor
            | Self::Closed
            | Self::Locked
            | Self::RecipientInactive
            | Self::CannotStart
            | Self::NeedsFriend
            | Self::MessagingOff
            | Self::WindowOver
            | Self::GroupNotAddressable
            | Self::TooMany => 403,
        }
    }
}

impl CloseCode {
    /// The number in the close frame.
    #[must_use]
    pub fn number(self) -> u16 {
        // All numbers of the enum are close codes of RFC 6455 or in its private range.
        u16::try_from(self as i32).unwrap_or(4000)
    }

    /// The name, which is the reason in the close frame: `going_away`.
    #[must_use]
    pub fn name(self) -> String {
        self.as_str_name().trim_start_matches("CLOSE_CODE_").to_ascii_lowercase()
    }
}

/// Whether and when a client reconnects after a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return {
    /// The client reconnects at once, with jitter.
    Now,
    /// The client reconnects after a pause.
    Later,
    /// The client does not reconnect with the same token and the same program.
    Never,
}

impl Return {
    /// The class of a close code. The codes 1002 to 1004 and 1007 to 1009 of RFC 6455 report a frame that violates the
    /// protocol. The client would send the same frame again, so it does not reconnect. The codes 1005 and 1006 mean that no
    /// code was received. All codes that have no class of their own, such as 1011 from a proxy, report failures that may end
    /// by themselves.
    #[must_use]
    pub fn after(close_code: u16) -> Self {
        match close_code {
            4400..=4499 => Self::Later,
            1002..=1004 | 1007..=1009 | 4500..=4999 => Self::Never,
            _ => Self::Now,
        }
    }
}

/// The answer to a request that was not executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.name())]
pub struct Refusal {
    /// The reason, for programs.
    pub code: ErrorCode,
    /// The reason as a sentence, for developers.
    pub message: String,
    /// The path of the field that caused the refusal, such as `sendMessage.text`. Empty if no field caused it.
    pub field: String,
    /// The time to wait before the request is repeated, in milliseconds. 0 if no wait is needed.
    pub retry_after_ms: u32,
}

impl Refusal {
    /// A refusal without a field and without a wait.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: String::new(), retry_after_ms: 0 }
    }

    /// Sets the path of the field that caused the refusal.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// Sets the time to wait before the request is repeated.
    #[must_use]
    pub fn retry_after_ms(mut self, milliseconds: u32) -> Self {
        self.retry_after_ms = milliseconds;
        self
    }
}

impl From<Refusal> for wire::Error {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code as u32,
            name: refusal.code.name(),
            temporary: refusal.code.temporary(),
            message: refusal.message,
            field: refusal.field,
            retry_after_ms: refusal.retry_after_ms,
        }
    }
}
