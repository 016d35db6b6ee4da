//! `PUT /v1/policy`: puts rules in force, or reports the effect that the rules would have.

use std::sync::Arc;

use causerie_policy::PRESETS;
use http::Method;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use super::{PolicyCandidate, PolicyChanged, RULES_BODY_BYTES_MAX, compare_with_current, set_and_compare, unused_words};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::{
            endpoint::{Call, Endpoint, Json},
            schemas::exactly_one,
        },
    },
    language::Language,
};

/// Puts rules in force.
pub struct PutPolicy;

/// Either a preset or a text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = preset_or_text)]
pub struct PolicyChoice {
    /// The name of rules that are part of the server.
    #[schemars(extend("enum" = PRESETS.map(|(name, _)| name)))]
    preset: Option<String>,
    /// The text of rules, in the rule language.
    text: Option<String>,
    /// Report what would change, and change nothing.
    dry_run: Option<bool>,
    /// Accept rules that do not declare words which facts use. These facts then have no effect.
    accept_unused_words: Option<bool>,
}

fn preset_or_text(schema: &mut Schema) {
    exactly_one(schema, &["preset", "text"]);
}

impl Endpoint for PutPolicy {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v1/policy";
    const ID: &'static str = "putPolicy";
    const SUMMARY: &'static str = "Puts rules in force, at once and on every node, or reports what they would change.";
    const SCOPES: &'static [Scope] = &[Scope::Admin];
    const BODY_BYTES_MAX: usize = RULES_BODY_BYTES_MAX;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<PolicyChoice>;
    type Answer = Json<PolicyChanged>;

    async fn run(call: Call<Self>, (): (), Json(choice): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, key, language) = (&call.shared.app, &call.caller, Language::of_request(&call.headers));
        let dry_run = choice.dry_run.unwrap_or_default();
        let accepted = choice.accept_unused_words.unwrap_or_default() || dry_run;
        let policy = Arc::new(PolicyCandidate { preset: choice.preset, text: choice.text }.rules()?);
        let unused = unused_words(app, key, &policy, accepted).await?;
        let (changed, difference) = if dry_run {
            (None, Some(compare_with_current(app, key, &policy, language).await?))
        } else {
            let (changed, difference) = set_and_compare(app, key, &policy, None, language).await?;
            (Some(changed), difference)
        };
        Ok(Json(PolicyChanged::new(changed, &policy, unused, difference)))
    }
}
