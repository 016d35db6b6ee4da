//! `POST /v1/policy/rollback`: restores earlier rules.

use std::sync::Arc;

use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{PolicyChanged, earlier, set_and_compare, unused_words};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            decode::whole_number,
            endpoint::{Call, Endpoint, Json},
        },
    },
    language::Language,
    policies,
};

/// Restores earlier rules.
pub struct RollbackPolicy;

/// Selects the rules to restore.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyRollback {
    /// The version to restore; by default the previous version.
    #[serde(default, deserialize_with = "whole_number")]
    #[schemars(with = "Option<u32>")]
    to: Option<u64>,
    /// Accept rules that do not declare words which facts use. These facts then have no effect.
    accept_unused_words: Option<bool>,
}

impl Endpoint for RollbackPolicy {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/policy/rollback";
    const ID: &'static str = "rollbackPolicy";
    const SUMMARY: &'static str = "Restores earlier rules.";
    const SCOPES: &'static [Scope] = &[Scope::Admin];

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<PolicyRollback>;
    type Answer = Json<PolicyChanged>;

    async fn run(call: Call<Self>, (): (), Json(body): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, key, language) = (&call.shared.app, &call.caller, Language::of_request(&call.headers));
        let version = earlier(app, key, body.to, "to").await?;
        let policy = policies::compile(&version).map_err(|reason| Refusal::new(ErrorCode::Invalid, reason).field("to"))?;
        let policy = Arc::new(policy);
        let unused = unused_words(app, key, &policy, body.accept_unused_words.unwrap_or_default()).await?;
        let (changed, difference) = set_and_compare(app, key, &policy, Some(version.version), language).await?;
        Ok(Json(PolicyChanged::new(Some(changed), &policy, unused, difference)))
    }
}
