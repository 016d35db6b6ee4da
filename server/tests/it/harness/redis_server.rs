//! A Redis of a test's own, to be stopped, emptied and cut.

use std::ops;

use causerie_test_services::Redis;

use super::{TempDir, eventually, eventually_blocking};

/// A private Redis server. Ends with its owner.
pub struct RedisServer {
    redis: Redis,
    _folder: TempDir,
}

impl RedisServer {
    /// Starts one, empty.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts one that asks for a password, also of the server it may be a replica of.
    pub fn start_with(password: &str) -> Self {
        let folder = TempDir::new();
        let mut server = Self { redis: Redis::new(folder.path(), password), _folder: folder };
        server.start_again();
        server
    }

    /// Makes it a replica, and waits until it has all of the primary. Its clients keep their connections.
    pub async fn follow(&self, primary: &Self) {
        let port = primary.address().port().to_string();
        self.say::<()>(&["REPLICAOF", "127.0.0.1", &port]);
        eventually("a replica", async || {
            let info = self.try_say::<String>(&["INFO", "replication"]).ok()?;
            info.contains("master_link_status:up").then_some(())
        })
        .await;
    }

    /// Makes it a primary.
    pub fn promote(&self) {
        self.say::<()>(&["REPLICAOF", "NO", "ONE"]);
    }

    /// Stops it; its clients lose their connections and can't come back.
    pub fn stop(&mut self) {
        assert!(self.redis.is_started(), "Redis does not run");
        self.redis.kill();
    }

    /// Starts it at the same address, empty.
    pub fn start_again(&mut self) {
        self.redis.start(|_| {}).expect("redis-server is installed: scripts/test installs it");
        let answers = eventually_blocking(|| self.redis.answers().expect("redis-server runs"));
        assert!(answers, "redis-server does not answer");
    }

    /// Forgets everything it holds.
    pub fn flush(&self) {
        self.say::<()>(&["FLUSHALL"]);
    }

    /// Cuts all its clients, subscribers too.
    pub fn kill_connections(&self) {
        self.say::<i64>(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        self.say::<i64>(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    }

    /// Any command.
    pub fn say<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        self.try_say(words).expect("Redis answers")
    }

    /// Any command, of a server that may be away or cut its clients.
    ///
    /// # Errors
    /// When it does not answer, or not as expected.
    pub fn try_say<T: redis::FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
        let mut connection = redis::Client::open(self.url())?.get_connection()?;
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query(&mut connection)
    }
}

/// Its URL and address, and to be frozen and thawed.
impl ops::Deref for RedisServer {
    type Target = Redis;

    fn deref(&self) -> &Redis {
        &self.redis
    }
}
