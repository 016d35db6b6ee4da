//! `GET /v1/key`: the API key of the request itself.

use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::{ApiKeyAnswer, OwnTenant, Owner};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    store::queries::keys,
};

/// Reads the API key of the request.
pub struct GetKey;

/// The API key of the request, and its tenant.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OwnKey {
    /// The key as in the list of keys.
    key: ApiKeyAnswer,
    /// The tenant that the key belongs to.
    tenant: KeyTenant,
}

/// The tenant of an API key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeyTenant {
    /// Short name for operators.
    slug: String,
    /// Display name.
    name: String,
}

impl Endpoint for GetKey {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/key";
    const ID: &'static str = "getKey";
    const SUMMARY: &'static str =
        "Returns the name, the scopes and the expiry of the API key of this request, and its tenant.";
    const SCOPES: &'static [Scope] = &Scope::ALL;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<OwnKey>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, caller) = (&call.shared.app, &call.caller);
        let tenant = OwnTenant::tenant(app, caller, "").await?;
        let key = keys::api_key_of_id(app.store.reader(), caller.tenant, caller.key).await?;
        let not_found = || Refusal::new(ErrorCode::Unauthenticated, "this API key does not exist any more");
        let key = key.ok_or_else(not_found)?.into();
        Ok(Json(OwnKey { key, tenant: KeyTenant { slug: tenant.slug, name: tenant.name } }))
    }
}
