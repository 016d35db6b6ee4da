//! A private Redis that keeps nothing.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    process::{Child, Command},
    time::Duration,
};

use super::free_port;
use crate::Outcome;

const START_PATIENCE: Duration = Duration::from_secs(10);

/// Ends when dropped.
pub struct Redis {
    child: Child,
    url: String,
}

impl Redis {
    /// Starts it.
    ///
    /// # Errors
    /// When the program is missing or fails.
    pub async fn start(folder: &Path) -> Outcome<Self> {
        let (port, log) = (free_port()?, folder.join("redis.log"));
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(folder)
            .stdout(fs::File::create(&log)?)
            .spawn()
            .map_err(|error| format!("redis-server: {error}"))?;
        let mut redis = Self { child, url: format!("redis://127.0.0.1:{port}") };
        let deadline = tokio::time::Instant::now() + START_PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if redis.child.try_wait()?.is_some() || tokio::time::Instant::now() > deadline {
                return Err(format!("redis-server did not start: {}", fs::read_to_string(&log)?).into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(redis)
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It keeps nothing, so there is nothing to say goodbye for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
