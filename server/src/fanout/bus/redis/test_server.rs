//! A private `redis-server` that can be frozen, killed and emptied.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use redis::{FromRedisValue, RedisResult};
use tokio::time::{Instant, interval};

use super::Addresses;
use crate::testing::TempDirectory;

/// Redis starts in a few milliseconds; a machine that is busy compiling takes longer.
const START_DEADLINE: Duration = Duration::from_secs(20);
/// Below the range from which the system gives ports to outgoing connections: one of those could take the port of a server
/// that is down.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// Ends with its owner.
pub struct TestRedis {
    address: SocketAddr,
    folder: TempDirectory,
    process: Option<Child>,
}

impl TestRedis {
    /// One that does not run yet.
    pub fn stopped() -> Self {
        let address = loop {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, rand::random_range(PORTS)));
            if TcpListener::bind(address).is_ok() {
                break address;
            }
        };
        Self { address, folder: TempDirectory::new(), process: None }
    }

    /// An empty one that runs.
    pub async fn start() -> Self {
        let mut redis = Self::stopped();
        redis.run().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub fn addresses(&self) -> Addresses {
        Addresses::at(&self.url())
    }

    /// Starts it, empty, at its address.
    pub async fn run(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let mut command = Command::new("redis-server");
        command.args([
            "--bind",
            "127.0.0.1",
            "--port",
            &self.address.port().to_string(),
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        command.arg("--dir").arg(&self.folder.0).stdout(Stdio::null());
        let process = command.spawn().expect("redis-server is installed: scripts/test installs it");
        // Whoever answers must be the process just started, not another test's at the same port.
        let own = format!("process_id:{}", process.id());
        self.process = Some(process);
        let (deadline, mut tries) = (Instant::now() + START_DEADLINE, interval(Duration::from_millis(10)));
        loop {
            tries.tick().await;
            let info = self.say::<String>(&["INFO", "server"]).await;
            if info.is_ok_and(|info| info.lines().any(|line| line == own)) {
                return;
            }
            assert!(Instant::now() < deadline, "redis-server does not answer");
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().expect("it is ours");
        process.wait().expect("it is ours");
    }

    /// It keeps its connections and does nothing.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// It goes on where it was.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Any command.
    pub async fn say<T: FromRedisValue>(&self, words: &[&str]) -> RedisResult<T> {
        let mut connection = redis::Client::open(self.url())?.get_multiplexed_async_connection().await?;
        redis::cmd(words[0]).arg(&words[1..]).query_async(&mut connection).await
    }

    fn signal(&self, name: &str) {
        let id = self.process.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill is a program");
        assert!(sent.success(), "{name} was not sent");
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
    }
}
