//! Backups of an embedded database: a complete SQLite file with a table that describes its contents.

mod backup;
mod restore;

use std::{collections::BTreeMap, path::Path, time::Duration};

pub use self::{backup::backup, restore::restore};
use sea_orm::sqlx::{
    self, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;

/// A table that only backups have; see [`Contents`].
pub(super) const CONTENTS_TABLE: &str = "causerie_backup";
/// The maximum wait for a lock of the file. A server's writer holds the lock of its file for milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The description of each table of a backup, by name. A restore compares it with the tables, which reveals damaged texts
/// that SQLite's own check does not find.
type Contents = BTreeMap<String, TableContents>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TableContents {
    rows: u64,
    checksum: String,
}

impl From<Fingerprint> for TableContents {
    fn from(fingerprint: Fingerprint) -> Self {
        Self { rows: fingerprint.rows, checksum: fingerprint.checksum() }
    }
}

/// Opens an existing file. With a rollback journal (`journal`), the file is complete without a second file beside it.
async fn open(path: &Path, journal: Option<SqliteJournalMode>) -> Result<SqliteConnection, sqlx::Error> {
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT)
        .synchronous(SqliteSynchronous::Full);
    if let Some(journal) = journal {
        options = options.journal_mode(journal);
    }
    SqliteConnection::connect_with(&options).await
}

/// The first error of SQLite's check of the whole file; `None` if the file is sound.
async fn damage(connection: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_all(connection).await?;
    Ok(lines.into_iter().find(|line| line != "ok"))
}

/// The applied migrations.
async fn migrations(connection: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT version FROM seaql_migrations ORDER BY version").fetch_all(connection).await
}
