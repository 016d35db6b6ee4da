//! `GET /v1/policy/presets`: the rules that are part of the server.

use causerie_policy::{PRESET_CASES, PRESETS};
use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::READERS;
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
};

/// Lists the presets.
pub struct PolicyPresets;

/// The rules that are part of the server.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PolicyPresets")]
pub struct Presets {
    /// The presets.
    presets: Vec<PolicyPreset>,
}

/// Rules that are part of the server.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PolicyPreset {
    /// The name of the preset.
    name: &'static str,
    /// The rules, in the rule language.
    text: &'static str,
    /// The table of cases that tests the rules.
    cases: &'static str,
}

impl Endpoint for PolicyPresets {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v1/policy/presets";
    const ID: &'static str = "policyPresets";
    const SUMMARY: &'static str = "Lists the rules that are part of the server, with their tables of cases.";
    const SCOPES: &'static [Scope] = READERS;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<Presets>;

    async fn run(_: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let cases = |name: &str| PRESET_CASES.iter().find(|(known, _)| *known == name).map_or("", |(_, cases)| *cases);
        let presets = PRESETS.iter().map(|&(name, text)| PolicyPreset { name, text, cases: cases(name) }).collect();
        Ok(Json(Presets { presets }))
    }
}
