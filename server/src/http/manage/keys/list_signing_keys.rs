//! `GET /v1/signing-keys` and `GET /v1/tenants/{slug}/signing-keys`: the keys that sign the tokens of a tenant's users.

use std::marker::PhantomData;

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::Owner;
use crate::{
    auth::{ApiCaller, Scope, keys::Algorithm},
    clock::rfc3339,
    http::{
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Json, Params},
            paging::PageQuery,
        },
    },
    store::queries::keys,
};

/// Lists the signing keys of a tenant.
pub struct ListSigningKeys<O>(PhantomData<O>);

/// Signing keys in the order of their ids, including revoked keys.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigningKeyPage {
    /// The keys.
    signing_keys: Vec<SigningKey>,
    /// The `cursor` of the next page; absent on the last page.
    next_cursor: Option<String>,
}

/// A signing key without its secret or public key.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigningKey {
    /// The id of the key: the `kid` in the header of tokens.
    kid: String,
    /// The only algorithm that the key is used with.
    #[schemars(extend("enum" = Algorithm::ALL.map(Algorithm::name)))]
    algorithm: String,
    /// When the key was added.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When the key was revoked; absent for a valid key.
    #[schemars(extend("format" = "date-time"))]
    revoked_at: Option<String>,
}

impl<O: Owner> Endpoint for ListSigningKeys<O> {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = O::SIGNING_KEYS;
    const ID: &'static str = O::IDS[3];
    const SUMMARY: &'static str = "Lists the keys that sign the tokens of a tenant's users.";
    const SCOPES: &'static [Scope] = O::SCOPES;

    type Caller = ApiCaller;
    type Query = Params<PageQuery>;
    type Body = ();
    type Answer = Json<SigningKeyPage>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (app, range) = (&call.shared.app, query.range()?);
        let tenant = O::tenant(app, &call.caller, call.id()).await?;
        let found = keys::page_of_signing_keys(&app.store, tenant.id, range.after_key(), range.to_read()).await;
        let keys = found?.into_iter().map(|row| {
            let key = SigningKey {
                kid: row.kid.clone(),
                algorithm: row.algorithm,
                created_at: rfc3339(row.created_at_ms),
                revoked_at: row.revoked_at_ms.map(rfc3339),
            };
            (vec![row.kid], key)
        });
        let (signing_keys, next_cursor) = range.page(keys.collect());
        Ok(Json(SigningKeyPage { signing_keys, next_cursor }))
    }
}
