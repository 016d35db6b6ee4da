//! The user whose credential came with a request.

use causerie_protocol::{TenantId, UserId};
use uuid::Uuid;

use super::AuthError;

/// A user whose token was accepted, or for whom the holder of an accepted API key acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Caller {
    pub tenant: TenantId,
    pub user: UserId,
    pub credential: Credential,
}

/// The credential that came with a request. It may be revoked while the request waits, so the writer checks it again under
/// the lock of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A token of the user.
    Token {
        /// When the token was signed, in seconds since 1970 UTC. A revocation voids the tokens that were signed before it.
        issued_at_s: i64,
    },
    /// The API key of a back end, by the id of the key.
    ApiKey(Uuid),
    /// No credential: the server itself acts for the user, in a job or for the demo.
    Server,
}

impl Credential {
    /// The id of the API key; `None` for another credential.
    #[must_use]
    pub fn api_key(self) -> Option<Uuid> {
        match self {
            Self::ApiKey(key) => Some(key),
            Self::Token { .. } | Self::Server => None,
        }
    }

    /// Refuses a token that was signed before `valid_from_s`, the user's last revocation, in seconds since 1970 UTC.
    ///
    /// # Errors
    /// [`AuthError::Revoked`] if the token was signed before `valid_from_s`.
    pub fn require_signed_from(self, valid_from_s: i64) -> Result<(), AuthError> {
        match self {
            Self::Token { issued_at_s } if issued_at_s < valid_from_s => Err(AuthError::Revoked),
            Self::Token { .. } | Self::ApiKey(_) | Self::Server => Ok(()),
        }
    }
}
