//! The web pages that may use a tenant. Each endpoint has two addresses, as the endpoints of keys have: one for the
//! caller's own tenant and one for any tenant.

pub mod get;
pub mod put;

use causerie_protocol::{ErrorCode, Refusal};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::json;

use super::{
    keys::{OwnTenant, Owner, PathTenant},
    schemas::extend,
};
use crate::{
    domain::WebAccess,
    provisioning::web_access::{self, ENTRIES_MAX, ENTRY_BYTES_MAX},
};

/// The paths of the endpoints for one kind of tenant in the path.
pub trait Address: Owner {
    /// The path of the web access.
    const WEB_ACCESS: &'static str;
    /// The names of the operations: get, put.
    const WEB_ACCESS_IDS: [&'static str; 2];
}

impl Address for OwnTenant {
    const WEB_ACCESS: &'static str = "/v1/web-access";
    const WEB_ACCESS_IDS: [&'static str; 2] = ["getWebAccess", "putWebAccess"];
}

impl Address for PathTenant {
    const WEB_ACCESS: &'static str = "/v1/tenants/{slug}/web-access";
    const WEB_ACCESS_IDS: [&'static str; 2] = ["getTenantWebAccess", "putTenantWebAccess"];
}

/// The web pages that may use a tenant.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebAccess")]
pub struct WebAccessAnswer {
    /// The origins whose pages may connect with tokens of the tenant; absent if the setting `listen.origins` of the server
    /// applies.
    allowed_origins: Option<Vec<String>>,
    /// The origins whose pages may embed the tenant's page in a frame; absent if the setting `listen.frame_ancestors`
    /// applies.
    frame_ancestors: Option<Vec<String>>,
}

impl From<WebAccess> for WebAccessAnswer {
    fn from(access: WebAccess) -> Self {
        Self { allowed_origins: access.allowed_origins, frame_ancestors: access.frame_ancestors }
    }
}

/// The bounds of a list of origins, for schemas.
fn list_bounds(schema: &mut Schema) {
    extend(schema, json!({ "maxItems": ENTRIES_MAX }));
    let entry = json!({ "type": "string", "minLength": 1, "maxLength": ENTRY_BYTES_MAX });
    extend(schema, json!({ "items": entry }));
}

/// Checks a list of origins. `entry_problem` returns the problem of one entry, if it has any.
///
/// # Errors
/// `too_large` with the field if the list has too many entries; `invalid` with the path of the first entry that is not
/// valid.
fn check(
    list: Option<Vec<String>>,
    field: &str,
    entry_problem: fn(&str) -> Option<String>,
) -> Result<Option<Vec<String>>, Refusal> {
    match list.as_deref().and_then(|list| web_access::problem(list, entry_problem)) {
        None => Ok(list),
        Some((index, reason)) if index >= ENTRIES_MAX => {
            Err(Refusal::new(ErrorCode::TooLarge, format!("`{field}`: {reason}")).field(field))
        }
        Some((index, reason)) => Err(Refusal::new(ErrorCode::Invalid, reason).field(format!("{field}[{index}]"))),
    }
}
