//! Sets the web pages that may use a tenant, for HTTP and the command line.

use serde_json::{Value, json};

use crate::{
    audit::Actor,
    config::Listen,
    domain::WebAccess,
    store::{
        Store, StoreError,
        queries::{facts::lock::Hold, tenants::Tenant, web_access},
    },
};

/// The maximum number of entries of a list.
pub const ENTRIES_MAX: usize = 100;
/// The maximum length of an entry, in bytes. A host name has at most 253 bytes.
pub const ENTRY_BYTES_MAX: usize = 512;

/// The first problem of a list of allowed origins or frame ancestors: the index of the entry and a sentence. `entry_problem`
/// returns the problem of one entry. `None` if the list is valid.
#[must_use]
pub fn problem(entries: &[String], entry_problem: fn(&str) -> Option<String>) -> Option<(usize, String)> {
    let too_long =
        |entry: &str| (entry.len() > ENTRY_BYTES_MAX).then(|| format!("an entry has more than {ENTRY_BYTES_MAX} bytes"));
    if entries.len() > ENTRIES_MAX {
        return Some((ENTRIES_MAX, format!("there are more than {ENTRIES_MAX} entries")));
    }
    entries.iter().enumerate().find_map(|(index, entry)| Some((index, too_long(entry).or_else(|| entry_problem(entry))?)))
}

/// The problem of an allowed origin, as a sentence; `None` if the origin is valid.
#[must_use]
pub fn origin_problem(origin: &str) -> Option<String> {
    Listen::origin_problem(origin)
}

/// The problem of a frame ancestor, as a sentence; `None` if the ancestor is valid.
#[must_use]
pub fn ancestor_problem(ancestor: &str) -> Option<String> {
    Listen::ancestor_problem(ancestor)
}

/// Replaces the web access of a tenant, and records the change in the audit log, in one transaction. The lists must be
/// checked with [`problem`] before.
///
/// # Errors
/// The errors of [`Actor::begin`].
pub async fn set(store: &Store, by: &Actor, tenant: &Tenant, access: &WebAccess, now_ms: i64) -> Result<(), StoreError> {
    let transaction = by.begin(store, Hold::Shared(tenant.id), now_ms).await?;
    web_access::set(&transaction, tenant.id, access).await?;
    let to_json = |list: &Option<Vec<String>>| list.as_ref().map_or(Value::Null, |list| json!(list));
    let detail =
        [("allowed_origins", to_json(&access.allowed_origins)), ("frame_ancestors", to_json(&access.frame_ancestors))];
    let target = format!("tenant:{}", tenant.slug);
    by.record(&transaction, tenant, "tenant.web_access", target, detail, now_ms).await?;
    transaction.commit().await
}
