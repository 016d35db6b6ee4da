//! `DELETE /v1/tenants/{slug}`: deletes a suspended tenant.

use http::Method;

use super::{OPERATE_SCOPES, TenantAnswer, change};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    provisioning::tenants::StateChange,
};

/// Deletes a tenant.
pub struct DeleteTenant;

impl Endpoint for DeleteTenant {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v1/tenants/{slug}";
    const ID: &'static str = "deleteTenant";
    const SUMMARY: &'static str =
        "Deletes a suspended tenant with all that it holds: users, conversations, messages, rules, keys, audit and jobs.";
    const TEXT: &'static str = "A job deletes the rows; until it is done, the tenant is listed with `deletingAt`, and its slug can not be used again. This can not be undone. Backups keep what they hold. A key can not delete its own tenant.";
    const SCOPES: &'static [Scope] = OPERATE_SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<TenantAnswer>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let tenant = change(&call, StateChange::Delete).await?;
        call.shared.app.jobs.wake();
        Ok(Json(tenant.into()))
    }
}
