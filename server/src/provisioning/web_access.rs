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

/// The most entries of a list.
pub const ENTRIES_MAX: usize = 100;
/// The most bytes of an entry. A host name has at most 253 bytes.
pub const ENTRY_BYTES_MAX: usize = 512;

/// The first problem of a list of allowed origins or frame ancestors: the index of the entry and a sentence. `None` if the list
/// is good.
#[must_use]
pub fn problem(entries: &[String], of_entry: fn(&str) -> Option<String>) -> Option<(usize, String)> {
    let too_long =
        |entry: &str| (entry.len() > ENTRY_BYTES_MAX).then(|| format!("an entry has more than {ENTRY_BYTES_MAX} bytes"));
    if entries.len() > ENTRIES_MAX {
        return Some((ENTRIES_MAX, format!("there are more than {ENTRIES_MAX} entries")));
    }
    entries.iter().enumerate().find_map(|(at, entry)| Some((at, too_long(entry).or_else(|| of_entry(entry))?)))
}

/// The problem of an allowed origin, if any.
#[must_use]
pub fn origin_problem(origin: &str) -> Option<String> {
    Listen::origin_problem(origin)
}

/// The problem of a frame ancestor, if any.
#[must_use]
pub fn ancestor_problem(ancestor: &str) -> Option<String> {
    Listen::ancestor_problem(ancestor)
}

/// Replaces the pages that may use a tenant, and records it. One transaction. The caller has checked the lists.
///
/// # Errors
/// As of [`Actor::begin`].
pub async fn set(store: &Store, by: &Actor, tenant: &Tenant, access: &WebAccess, now_ms: i64) -> Result<(), StoreError> {
    let transaction = by.begin(store, Hold::Shared(tenant.id), now_ms).await?;
    web_access::set(&transaction, tenant.id, access).await?;
    let shown = |list: &Option<Vec<String>>| list.as_ref().map_or(Value::Null, |list| json!(list));
    let detail = [("allowed_origins", shown(&access.allowed_origins)), ("frame_ancestors", shown(&access.frame_ancestors))];
    let target = format!("tenant:{}", tenant.slug);
    by.record(&transaction, tenant, "tenant.web_access", target, detail, now_ms).await?;
    transaction.commit().await
}
