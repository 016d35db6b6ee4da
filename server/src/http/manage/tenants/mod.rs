//! The tenants of this server. Keys with the scope `tenants` or `operate` work on all tenants, whatever tenant the key belongs
//! to: `tenants` is for the back end of a product that makes tenants, `operate` for the operators of the server.

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod rename;
pub mod resume;
pub mod suspend;

use causerie_protocol::{ErrorCode, Refusal, TenantId, limits};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    decode::invalid,
    endpoint::{Call, Endpoint},
    schemas::extend,
};
use crate::{
    app::App,
    audit::Actor,
    auth::{ApiCaller, Scope},
    clock::rfc3339,
    http::{commands::schema::bounds, error::Problem},
    provisioning::tenants::{self, StateChange, Unchanged, change_state, older_programs},
    store::queries::tenants::{self as stored, Tenant},
};

/// The scopes that may make and rename tenants.
const MAKE: &[Scope] = &[Scope::Tenants];
/// The scopes that may read the list of tenants.
const READ: &[Scope] = &[Scope::Tenants, Scope::Operate];
/// The scopes that may suspend, resume and delete tenants.
const OPERATE: &[Scope] = &[Scope::Operate];

/// A tenant.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Tenant")]
pub struct TenantAnswer {
    /// The server's id.
    id: Uuid,
    /// Short name for operators.
    slug: String,
    /// Display name.
    name: String,
    /// When the tenant was created.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// Since when the tenant is suspended; absent if it is not.
    #[schemars(extend("format" = "date-time"))]
    suspended_at: Option<String>,
    /// When the deletion of the tenant was requested; absent if it was not.
    #[schemars(extend("format" = "date-time"))]
    deleting_at: Option<String>,
}

impl From<Tenant> for TenantAnswer {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id.0,
            slug: tenant.slug,
            name: tenant.name,
            created_at: rfc3339(tenant.created_at_ms),
            suspended_at: tenant.suspended_at_ms.map(rfc3339),
            deleting_at: tenant.deleting_at_ms.map(rfc3339),
        }
    }
}

/// The bounds of a display name, for schemas.
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

/// Changes the state of the tenant of the path, and returns the changed tenant.
async fn change<E: Endpoint<Caller = ApiCaller>>(call: &Call<E>, change: StateChange) -> Result<Tenant, Problem> {
    let app = &call.shared.app;
    if change != StateChange::Resume {
        refuse_own(call.caller.tenant, app, call.id()).await?;
    }
    let by = Actor::back_end(&call.caller);
    let changed = change_state(&app.store, &by, call.id(), change, app.clock.now_ms()).await?;
    Ok(changed.map_err(unchanged)?)
}

/// Refuses a change that the tenant's state does not allow.
fn unchanged(why: Unchanged) -> Refusal {
    let why = match why {
        Unchanged::Absent => return not_found(),
        Unchanged::NotSuspended => "the tenant is not suspended: suspend it before you delete it".to_owned(),
        Unchanged::Deleting => "the tenant is being deleted".to_owned(),
        Unchanged::OlderPrograms(older) => older_programs(&older),
    };
    Refusal::new(ErrorCode::Conflict, why)
}

/// Refuses to suspend or delete the tenant of the key of the request: nobody could undo it with this key.
async fn refuse_own(call_tenant: TenantId, app: &App, slug: &str) -> Result<(), Refusal> {
    let found = stored::find_by_slug(&app.store, slug).await?;
    if found.is_some_and(|tenant| tenant.id == call_tenant) {
        let why = "the key of this request belongs to this tenant: use a key of another tenant, or `causerie tenant`";
        return Err(Refusal::new(ErrorCode::Conflict, why));
    }
    Ok(())
}

pub(super) fn not_found() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "there is no tenant of this slug")
}
