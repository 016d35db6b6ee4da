//! `GET /v1/tenants/{slug}`: one tenant.

use http::Method;

use super::{READ_SCOPES, TenantAnswer, not_found};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    store::queries::tenants,
};

/// Returns one tenant.
pub struct GetTenant;

impl Endpoint for GetTenant {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/tenants/{slug}";
    const ID: &'static str = "getTenant";
    const SUMMARY: &'static str = "Returns one tenant of this server.";
    const SCOPES: &'static [Scope] = READ_SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<TenantAnswer>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let found = tenants::find_by_slug(&call.shared.app.store, call.id()).await?;
        Ok(Json(found.ok_or_else(not_found)?.into()))
    }
}
