//! Sets, explains and compares a tenant's policy, for the command line and HTTP.
//!
//! A policy is a versioned text in SQL ([`Policy::parse`] reads it). A change of policy is a change of facts: one
//! transaction under the tenant's fact lock, which also writes the audit entry. Once the change is answered, no node decides
//! by the older policy.

mod compare;
mod explain;

use causerie_policy::{ACTIONS, Action, PRESETS, Policy, Problem, Vocabulary};
use causerie_protocol::TenantId;
use serde_json::{Map, json};

pub use self::{
    compare::{Comparison, NotCompared, compare, compare_within},
    explain::{ExplainError, ExplainedRule, Explanation, Question, Target, explain},
};
use crate::{
    audit::{Actor, Entry},
    store::{
        Store, StoreError,
        queries::{
            audit,
            facts::{
                FactWrite, Outcome, read,
                words::{self, Unused},
            },
            tenants,
        },
    },
};

/// A policy that is or was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counts from 1; 0 is the preset `open`, which is in force until a policy is set.
    pub version: u64,
    /// The name that the text declares: a preset's name or the operator's own.
    pub name: String,
    /// The text of the policy.
    pub text: String,
    /// When the policy was set. Milliseconds since 1970 UTC; `None` for version 0.
    pub created_at_ms: Option<i64>,
    /// The actor that set the policy, as in the audit: `cli:root`. Empty for version 0.
    pub created_by: String,
    /// The earlier version that a rollback restored; `None` for a new policy.
    pub restores: Option<u64>,
}

impl Version {
    /// Whether the text equals a preset of this server, byte for byte.
    #[must_use]
    pub fn is_preset(&self) -> bool {
        PRESETS.iter().any(|(_, text)| *text == self.text)
    }

    /// Version 0: the preset `open`.
    fn preset_open() -> Self {
        let (name, text) = PRESETS[0];
        Self {
            version: 0,
            name: name.to_owned(),
            text: text.to_owned(),
            created_at_ms: None,
            created_by: String::new(),
            restores: None,
        }
    }
}

impl From<read::StoredPolicy> for Version {
    fn from(stored: read::StoredPolicy) -> Self {
        Self {
            version: stored.version,
            name: stored.name,
            text: stored.text,
            created_at_ms: Some(stored.created_at_ms),
            created_by: stored.created_by,
            restores: stored.restores,
        }
    }
}

/// The policy in force.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn in_force(store: &Store, tenant: TenantId) -> Result<Version, StoreError> {
    Ok(read::policy(store.reader(), tenant).await?.map_or_else(Version::preset_open, Version::from))
}

/// All policies that the tenant had, the latest first. A tenant that was created with a policy never had version 0.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn history(store: &Store, tenant: TenantId) -> Result<Vec<Version>, StoreError> {
    let mut versions: Vec<Version> = read::policies(store.reader(), tenant).await?.into_iter().map(Version::from).collect();
    let created_at_ms = tenants::find(store, tenant).await?.map(|tenant| tenant.created_at_ms);
    if versions.last().is_none_or(|first| first.created_at_ms != created_at_ms) {
        versions.push(Version::preset_open());
    }
    Ok(versions)
}

/// The result of a change of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The version of the policy now in force.
    pub version: u64,
    /// The new version of the tenant's facts; `None` if the same policy was in force already.
    pub facts_version: Option<u64>,
}

/// Puts a policy in force: a new policy, or the text of the earlier version `restores`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement. If the commit failed, the change may have been made.
pub async fn set(
    store: &Store,
    tenant: TenantId,
    policy: &Policy,
    actor: &Actor,
    restores: Option<u64>,
    now_ms: i64,
) -> Result<Changed, StoreError> {
    let action = if restores.is_some() { "policy.rollback" } else { "policy.set" };
    let mut write = FactWrite::begin(store, tenant, now_ms).await?.requested_by(actor.key()).await?;
    let outcome = write.set_policy(policy.name(), policy.text(), actor.name(), restores).await?;
    let version = read::policy(write.connection(), tenant).await?.map_or(0, |stored| stored.version);
    if outcome != Outcome::Unchanged {
        let mut detail = Map::from_iter([("name".to_owned(), json!(policy.name()))]);
        if let Some(restored) = restores {
            detail.insert("restores".to_owned(), json!(restored));
        }
        let target = format!("policy:{version}");
        let entry = Entry {
            at_ms: now_ms,
            actor: actor.name().to_owned(),
            action: action.to_owned(),
            target,
            detail,
            ..Entry::default()
        };
        audit::append(write.connection(), &[(tenant, entry)]).await?;
    }
    Ok(Changed { version, facts_version: write.commit().await? })
}

/// The policy to roll back to: the given version, or the version before the policy in force. If the policy in force came
/// from a rollback, it is the version before the restored version, so that a second rollback goes further back.
///
/// # Errors
/// The outer error is `StoreError` if the database does not answer. The inner error is a sentence for the caller if the
/// tenant has no such version.
pub async fn earlier(store: &Store, tenant: TenantId, version: Option<u64>) -> Result<Result<Version, String>, StoreError> {
    let current = in_force(store, tenant).await?.version;
    let history = history(store, tenant).await?;
    let first = history.last().map_or(0, |first| first.version);
    let before = || origin(&history, current).checked_sub(1).filter(|before| *before >= first);
    let Some(wanted) = version.or_else(before) else {
        return Ok(Err("these are the first rules of the tenant: there are none to go back to".to_owned()));
    };
    let found = history.into_iter().find(|version| version.version == wanted);
    Ok(found.ok_or_else(|| format!("the tenant never had rules of version {wanted}; the latest is {current}")))
}

/// The version that first had the text of this version, found by following the rollbacks backwards.
fn origin(history: &[Version], version: u64) -> u64 {
    let restored = |version: &u64| {
        history.iter().find(|known| known.version == *version)?.restores.filter(|restored| restored < version)
    };
    std::iter::successors(Some(version), restored).last().unwrap_or(version)
}

/// Compiles the text of a stored version.
///
/// # Errors
/// A sentence, if this server no longer accepts the text.
pub fn compile(version: &Version) -> Result<Policy, String> {
    Policy::parse(&version.text)
        .map_err(|problems| format!("version {} is no policy of this server: {}", version.version, sentence(&problems)))
}

/// The words in stored facts that the policy does not declare. Facts with these words have no effect under the policy.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn unused_words(store: &Store, tenant: TenantId, vocabulary: &Vocabulary) -> Result<Vec<Unused>, StoreError> {
    words::unused(store.reader(), tenant, vocabulary).await
}

/// The first five problems of a text in one sentence, with the number of further problems.
#[must_use]
pub fn sentence(problems: &[Problem]) -> String {
    const PROBLEMS_SHOWN_MAX: usize = 5;
    let shown: Vec<String> = problems.iter().take(PROBLEMS_SHOWN_MAX).map(ToString::to_string).collect();
    match problems.len().saturating_sub(PROBLEMS_SHOWN_MAX) {
        0 => shown.join("; "),
        more => format!("{}; and {more} more", shown.join("; ")),
    }
}

/// Actions that no allow rule of a policy names.
#[must_use]
pub fn never_allowed(policy: &Policy) -> Vec<&'static str> {
    let allowed = |action: &Action| {
        let allows = policy.rules().iter().filter(|rule| rule.effect == causerie_policy::RuleEffect::Allow);
        allows.flat_map(|rule| &rule.actions).any(|allowed| allowed == action)
    };
    ACTIONS.iter().filter(|(_, action)| !allowed(action)).map(|(name, _)| *name).collect()
}
