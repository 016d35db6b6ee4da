//! Tracks which connections of a pool may be used again, and whether the last write was stored.
//!
//! A database may end a transaction by itself: SQLite when the volume is full, on an I/O error or when memory is short,
//! PostgreSQL when a connection breaks. The driver does not notice. Its count of open transactions stays at one, so the next
//! `BEGIN` becomes a savepoint of a transaction that is never committed, and everything "committed" from then on is lost
//! when the connection closes. Therefore a pooled connection is examined before each use, and every failure that concerns
//! connections closes all connections that were open at that moment.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    DatabaseConnection,
    sqlx::{
        Connection as _, Database, Postgres, Sqlite,
        pool::{PoolConnectionMetadata, PoolOptions},
    },
};

use super::StoreError;

/// A pool of connections, and the record of its failures. Cheap to clone.
#[derive(Clone)]
pub(super) struct Pool {
    pub connections: DatabaseConnection,
    pub health: PoolHealth,
}

/// The record of the failures of a pool: which connections may be used again, and whether the last write was stored. Cheap
/// to clone.
#[derive(Clone, Debug)]
pub(super) struct PoolHealth(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The moment from which `distrusted_until_ns` counts.
    created: Instant,
    /// A connection that was opened before this moment (nanoseconds after `created`) is closed instead of being used again;
    /// 0 closes none.
    distrusted_until_ns: AtomicU64,
    /// Whether the last write was not stored.
    failing: AtomicBool,
}

impl Default for PoolHealth {
    fn default() -> Self {
        Self(Arc::new(Inner {
            created: Instant::now(),
            distrusted_until_ns: AtomicU64::new(0),
            failing: AtomicBool::new(false),
        }))
    }
}

impl PoolHealth {
    /// Records that a statement failed.
    pub fn statement_failed(&self, error: &StoreError) {
        if error.is_storage_failure() || error.is_lost_connection() {
            self.distrust_open_connections();
        }
        if error.is_storage_failure() {
            self.0.failing.store(true, Ordering::Relaxed);
        }
    }

    /// Records that a transaction could not begin.
    pub fn begin_failed(&self, error: &StoreError) {
        self.statement_failed(error);
        // The connection may already be inside a transaction. In an outage, no connection was open.
        if !error.is_contention() && !error.is_outage() {
            self.distrust_open_connections();
        }
    }

    /// Records that a transaction could not end, or that it is unknown whether it ended.
    pub fn end_failed(&self, error: &StoreError) {
        self.statement_failed(error);
        self.distrust_open_connections();
    }

    /// Records that a transaction was committed.
    pub fn committed(&self) {
        self.0.failing.store(false, Ordering::Relaxed);
    }

    /// Whether the last write was not stored.
    pub fn is_failing(&self) -> bool {
        self.0.failing.load(Ordering::Relaxed)
    }

    /// Closes every connection that is open now instead of using it again.
    pub fn distrust_open_connections(&self) {
        let now = u64::try_from(self.0.created.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.0.distrusted_until_ns.fetch_max(now, Ordering::AcqRel);
    }

    /// Whether a connection of this age was opened after the last failure that concerns connections.
    fn is_trusted(&self, age: Duration) -> bool {
        let distrusted_until = self.0.distrusted_until_ns.load(Ordering::Acquire);
        let opened = self.0.created.elapsed().saturating_sub(age).as_nanos();
        distrusted_until == 0 || opened > u128::from(distrusted_until)
    }

    /// Makes a pool of PostgreSQL examine its connections. A connection that was idle for `untested` or longer is pinged
    /// before its use.
    pub fn examine_postgres(&self, pool: PoolOptions<Postgres>, untested: Duration) -> PoolOptions<Postgres> {
        let (released, acquired) = (self.clone(), self.clone());
        pool.test_before_acquire(false)
            .after_release(move |connection, age| {
                let usable = released.is_usable::<Postgres>(connection, &age);
                Box::pin(async move { Ok(usable) })
            })
            .before_acquire(move |connection, age| {
                let health = acquired.clone();
                Box::pin(async move {
                    if age.idle_for >= untested {
                        connection.ping().await?;
                    }
                    Ok(health.is_usable::<Postgres>(connection, &age))
                })
            })
    }

    /// Makes a pool of SQLite examine its connections.
    pub fn examine_sqlite(&self, pool: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
        let (released, acquired) = (self.clone(), self.clone());
        // A connection is not pinged before each use: a ping costs a round trip to the connection's thread, and that thread
        // can't be lost as a connection to a server can.
        let pool = pool.test_before_acquire(false);
        pool.after_release(move |connection, age| {
            let health = released.clone();
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // Dropping a transaction requests its rollback. The connection's thread answers the ping after the
                    // rollback.
                    connection.ping().await?;
                }
                Ok(health.is_usable::<Sqlite>(connection, &age))
            })
        })
        .before_acquire(move |connection, age| {
            let usable = acquired.is_usable::<Sqlite>(connection, &age);
            Box::pin(async move { Ok(usable) })
        })
    }

    /// Whether a connection may be used again: it is trusted and not inside a transaction.
    fn is_usable<DB: Database>(&self, connection: &DB::Connection, age: &PoolConnectionMetadata) -> bool {
        let (trusted, outside) = (self.is_trusted(age.age), !connection.is_in_transaction());
        if !(trusted && outside) {
            tracing::info!(in_transaction = !outside, "a connection to the database is closed after a failure");
        }
        trusted && outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_connections_opened_after_a_failure_are_used_again() {
        let health = PoolHealth::default();
        assert!(health.is_trusted(Duration::ZERO));
        let opened = Instant::now();
        health.distrust_open_connections();
        assert!(!health.is_trusted(opened.elapsed()), "it was open when the failure came");
        let opened = Instant::now();
        assert!(health.is_trusted(opened.elapsed()), "it was opened afterwards");
    }
}
