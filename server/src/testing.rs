//! Helpers for unit tests: a new database for each test, and a clock that the test sets.
//!
//! Tests that touch the database run on SQLite, and on PostgreSQL when `CAUSERIE_TEST_POSTGRES` holds the address of a
//! superuser (`scripts/test` sets it). In CI a missing variable is an error, because the tests would not run on PostgreSQL.

use std::{
    future::Future,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use crate::{
    clock::Clock,
    store::{Database, Store},
};

/// The time at which a [`TestClock`] starts, in 2027. Milliseconds since 1970 UTC.
pub const NOW_MS: i64 = 1_800_000_000_000;

/// A clock that changes only by [`TestClock::advance_ms`].
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW_MS)))
    }

    pub fn advance_ms(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Runs a test on an empty, migrated SQLite database, and then on an empty, migrated PostgreSQL database.
pub async fn on_each_database<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    causerie_test_deadline::watch();
    let directory = TempDirectory::new();
    let sqlite = Store::connect(&Database::Sqlite(directory.0.join("test.sqlite"))).await.expect("opens");
    sqlite.migrate().await.expect("migrates");
    test(sqlite).await;

    let Ok(superuser) = std::env::var("CAUSERIE_TEST_POSTGRES") else {
        assert!(std::env::var_os("CI").is_none(), "CAUSERIE_TEST_POSTGRES is not set: run scripts/test");
        return;
    };
    let server = postgres(&superuser).await;
    let name = format!("causerie_{}", Uuid::now_v7().simple());
    server.writer().execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("makes a database");
    let store = postgres(&on_database(&superuser, &name)).await;
    store.migrate().await.expect("migrates");
    test(store).await;
    // `FORCE` closes the connections that tasks of the test may still have open.
    server.writer().execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("drops it");
}

/// Opens a PostgreSQL database.
async fn postgres(url: &str) -> Store {
    let store = Store::connect(&Database::Postgres { url: url.to_owned(), connections_max: 8 }).await.expect("connects");
    assert_eq!(store.backend(), DbBackend::Postgres);
    store
}

/// The address of another database on the same PostgreSQL server.
fn on_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let authority = base.find("://").map_or(0, |index| index + 3);
    let end = base[authority..].find('/').map_or(base.len(), |index| authority + index);
    format!("{}/{name}{query}", &base[..end])
}

/// A temporary directory that is deleted on drop.
pub struct TempDirectory(pub PathBuf);

impl TempDirectory {
    pub fn new() -> Self {
        causerie_test_deadline::watch();
        let path = std::env::temp_dir().join(format!("causerie-test-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&path).expect("makes a directory");
        Self(path)
    }
}

impl Drop for TempDirectory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
