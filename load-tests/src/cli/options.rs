//! The options that all scenarios have.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::world::token::Signing;

/// The options for the target of the load and for the report.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Start the server, the database and the bus for this run, and remove them at its end. This is the default.
    #[arg(long, global = true, conflicts_with = "target")]
    pub spawn: bool,
    /// Put the load on a server that runs already, such as `https://chat.example`.
    #[arg(long, global = true, value_name = "URL", requires_all = ["key_id", "key_file"])]
    pub target: Option<String>,
    /// The host of --target again. Required as a confirmation if the target is not this machine.
    #[arg(long, global = true, value_name = "HOST", requires = "target")]
    pub allow: Option<String>,
    /// The `kid` of a signing key of the target's tenant.
    #[arg(long, global = true, value_name = "KID", requires = "target")]
    pub key_id: Option<String>,
    /// The file that holds this key: the secret, or the private key in PEM.
    #[arg(long, global = true, value_name = "FILE", requires = "target")]
    pub key_file: Option<PathBuf>,
    /// The algorithm of the key.
    #[arg(long, global = true, value_enum, default_value = "HS256")]
    pub algorithm: Signing,
    /// The target's internal listener, for its counters: `http://127.0.0.1:8081`.
    #[arg(long, global = true, value_name = "URL", requires = "target")]
    pub internal: Option<String>,
    /// The prefix of the names of all users.
    #[arg(long, global = true, value_name = "TEXT", default_value = "load-")]
    pub prefix: String,
    /// Start the server embedded, with SQLite and the bus in memory, instead of PostgreSQL and Redis.
    #[arg(long, global = true, conflicts_with = "target")]
    pub sqlite: bool,
    /// Write the report to this file as JSON.
    #[arg(long, global = true, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the report to this file as a page.
    #[arg(long, global = true, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// The program of the server. The default is `causerie` in the folder of this program.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "target")]
    pub server: Option<PathBuf>,
    /// The folder for the data of the run, in a subfolder that is removed at the end. `durable` measures its file system.
    #[arg(long, global = true, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    pub dir: PathBuf,
    /// The parts of the full size that are measured one after the other. Goals are judged at the last part. The file of
    /// `run` has one size, so it is measured once.
    #[arg(long, global = true, value_name = "PARTS", value_delimiter = ',', default_value = "0.25,0.5,1", value_parser = part)]
    pub sizes: Vec<f64>,
    /// End the run after this many minutes, with a report of the measurements so far. The default is 60, for `all` 180.
    #[arg(long, global = true, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: Option<u32>,
}

impl Common {
    /// The longest duration of the run.
    #[must_use]
    pub fn limit(&self, default_minutes: u32) -> Duration {
        Duration::from_secs(60 * u64::from(self.limit.unwrap_or(default_minutes)))
    }

    /// The parts of [`Self::sizes`], the smallest first, each once.
    #[must_use]
    pub fn sizes(&self) -> Vec<f64> {
        let mut sizes = self.sizes.clone();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        sizes
    }
}

/// Parses a rate of messages or other actions, per second.
///
/// # Errors
/// When the text is not a number within the bounds.
pub fn rate(text: &str) -> Result<f64, String> {
    within(text, 100_000.0)
}

/// Parses the duration of a measurement in seconds, at most a day.
///
/// # Errors
/// When the text is not a number within the bounds.
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
