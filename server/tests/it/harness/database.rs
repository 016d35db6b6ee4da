//! A database per test.

use std::process::Command;

use uuid::Uuid;

use super::{TempDir, eventually_blocking};

/// A database of one test, empty, gone afterwards.
pub enum Database {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database in the PostgreSQL of `scripts/services`.
    Postgres(Postgres),
    /// One that goes with its server.
    Other {
        /// `postgres://…`.
        url: String,
    },
}

/// See [`Database::Postgres`].
pub struct Postgres {
    name: String,
    url: String,
}

impl Database {
    /// SQLite.
    pub fn sqlite() -> Self {
        Self::Sqlite(TempDir::new())
    }

    /// PostgreSQL.
    pub fn postgres() -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        let server = server_url();
        psql(&server, &format!("CREATE DATABASE {name}")).expect("PostgreSQL makes databases");
        let (base, _) = server.rsplit_once('/').expect("CAUSERIE_TEST_POSTGRES names a database");
        Self::Postgres(Postgres { url: format!("{base}/{name}"), name })
    }

    /// `postgres://…`, or empty for SQLite.
    pub fn url(&self) -> &str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(Postgres { url, .. }) | Self::Other { url } => url,
        }
    }

    /// What the server needs to know to use it, as settings.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Sqlite(folder) => vec![("data.dir", folder.path().display().to_string())],
            Self::Postgres(Postgres { url, .. }) | Self::Other { url } => vec![("database.url", url.clone())],
        }
    }

    /// For the server's own library, where a test looks into the database directly.
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
            // What failed may have left connections; the test says so already.
            let _ = psql(&server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
            return;
        }
        // Without force, it is refused while anything is still connected: a process or a pool was left behind. A killed
        // node's connections take PostgreSQL a moment to notice.
        let mut last = String::new();
        let dropped = eventually_blocking(|| {
            psql(&server, &format!("DROP DATABASE {}", self.name)).map_err(|error| last = error).is_ok()
        });
        assert!(dropped, "something is still connected to the database of this test: {last}");
    }
}

/// The PostgreSQL all tests share, as superuser.
fn server_url() -> String {
    std::env::var("CAUSERIE_TEST_POSTGRES")
        .unwrap_or_else(|_| panic!("there is no PostgreSQL to test with: run scripts/test, or scripts/services cargo test"))
}

/// Runs one statement; by the client program, because it needs no async runtime when a test ends.
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
