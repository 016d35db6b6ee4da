//! `PATCH /v1/tenants/{slug}`: changes the display name of a tenant.

use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CREATE_SCOPES, TenantAnswer, name, name_bounds, not_found};
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    provisioning::tenants,
};

/// Renames a tenant.
pub struct RenameTenant;

/// The change of a tenant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantChange {
    /// Display name.
    #[schemars(transform = name_bounds)]
    name: String,
}

impl Endpoint for RenameTenant {
    const METHOD: Method = Method::PATCH;
    const PATH: &'static str = "/v1/tenants/{slug}";
    const ID: &'static str = "renameTenant";
    const SUMMARY: &'static str = "Changes the display name of a tenant.";
    const SCOPES: &'static [Scope] = CREATE_SCOPES;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<TenantChange>;
    type Answer = Json<TenantAnswer>;

    async fn run(call: Call<Self>, (): (), Json(change): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, by) = (&call.shared.app, Actor::back_end(&call.caller));
        let name = name(&change.name)?;
        let renamed = tenants::rename(&app.store, &by, call.id(), &name, app.clock.now_ms()).await;
        Ok(Json(renamed?.ok_or_else(not_found)?.into()))
    }
}
