//! The tenants of this server, for the product's administrators: a key with the scope `tenants`, of whichever tenant, speaks for all.

pub mod create;
pub mod get;
pub mod list;
pub mod rename;

use causerie_protocol::{ErrorCode, Refusal, limits};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{decode::invalid, schemas::extend};
use crate::{
    auth::Scope, clock::rfc3339, http::commands::schema::bounds, provisioning::tenants, store::queries::tenants::Tenant,
};

/// The scopes that may.
const SCOPES: &[Scope] = &[Scope::Tenants];

/// A tenant.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Tenant")]
pub struct TenantAnswer {
    /// The server's id.
    id: Uuid,
    /// Short name for operators.
    slug: String,
    /// Name for people.
    name: String,
    /// When it was made.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
}

impl From<Tenant> for TenantAnswer {
    fn from(tenant: Tenant) -> Self {
        Self { id: tenant.id.0, slug: tenant.slug, name: tenant.name, created_at: rfc3339(tenant.created_at_ms) }
    }
}

/// The bounds of a name.
pub(super) fn name_bounds(schema: &mut Schema) {
    extend(schema, bounds::name(limits::PROFILE_FIELD_BYTES_MAX));
    extend(schema, json!({ "minLength": 1 }));
}

pub(super) fn name(text: &str) -> Result<String, Refusal> {
    let bytes_max = limits::PROFILE_FIELD_BYTES_MAX;
    if text.len() > bytes_max {
        let why = format!("`name` has more than {bytes_max} bytes");
        return Err(Refusal::new(ErrorCode::TooLarge, why).field("name"));
    }
    if text.contains(char::is_control) {
        return Err(invalid("name", "contains control characters"));
    }
    tenants::name(text).map_err(|why| invalid("name", &format!("is not good: {why}")))
}

pub(super) fn not_found() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "there is no tenant of this slug")
}
