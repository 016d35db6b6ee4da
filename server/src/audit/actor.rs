//! Who changes a tenant, and in whose audit the change is recorded.

use causerie_protocol::TenantId;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::{back_end, done};
use crate::{
    auth::ApiCaller,
    store::{
        StoreError,
        queries::{audit, tenants::Tenant},
    },
};

/// An operator, or the back end of a tenant. A back end whose key has the scope `tenants` or `operate` may change other tenants
/// than its own: such a change is recorded in the audit of both tenants.
#[derive(Debug, Clone)]
pub struct Actor {
    name: String,
    home: Option<TenantId>,
}

impl Actor {
    /// An operator. `name`: the actor in the audit, such as `cli:root`.
    #[must_use]
    pub fn operator(name: String) -> Self {
        Self { name, home: None }
    }

    /// The back end that an API key belongs to.
    #[must_use]
    pub fn back_end(key: &ApiCaller) -> Self {
        Self { name: back_end(key), home: Some(key.tenant) }
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
        if let Some(home) = self.home.filter(|home| *home != tenant.id) {
            let mut entry = entry;
            entry.detail.insert("tenant".to_owned(), tenant.slug.as_str().into());
            entries.push((home, entry));
        }
        audit::append(connection, &entries).await
    }
}
