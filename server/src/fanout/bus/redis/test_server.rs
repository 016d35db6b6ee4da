//! A private Redis for a test, and commands to it.

use std::{ops, time::Duration};

use causerie_test_services::Redis;
use redis::{FromRedisValue, RedisResult};
use tokio::time::{Instant, interval};

use super::Addresses;
use crate::testing::TempDirectory;

/// Redis starts in a few milliseconds; on a machine that is busy compiling it takes longer.
const START_DEADLINE: Duration = Duration::from_secs(20);

/// A Redis server that is stopped when this value is dropped.
pub struct TestRedis {
    redis: Redis,
    _folder: TempDirectory,
}

impl TestRedis {
    /// A server that does not run yet.
    pub fn stopped() -> Self {
        let folder = TempDirectory::new();
        Self { redis: Redis::new(&folder.0, ""), _folder: folder }
    }

    /// An empty server that runs.
    pub async fn start() -> Self {
        let mut redis = Self::stopped();
        redis.run().await;
        redis
    }

    /// The address of the server.
    pub fn addresses(&self) -> Addresses {
        Addresses::single(&self.url())
    }

    /// Starts the server without data, at its address.
    pub async fn run(&mut self) {
        self.redis.start(|_| {}).expect("redis-server is installed: scripts/test installs it");
        let (deadline, mut tries) = (Instant::now() + START_DEADLINE, interval(Duration::from_millis(10)));
        while !self.redis.answers().expect("redis-server runs") {
            tries.tick().await;
            assert!(Instant::now() < deadline, "redis-server does not answer");
        }
    }

    /// Runs a command: its name and its arguments.
    pub async fn command<T: FromRedisValue>(&self, command: &[&str]) -> RedisResult<T> {
        let mut connection = redis::Client::open(self.url())?.get_multiplexed_async_connection().await?;
        redis::cmd(command[0]).arg(&command[1..]).query_async(&mut connection).await
    }
}

/// Gives the test the methods that kill, freeze and thaw the server.
impl ops::Deref for TestRedis {
    type Target = Redis;

    fn deref(&self) -> &Redis {
        &self.redis
    }
}

impl ops::DerefMut for TestRedis {
    fn deref_mut(&mut self) -> &mut Redis {
        &mut self.redis
    }
}
