//! Who acted, for people to read: lines of the audit hold the ids of API keys, and operators know keys by their names.

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
    /// Reads the keys, revoked ones included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(store: &Store, tenant: TenantId) -> Result<Self, StoreError> {
        let keys = keys::api_keys_of(store, tenant).await?;
        Ok(Self(keys.into_iter().map(|key| (format!("key:{}", key.id), key.name)).collect()))
    }

    /// The name of an actor or target that is an API key.
    #[must_use]
    pub fn name(&self, actor: &str) -> Option<&str> {
        self.0.get(actor).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// An actor or target as a line shows it, `key:<id>("back end")`.
    #[must_use]
    pub fn shown(&self, actor: &str) -> String {
        match self.name(actor) {
            Some(name) => format!("{actor}(\"{}\")", isolated(name)),
            None => isolated(actor).into_owned(),
        }
    }
}
