//! Redis Sentinels, which monitor a Redis primary and promote its replica.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use super::{RedisServer, TempDir, eventually, free_address};

/// The name under which the Sentinels monitor the primary.
pub const PRIMARY: &str = "chat";
const PASSWORD: &str = "sentinels-only";

/// One Sentinel process. Stopped when dropped.
pub struct Sentinel {
    address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Sentinel {
    /// Starts three Sentinels for a primary and waits until they know each other and the replica.
    pub async fn three(primary: &RedisServer, password: &str) -> Vec<Self> {
        let sentinels: Vec<Self> = (0..3).map(|_| Self::start(primary.address(), password)).collect();
        for sentinel in &sentinels {
            eventually("Sentinels that know each other", async || {
                let known = |what: &str| sentinel.run::<redis::Value>(&["SENTINEL", what, PRIMARY]);
                let count = |value: Option<redis::Value>| match value {
                    Some(redis::Value::Array(all)) => all.len(),
                    _ => 0,
                };
                (count(known("SENTINELS")) == 2 && count(known("REPLICAS")) == 1).then_some(())
            })
            .await;
        }
        sentinels
    }

    fn start(primary: SocketAddr, password: &str) -> Self {
        let (address, folder) = (free_address(), TempDir::new());
        let file = folder.path().join("sentinel.conf");
        let settings = format!(
            "bind 127.0.0.1\nport {}\ndir {}\nrequirepass {PASSWORD}\nsentinel sentinel-pass {PASSWORD}\n\
             sentinel monitor {PRIMARY} 127.0.0.1 {} 2\nsentinel auth-pass {PRIMARY} {password}\n\
             sentinel down-after-milliseconds {PRIMARY} 1000\nsentinel failover-timeout {PRIMARY} 10000\n",
            address.port(),
            folder.path().display(),
            primary.port(),
        );
        std::fs::write(&file, settings).expect("the folder can be written");
        let mut command = Command::new("redis-sentinel");
        let process = command.arg(&file).stdout(Stdio::null()).spawn();
        let process = process.expect("redis-sentinel is installed: scripts/test installs it");
        Self { address, process, _folder: folder }
    }

    /// The URL of the Sentinel, with its password.
    pub fn url(&self) -> String {
        format!("redis://:{PASSWORD}@{}", self.address)
    }

    /// Runs a command and returns its answer. `None` if the Sentinel does not answer.
    pub fn run<T: redis::FromRedisValue>(&self, arguments: &[&str]) -> Option<T> {
        let mut connection = redis::Client::open(self.url()).ok()?.get_connection().ok()?;
        let mut command = redis::cmd(arguments[0]);
        command.arg(&arguments[1..]);
        command.query(&mut connection).ok()
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        self.process.kill().expect("it is ours");
        self.process.wait().expect("it is ours");
    }
}
