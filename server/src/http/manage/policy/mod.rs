//! Endpoints that read, check, set and explain the rules of a tenant.

pub mod check;
pub mod diff;
pub mod explain;
pub mod get;
pub mod history;
pub mod presets;
pub mod put;
pub mod rollback;
pub mod test;

use std::{sync::Arc, time::Duration};

use causerie_policy::{PRESETS, Policy};
use causerie_protocol::{ErrorCode, Refusal};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use super::{
    decode::{invalid, unexpected},
    schemas::exactly_one,
};
use crate::{
    app::App,
    audit::{Actor, Actors},
    auth::{ApiCaller, Scope},
    clock::rfc3339,
    facts::Snapshot,
    language::Language,
    plain::counted,
    policies::{self, Changed, Comparison, NotCompared, Version},
};

/// The maximum duration of a comparison that the caller requested.
const COMPARISON_MAX: Duration = Duration::from_secs(30);
/// The maximum duration of the comparison that follows a change of rules.
const COMPARISON_AFTER_CHANGE_MAX: Duration = Duration::from_secs(5);
/// The maximum size of a body with rules, in bytes. Rules have at most 64 KiB. JSON may escape each byte with six characters
/// (`\u000a`), and the body has other fields.
const RULES_BODY_BYTES_MAX: usize = causerie_policy::TEXT_BYTES_MAX * 6 + 1_024;
/// The `Retry-After` of a comparison that is refused because another comparison runs, in milliseconds.
const BUSY_RETRY_MS: u32 = 5_000;
/// The scopes that may read rules.
const READERS: &[Scope] = &[Scope::Admin, Scope::Read];

/// Current or earlier rules, without their text.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyVersion {
    /// Counts from 1; 0 is the preset `open` of a tenant whose rules were never set.
    version: u64,
    /// The name in the text of the rules.
    name: String,
    /// Whether the text is that of a preset of this server.
    preset: bool,
    /// When the rules were put in force.
    #[schemars(extend("format" = "date-time"))]
    created_at: Option<String>,
    /// Who put the rules in force: `cli:…`, `key:…`.
    created_by: String,
    /// The name of the key.
    created_by_name: Option<String>,
    /// The version that a rollback restored; absent for new rules.
    restores: Option<u64>,
}

impl PolicyVersion {
    fn new(version: &Version, actors: &Actors) -> Self {
        Self {
            version: version.version,
            name: version.name.clone(),
            preset: version.is_preset(),
            created_at: version.created_at_ms.map(rfc3339),
            created_by: version.created_by.clone(),
            created_by_name: actors.name(&version.created_by).map(str::to_owned),
            restores: version.restores,
        }
    }
}

/// Either a preset or a text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = preset_or_text)]
pub struct PolicyCandidate {
    /// The name of rules that are part of the server.
    #[schemars(extend("enum" = PRESETS.map(|(name, _)| name)))]
    preset: Option<String>,
    /// The text of rules, in the rule language.
    text: Option<String>,
}

fn preset_or_text(schema: &mut Schema) {
    exactly_one(schema, &["preset", "text"]);
}

impl PolicyCandidate {
    /// Parses the rules.
    ///
    /// # Errors
    /// `invalid` if the preset does not exist, if the text has errors, or if not exactly one of the two fields is present.
    fn rules(self) -> Result<Policy, Refusal> {
        match (self.preset, self.text) {
            (Some(name), None) => Policy::preset(&name).ok_or_else(|| {
                let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
                unexpected("preset", &name, &format!("one of {}", names.join(", ")))
            }),
            (None, Some(text)) => Policy::parse(&text).map_err(|problems| {
                Refusal::new(ErrorCode::Invalid, format!("`text`: {}", policies::sentence(&problems))).field("text")
            }),
            (Some(_), Some(_)) => Err(invalid("text", "can't be given together with `preset`: give one of them")),
            (None, None) => {
                Err(invalid("preset", "or `text` is needed: {\"preset\":\"school\"} or {\"text\":\"policy …\"}"))
            }
        }
    }
}

/// A problem in a line of rules.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PolicyProblem {
    /// The number of the line, from 1.
    line: u32,
    /// The problem, as a sentence.
    message: String,
}

impl From<&causerie_policy::Problem> for PolicyProblem {
    fn from(problem: &causerie_policy::Problem) -> Self {
        Self { line: problem.line, message: problem.message.clone() }
    }
}

/// The warnings about a policy.
fn warnings(policy: &Policy) -> Vec<PolicyProblem> {
    policy.warnings().iter().map(PolicyProblem::from).collect()
}

/// A word that facts use and the rules do not declare.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnusedWord {
    /// `role`, `kind`, `relation` or `setting`.
    what: &'static str,
    /// The word.
    word: String,
    /// The number of facts that use the word.
    facts: u64,
}

