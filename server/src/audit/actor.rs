//! The back end or operator that changes a tenant, and the audit log entries about its changes.

use causerie_protocol::TenantId;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use uuid::Uuid;

use super::{back_end, done};
use crate::{
    auth::ApiCaller,
    store::{
        Store, StoreError, Transaction,
        queries::{
            audit,
            facts::lock::{self, Hold},
            keys, tenant_states,
            tenants::Tenant,
        },
    },
};

/// An operator, or the back end of a tenant. A back end whose key has the scope `tenants` or `operate` may change other
/// tenants than its own: such a change is recorded in the audit of both tenants.
#[derive(Debug, Clone)]
pub struct Actor {
    name: String,
    back_end: Option<BackEnd>,
}

#[derive(Debug, Clone, Copy)]
struct BackEnd {
    /// The tenant of the API key.
    home: TenantId,
    /// The id of the API key.
    key: Uuid,
}

impl Actor {
    /// An operator. `name`: the actor in the audit, such as `cli:root`.
    #[must_use]
    pub fn operator(name: String) -> Self {
        Self { name, back_end: None }
    }

    /// The back end that an API key belongs to.
    #[must_use]
    pub fn back_end(key: &ApiCaller) -> Self {
        Self { name: back_end(key), back_end: Some(BackEnd { home: key.tenant, key: key.key }) }
    }

    /// Begins a transaction in which the actor changes something, and takes the fact locks of the tenant that it changes and
    /// of the actor's own tenant. A revocation and a suspension take the same locks. Under these locks, this function checks
    /// that the actor's API key is still valid: once a revocation is answered, requests that were authenticated before
    /// change nothing.
    ///
    /// # Errors
    /// [`StoreError::ApiKeyVoid`] if the actor's API key expired or was revoked; [`StoreError::TenantSuspended`] if the
    /// actor's own tenant is suspended; [`StoreError::TenantAbsent`] if the tenant to change does not exist; another
    /// `StoreError` if the database does not answer or refuses a statement.
    pub async fn begin(&self, store: &Store, hold: Hold, now_ms: i64) -> Result<Transaction, StoreError> {
        let transaction = store.begin().await?;
        lock::take(&transaction, hold, self.back_end.map(|back_end| back_end.home)).await?;
        // The checks are separate statements after the locks: see `Decisions are made under the lock` in ARCHITECTURE.md.
        if let Some(BackEnd { key, .. }) = self.back_end {
            keys::require_valid(&transaction, key, now_ms).await?;
        }
        match hold {
            Hold::Nothing => {}
            Hold::Shared(tenant) | Hold::Exclusive(tenant) => tenant_states::require_tenant(&transaction, tenant).await?,
        }
        Ok(transaction)
    }

    /// The id of the actor's API key; `None` for an operator.
    #[must_use]
    pub fn key(&self) -> Option<Uuid> {
        self.back_end.map(|back_end| back_end.key)
    }

    /// The actor in the audit: `cli:root`, `key:<id>`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Records an action in the audit of the tenant that it changes. If the actor is the back end of another tenant, records
    /// it in the audit of that tenant too, with the slug of the changed tenant as the detail `tenant`.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn record<const N: usize>(
        &self,
        connection: &impl ConnectionTrait,
        tenant: &Tenant,
        action: &str,
        target: String,
        detail: [(&str, Value); N],
        at_ms: i64,
    ) -> Result<(), StoreError> {
        let entry = done(&self.name, action, target, detail, at_ms);
        let mut entries = vec![(tenant.id, entry.clone())];
        let home = self.back_end.map(|back_end| back_end.home);
        if let Some(home) = home.filter(|home| *home != tenant.id) {
            let mut entry = entry;
            entry.detail.insert("tenant".to_owned(), tenant.slug.as_str().into());
            entries.push((home, entry));
        }
        audit::append(connection, &entries).await
    }
}
