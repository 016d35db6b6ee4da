//! `POST /v1/policy/diff`: compares other rules with the rules in force.

use std::sync::Arc;

use http::Method;

use super::{PolicyCandidate, READERS, RULES_BODY_BYTES_MAX, compare_with_current};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    language::Language,
    policies::Comparison,
};

/// Compares other rules with the rules in force.
pub struct DiffPolicy;

impl Endpoint for DiffPolicy {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/policy/diff";
    const ID: &'static str = "diffPolicy";
    const SUMMARY: &'static str = "Compares other rules with the rules in force: for each action the users who gain or lose it, and the conversations that would stop.";
    const SCOPES: &'static [Scope] = READERS;
    const BODY_BYTES_MAX: usize = RULES_BODY_BYTES_MAX;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<PolicyCandidate>;
    type Answer = Json<Comparison>;

    async fn run(call: Call<Self>, (): (), Json(candidate): Self::Body) -> Result<Self::Answer, Problem> {
        let policy = Arc::new(candidate.rules()?);
        let language = Language::of_request(&call.headers);
        Ok(Json(compare_with_current(&call.shared.app, &call.caller, &policy, language).await?))
    }
}
