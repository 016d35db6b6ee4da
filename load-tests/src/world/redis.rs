//! A private Redis that keeps nothing.

use std::{
    collections::HashMap,
    os::unix::process::CommandExt as _,
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use causerie_test_services as services;

use super::cores::{self, Who};
use crate::Outcome;

const START_PATIENCE: Duration = Duration::from_secs(10);

/// Ends when dropped.
pub struct Redis {
    server: Mutex<services::Redis>,
    url: String,
}

impl Redis {
    /// Starts it.
    ///
    /// # Errors
    /// When the program is missing or fails.
    pub async fn start(folder: &Path) -> Outcome<Self> {
        let server = services::Redis::new(folder, "");
        let redis = Self { url: server.url(), server: Mutex::new(server) };
        redis.revive().await?;
        Ok(redis)
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it, as a crash does.
    pub fn crash(&self) {
        self.with(services::Redis::kill);
    }

    /// Starts it again, empty, where it was.
    ///
    /// # Errors
    /// As [`Redis::start`].
    pub async fn revive(&self) -> Outcome<()> {
        // In a group of its own: what Ctrl-C sends to this program's group would end it before the run is over.
        let in_own_group = |command: &mut Command| {
            command.process_group(0);
        };
        cores::on(Who::Anyone, || self.with(|server| server.start(in_own_group)))?;
        let deadline = tokio::time::Instant::now() + START_PATIENCE;
        while !self.with(services::Redis::answers)? {
            if tokio::time::Instant::now() > deadline {
                return Err("redis-server does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Its own figures by name: `total_reads_processed`, and of each command how often it was called, `cmdstat_publish`.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn info(&self) -> Outcome<HashMap<String, f64>> {
        Ok(figures(&self.with(|server| server.ask("INFO everything"))?))
    }

    /// `7.0.15`.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn version(&self) -> Outcome<String> {
        let told = self.with(|server| server.ask("INFO server"))?;
        let version = told.lines().find_map(|line| line.strip_prefix("redis_version:"));
        Ok(version.ok_or("redis told no version")?.to_owned())
    }

    fn with<T>(&self, what: impl FnOnce(&mut services::Redis) -> T) -> T {
        what(&mut self.server.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `name:value`, and `cmdstat_get:calls=5,usec=...`.
fn figures(said: &str) -> HashMap<String, f64> {
    let figure = |line: &str| {
        let (name, value) = line.trim().split_once(':')?;
        let value = value.strip_prefix("calls=").and_then(|calls| calls.split(',').next()).unwrap_or(value);
        Some((name.to_owned(), value.parse().ok()?))
    };
    said.lines().filter_map(figure).collect()
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
