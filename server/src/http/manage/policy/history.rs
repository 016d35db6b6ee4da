//! `GET /v1/policy/history`: the current and earlier rules of the tenant.

use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::{PolicyVersion, READERS};
use crate::{
    audit::Actors,
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    policies,
};

/// Lists the current and earlier rules of the tenant.
pub struct PolicyHistory;

/// The current and earlier rules of the tenant, the latest first.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PolicyHistory")]
pub struct Versions {
    /// The versions.
    policies: Vec<PolicyVersion>,
}

impl Endpoint for PolicyHistory {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/policy/history";
    const ID: &'static str = "policyHistory";
    const SUMMARY: &'static str = "Lists the current and earlier rules of the tenant, the latest first.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<Versions>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (store, tenant) = (&call.shared.app.store, call.caller.tenant);
        let versions = policies::history(store, tenant).await?;
        let actors = Actors::read(store, tenant).await?;
        let policies = versions.iter().map(|version| PolicyVersion::new(version, &actors)).collect();
        Ok(Json(Versions { policies }))
    }
}
