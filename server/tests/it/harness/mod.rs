//! Starts true servers for tests: the real binary as child processes, real PostgreSQL, Redis and SQLite, the real SDK over
//! links that can be cut.
//!
//! - [`Cluster`] is what most tests want: nodes that share a database, a Redis and a [`Tenant`], and people ([`Peer`])
//!   connected to them. `Cluster::embedded()` is one node on SQLite, `Cluster::start(n)` is `n` nodes on PostgreSQL and Redis.
//! - [`Facts`] are the rules of the tenant and what they ask about, where a test wants others than a new tenant has.
//! - [`Node`] is one server process: stop it politely or not, freeze and thaw it, start it again at the same address.
//! - [`RedisServer`] (with [`Sentinel`]s, where one is to fail over) and [`Database`] belong to one test each, so tests run
//!   side by side and may break theirs.
//! - [`Volume`] is a small file system to be filled, [`PostgresServer`] a PostgreSQL on a folder of the test's choice.
//! - [`Acknowledged`] compares what clients were told with what a second connection reads.
//! - [`Proxy`] is the link between a client and a node: cut it, freeze it, refuse connections.
//! - [`Raw`] speaks WebSocket without the SDK's good manners; [`http`] speaks HTTP without any library's.
//!
//! Tests wait for events, never for time to pass: [`within`] gives any future a deadline, [`eventually`] asks about outside
//! state until it is as it should be. The test as a whole has a deadline too, which no event renews
//! (`causerie_test_deadline`). When a test fails, the logs of its nodes are printed. When it ends, everything it
//! started is ended, and a database that still has connections, or a process that does not end, fails it.
//!
//! A [`Database`] waits in its `Drop` until nobody is connected. A test that itself holds connections to it, by a pool or by
//! a [`Proxy`] in front of it, closes them first or runs on `flavor = "multi_thread"`.
//!
//! PostgreSQL comes from `scripts/services`; everything else a test starts itself.
#![allow(dead_code, unused_imports)] // behaviours come and go; the harness is whole

mod audit;
mod cluster;
mod database;
mod facts;
pub mod http;
mod node;
mod peer;
mod ports;
mod postgres_server;
mod proxy;
mod raw;
mod redis_server;
mod self_test;
mod sentinel;
mod temp_dir;
mod tenant;
mod volume;

use std::{
    future::Future,
    time::{Duration, Instant},
};

pub use audit::Acknowledged;
pub use cluster::Cluster;
pub use database::{Database, psql};
pub use facts::{Facts, stored_texts};
pub use node::{Node, Settings};
pub use peer::Peer;
pub use ports::free_address;
pub use postgres_server::PostgresServer;
pub use proxy::Proxy;
pub use raw::{Raw, Received};
pub use redis_server::RedisServer;
pub use sentinel::Sentinel;
pub use temp_dir::TempDir;
pub use tenant::{Claims, Tenant};
pub use volume::Volume;

/// The longest a test waits for anything. Generous, for a machine that runs many tests at once; what is right comes at once.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for a future, but not for ever.
#[track_caller]
pub fn within<T>(what: &str, future: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    let deadline = causerie_test_deadline::watch();
    async move {
        let patience = deadline.left(PATIENCE);
        let waited = tokio::time::timeout(patience, future).await;
        waited.unwrap_or_else(|_| {
            let over = if deadline.is_over() { "; the test is over its deadline" } else { "" };
            panic!("{what}: did not happen within {} s, at {caller}{over}", patience.as_secs())
        })
    }
}

/// Asks again and again until the answer is there; for state that nobody announces.
#[track_caller]
pub fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> impl Future<Output = T> {
    within(what, async move {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
}

/// [`eventually`] where nothing can be awaited, in a `Drop`.
pub fn eventually_blocking(mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + causerie_test_deadline::watch().left(PATIENCE);
    while !is_so() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}
