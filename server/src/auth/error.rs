//! The reasons why a token or an API key is refused, as sentences for the developer of the product.
//!
//! An error about the claims of a token, or about the revocation of its key, is returned only after the signature was
//! verified. Without a valid signature, a client learns only whether the `kid` exists and which algorithm its key has.

use causerie_protocol::{CloseCode, ErrorCode, Refusal};

use crate::store::{API_KEY_VOID, StoreError, TENANT_SUSPENDED};

/// The reason why a token or an API key is refused.
#[derive(Debug, Clone, thiserror::Error)]
#[allow(missing_docs)] // the error texts describe the variants
pub enum AuthError {
    #[error("the token has more than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    #[error("the token is not a signed JWT: {0}")]
    NotAToken(&'static str),
    #[error(
        "the token's header names no signing key of this server: its `kid` must be an id that `causerie signing-key list` shows"
    )]
    UnknownKey,
    #[error("the token's `alg` is not the algorithm of its signing key: sign with {0}")]
    WrongAlgorithm(&'static str),
    #[error(
        "the token's signature does not match its signing key: sign with the secret, or the private key, that belongs to its `kid`"
    )]
    BadSignature,
    #[error("the token's signing key was revoked: fetch a fresh token")]
    RevokedKey,
    #[error("the token's claims are not a JSON object, or name a claim twice")]
    BadClaims,
    #[error("the token's `{claim}` {problem}")]
    BadClaim { claim: &'static str, problem: &'static str },
    #[error("the token expired: fetch a fresh one")]
    Expired,
    #[error(
        "the token is not valid yet: `{claim}` lies in the future; set the clocks of the back end and of this server right"
    )]
    NotYet { claim: &'static str },
    #[error("this user's tokens were revoked after this token was issued: fetch a fresh one")]
    Revoked,
    #[error("the user is not active: the status is `deactivated` or `removed`")]
    Inactive,
    #[error(
        "this user was erased: sign a fresh token, or, if the user was deactivated or removed before, name the user again with \
         `PUT /v1/users/{{id}}` or an import"
    )]
    Erased,
    #[error("{TENANT_SUSPENDED}")]
    Suspended,
    #[error(
        "the tenant of the token does not allow pages of `{origin}`: add this origin to the tenant's allowed origins (`PUT \
         /v1/web-access`, `causerie tenant web-access`) or, if the tenant has none of its own, to the setting `listen.origins`"
    )]
    ForeignPage { origin: String },
    #[error("{API_KEY_VOID}")]
    UnknownApiKey,
    #[error(
        "this needs an API key with the scope {needed}, and this key has {held}: make another (`causerie api-key create \
         --scopes …`)"
    )]
    MissingScope { needed: String, held: String },
    #[error("users can't be looked up now: try again")]
    Store(StoreError),
}

impl AuthError {
    /// The error code that the client gets.
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
            | Self::Erased
            | Self::UnknownApiKey => ErrorCode::Unauthenticated,
            // The product signs with another key after a revocation, so the client must fetch a fresh token and must not
            // give up.
            Self::Expired | Self::RevokedKey => ErrorCode::TokenExpired,
            Self::MissingScope { .. } | Self::Suspended | Self::ForeignPage { .. } => ErrorCode::Forbidden,
            Self::Store(_) => ErrorCode::Unavailable,
        }
    }

    /// The code with which the server closes a connection whose token is refused with this error.
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
            | Self::MissingScope { .. } => CloseCode::Unauthenticated,
            Self::Expired | Self::RevokedKey => CloseCode::TokenExpired,
            Self::Revoked | Self::Inactive | Self::Erased | Self::Suspended => CloseCode::Revoked,
            Self::ForeignPage { .. } => CloseCode::Forbidden,
            // After this code clients wait before they connect again. After another code all clients would connect again at
            // once, while the database can't answer.
            Self::Store(_) => CloseCode::Overloaded,
        }
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TenantSuspended => Self::Suspended,
            // The signing keys of the tenant were deleted with it.
            StoreError::TenantAbsent => Self::UnknownKey,
            StoreError::ApiKeyVoid => Self::UnknownApiKey,
            StoreError::Database(_) => Self::Store(error),
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
