//! `causerie policy`: rules as texts ([`text`]), the rules of a tenant ([`chosen`]), and what rules mean for its people
//! ([`meaning`]).

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
    /// Read a file of rules: print what is wrong with it, line by line, or what it holds.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Test rules by a table of cases: a preset by its own, a file by another file. Without arguments, every preset.
    Test {
        /// A preset, or a file of rules.
        policy: Option<String>,
        /// A file of cases.
        #[arg(requires = "policy")]
        cases: Option<PathBuf>,
    },
    /// List the presets.
    List,
    /// Print the rules of a tenant, or of a preset.
    #[command(group(ArgGroup::new("whose").required(true).args(["tenant", "preset"])))]
    Show {
        /// The tenant's slug.
        #[arg(long)]
        tenant: Option<String>,
        /// The preset's name.
        #[arg(long, value_name = "NAME")]
        preset: Option<String>,
    },
    /// Put rules in force, at once and on every node.
    Set(chosen::Set),
    /// Go back to earlier rules: those before the ones in force, or a version.
    Rollback(chosen::Rollback),
    /// List the rules a tenant had, the latest first.
    History {
        /// The tenant's slug.
        #[arg(long)]
        tenant: String,
    },
    /// Tell whether someone may do something, by which rule, and what each rule says.
    Explain(meaning::Explain),
    /// Tell what other rules would change for a tenant's people: every action, for whom, and which conversations stop.
    Diff(meaning::Diff),
}

/// Rules, by name or from a file.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("rules").required(true).args(["preset", "file"])))]
struct Rules {
    /// A preset (`causerie policy list`).
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// A file of rules.
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
    fn read(&self) -> Result<Policy, Box<dyn Error + Send + Sync>> {
        match (&self.preset, &self.file) {
            (Some(name), _) => Ok(preset("--preset", name)?),
            (None, Some(file)) => read(file),
            (None, None) => Err("either --preset or --file is needed".into()),
        }
    }
}

/// The rules in a file; everything that is wrong with it goes to stderr, as compilers do.
fn read(file: &Path) -> Result<Policy, Box<dyn Error + Send + Sync>> {
    Policy::parse(&content(file)?).map_err(|problems| complain(file, &problems).into())
}

fn content(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn complain(file: &Path, problems: &[Problem]) -> String {
    for problem in problems {
        eprintln!("{}:{}: {}", file.display(), problem.line, problem.message);
    }
    format!("{} has {}", file.display(), counted(problems.len() as u64, "problem", "problems"))
}

/// A tenant's facts and rules of now.
async fn facts(store: &Store, tenant: &Tenant) -> Result<Arc<Snapshot>, Box<dyn Error + Send + Sync>> {
    let lookups = Lookups::start(store);
    Ok(Facts::new(store, &lookups, &clock()).latest(tenant.id).await?)
}
