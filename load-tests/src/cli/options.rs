//! What all scenarios take.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::world::token::Signing;

/// Where the load goes, and where the report.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Start server, database and bus for this run, and remove them at its end; what is done without --target.
    #[arg(long, global = true, conflicts_with = "target")]
    pub spawn: bool,
    /// Put load on a server that runs already, instead: `https://chat.example`.
    #[arg(long, global = true, value_name = "URL", requires_all = ["key_id", "key_file"])]
    pub target: Option<String>,
    /// The host of --target once more, where it is not this machine.
    #[arg(long, global = true, value_name = "HOST", requires = "target")]
    pub allow: Option<String>,
    /// The `kid` of a signing key of the target's tenant.
    #[arg(long, global = true, value_name = "KID", requires = "target")]
    pub key_id: Option<String>,
    /// The file that holds this key: the secret, or the private key in PEM.
    #[arg(long, global = true, value_name = "FILE", requires = "target")]
    pub key_file: Option<PathBuf>,
    /// How the key signs.
    #[arg(long, global = true, value_enum, default_value = "HS256")]
    pub algorithm: Signing,
    /// The target's internal listener, for its counters: `http://127.0.0.1:8081`.
    #[arg(long, global = true, value_name = "URL", requires = "target")]
    pub internal: Option<String>,
    /// What the names of all people begin with.
    #[arg(long, global = true, value_name = "TEXT", default_value = "load-")]
    pub prefix: String,
    /// The embedded form: SQLite and the in-process bus instead of PostgreSQL and Redis.
    #[arg(long, global = true, conflicts_with = "target")]
    pub sqlite: bool,
    /// Write the report to this file as JSON.
    #[arg(long, global = true, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the report to this file as a page.
    #[arg(long, global = true, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// The server's program; without it, `causerie` beside this program.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "target")]
    pub server: Option<PathBuf>,
    /// Where the run keeps its data, in a folder that is removed at the end. Its file system is what `durable` measures.
    #[arg(long, global = true, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    pub dir: PathBuf,
    /// The parts of the full size that are measured one after the other. Goals are judged at the last. The file of
    /// `run` is of one size, so it is measured once.
    #[arg(long, global = true, value_name = "PARTS", value_delimiter = ',', default_value = "0.25,0.5,1", value_parser = part)]
    pub sizes: Vec<f64>,
    /// End after so many minutes, with a report of what was measured by then. Default 60, for `all` 180.
    #[arg(long, global = true, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: Option<u32>,
}

impl Common {
    /// How long all of it may take.
    #[must_use]
    pub fn limit(&self, default_minutes: u32) -> Duration {
        Duration::from_secs(60 * u64::from(self.limit.unwrap_or(default_minutes)))
    }

    /// Smallest first.
    #[must_use]
    pub fn sizes(&self) -> Vec<f64> {
        let mut sizes = self.sizes.clone();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        sizes
    }
}

/// Of messages, or of whatever is done, per second.
///
/// # Errors
/// When it is none.
pub fn rate(text: &str) -> Result<f64, String> {
    within(text, 100_000.0)
}

/// How long something is measured, in seconds; at most a day.
///
/// # Errors
/// When it is none.
pub fn seconds(text: &str) -> Result<f64, String> {
    within(text, 86_400.0)
}

fn within(text: &str, most: f64) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "expected a number")?;
    if number > 0.0 && number <= most { Ok(number) } else { Err(format!("expected a number above 0, at most {most}")) }
}

fn part(text: &str) -> Result<f64, String> {
    let part: f64 = text.parse().map_err(|_| "expected a number")?;
    if part > 0.0 && part <= 1.0 {
        Ok(part)
    } else {
        Err("expected a part of the full size, above 0 and at most 1".to_owned())
    }
}
