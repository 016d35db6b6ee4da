//! Who did what: calls of back ends and operators, and what rules refused to people.
//!
//! What changes something is written with it, or before it is answered. [`refusals`] are queued and written in batches: they
//! change nothing, and people could make any number of them. No texts of messages, tokens or keys come here.

mod actions;
mod actors;
pub mod refusals;

use causerie_protocol::TenantId;
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value};

pub use self::{
    actions::{all as actions, unknown as unknown_action},
    actors::Actors,
    refusals::{Denied, Refusals, Refused, Target},
};
pub use crate::store::queries::audit::{Entry, Filter, Outcome, page, rename};
use crate::{
    auth::ApiCaller,
    store::{Store, StoreError, queries::audit},
};

/// A back end, as the audit names it.
#[must_use]
pub fn back_end(key: &ApiCaller) -> String {
    format!("key:{}", key.key)
}

/// What a back end or an operator did.
#[must_use]
pub fn done<const N: usize>(
    actor: impl Into<String>,
    action: &str,
    target: impl Into<String>,
    detail: [(&str, Value); N],
    at_ms: i64,
) -> Entry {
    debug_assert!(actions::is_action(action), "`{action}` is missing in the list of actions");
    let detail = Map::from_iter(detail.map(|(name, value)| (name.to_owned(), value)));
    Entry { detail, ..Entry::done(actor, action, target, at_ms) }
}

/// Writes one line within a transaction.
///
/// # Errors
/// When the database fails.
pub async fn append(connection: &impl ConnectionTrait, tenant: TenantId, entry: Entry) -> Result<(), StoreError> {
    audit::append(connection, &[(tenant, entry)]).await
}

/// Writes one line.
///
/// # Errors
/// When the database fails.
pub async fn record(store: &Store, tenant: TenantId, entry: Entry) -> Result<(), StoreError> {
    audit::append(store.writer(), &[(tenant, entry)]).await
}
