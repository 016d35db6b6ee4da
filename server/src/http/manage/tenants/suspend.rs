//! `POST /v1/tenants/{slug}/suspend`: suspends a tenant.

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

/// Suspends a tenant.
pub struct SuspendTenant;

impl Endpoint for SuspendTenant {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/tenants/{slug}/suspend";
    const ID: &'static str = "suspendTenant";
    const SUMMARY: &'static str = "Suspends a tenant: nobody connects, and nothing is written, until it is resumed.";
    const TEXT: &'static str = "From the answer on, tokens and API keys of the tenant are refused (`forbidden`) and nothing is written. Its connections are closed with the code 4503 at once, on all nodes; after a suspension by the command line, or while Redis is away, within some seconds. A key can not suspend its own tenant.";
    const SCOPES: &'static [Scope] = OPERATE_SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<TenantAnswer>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let tenant = change(&call, StateChange::Suspend).await?;
        call.shared.app.hub.suspend(tenant.id);
        Ok(Json(tenant.into()))
    }
}
