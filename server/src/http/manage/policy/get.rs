//! `GET /v1/policy`: the rules in force, or the rules of an earlier version.

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PolicyVersion, READERS, earlier};
use crate::{
    audit::Actors,
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            decode::number_text,
            endpoint::{Call, Endpoint, Json, Params},
        },
    },
    policies,
};

/// Reads rules.
pub struct GetPolicy;

/// Selects the rules to read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyQuery {
    /// The version of the rules; the rules in force by default.
    #[serde(default, deserialize_with = "number_text")]
    #[schemars(with = "u32")]
    version: Option<u64>,
}

/// Rules that are or were in force.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Policy {
    #[serde(flatten)]
    version: PolicyVersion,
    /// The text of the rules.
    text: String,
}

impl Endpoint for GetPolicy {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/policy";
    const ID: &'static str = "getPolicy";
    const SUMMARY: &'static str = "Returns the rules in force, or the rules of an earlier version.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = Params<PolicyQuery>;
    type Body = ();
    type Answer = Json<Policy>;

    async fn run(call: Call<Self>, Params(query): Self::Query, (): ()) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let version = match query.version {
            None => policies::in_force(&app.store, key.tenant).await?,
            Some(number) => earlier(app, key, Some(number), "version").await?,
        };
        let actors = Actors::read(&app.store, key.tenant).await?;
        Ok(Json(Policy { version: PolicyVersion::new(&version, &actors), text: version.text }))
    }
}
