//! `GET /v1/tenants`: the tenants of this server.

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::{SCOPES, TenantAnswer};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    store::queries::tenants,
};

/// Lists the tenants.
pub struct ListTenants;

/// All tenants, by their slugs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TenantList {
    /// The tenants.
    tenants: Vec<TenantAnswer>,
}

impl Endpoint for ListTenants {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/tenants";
    const ID: &'static str = "listTenants";
    const SUMMARY: &'static str = "Lists the tenants of this server.";
    const SCOPES: &'static [Scope] = SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<TenantList>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let tenants = tenants::all(&call.shared.app.store).await?;
        Ok(Json(TenantList { tenants: tenants.into_iter().map(TenantAnswer::from).collect() }))
    }
}
