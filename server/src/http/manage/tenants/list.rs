//! `GET /v1/tenants`: the tenants of this server.

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::{READ_SCOPES, TenantAnswer};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Json, Params},
            paging::PageQuery,
        },
    },
    store::queries::tenants,
};

/// Lists the tenants.
pub struct ListTenants;

/// Tenants, sorted by slug.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantPage {
    /// The tenants.
    tenants: Vec<TenantAnswer>,
    /// The `cursor` of the next page; absent on the last page.
    next_cursor: Option<String>,
}

impl Endpoint for ListTenants {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/tenants";
    const ID: &'static str = "listTenants";
    const SUMMARY: &'static str = "Lists the tenants of this server.";
    const SCOPES: &'static [Scope] = READ_SCOPES;

    type Caller = ApiCaller;
    type Query = Params<PageQuery>;
    type Body = ();
    type Answer = Json<TenantPage>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (store, range) = (&call.shared.app.store, query.range()?);
        let tenants = tenants::page(store, range.after_key(), range.to_read()).await?;
        let tenants = tenants.into_iter().map(|tenant| (vec![tenant.slug.clone()], tenant.into()));
        let (tenants, next_cursor) = range.page(tenants.collect());
        Ok(Json(TenantPage { tenants, next_cursor }))
    }
}
