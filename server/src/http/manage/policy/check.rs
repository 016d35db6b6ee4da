//! `POST /v1/policy/check`: checks a text of rules.

use causerie_policy::Policy;
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PolicyProblem, READERS, RULES_BODY_BYTES_MAX, warnings};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    policies,
};

/// Checks a text of rules.
pub struct CheckPolicy;

/// A text to check.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyText {
    /// The text of rules, in the rule language.
    text: String,
}

/// The result of the check: a summary of the rules, or the problems of the text.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyChecked {
    /// Whether this server accepts the text.
    valid: bool,
    /// The problems of the text; empty if it is valid.
    problems: Vec<PolicyProblem>,
    /// The name of the rules.
    name: Option<String>,
    /// The number of rules.
    rules: Option<usize>,
    /// The actions that no rule allows.
    never_allowed: Option<Vec<&'static str>>,
    /// Warnings about rules that are valid and probably a mistake.
    warnings: Option<Vec<PolicyProblem>>,
}

impl Endpoint for CheckPolicy {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/policy/check";
    const ID: &'static str = "checkPolicy";
    const SUMMARY: &'static str = "Checks a text of rules, and lists its problems by line.";
    const SCOPES: &'static [Scope] = READERS;
    const BODY_BYTES_MAX: usize = RULES_BODY_BYTES_MAX;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<PolicyText>;
    type Answer = Json<PolicyChecked>;

    async fn run(_: Call<Self>, (): (), Json(body): Self::Body) -> Result<Self::Answer, Problem> {
        Ok(Json(match Policy::parse(&body.text) {
            Ok(policy) => PolicyChecked {
                valid: true,
                problems: Vec::new(),
                name: Some(policy.name().to_owned()),
                rules: Some(policy.rules().len()),
                never_allowed: Some(policies::never_allowed(&policy)),
                warnings: Some(warnings(&policy)),
            },
            Err(problems) => {
                let problems = problems.iter().map(PolicyProblem::from).collect();
                PolicyChecked { problems, ..PolicyChecked::default() }
            }
        }))
    }
}
