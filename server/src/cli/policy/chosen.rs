//! Shows, sets and rolls back the policy of a tenant. A change is written to the database; running servers notice it before
//! their next decision.

use causerie_policy::Policy;
use clap::Args;

use super::{Rules, clock, operator_named, preset};
use crate::{
    audit::{Actor, Actors},
    cli::{Outcome, Settings},
    clock::rfc3339,
    plain::counted,
    policies,
    store::{Store, queries::tenants::Tenant},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Set {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    #[command(flatten)]
    rules: Rules,
    /// The name of the operator, for the history; without it, the user who runs the program.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Set the policy even if it does not declare words of stored facts; these facts then have no effect.
    #[arg(long)]
    accept_unused_words: bool,
}

impl Set {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let policy = self.rules.read()?;
        let (store, tenant) = settings.tenant(&self.tenant).await?;
        check_words(&store, &tenant, &policy, self.accept_unused_words).await?;
        let by = Actor::operator(operator_named(self.by));
        let changed = policies::set(&store, tenant.id, &policy, &by, None, clock().now_ms()).await?;
        println!("version {}{}", changed.version, unchanged(changed));
        for warning in policy.warnings() {
            eprintln!("warning: {warning}");
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Rollback {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    /// The version to restore; without it, the version before the policy in force.
    #[arg(long, value_name = "VERSION")]
    to: Option<u64>,
    /// The name of the operator, for the history; without it, the user who runs the program.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Restore the policy even if it does not declare words of stored facts; these facts then have no effect.
    #[arg(long)]
    accept_unused_words: bool,
}

impl Rollback {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let (store, tenant) = settings.tenant(&self.tenant).await?;
        let earlier = policies::earlier(&store, tenant.id, self.to).await??;
        let policy = policies::compile(&earlier)?;
        check_words(&store, &tenant, &policy, self.accept_unused_words).await?;
        let by = Actor::operator(operator_named(self.by));
        let restores = Some(earlier.version);
        let changed = policies::set(&store, tenant.id, &policy, &by, restores, clock().now_ms()).await?;
        let (version, name) = (changed.version, policy.name());
        println!("version {version}{}: `{name}`, the rules of version {}", unchanged(changed), earlier.version);
        Ok(())
    }
}

/// Refuses a policy that does not declare words of stored facts, unless the operator accepts it, because these facts would
/// have no effect. Prints the words.
async fn check_words(store: &Store, tenant: &Tenant, policy: &Policy, are_accepted: bool) -> Outcome {
    let unused = policies::unused_words(store, tenant.id, policy.vocabulary()).await?;
    for unused_word in &unused {
        let facts = counted(unused_word.facts, "fact uses", "facts use");
        eprintln!("{} `{}`: {facts} it, these rules do not declare it", unused_word.what, unused_word.word);
    }
    if unused.is_empty() || are_accepted {
        return Ok(());
    }
    Err("facts that use these words would give nothing; say --accept-unused-words if that is meant".into())
}

/// A remark for the output if the policy was in force before.
fn unchanged(changed: policies::Changed) -> &'static str {
    if changed.facts_version.is_none() { " (in force already)" } else { "" }
}

/// Prints the policy of a preset or of a tenant.
pub(super) async fn show(settings: &Settings, tenant: Option<&str>, name: Option<&str>) -> Outcome {
    if let Some(name) = name {
        print!("{}", preset("--preset", name)?.text());
        return Ok(());
    }
    let (store, tenant) = settings.tenant(tenant.unwrap_or_default()).await?;
    let version = policies::in_force(&store, tenant.id).await?;
    eprintln!("{}", line(&version, &Actors::read(&store, tenant.id).await?));
    print!("{}", version.text);
    Ok(())
}

/// Prints a line per version of a tenant's policy.
pub(super) async fn history(settings: &Settings, tenant: &str) -> Outcome {
    let (store, tenant) = settings.tenant(tenant).await?;
    let actors = Actors::read(&store, tenant.id).await?;
    for version in policies::history(&store, tenant.id).await? {
        println!("{}", line(&version, &actors));
    }
    Ok(())
}

/// The printed line of a version.
fn line(version: &policies::Version, actors: &Actors) -> String {
    let kind = if version.is_preset() { "preset" } else { "own" };
    let restores = version.restores.map(|restored| format!(", the rules of version {restored}"));
    let created =
        version.created_at_ms.map(|at_ms| format!(", {} by {}", rfc3339(at_ms), actors.shown(&version.created_by)));
    let (restores, created) = (restores.unwrap_or_default(), created.unwrap_or_default());
    format!("version {}: {} ({kind}){restores}{created}", version.version, version.name)
}
