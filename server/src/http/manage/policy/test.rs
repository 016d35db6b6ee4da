//! `POST /v1/policy/test`: runs a table of cases.

use causerie_policy::{Policy, TEXT_BYTES_MAX};
use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::{PolicyProblem, READERS, RULES_BODY_BYTES_MAX};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    policies,
};

/// Runs a table of cases.
pub struct TestPolicy;

/// Rules and the table of cases that tests them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyTest {
    /// Rules, in the rule language.
    text: String,
    /// A table of cases, at most 64 KiB.
    cases: String,
}

/// The result of a table of cases.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct PolicyTested {
    /// How many cases were run; 0 if the table has problems.
    cases: usize,
    /// The cases that were not as expected, by the line of the table.
    failures: Vec<PolicyProblem>,
    /// The lines of the table that can't be read.
    problems: Vec<PolicyProblem>,
}

impl Endpoint for TestPolicy {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/policy/test";
    const ID: &'static str = "testPolicy";
    const SUMMARY: &'static str = "Runs a table of cases against a text of rules, line by line.";
    const TEXT: &'static str = "The table has its own users and groups: the tenant's are neither read nor changed.";
    const SCOPES: &'static [Scope] = READERS;
    const BODY_BYTES_MAX: usize = 2 * RULES_BODY_BYTES_MAX;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<PolicyTest>;
    type Answer = Json<PolicyTested>;

    async fn run(_: Call<Self>, (): (), Json(body): Self::Body) -> Result<Self::Answer, Problem> {
        if body.cases.len() > TEXT_BYTES_MAX {
            let reason = format!("`cases` has more than {TEXT_BYTES_MAX} bytes");
            return Err(Refusal::new(ErrorCode::TooLarge, reason).field("cases").into());
        }
        let policy = Policy::parse(&body.text).map_err(|problems| {
            Refusal::new(ErrorCode::Invalid, format!("`text`: {}", policies::sentence(&problems))).field("text")
        })?;
        // The test of a large table takes long, so it runs on a thread for blocking work.
        let tested = spawn_blocking(move || policy.test(&body.cases)).await;
        let tested = tested.map_err(|error| Refusal::new(ErrorCode::Internal, format!("the cases died: {error}")))?;
        Ok(Json(match tested {
            Ok(report) => {
                let failures = report.failures.into_iter();
                let failures = failures.map(|failed| PolicyProblem { line: failed.line, message: failed.message });
                PolicyTested { cases: report.cases, failures: failures.collect(), problems: Vec::new() }
            }
            Err(problems) => {
                PolicyTested { problems: problems.iter().map(PolicyProblem::from).collect(), ..PolicyTested::default() }
            }
        }))
    }
}
