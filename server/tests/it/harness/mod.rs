//! Starts real servers for tests: the real binary as child processes, real PostgreSQL, Redis and SQLite, and the Rust SDK
//! over links that a test can cut.
//!
//! - [`Cluster`] is the entry point of most tests: nodes that share a database, a Redis and a [`Tenant`], and connected
//!   users ([`Peer`]). `Cluster::embedded()` is one node on SQLite, `Cluster::start(n)` is `n` nodes on PostgreSQL and
//!   Redis.
//! - [`Facts`] sets the tenant's rules and facts, for tests that need other rules than those of a new tenant.
//! - [`Node`] is one server process. A test can stop, kill, freeze, thaw and restart it at the same address.
//! - Each test has its own [`RedisServer`] (with [`Sentinel`]s for failover tests) and its own [`Database`], so tests run
//!   at the same time, and a test may damage its own.
//! - [`Volume`] is a small file system that a test can fill. [`PostgresServer`] is a PostgreSQL in a folder that the test
//!   chooses.
//! - [`Acknowledged`] compares the acknowledged messages with the messages that a second database connection reads.
//! - [`Proxy`] is the link between a client and a node: a test can cut it, freeze it and refuse connections.
//! - [`Raw`] is a WebSocket client that sends any frame, valid or not. [`http`] is an HTTP client that sends any bytes.
//!
//! Tests wait for events, not for time to pass: [`within`] gives a future a deadline, and [`eventually`] polls external
//! state until a condition holds. Each test also has a total deadline (`causerie_test_deadline`), which no event extends.
//! When a test fails, the logs of its nodes are printed. When a test ends, everything that it started is stopped. The test
//! fails if its database still has connections or if a process does not end.
//!
//! The `Drop` of a [`Database`] waits until the last connection to it is closed. A test that holds a connection itself (a
//! pool, or a [`Proxy`] in front of the database) must close it first or run on `flavor = "multi_thread"`.
//!
//! PostgreSQL comes from `scripts/services`. A test starts everything else itself.
#![allow(dead_code, unused_imports)] // not every test run uses every helper

mod audit;
mod cluster;
mod database;
mod facts;
pub mod http;
mod node;
mod peer;
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
pub use causerie_test_services::free_address;
pub use cluster::Cluster;
pub use database::{Database, lock_waits, psql};
pub use facts::{Facts, stored_texts};
pub use node::{Node, Settings};
pub use peer::Peer;
pub use postgres_server::PostgresServer;
pub use proxy::Proxy;
pub use raw::{Raw, Received};
pub use redis_server::RedisServer;
pub use sentinel::Sentinel;
pub use temp_dir::TempDir;
pub use tenant::{Claims, Tenant};
pub use volume::Volume;

/// The longest wait for one event. It is long enough for a machine that runs many tests at once.
pub const WAIT_MAX: Duration = Duration::from_secs(30);

/// Gives a future a deadline of [`WAIT_MAX`].
#[track_caller]
pub fn within<T>(what: &str, future: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    let deadline = causerie_test_deadline::watch();
    async move {
        let timeout = deadline.remaining(WAIT_MAX);
        let result = tokio::time::timeout(timeout, future).await;
        result.unwrap_or_else(|_| {
            let suffix = if deadline.is_over() { "; the test is over its deadline" } else { "" };
            panic!("{what}: did not happen within {} s, at {caller}{suffix}", timeout.as_secs())
        })
    }
}

/// Calls `poll` repeatedly until it returns `Some`, for at most [`WAIT_MAX`]. It is for state that no event announces.
#[track_caller]
pub fn eventually<T>(what: &str, mut poll: impl AsyncFnMut() -> Option<T>) -> impl Future<Output = T> {
    within(what, async move {
        loop {
            if let Some(value) = poll().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
}

/// Calls `condition` repeatedly until it returns true, for at most [`WAIT_MAX`]. Returns false if it stayed false. For code
/// that can not await, such as a `Drop`.
pub fn eventually_blocking(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + causerie_test_deadline::watch().remaining(WAIT_MAX);
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}
