//! Opens the database with the settings durability and speed need.

use std::{path::PathBuf, time::Duration};

use sea_orm::{
    ConnectOptions, DatabaseConnection,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{Store, StoreError};

/// Which database.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file of its own, for one node.
    Sqlite(PathBuf),
    /// One PostgreSQL for all nodes.
    Postgres {
        /// `postgres://user:password@host/database`.
        url: String,
        /// Connections of this node, writers and readers together.
        connections_max: u32,
    },
}

/// A statement that waits longer for a connection is refused as `unavailable`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const STATEMENTS_KEPT: usize = 256;
/// Of the file, in the writer's memory: SQLite's 2 MiB hold the pages of a few thousand conversations.
const SQLITE_CACHE_KIB: u32 = 16_384;
/// Pages of 4 KiB written ahead before they are moved to their place: four times SQLite's own, so that a page that changes often
/// is moved less often.
const SQLITE_WAL_PAGES: u32 = 4_000;
/// A connection idle for longer is tested before it is used.
const IDLE_UNTESTED: Duration = Duration::from_millis(500);

impl Store {
    /// Opens the database; a SQLite file is made if there is none.
    ///
    /// # Errors
    /// When it can't be reached.
    pub async fn connect(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::Sqlite(path) => {
                let writer = sqlite(path, 1, true).await?;
                let reader = sqlite(path, SQLITE_READERS, false).await?;
                Ok(Self { writer, reader })
            }
            Database::Postgres { url, connections_max } => {
                let mut options = ConnectOptions::new(url.clone());
                options
                    .max_connections(*connections_max)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    // A ping before each use would cost every statement a round trip; a connection that died did so while
                    // nobody used it.
                    .test_before_acquire_if_idle_for(IDLE_UNTESTED)
                    .sqlx_logging(false);
                let pool = sea_orm::Database::connect(options).await?;
                Ok(Self { writer: pool.clone(), reader: pool })
            }
        }
    }
}

async fn sqlite(path: &std::path::Path, connections: u32, writes: bool) -> Result<DatabaseConnection, StoreError> {
    // Readers forget what they hold with each change. Negative: KiB.
    let cache = format!("-{}", if writes { SQLITE_CACHE_KIB } else { 2_048 });
    let mut options = ConnectOptions::new(format!("sqlite://{}", path.display()));
    options.max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |options: SqliteConnectOptions| {
        options
            .create_if_missing(writes)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged message survives a power cut; batches share the price of the sync.
            .synchronous(SqliteSynchronous::Full)
            // Nine sizes of each statement with rows; see `rows.rs`.
            .statement_cache_capacity(STATEMENTS_KEPT)
            // Statements here look up what `input` names. Between some 230 and 2,000 rows of it SQLite 3.51 would rather index
            // those rows and read the whole table beside them: two seconds instead of three milliseconds.
            .pragma("automatic_index", "OFF")
            .foreign_keys(true)
            // What a statement would undo is kept in memory; otherwise each one of many rows opens a file for it.
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", SQLITE_WAL_PAGES.to_string())
            .pragma("cache_size", cache.clone())
    });
    Ok(sea_orm::Database::connect(options).await?)
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, Value};
    use uuid::Uuid;

    use super::*;
    use crate::{
        store::rows::{Column, Rows},
        testing::TempDirectory,
    };

    #[tokio::test]
    async fn sqlite_looks_up_what_rows_name_however_many_they_are() {
        let directory = TempDirectory::new();
        let store = Store::connect(&Database::Sqlite(directory.0.join("test.sqlite"))).await.expect("opens");
        store.migrate().await.expect("migrates");
        for count in [1, 100, 200, 300, 500, 1_000, 2_000, 5_000] {
            let mut rows = Rows::new([("user_id", Column::Uuid), ("group_id", Column::Uuid), ("role", Column::Text)]);
            for _ in 0..count {
                rows.push([Uuid::nil().into(), Uuid::nil().into(), Value::from("learner")]);
            }
            let body = "SELECT m.* FROM input i JOIN memberships m ON m.user_id = i.user_id AND m.group_id = i.group_id
                        AND m.role = i.role";
            let mut query = rows.statement(store.backend(), body, &[]);
            query.sql = format!("EXPLAIN QUERY PLAN {}", query.sql);
            let plan = store.reader().query_all_raw(query).await.expect("explains");
            let plan: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").expect("a text")).collect();
            assert!(!plan.iter().any(|step| step.starts_with("SCAN m")), "{count} rows: {plan:?}");
        }
    }
}
