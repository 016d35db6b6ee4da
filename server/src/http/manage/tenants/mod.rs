//! The tenants of this server. A key with the scope `tenants` or `operate` can manage all tenants, not only the tenant to
//! which the key belongs. The scope `tenants` is for the back end of a product that creates tenants, `operate` is for the
//! operators of the server.

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

/// The scopes that may create and rename tenants.
const CREATE_SCOPES: &[Scope] = &[Scope::Tenants];
/// The scopes that may read the list of tenants.
const READ_SCOPES: &[Scope] = &[Scope::Tenants, Scope::Operate];
/// The scopes that may suspend, resume and delete tenants.
const OPERATE_SCOPES: &[Scope] = &[Scope::Operate];

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

/// Checks the display name of a tenant, and returns its stored form.
pub(super) fn name(text: &str) -> Result<String, Refusal> {
    let bytes_max = limits::PROFILE_FIELD_BYTES_MAX;
    if text.len() > bytes_max {
        let reason = format!("`name` has more than {bytes_max} bytes");
        return Err(Refusal::new(ErrorCode::TooLarge, reason).field("name"));
    }
    if text.contains(char::is_control) {
        return Err(invalid("name", "contains control characters"));
    }
    tenants::name(text).map_err(|reason| invalid("name", &format!("is not good: {reason}")))
}

/// Changes the state of the tenant of the path, and returns the changed tenant.
async fn change<E: Endpoint<Caller = ApiCaller>>(call: &Call<E>, change: StateChange) -> Result<Tenant, Problem> {
    let app = &call.shared.app;
    if change != StateChange::Resume {
        refuse_own_tenant(call.caller.tenant, app, call.id()).await?;
    }
    let by = Actor::back_end(&call.caller);
    let changed = change_state(&app.store, &by, call.id(), change, app.clock.now_ms()).await?;
    Ok(changed.map_err(state_refusal)?)
}

/// The refusal of a change that the tenant's state does not allow.
fn state_refusal(reason: Unchanged) -> Refusal {
    let reason = match reason {
        Unchanged::Absent => return not_found(),
        Unchanged::NotSuspended => "the tenant is not suspended: suspend it before you delete it".to_owned(),
        Unchanged::Deleting => "the tenant is being deleted".to_owned(),
        Unchanged::OlderPrograms(older) => older_programs(&older),
    };
    Refusal::new(ErrorCode::Conflict, reason)
}

/// Refuses to suspend or delete the tenant of the key of the request, because the key could not undo the change.
async fn refuse_own_tenant(caller_tenant: TenantId, app: &App, slug: &str) -> Result<(), Refusal> {
    let found = stored::find_by_slug(&app.store, slug).await?;
    if found.is_some_and(|tenant| tenant.id == caller_tenant) {
        let reason = "the key of this request belongs to this tenant: use a key of another tenant, or `causerie tenant`";
        return Err(Refusal::new(ErrorCode::Conflict, reason));
    }
    Ok(())
}

/// The refusal of a slug that no tenant has.
pub(super) fn not_found() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "there is no tenant of this slug")
}
