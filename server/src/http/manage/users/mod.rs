//! Endpoints with which back ends create, change, export, revoke and erase users.

pub mod erase;
pub mod erase_texts;
pub mod export;
pub mod put;
pub mod revoke;

use causerie_protocol::Refusal;
use serde_json::Value;

use crate::{app::App, audit, auth::ApiCaller};

/// Records an action on a user in the audit log.
async fn record_in_audit<const N: usize>(
    app: &App,
    key: &ApiCaller,
    action: &str,
    external_id: &str,
    detail: [(&str, Value); N],
) -> Result<(), Refusal> {
    let entry = audit::done(audit::back_end(key), action, format!("user:{external_id}"), detail, app.clock.now_ms());
    Ok(audit::record(&app.store, key.tenant, entry).await?)
}
