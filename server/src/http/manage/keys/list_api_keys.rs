//! `GET /v1/api-keys` and `GET /v1/tenants/{slug}/api-keys`: the API keys of a tenant.

use std::marker::PhantomData;

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{ApiKeyAnswer, Owner};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Json, Params},
            paging::PageQuery,
        },
    },
    store::queries::keys,
};

/// Lists the API keys of a tenant.
pub struct ListApiKeys<O>(PhantomData<O>);

/// API keys, the oldest first, including expired and revoked keys.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyPage {
    /// The keys.
    api_keys: Vec<ApiKeyAnswer>,
    /// The `cursor` of the next page; absent on the last page.
    next_cursor: Option<String>,
}

impl<O: Owner> Endpoint for ListApiKeys<O> {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = O::API_KEYS;
    const ID: &'static str = O::IDS[0];
    const SUMMARY: &'static str = "Lists the API keys of a tenant.";
    const SCOPES: &'static [Scope] = O::SCOPES;

    type Caller = ApiCaller;
    type Query = Params<PageQuery>;
    type Body = ();
    type Answer = Json<ApiKeyPage>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (app, range) = (&call.shared.app, query.range()?);
        let tenant = O::tenant(app, &call.caller, call.id()).await?;
        let after = Uuid::parse_str(range.after_key()).ok();
        let keys = keys::page_of_api_keys(&app.store, tenant.id, after, range.to_read()).await?;
        let keys = keys.into_iter().map(|key| (vec![key.id.to_string()], key.into())).collect();
        let (api_keys, next_cursor) = range.page(keys);
        Ok(Json(ApiKeyPage { api_keys, next_cursor }))
    }
}