/// The effect of a change. `difference` is absent if it could not be computed soon after the change.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyChanged {
    /// The version of the rules in force now; absent after a dry run.
    version: Option<u64>,
    /// Whether other rules were in force before.
    changed: bool,
    /// The name of the rules.
    name: String,
    /// The words that facts use and the rules do not declare.
    unused_words: Vec<UnusedWord>,
    /// Warnings about rules that are valid and probably a mistake.
    warnings: Vec<PolicyProblem>,
    /// The effect of the change on the users.
    difference: Option<Comparison>,
}

impl PolicyChanged {
    fn new(changed: Option<Changed>, policy: &Policy, unused: Vec<UnusedWord>, difference: Option<Comparison>) -> Self {
        Self {
            version: changed.map(|changed| changed.version),
            changed: changed.is_some_and(|changed| changed.facts_version.is_some()),
            name: policy.name().to_owned(),
            unused_words: unused,
            warnings: warnings(policy),
            difference,
        }
    }
}

/// Returns the words that facts use and the rules do not declare. These facts would have no effect under the rules.
///
/// # Errors
/// `invalid` with the field `acceptUnusedWords` if there are such words and the caller has not accepted them; `unavailable`
/// if the database does not answer.
async fn unused_words(app: &App, key: &ApiCaller, policy: &Policy, accepted: bool) -> Result<Vec<UnusedWord>, Refusal> {
    let unused = policies::unused_words(&app.store, key.tenant, policy.vocabulary()).await?;
    if !unused.is_empty() && !accepted {
        let words: Vec<String> = unused
            .iter()
            .map(|unused| format!("{} `{}` ({})", unused.what, unused.word, counted(unused.facts, "fact", "facts")))
            .collect();
        let reason = format!("must be true, or the rules must declare these words, which facts use: {}", words.join(", "));
        return Err(invalid("acceptUnusedWords", &reason));
    }
    Ok(unused.into_iter().map(|word| UnusedWord { what: word.what, word: word.word, facts: word.facts }).collect())
}

/// An earlier version of the tenant's rules; without a number, the version before the rules in force.
///
/// # Errors
/// `not_found` with this field if the tenant has no such version; `unavailable` if the database does not answer.
async fn earlier(app: &App, key: &ApiCaller, version: Option<u64>, field: &str) -> Result<Version, Refusal> {
    let found = policies::earlier(&app.store, key.tenant, version).await?;
    found.map_err(|reason| Refusal::new(ErrorCode::NotFound, reason).field(field))
}

/// Puts rules in force, and then compares them with the rules before. If the comparison takes too long, it is left out and
/// the change stays.
async fn set_and_compare(
    app: &App,
    key: &ApiCaller,
    policy: &Arc<Policy>,
    restores: Option<u64>,
    language: Language,
) -> Result<(Changed, Option<Comparison>), Refusal> {
    let before = app.facts.cached(key.tenant);
    let changed = set(app, key, policy, restores).await?;
    let difference = match before {
        Some(before) => compare_within_limit(app, before, policy, language, COMPARISON_AFTER_CHANGE_MAX).await.ok(),
        None => None,
    };
    Ok((changed, difference))
}

/// Puts rules in force. When this function returns, all nodes decide by these rules.
async fn set(app: &App, key: &ApiCaller, policy: &Policy, restores: Option<u64>) -> Result<Changed, Refusal> {
    let by = Actor::back_end(key);
    let changed = policies::set(&app.store, key.tenant, policy, &by, restores, app.clock.now_ms()).await;
    let changed = changed?;
    if let Some(version) = changed.facts_version {
        app.hub.facts_changed(key.tenant, version);
    }
    Ok(changed)
}

/// Compares rules with the rules in force.
async fn compare_with_current(
    app: &App,
    key: &ApiCaller,
    policy: &Arc<Policy>,
    language: Language,
) -> Result<Comparison, Refusal> {
    let current = app.facts.latest(key.tenant).await?;
    compare_within_limit(app, current, policy, language, COMPARISON_MAX).await
}

/// Compares rules with the rules of `old`.
///
/// # Errors
/// `rate_limited` while another comparison runs, `timeout` if the comparison takes longer than `limit`, `unavailable` if the
/// database does not answer.
async fn compare_within_limit(
    app: &App,
    old: Arc<Snapshot>,
    policy: &Arc<Policy>,
    language: Language,
    limit: Duration,
) -> Result<Comparison, Refusal> {
    let new = Arc::clone(policy);
    match policies::compare_within(&app.store, old, new, app.clock.now_ms(), language, limit).await {
        Ok(comparison) => Ok(comparison),
        Err(NotCompared::Busy) => {
            let reason = "this server runs one comparison of rules at a time, and another is running; try again later";
            Err(Refusal::new(ErrorCode::RateLimited, reason).retry_after_ms(BUSY_RETRY_MS))
        }
        Err(NotCompared::TooLong) => {
            let reason = format!("the comparison takes more than {} s", limit.as_secs());
            Err(Refusal::new(ErrorCode::Timeout, reason))
        }
        Err(NotCompared::Failed(error)) => Err(error.into()),
    }
}
