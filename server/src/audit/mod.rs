//! The audit log: the changes by back ends and operators, and the denials of the policy.
//!
//! A change and its entry are written in one transaction, or the entry is written before the change is answered.
//! [`refusals`] are queued and written in batches: they change nothing, and users can cause any number of them. Texts of
//! messages, tokens and keys are never written here.

mod actions;
mod actor;
mod actors;
pub mod refusals;

use causerie_protocol::TenantId;
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value};

pub use self::{
    actions::{all as actions, unknown as unknown_action},
    actor::Actor,
    actors::Actors,
    refusals::{Denied, Refusals, Refused, Target},
};
pub use crate::store::queries::audit::{Entry, Filter, Outcome, page, rename};
use crate::{
    auth::ApiCaller,
    store::{Store, StoreError, queries::audit},
};

/// The actor name of a back end: `key:` and the id of its API key.
#[must_use]
pub fn back_end(key: &ApiCaller) -> String {
    format!("key:{}", key.key)
}

/// An entry for an action that a back end or an operator executed.
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

/// Writes one entry within a transaction.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn append(connection: &impl ConnectionTrait, tenant: TenantId, entry: Entry) -> Result<(), StoreError> {
    audit::append(connection, &[(tenant, entry)]).await
}

/// Writes one entry.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn record(store: &Store, tenant: TenantId, entry: Entry) -> Result<(), StoreError> {
    audit::append(store.writer(), &[(tenant, entry)]).await
}
