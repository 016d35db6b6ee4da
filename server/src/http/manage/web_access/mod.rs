//! The web pages that may use a tenant. As the endpoints of keys, each endpoint has an address for the caller's own tenant and
//! an address for any tenant.

pub mod get;
pub mod put;

use causerie_protocol::{ErrorCode, Refusal};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::json;

use super::{
    keys::{OfTenant, Own, Owner},
    schemas::extend,
};
use crate::{
    domain::WebAccess,
    provisioning::web_access::{self, ENTRIES_MAX, ENTRY_BYTES_MAX},
};

/// The addresses of the endpoints.
pub trait Address: Owner {
    /// The path.
    const WEB_ACCESS: &'static str;
    /// The names of the operations: get, put.
    const WEB_ACCESS_IDS: [&'static str; 2];
}

impl Address for Own {
    const WEB_ACCESS: &'static str = "/v1/web-access";
    const WEB_ACCESS_IDS: [&'static str; 2] = ["getWebAccess", "putWebAccess"];
}

impl Address for OfTenant {
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
    /// The origins whose pages may embed the tenant's page in a frame; absent if the setting `listen.frame_ancestors` applies.
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

/// Refuses a list with an entry that no page has.
fn check(
    list: Option<Vec<String>>,
    field: &str,
    of_entry: fn(&str) -> Option<String>,
) -> Result<Option<Vec<String>>, Refusal> {
    match list.as_deref().and_then(|list| web_access::problem(list, of_entry)) {
        None => Ok(list),
        Some((at, why)) if at >= ENTRIES_MAX => {
            Err(Refusal::new(ErrorCode::TooLarge, format!("`{field}`: {why}")).field(field))
        }
        Some((at, why)) => Err(Refusal::new(ErrorCode::Invalid, why).field(format!("{field}[{at}]"))),
    }
}
