//! A private Redis that keeps nothing.

use std::{
    collections::HashMap,
    fs,
    net::TcpStream,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{
    cores::{self, Who},
    free_port,
};
use crate::Outcome;

const START_PATIENCE: Duration = Duration::from_secs(10);

/// Ends when dropped.
pub struct Redis {
    child: Mutex<Child>,
    port: u16,
    folder: PathBuf,
    url: String,
}

impl Redis {
    /// Starts it.
    ///
    /// # Errors
    /// When the program is missing or fails.
    pub async fn start(folder: &Path) -> Outcome<Self> {
        let port = free_port()?;
        let child = Mutex::new(spawn(folder, port)?);
        let redis = Self { child, port, folder: folder.to_owned(), url: format!("redis://127.0.0.1:{port}") };
        redis.ready().await?;
        Ok(redis)
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it, as a crash does.
    pub fn crash(&self) {
        self.with_child(|child| {
            // It keeps nothing, so there is nothing to say goodbye for.
            let _ = child.kill();
            let _ = child.wait();
        });
    }

    /// Starts it again, empty, where it was.
    ///
    /// # Errors
    /// As [`Redis::start`].
    pub async fn revive(&self) -> Outcome<()> {
        let child = spawn(&self.folder, self.port)?;
        self.with_child(|old| *old = child);
        self.ready().await
    }

    /// Its own figures by name: `total_reads_processed`, and of each command how often it was called, `cmdstat_publish`.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn info(&self) -> Outcome<HashMap<String, f64>> {
        Ok(figures(&self.ask("INFO everything\r\nQUIT\r\n").await?))
    }

    /// `7.0.15`.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn version(&self) -> Outcome<String> {
        let said = self.ask("INFO server\r\nQUIT\r\n").await?;
        let version = said.lines().find_map(|line| line.strip_prefix("redis_version:"));
        Ok(version.ok_or("redis told no version")?.to_owned())
    }

    async fn ask(&self, commands: &str) -> Outcome<String> {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(commands.as_bytes()).await?;
        let mut said = String::new();
        stream.read_to_string(&mut said).await?;
        Ok(said)
    }

    async fn ready(&self) -> Outcome<()> {
        let deadline = tokio::time::Instant::now() + START_PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.with_child(Child::try_wait)?.is_some();
            if ended || tokio::time::Instant::now() > deadline {
                return Err(format!("redis-server did not start: {}", fs::read_to_string(log(&self.folder))?).into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn with_child<T>(&self, what: impl FnOnce(&mut Child) -> T) -> T {
        what(&mut self.child.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.crash();
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("redis.log")
}

fn spawn(folder: &Path, port: u16) -> Outcome<Child> {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
    command.arg("--dir").arg(folder).stdout(fs::File::create(log(folder))?).process_group(0);
    cores::on(Who::Anyone, || command.spawn()).map_err(|error| format!("redis-server: {error}").into())
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
