//! Opens the database with the settings durability and speed need.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, DbErr,
    sqlx::{
        Executor as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    Store, StoreError,
    condition::{Condition, Pool},
};

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

/// Read and written by its owner alone.
const PRIVATE: u32 = 0o600;
/// A statement that waits longer for a connection is refused as `unavailable`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const STATEMENTS_KEPT: usize = 256;
/// Of the file, in the writer's memory: SQLite's 2 MiB hold the pages of a few thousand conversations.
const SQLITE_CACHE_KIB: u32 = 16_384;
/// Pages of 4 KiB written ahead before they are moved to their place: four times SQLite's own, so that a page that changes often
/// is moved less often.
const SQLITE_WAL_PAGES: u32 = 4_000;
/// How PostgreSQL goes about statements that look up, by an index, the few things their `input` names. Left to itself it plans anew
/// for each length of `input`, which takes longer than the statement (63 % of the database's time at 3,000 messages per second),
/// or, as long as it knows little of a table, compiles it, for 25 ms each time. A plan that is kept must not read all of a table,
/// though it was small once. Said on the connection and not in its startup, where poolers refuse what they don't know;
/// they have to pool sessions, not transactions.
const POSTGRES_SETTINGS: &str = "SET jit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off";
/// By this name in `pg_stat_activity` a restore knows the nodes that still run.
pub const POSTGRES_APPLICATION: &str = "causerie";
/// For a transaction with thousands of rows. Only this one: a plan kept by one transaction serves the others of its connection, too,
/// and must not be one that they may not make.
pub const POSTGRES_BULK_SETTINGS: &str = "SET LOCAL plan_cache_mode = auto";
/// A connection idle for longer is tested before it is used. A ping before each use would cost every statement a round trip, and
/// a connection that died did so while nobody used it.
const IDLE_UNTESTED: Duration = Duration::from_millis(500);

impl Store {
    /// Opens the database; a SQLite file is made if there is none.
    ///
    /// # Errors
    /// When it can't be reached.
    pub async fn connect(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::Sqlite(path) => {
                keep_private(path).map_err(|error| DbErr::Custom(error.to_string()))?;
                let writer = sqlite(path, 1, true).await?;
                let reader = sqlite(path, SQLITE_READERS, false).await?;
                Ok(Self { writer, reader })
            }
            Database::Postgres { url, connections_max } => {
                let condition = Condition::default();
                let mut options = ConnectOptions::new(url.clone());
                options
                    .max_connections(*connections_max)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .sqlx_logging(false)
                    .map_sqlx_postgres_opts(|options| {
                        options.statement_cache_capacity(STATEMENTS_KEPT).application_name(POSTGRES_APPLICATION)
                    })
                    .map_sqlx_postgres_pool_opts({
                        let condition = condition.clone();
                        move |pool| {
                            condition.examine_postgres(pool, IDLE_UNTESTED).after_connect(|connection, _| {
                                Box::pin(async move { connection.execute(POSTGRES_SETTINGS).await.map(drop) })
                            })
                        }
                    });
                let pool = Pool { connections: sea_orm::Database::connect(options).await?, condition };
                Ok(Self { writer: pool.clone(), reader: pool })
            }
        }
    }
}

/// Only the server's own user may read the file: it holds messages and secrets. SQLite gives the files beside it the mode of the
/// file itself, but does not change those that are there.
///
/// # Errors
/// When the file can't be made.
fn keep_private(path: &Path) -> io::Result<()> {
    // Not opened if it exists: to close a file ends the locks that this process holds on it through SQLite.
    match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    for beside in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(beside);
        let file = PathBuf::from(file);
        if !fs::metadata(&file).is_ok_and(|metadata| metadata.permissions().mode() & 0o777 != PRIVATE) {
            continue;
        }
        match fs::set_permissions(&file, fs::Permissions::from_mode(PRIVATE)) {
            Ok(()) => tracing::info!(file = %file.display(), "only the owner may read this file now"),
            // Another owner, or a file system without modes: the operator's to know, and no reason not to serve.
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "others may read this file: its mode can't be made 0600");
            }
        }
    }
    Ok(())
}

async fn sqlite(path: &std::path::Path, connections: u32, writes: bool) -> Result<Pool, StoreError> {
    let condition = Condition::default();
    // Readers forget what they hold with each change. Negative: KiB.
    let cache = format!("-{}", if writes { SQLITE_CACHE_KIB } else { 2_048 });
    let mut options = ConnectOptions::new(format!("sqlite://{}", path.display()));
    options.max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_sqlite_pool_opts({
        let condition = condition.clone();
        move |pool| condition.examine_sqlite(pool)
    });
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
    Ok(Pool { connections: sea_orm::Database::connect(options).await?, condition })
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, DbBackend, Value};
    use uuid::Uuid;

    use super::*;
    use crate::{
        store::rows::{self, Column, Rows},
        testing::{TempDirectory, on_each_database},
    };

    #[tokio::test]
    async fn postgres_look_ups_use_an_index_and_keep_the_plan() {
        on_each_database(|store| async move {
            if store.is_embedded() {
                return;
            }
            let transaction = store.begin().await.expect("begins");
            let look = rows::ids([Uuid::nil()]).statement(
                DbBackend::Postgres,
                "SELECT t.slug FROM input JOIN tenants t ON t.id = input.id",
                &[],
            );
            transaction.execute_unprepared(&format!("PREPARE look AS {}", look.sql)).await.expect("prepares");
            for small in [false, true] {
                if small {
                    // PostgreSQL takes the real size of the tables into account only if they are larger than this.
                    let sql = "INSERT INTO tenants SELECT gen_random_uuid(), 'slug' || n, '', gen_random_uuid(), 0
                               FROM generate_series(1, 50) n; ANALYZE tenants";
                    transaction.execute_unprepared(sql).await.expect("fills");
                }
                for count in [1, 1_000] {
                    let ids = vec![format!("'{}'", Uuid::nil()); count].join(",");
                    let explain = format!("EXPLAIN EXECUTE look (ARRAY[{ids}]::uuid[])");
                    let explain = rows::statement(DbBackend::Postgres, &explain, Vec::new());
                    let plan = transaction.query_all_raw(explain).await.expect("explains");
                    let plan: Vec<String> =
                        plan.iter().map(|step| step.try_get("", "QUERY PLAN").expect("a text")).collect();
                    let looks_up = plan.iter().any(|step| step.contains("Index Cond: (id = "));
                    assert!(looks_up, "{count} rows, a small table: {small}: {plan:#?}");
                }
            }
            let sql = "SELECT custom_plans FROM pg_prepared_statements WHERE name = 'look'";
            let plans =
                transaction.query_one_raw(rows::statement(DbBackend::Postgres, sql, Vec::new())).await.expect("asks");
            let custom: i64 = plans.expect("is prepared").try_get("", "custom_plans").expect("a number");
            assert_eq!(custom, 0, "one plan serves any number of rows");
            transaction.execute_unprepared("DEALLOCATE look").await.expect("forgets");
        })
        .await;
    }

    #[tokio::test]
    async fn sqlite_look_ups_use_an_index_for_any_number_of_rows() {
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
