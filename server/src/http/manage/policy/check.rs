//! `POST /v1/policy/check`: what is wrong with a text of rules.

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
    /// Rules, in the rule language.
    text: String,
}

/// What a text holds, or what is wrong with it.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyChecked {
    /// It is rules that this server understands.
    valid: bool,
    /// Why it is not.
    problems: Vec<PolicyProblem>,
    /// Of the rules.
    name: Option<String>,
    /// How many rules there are.
    rules: Option<usize>,
    /// Actions no rule allows anybody.
    never_allowed: Option<Vec<&'static str>>,
    /// What is legal and probably not meant.
    warnings: Option<Vec<PolicyProblem>>,
}

impl Endpoint for CheckPolicy {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/policy/check";
    const ID: &'static str = "checkPolicy";
    const SUMMARY: &'static str = "Tells what is wrong with a text of rules, line by line.";
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
