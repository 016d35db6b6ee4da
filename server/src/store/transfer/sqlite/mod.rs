//! Backups of the embedded database: a SQLite file that is whole by itself, with a table that says what it holds.

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

/// Of a backup alone; see [`Contents`].
pub(super) const CONTENTS_TABLE: &str = "causerie_backup";
/// A server's writer holds the lock of its file for milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// What a backup says of its tables, to tell a damaged text from the one that was there: SQLite's own check does not read texts.
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

/// Opens a file that is there. With a rollback journal the file is whole without another beside it.
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

/// The complaint of SQLite's check of the whole file, if it has one.
async fn damage(connection: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    let says: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_all(connection).await?;
    Ok(says.into_iter().find(|line| line != "ok"))
}

/// The migrations that were taken.
async fn migrations(connection: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT version FROM seaql_migrations ORDER BY version").fetch_all(connection).await
}
