//! Authentication: users by signed tokens, back ends by API keys.
//!
//! [`token`] verifies a token with a signing key of [`keys`]. Then the server finds, creates or updates the user that the
//! token names. Users who connect at the same time (thousands after a network cut) share the queries for this. [`api_key`]
//! generates and checks the keys of a tenant's back end. [`issue`] signs tokens for the command line and the demo.

pub mod api_key;
mod caller;
mod error;
pub mod issue;
pub mod keys;
mod origins;
pub mod token;
mod users;

use std::{collections::HashSet, sync::Arc};

use causerie_protocol::{TenantId, UserId, wire};

pub use self::{
    api_key::{ApiCaller, Scope},
    caller::{Caller, Credential},
    error::AuthError,
    origins::Origins,
};
use self::{
    keys::{KeyCache, KeyMark},
    users::UserLookups,
};
use crate::{
    clock::Clock,
    secrets::Secrets,
    store::{
        Store, StoreError,
        queries::{keys as key_queries, tenant_states},
    },
    telemetry::Metrics,
};

/// A user whose token was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user's id.
    pub user: UserId,
    /// The user's profile as other users see it.
    pub profile: wire::User,
    /// When the token was signed (`iat`). Seconds since 1970 UTC.
    pub issued_at_s: i64,
    /// The key that signed the token.
    pub signed_by: KeyMark,
    /// When the token expires (`exp`), without any leeway. Seconds since 1970 UTC.
    pub expires_at_s: i64,
    /// The user's language tag; empty if the product did not give one.
    pub locale: String,
}

impl Identity {
    /// The user as the caller of requests with this token.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller { tenant: self.tenant, user: self.user, credential: Credential::Token { issued_at_s: self.issued_at_s } }
    }
}

/// Verifies tokens and API keys. A server has one authenticator. It is cheap to clone.
#[derive(Clone)]
pub struct Authenticator {
    store: Store,
    clock: Arc<dyn Clock>,
    keys: Arc<KeyCache>,
    users: UserLookups,
}

impl Authenticator {
    /// Starts the task that looks up users in batches. The task ends when the last clone of the authenticator is dropped.
    /// Needs a tokio runtime.
    #[must_use]
    pub fn new(store: Store, secrets: Secrets, clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        let keys = Arc::new(KeyCache::new(store.clone(), secrets, Arc::clone(&clock)));
        let users = UserLookups::new(store.clone(), Arc::clone(&clock), metrics);
        Self { store, clock, keys, users }
    }

    /// Returns the user that a token names. If the user does not exist, the user is created from the claims of the token.
    ///
    /// # Errors
    /// [`AuthError`] if the token is not valid, the user is not active or their tokens were revoked, or the database does
    /// not answer.
    pub async fn user(&self, token: &str) -> Result<Identity, AuthError> {
        let unverified = token::Unverified::parse(token)?;
        let key = self.keys.get(unverified.kid()).await?.ok_or(AuthError::UnknownKey)?;
        let claims = unverified.verify(&key, self.clock.now_s())?;
        let user = self.users.admit(key.tenant, &claims).await?;
        Ok(Identity {
            tenant: user.tenant,
            user: user.id,
            profile: wire::User::from(&user),
            issued_at_s: claims.issued_at_s,
            signed_by: KeyMark::of(unverified.kid()),
            expires_at_s: claims.expires_at_s,
            locale: user.locale,
        })
    }

    /// Loads all signing keys from the database. Returns the keys that were revoked or deleted.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn refresh_keys(&self) -> Result<HashSet<KeyMark>, StoreError> {
        self.keys.refresh().await
    }

    /// Returns the back end to which an API key belongs, and the scopes of the key.
    ///
    /// # Errors
    /// [`AuthError::UnknownApiKey`] if the key does not exist, expired or was revoked; [`AuthError::Suspended`] if its
    /// tenant is suspended; [`AuthError::Store`] if the database does not answer.
    pub async fn key(&self, key: &str) -> Result<ApiCaller, AuthError> {
        let hash = api_key::hash(key).ok_or(AuthError::UnknownApiKey)?;
        let row = key_queries::api_key(&self.store, &hash).await?.ok_or(AuthError::UnknownApiKey)?;
        let caller = ApiCaller::from_row(row, self.clock.now_ms())?;
        if !tenant_states::suspended_among(self.store.reader(), [caller.tenant]).await?.is_empty() {
            return Err(AuthError::Suspended);
        }
        Ok(caller)
    }
}

#[cfg(test)]
mod tests;
