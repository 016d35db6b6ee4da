//! Who is asking: people by signed tokens, back ends by keys.
//!
//! [`token`] verifies a token with a key of [`keys`]; the person it names is then found, made or updated together with
//! whoever else arrives at the moment (thousands after a network cut). [`api_key`] does the same for a tenant's back end.
//! [`issue`] signs tokens, for the command line and the demo.

pub mod api_key;
mod caller;
mod error;
pub mod issue;
pub mod keys;
mod people;
pub mod token;

use std::{collections::HashSet, sync::Arc};

use causerie_protocol::{TenantId, UserId, wire};

pub use self::{
    api_key::{ApiCaller, Scope},
    caller::Caller,
    error::AuthError,
};
use self::{
    keys::{KeyCache, KeyMark},
    people::People,
};
use crate::{
    clock::Clock,
    secrets::Secrets,
    store::{Store, StoreError, queries::keys as key_queries},
    telemetry::Metrics,
};

/// A person whose token was good.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
    /// As others see the person.
    pub profile: wire::User,
    /// When the token was signed. Seconds since 1970 UTC.
    pub issued_at_s: i64,
    /// The key that signed it.
    pub signed_by: KeyMark,
    /// When it ends, without any leeway. Seconds since 1970 UTC.
    pub expires_at_s: i64,
    /// A language tag; empty when the product did not say.
    pub locale: String,
}

/// Verifies tokens and keys. One per server; cheap to clone.
#[derive(Clone)]
pub struct Authenticator {
    store: Store,
    clock: Arc<dyn Clock>,
    keys: Arc<KeyCache>,
    people: People,
}

impl Authenticator {
    /// Starts the shared look-up of people; it ends with the last clone. Needs a tokio runtime.
    #[must_use]
    pub fn new(store: Store, secrets: Secrets, clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        let keys = Arc::new(KeyCache::new(store.clone(), secrets, Arc::clone(&clock)));
        let people = People::new(store.clone(), Arc::clone(&clock), metrics);
        Self { store, clock, keys, people }
    }

    /// The person a token names, made from its claims if absent.
    ///
    /// # Errors
    /// When the token is not to be trusted, the person is not let in, or the database fails.
    pub async fn user(&self, token: &str) -> Result<Identity, AuthError> {
        let unverified = token::Unverified::parse(token)?;
        let key = self.keys.get(unverified.kid()).await?.ok_or(AuthError::UnknownKey)?;
        let claims = unverified.verify(&key, self.clock.now_s())?;
        let user = self.people.admit(key.tenant, &claims).await?;
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

    /// Looks at all signing keys anew. Answers those that were revoked or are gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_keys(&self) -> Result<HashSet<KeyMark>, StoreError> {
        self.keys.refresh().await
    }

    /// The back end a key belongs to, and what it may do.
    ///
    /// # Errors
    /// When there is no such key, it ended or was revoked, or the database fails.
    pub async fn key(&self, key: &str) -> Result<ApiCaller, AuthError> {
        let hash = api_key::hash(key).ok_or(AuthError::UnknownApiKey)?;
        let row = key_queries::api_key(&self.store, &hash).await?.ok_or(AuthError::UnknownApiKey)?;
        ApiCaller::from_row(row, self.clock.now_ms())
    }
}

#[cfg(test)]
mod tests;
