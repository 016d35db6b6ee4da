//! How a tenant's rules are chosen, understood and compared; for the command line and HTTP alike.
//!
//! Rules are versions of a text in SQL ([`Policy::parse`] reads it). A change is a change of facts: one transaction under the
//! tenant's fact lock that also writes its line of the audit, so that once it is answered no node decides by older rules.

mod compare;
mod explain;

use causerie_policy::{ACTIONS, Action, PRESETS, Policy, Problem, Vocabulary};
use causerie_protocol::TenantId;
use serde_json::{Map, json};

pub use self::{
    compare::{Comparison, NotCompared, compare, compare_within},
    explain::{ExplainError, Explanation, Question, Said, Whom, explain},
};
use crate::{
    audit::Entry,
    store::{
        Store, StoreError,
        queries::{
            audit,
            facts::{
                FactWrite, Outcome, read,
                words::{self, Unused},
            },
        },
    },
};

/// Rules that are, or were, in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counts from 1; 0 is the preset `open` of a tenant for which nobody chose.
    pub version: u64,
    /// Of a preset, or the operator's own.
    pub name: String,
    /// What they were compiled from.
    pub text: String,
    /// Milliseconds since 1970 UTC; nobody chose version 0.
    pub created_at_ms: Option<i64>,
    /// Who put them in force, `cli:root`.
    pub created_by: String,
    /// The version whose rules they brought back; `None` for rules that were new.
    pub restores: Option<u64>,
}

impl Version {
    /// The rules are a preset of this server, letter by letter.
    #[must_use]
    pub fn is_preset(&self) -> bool {
        PRESETS.iter().any(|(_, text)| *text == self.text)
    }

    fn open() -> Self {
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

/// The rules in force.
///
/// # Errors
/// When the database fails.
pub async fn in_force(store: &Store, tenant: TenantId) -> Result<Version, StoreError> {
    Ok(read::policy(store.reader(), tenant).await?.map_or_else(Version::open, Version::from))
}

/// All rules the tenant had, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn history(store: &Store, tenant: TenantId) -> Result<Vec<Version>, StoreError> {
    let mut versions: Vec<Version> = read::policies(store.reader(), tenant).await?.into_iter().map(Version::from).collect();
    versions.push(Version::open());
    Ok(versions)
}

/// What a change of rules did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Of the rules now in force.
    pub version: u64,
    /// Of the tenant's facts; `None` where these rules were in force already.
    pub facts_version: Option<u64>,
}

/// Puts rules in force: new ones, or those of an earlier version, `restores`.
///
/// # Errors
/// When the database fails; whether it was done is then unknown.
pub async fn set(
    store: &Store,
    tenant: TenantId,
    policy: &Policy,
    by: &str,
    restores: Option<u64>,
    now_ms: i64,
) -> Result<Changed, StoreError> {
    let action = if restores.is_some() { "policy.rollback" } else { "policy.set" };
    let mut write = FactWrite::begin(store, tenant, now_ms).await?;
    let outcome = write.policy_of(policy.name(), policy.text(), by, restores).await?;
    let version = read::policy(write.connection(), tenant).await?.map_or(0, |stored| stored.version);
    if outcome != Outcome::Unchanged {
        let mut detail = Map::from_iter([("name".to_owned(), json!(policy.name()))]);
        if let Some(restored) = restores {
            detail.insert("restores".to_owned(), json!(restored));
        }
        let target = format!("policy:{version}");
        let entry =
            Entry { at_ms: now_ms, actor: by.to_owned(), action: action.to_owned(), target, detail, ..Entry::default() };
        audit::append(write.connection(), &[(tenant, entry)]).await?;
    }
    Ok(Changed { version, facts_version: write.commit().await? })
}

/// Rules to go back to: those of a version, or those before the ones in force. Where those in force are of a rollback, the ones
/// before the rules it brought back: a second rollback goes further back.
///
/// # Errors
/// A sentence where there are none; the database's failure within.
pub async fn earlier(store: &Store, tenant: TenantId, version: Option<u64>) -> Result<Result<Version, String>, StoreError> {
    let current = in_force(store, tenant).await?.version;
    let history = history(store, tenant).await?;
    let Some(wanted) = version.or_else(|| origin(&history, current).checked_sub(1)) else {
        return Ok(Err("these are the first rules of the tenant: there are none to go back to".to_owned()));
    };
    let found = history.into_iter().find(|one| one.version == wanted);
    Ok(found.ok_or_else(|| format!("the tenant never had rules of version {wanted}; the latest is {current}")))
}

/// The version in which the rules of a version were new.
fn origin(history: &[Version], version: u64) -> u64 {
    let restored = |version: &u64| history.iter().find(|one| one.version == *version)?.restores.filter(|one| one < version);
    std::iter::successors(Some(version), restored).last().unwrap_or(version)
}

/// Rules of another version, read again.
///
/// # Errors
/// A sentence, when this server does not understand them any more.
pub fn compile(version: &Version) -> Result<Policy, String> {
    Policy::parse(&version.text)
        .map_err(|problems| format!("version {} is no policy of this server: {}", version.version, sentence(&problems)))
}

/// Words of stored facts that rules do not declare: those facts would give nothing under them.
///
/// # Errors
/// When the database fails.
pub async fn unused_words(store: &Store, tenant: TenantId, vocabulary: &Vocabulary) -> Result<Vec<Unused>, StoreError> {
    words::unused(store.reader(), tenant, vocabulary).await
}

/// All problems of a text in one sentence, for where there is room for one.
#[must_use]
pub fn sentence(problems: &[Problem]) -> String {
    const SAID: usize = 5;
    let said: Vec<String> = problems.iter().take(SAID).map(ToString::to_string).collect();
    match problems.len().saturating_sub(SAID) {
        0 => said.join("; "),
        more => format!("{}; and {more} more", said.join("; ")),
    }
}

/// Actions that no rule of a policy allows anybody.
#[must_use]
pub fn never_allowed(policy: &Policy) -> Vec<&'static str> {
    let allowed = |action: &Action| {
        let allows = policy.rules().iter().filter(|rule| rule.effect == causerie_policy::RuleEffect::Allow);
        allows.flat_map(|rule| &rule.actions).any(|one| one == action)
    };
    ACTIONS.iter().filter(|(_, action)| !allowed(action)).map(|(name, _)| *name).collect()
}
