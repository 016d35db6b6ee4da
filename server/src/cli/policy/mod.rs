//! `causerie policy`: policies as texts ([`text`]), the policy of a tenant ([`chosen`]), and the effect of policies on its
//! users ([`meaning`]).

mod chosen;
mod meaning;
mod text;

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
};

use causerie_policy::{Policy, Problem};
use clap::{ArgGroup, Args, Subcommand};

use super::{Outcome, Settings, clock, operator_named, preset};
use crate::{
    facts::{Facts, Snapshot},
    plain::counted,
    store::{Store, lookups::Lookups, queries::tenants::Tenant},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a policy file: print its problems, line by line, or a summary.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Test a policy by a table of cases: a preset by its own table, a file by another file. Without arguments, every
    /// preset.
    Test {
        /// A preset, or a policy file.
        policy: Option<String>,
        /// A file of cases.
        #[arg(requires = "policy")]
        cases: Option<PathBuf>,
    },
    /// List the presets.
    List,
    /// Print the policy of a tenant, or of a preset.
    #[command(group(ArgGroup::new("whose").required(true).args(["tenant", "preset"])))]
    Show {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Option<String>,
        /// The preset's name.
        #[arg(long, value_name = "NAME")]
        preset: Option<String>,
    },
    /// Put a policy in force, at once and on every node.
    Set(chosen::Set),
    /// Roll back to an earlier policy: the one before the policy in force, or a version.
    Rollback(chosen::Rollback),
    /// List the policies that a tenant had, the latest first.
    History {
        /// The tenant's slug.
        #[arg(long)]
        tenant: String,
    },
    /// Explain whether a user may do an action: the rule that decides, and the outcome of each rule.
    Explain(meaning::Explain),
    /// Compare two policies for a tenant's users: every action, which users gain or lose it, and which conversations stop.
    Diff(meaning::Diff),
}

/// A policy, by the name of a preset or from a file.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("rules").required(true).args(["preset", "file"])))]
struct Rules {
    /// A preset (`causerie policy list`).
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// A policy file.
    #[arg(long)]
    file: Option<PathBuf>,
}

impl Command {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        match self {
            Self::Check { file } => text::check(&file),
            Self::Test { policy, cases } => text::test(policy.as_deref(), cases.as_deref()),
            Self::List => text::list(),
            Self::Show { tenant, preset } => chosen::show(settings, tenant.as_deref(), preset.as_deref()).await,
            Self::Set(set) => set.run(settings).await,
            Self::Rollback(rollback) => rollback.run(settings).await,
            Self::History { tenant } => chosen::history(settings, &tenant).await,
            Self::Explain(explain) => explain.run(settings).await,
            Self::Diff(diff) => diff.run(settings).await,
        }
    }
}

impl Rules {
    /// Reads the policy that the options name.
    fn read(&self) -> Result<Policy, Box<dyn Error + Send + Sync>> {
        match (&self.preset, &self.file) {
            (Some(name), _) => Ok(preset("--preset", name)?),
            (None, Some(file)) => read(file),
            (None, None) => Err("either --preset or --file is needed".into()),
        }
    }
}

/// Reads a policy file. Prints the problems of the policy to standard error, in the format of compilers.
fn read(file: &Path) -> Result<Policy, Box<dyn Error + Send + Sync>> {
    Policy::parse(&content(file)?).map_err(|problems| print_problems(file, &problems).into())
}

/// The text of a file.
fn content(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// Prints the problems of a file to standard error. Returns an error that counts them.
fn print_problems(file: &Path, problems: &[Problem]) -> String {
    for problem in problems {
        eprintln!("{}:{}: {}", file.display(), problem.line, problem.message);
    }
    format!("{} has {}", file.display(), counted(problems.len() as u64, "problem", "problems"))
}

/// The current facts and policy of a tenant.
async fn facts(store: &Store, tenant: &Tenant) -> Result<Arc<Snapshot>, Box<dyn Error + Send + Sync>> {
    let lookups = Lookups::start(store);
    Ok(Facts::new(store, &lookups, &clock()).latest(tenant.id).await?)
}
