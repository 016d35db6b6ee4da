//! One database per test.

use std::process::Command;

use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

use super::{TempDir, eventually_blocking};

/// An empty database for one test, removed when dropped.
pub enum Database {
    /// A file in a temporary folder.
    Sqlite(TempDir),
    /// A database in the PostgreSQL that `scripts/services` started.
    Postgres(Postgres),
    /// A database that its own server removes.
    Other { url: String },
}

/// A database of [`Database::Postgres`], dropped with this value.
pub struct Postgres {
    name: String,
    url: String,
}

impl Database {
    pub fn sqlite() -> Self {
        Self::Sqlite(TempDir::new())
    }

    pub fn postgres() -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let server = server_url();
        psql(&server, &format!("CREATE DATABASE {name}")).expect("PostgreSQL makes databases");
        let (base, _) = server.rsplit_once('/').expect("CAUSERIE_TEST_POSTGRES names a database");
        Self::Postgres(Postgres { url: format!("{base}/{name}"), name })
    }

    /// The `postgres://` URL, or an empty string for SQLite.
    pub fn url(&self) -> &str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(Postgres { url, .. }) | Self::Other { url } => url,
        }
    }

    /// The server settings that select this database.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Sqlite(folder) => vec![("data.dir", folder.path().display().to_string())],
            Self::Postgres(Postgres { url, .. }) | Self::Other { url } => vec![("database.url", url.clone())],
        }
    }

    /// The same database as a value of the server's library, for tests that read tables directly.
    pub fn to_connect(&self) -> causerie_server::store::Database {
        match self {
            Self::Sqlite(folder) => causerie_server::store::Database::Sqlite(folder.path().join("causerie.sqlite")),
            Self::Postgres(Postgres { url, .. }) | Self::Other { url } => {
                causerie_server::store::Database::Postgres { url: url.clone(), connections_max: 4 }
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let server = server_url();
        if std::thread::panicking() {
            // A failed test may have left connections. It has already reported its failure, so the database is dropped by
            // force.
            let _ = psql(&server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
            return;
        }
        // Without `FORCE`, PostgreSQL refuses to drop a database that has connections, so a leaked process or pool is
        // detected. PostgreSQL needs a moment to notice that a killed node's connections are gone, hence the retries.
        let mut last = String::new();
        let dropped = eventually_blocking(|| {
            psql(&server, &format!("DROP DATABASE {}", self.name)).map_err(|error| last = error).is_ok()
        });
        assert!(dropped, "something is still connected to the database of this test: {last}");
    }
}

/// The PostgreSQL server that all tests share, as superuser.
fn server_url() -> String {
    std::env::var("CAUSERIE_TEST_POSTGRES")
        .unwrap_or_else(|_| panic!("there is no PostgreSQL to test with: run scripts/test, or scripts/services cargo test"))
}

/// The number of sessions of a PostgreSQL database that wait for a lock.
pub async fn lock_waits(store: &Store) -> i64 {
    let sql = "SELECT COUNT(DISTINCT l.pid) AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
               WHERE NOT l.granted AND a.datname = current_database()";
    let row = store.reader().query_one_raw(Statement::from_string(store.backend(), sql)).await.expect("reads");
    row.expect("a row").try_get("", "n").expect("a number")
}

/// Runs one statement with the `psql` program, because a `Drop` has no async runtime.
pub fn psql(url: &str, statement: &str) -> Result<String, String> {
    let mut command = Command::new("psql");
    command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", statement, url]);
    let output = command.output().expect("psql is installed");
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
