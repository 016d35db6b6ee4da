//! A private Redis without persistence.

use std::{
    collections::HashMap,
    os::unix::process::CommandExt as _,
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use causerie_test_services as services;

use super::cores::{self, CoreUse};
use crate::Outcome;

const START_PATIENCE: Duration = Duration::from_secs(10);

/// The Redis process, which ends when this is dropped.
pub struct Redis {
    server: Mutex<services::Redis>,
    url: String,
}

impl Redis {
    /// Starts Redis.
    ///
    /// # Errors
    /// When the program is missing or fails.
    pub async fn start(folder: &Path) -> Outcome<Self> {
        let server = services::Redis::new(folder, "");
        let redis = Self { url: server.url(), server: Mutex::new(server) };
        redis.start_again().await?;
        Ok(redis)
    }

    /// The URL of Redis.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills Redis, as a crash would.
    pub fn crash(&self) {
        self.with(services::Redis::kill);
    }

    /// Starts Redis again on the same port, without data.
    ///
    /// # Errors
    /// The errors of [`Redis::start`].
    pub async fn start_again(&self) -> Outcome<()> {
        // Redis has its own process group. Otherwise Ctrl-C in the terminal would end Redis before the end of the run.
        let in_own_group = |command: &mut Command| {
            command.process_group(0);
        };
        cores::start_on(CoreUse::Database, || self.with(|server| server.start(in_own_group)))?;
        let deadline = tokio::time::Instant::now() + START_PATIENCE;
        while !self.with(services::Redis::answers)? {
            if tokio::time::Instant::now() > deadline {
                return Err("redis-server does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The statistics of Redis by name: `total_reads_processed`, and the number of calls of each command,
    /// `cmdstat_publish`.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub fn info(&self) -> Outcome<HashMap<String, f64>> {
        Ok(figures(&self.with(|server| server.ask("INFO everything"))?))
    }

    /// The version, such as `7.0.15`.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub fn version(&self) -> Outcome<String> {
        let told = self.with(|server| server.ask("INFO server"))?;
        let version = told.lines().find_map(|line| line.strip_prefix("redis_version:"));
        Ok(version.ok_or("redis told no version")?.to_owned())
    }

    fn with<T>(&self, what: impl FnOnce(&mut services::Redis) -> T) -> T {
        what(&mut self.server.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The format of the lines: `name:value`, and `cmdstat_get:calls=5,usec=...`.
fn figures(printed: &str) -> HashMap<String, f64> {
    let figure = |line: &str| {
        let (name, value) = line.trim().split_once(':')?;
        let value = value.strip_prefix("calls=").and_then(|calls| calls.split(',').next()).unwrap_or(value);
        Some((name.to_owned(), value.parse().ok()?))
    };
    printed.lines().filter_map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_names() {
        let figures =
            figures("$99\r\n# Stats\r\ntotal_reads_processed:12\r\ncmdstat_publish:calls=7,usec=9\r\nrole:master\r\n");
        assert_eq!(figures, HashMap::from([("total_reads_processed".into(), 12.0), ("cmdstat_publish".into(), 7.0)]));
    }
}
