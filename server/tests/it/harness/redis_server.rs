//! A Redis of one test, which the test can stop, empty and cut.

use std::ops;

use causerie_test_services::Redis;

use super::{TempDir, eventually, eventually_blocking};

/// A private Redis server. Stopped when dropped.
pub struct RedisServer {
    redis: Redis,
    _folder: TempDir,
}

impl RedisServer {
    /// Starts an empty server.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts a server that requires a password, and uses the same password for its primary when it is a replica.
    pub fn start_with(password: &str) -> Self {
        let folder = TempDir::new();
        let mut server = Self { redis: Redis::new(folder.path(), password), _folder: folder };
        server.start_again();
        server
    }

    /// Makes this server a replica and waits until it is synchronised. Client connections stay open.
    pub async fn follow(&self, primary: &Self) {
        let port = primary.address().port().to_string();
        self.run::<()>(&["REPLICAOF", "127.0.0.1", &port]);
        eventually("a replica", async || {
            let info = self.try_run::<String>(&["INFO", "replication"]).ok()?;
            info.contains("master_link_status:up").then_some(())
        })
        .await;
    }

    /// Makes this server a primary.
    pub fn promote(&self) {
        self.run::<()>(&["REPLICAOF", "NO", "ONE"]);
    }

    /// Stops the server.
    pub fn stop(&mut self) {
        assert!(self.redis.is_started(), "Redis does not run");
        self.redis.kill();
    }

    /// Starts the server again at the same address, empty.
    pub fn start_again(&mut self) {
        self.redis.start(|_| {}).expect("redis-server is installed: scripts/test installs it");
        let answers = eventually_blocking(|| self.redis.answers().expect("redis-server runs"));
        assert!(answers, "redis-server does not answer");
    }

    /// Removes all keys.
    pub fn flush(&self) {
        self.run::<()>(&["FLUSHALL"]);
    }

    /// Closes the connections of all clients, including subscribers.
    pub fn kill_connections(&self) {
        self.run::<i64>(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        self.run::<i64>(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    }

    /// Runs a command, such as `["GET", "key"]`, and returns its answer.
    pub fn run<T: redis::FromRedisValue>(&self, arguments: &[&str]) -> T {
        self.try_run(arguments).expect("Redis answers")
    }

    /// Runs a command on a server that may be stopped or may close the connection.
    ///
    /// # Errors
    /// When the server does not answer, or the answer has another type than `T`.
    pub fn try_run<T: redis::FromRedisValue>(&self, arguments: &[&str]) -> redis::RedisResult<T> {
        let mut connection = redis::Client::open(self.url())?.get_connection()?;
        let mut command = redis::cmd(arguments[0]);
        command.arg(&arguments[1..]);
        command.query(&mut connection)
    }
}

/// Gives access to the URL and the address, and to `freeze` and `thaw`.
impl ops::Deref for RedisServer {
    type Target = Redis;

    fn deref(&self) -> &Redis {
        &self.redis
    }
}
