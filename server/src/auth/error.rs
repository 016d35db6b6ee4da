//! Why someone was not let in, in words for the developer whose token it was.
//!
//! What depends on the token's content is told only once its signature is verified; before that, a stranger learns no more
//! than the token's own header says.

use causerie_protocol::{CloseCode, ErrorCode, Refusal};

use super::api_key::Scope;
use crate::store::StoreError;

/// Why someone was not let in.
#[derive(Debug, Clone, thiserror::Error)]
#[allow(missing_docs)] // the sentences say it
pub enum AuthError {
    #[error("the token has more than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    #[error("the token is not a signed JWT: {0}")]
    NotAToken(&'static str),
    #[error("the token's header names no signing key this server knows: check `kid`")]
    UnknownKey,
    #[error("the token's `alg` is not the algorithm of its signing key, {0}")]
    WrongAlgorithm(&'static str),
    #[error("the token's signature does not match its signing key")]
    BadSignature,
    #[error("the token's signing key was revoked: fetch a fresh token")]
    RevokedKey,
    #[error("the token's claims are not a JSON object, or name one twice")]
    BadClaims,
    #[error("the token's `{claim}` {problem}")]
    BadClaim { claim: &'static str, problem: &'static str },
    #[error("the token expired: fetch a fresh one")]
    Expired,
    #[error("the token is not valid yet: `{claim}` lies in the future; compare the clocks")]
    NotYet { claim: &'static str },
    #[error("the person's tokens were revoked after this one was issued")]
    Revoked,
    #[error("the person is not active")]
    Inactive,
    #[error("no such API key, or one that ended or was revoked")]
    UnknownApiKey,
    #[error("the API key lacks the scope `{}`", .0.name())]
    MissingScope(Scope),
    #[error("people can't be looked up now")]
    Store(#[from] StoreError),
}

impl AuthError {
    /// The error a peer gets.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge { .. }
            | Self::NotAToken(_)
            | Self::UnknownKey
            | Self::WrongAlgorithm(_)
            | Self::BadSignature
            | Self::BadClaims
            | Self::BadClaim { .. }
            | Self::NotYet { .. }
            | Self::Revoked
            | Self::Inactive
            | Self::UnknownApiKey => ErrorCode::Unauthenticated,
            // The product signs with another key now; a client must not give up because of the old one.
            Self::Expired | Self::RevokedKey => ErrorCode::TokenExpired,
            Self::MissingScope(_) => ErrorCode::Forbidden,
            Self::Store(_) => ErrorCode::Unavailable,
        }
    }

    /// How a connection with such a token ends.
    #[must_use]
    pub fn close_code(&self) -> CloseCode {
        match self {
            Self::TooLarge { .. }
            | Self::NotAToken(_)
            | Self::UnknownKey
            | Self::WrongAlgorithm(_)
            | Self::BadSignature
            | Self::BadClaims
            | Self::BadClaim { .. }
            | Self::NotYet { .. }
            | Self::UnknownApiKey
            | Self::MissingScope(_) => CloseCode::Unauthenticated,
            Self::Expired | Self::RevokedKey => CloseCode::TokenExpired,
            Self::Revoked | Self::Inactive => CloseCode::Revoked,
            // Everyone would be back at once to ask a database that can't answer.
            Self::Store(_) => CloseCode::Overloaded,
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
