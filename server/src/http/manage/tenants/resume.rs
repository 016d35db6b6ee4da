//! `POST /v1/tenants/{slug}/resume`: ends the suspension of a tenant.

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

/// Ends the suspension of a tenant.
pub struct ResumeTenant;

impl Endpoint for ResumeTenant {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/tenants/{slug}/resume";
    const ID: &'static str = "resumeTenant";
    const SUMMARY: &'static str = "Ends the suspension of a tenant.";
    const TEXT: &'static str = "A tenant that is being deleted can not be resumed.";
    const SCOPES: &'static [Scope] = OPERATE_SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<TenantAnswer>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let tenant = change(&call, StateChange::Resume).await?;
        Ok(Json(tenant.into()))
    }
}
