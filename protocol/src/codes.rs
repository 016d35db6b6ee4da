//! Error codes and close codes. Numbers and names are in `proto/causerie/v1/code.proto`; this module adds how to handle each code.

use crate::wire;
pub use crate::wire::{CloseCode, ErrorCode};

impl ErrorCode {
    /// The name on the wire, `not_found`.
    #[must_use]
    pub fn name(self) -> String {
        self.as_str_name().trim_start_matches("ERROR_CODE_").to_ascii_lowercase()
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn temporary(self) -> bool {
        matches!(self, Self::Internal | Self::Unavailable | Self::Timeout | Self::RateLimited)
    }

    /// The status code of the HTTP answer.
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
    /// The code in the close frame.
    #[must_use]
    pub fn number(self) -> u16 {
        // All numbers of the enum are close codes of RFC 6455 or in its private range.
        u16::try_from(self as i32).unwrap_or(4000)
    }

    /// The name in the close frame's reason, `going_away`.
    #[must_use]
    pub fn name(self) -> String {
        self.as_str_name().trim_start_matches("CLOSE_CODE_").to_ascii_lowercase()
    }
}

/// When a client reconnects after a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return {
    /// At once, with jitter.
    Now,
    /// After a pause.
    Later,
    /// Not with the same token and the same client.
    Never,
}

impl Return {
    /// The class of a close code. The codes 1002 to 1009 of RFC 6455 report a frame that violates the protocol, and the same frame would do so
    /// again; 1005 and 1006 among them mean that no code was received. Other codes (1011 of a proxy) are failures that may pass.
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
    /// The path of the field that caused the refusal, `sendMessage.text`; empty if no field did.
    pub field: String,
    /// Milliseconds to wait before the request is repeated; 0 if no wait is needed.
    pub retry_after_ms: u32,
}

impl Refusal {
    /// A refusal without a field.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: String::new(), retry_after_ms: 0 }
    }

    /// Sets the field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// Sets the time to wait.
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
