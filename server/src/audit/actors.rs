//! The printed names of actors. Entries hold the ids of API keys, and operators know the keys by their names.

use std::collections::HashMap;

use causerie_protocol::TenantId;

use crate::{
    plain::isolated,
    store::{Store, StoreError, queries::keys},
};

/// The names of a tenant's API keys.
#[derive(Debug, Default)]
pub struct Actors(HashMap<String, String>);

impl Actors {
    /// Reads the names of all keys, revoked keys included.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn read(store: &Store, tenant: TenantId) -> Result<Self, StoreError> {
        let keys = keys::api_keys_of(store, tenant).await?;
        Ok(Self(keys.into_iter().map(|key| (format!("key:{}", key.id), key.name)).collect()))
    }

    /// The name of an API key, for an actor or target such as `key:<id>`; `None` if it is not an API key of the tenant or
    /// the key has no name.
    #[must_use]
    pub fn name(&self, actor: &str) -> Option<&str> {
        self.0.get(actor).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// The printed form of an actor or target: `key:<id>("back end")`.
    #[must_use]
    pub fn shown(&self, actor: &str) -> String {
        match self.name(actor) {
            Some(name) => format!("{actor}(\"{}\")", isolated(name)),
            None => isolated(actor).into_owned(),
        }
    }
}
