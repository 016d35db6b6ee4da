//! `POST /v1/tenants/{slug}/resume`: ends the suspension of a tenant.

use http::Method;

use super::{SCOPES, TenantAnswer, unchanged};
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    provisioning::tenants::{StateChange, change_state},
};

/// Ends the suspension of a tenant.
pub struct ResumeTenant;

impl Endpoint for ResumeTenant {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/tenants/{slug}/resume";
    const ID: &'static str = "resumeTenant";
    const SUMMARY: &'static str = "Ends the suspension of a tenant.";
    const TEXT: &'static str = "A tenant that is being deleted can not be resumed.";
    const SCOPES: &'static [Scope] = SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<TenantAnswer>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, by) = (&call.shared.app, Actor::back_end(&call.caller));
        let change = change_state(&app.store, &by, call.id(), StateChange::Resume, app.clock.now_ms());
        let changed = change.await?;
        let tenant = changed.map_err(unchanged)?;
        Ok(Json(tenant.into()))
    }
}
