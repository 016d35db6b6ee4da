//! Opens the database, with the settings that durability and speed require.

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
    condition::{Pool, PoolHealth},
    generation,
};

/// The database of a node.
#[derive(Debug, Clone)]
pub enum Database {
    /// The path of the SQLite file of a single node.
    Sqlite(PathBuf),
    /// A PostgreSQL database that all nodes share.
    Postgres {
        /// `postgres://user:password@host/database`.
        url: String,
        /// Maximum number of connections of this node, for reads and writes together.
        connections_max: u32,
    },
}

/// The mode of the database's files: only the owner may read and write them.
const PRIVATE: u32 = 0o600;
/// The maximum time for which a statement waits for a connection. After it, the statement fails and the command is refused
/// as `unavailable`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// The number of SQLite connections for statements that only read.
const SQLITE_READERS: u32 = 4;
/// The number of prepared statements that a connection keeps.
const STATEMENTS_KEPT: usize = 256;
/// The page cache of the SQLite connection that writes. SQLite's default of 2 MiB holds the pages of a few thousand
/// conversations.
const SQLITE_CACHE_KIB: u32 = 16_384;
/// The number of pages of 4 KiB in the write-ahead log before a checkpoint moves them into the file: four times SQLite's
/// default, so that a page that changes often is moved less often.
const SQLITE_WAL_PAGES: u32 = 4_000;
/// Settings of PostgreSQL for statements that look up, by an index, the few rows that their `input` names.
///
/// By default PostgreSQL makes a new plan for each length of `input`, which takes longer than the statement itself (63 % of
/// the database's time at 3,000 messages per second). As long as it has few statistics of a table, it also compiles the
/// statement, which takes 25 ms each time. A kept plan must not scan the whole table only because the table was small when
/// the plan was made.
///
/// The settings are sent as statements and not in the startup message, because poolers refuse unknown startup parameters. A
/// pooler must pool sessions, not transactions.
const POSTGRES_SETTINGS: &str = "SET jit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off";
/// The beginning of the name of all connections in `pg_stat_activity`. A restore uses it to find nodes that still run.
pub const POSTGRES_APPLICATION: &str = "causerie";
/// Settings for one transaction with thousands of rows: PostgreSQL may plan its statements for the number of rows. Other
/// transactions must not use these settings, because the connection would keep a plan that was made for thousands of rows.
pub const POSTGRES_BULK_SETTINGS: &str = "SET LOCAL plan_cache_mode = auto";
/// A connection that was idle for this time or longer is pinged before its use. A ping before each use would cost every
/// statement a round trip, and most connections that break do so while they are idle.
const IDLE_UNTESTED: Duration = Duration::from_millis(500);

impl Store {
    /// Opens the database; creates the SQLite file if it does not exist.
    ///
    /// # Errors
    /// `StoreError` if the database can't be reached, or the SQLite file can't be created.
    pub async fn connect(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::Sqlite(path) => {
                keep_private(path).map_err(|error| DbErr::Custom(error.to_string()))?;
                let writer = sqlite(path, 1, true).await?;
                let reader = sqlite(path, SQLITE_READERS, false).await?;
                Ok(Self { writer, reader })
            }
            Database::Postgres { url, connections_max } => {
                let health = PoolHealth::default();
                let mut options = ConnectOptions::new(url.clone());
                options
                    .max_connections(*connections_max)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .sqlx_logging(false)
                    .map_sqlx_postgres_opts(|options| {
                        options.statement_cache_capacity(STATEMENTS_KEPT).application_name(&generation::application())
                    })
                    .map_sqlx_postgres_pool_opts({
                        let health = health.clone();
                        move |pool| {
                            health.examine_postgres(pool, IDLE_UNTESTED).after_connect(|connection, _| {
                                Box::pin(async move { connection.execute(POSTGRES_SETTINGS).await.map(drop) })
                            })
                        }
                    });
                let pool = Pool { connections: sea_orm::Database::connect(options).await?, health };
                Ok(Self { writer: pool.clone(), reader: pool })
            }
        }
    }
}

/// Creates the file if it does not exist, and lets only the server's user read it and the files of SQLite beside it: they
/// hold messages and secrets. SQLite gives new files beside it the mode of the file itself, but does not change existing
/// files.
///
/// # Errors
/// `io::Error` if the file can't be created.
fn keep_private(path: &Path) -> io::Result<()> {
    // An existing file is not opened: closing it would release the locks that this process holds on it through SQLite.
    match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        let file = PathBuf::from(file);
        if !fs::metadata(&file).is_ok_and(|metadata| metadata.permissions().mode() & 0o777 != PRIVATE) {
            continue;
        }
        match fs::set_permissions(&file, fs::Permissions::from_mode(PRIVATE)) {
            Ok(()) => tracing::info!(file = %file.display(), "only the owner may read this file now"),
            // The file has another owner, or the file system has no modes. The operator should know, but the server can run.
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "others may read this file: its mode can't be made 0600");
            }
        }
    }
    Ok(())
}

async fn sqlite(path: &std::path::Path, connections: u32, is_writer: bool) -> Result<Pool, StoreError> {
    let health = PoolHealth::default();
    // The readers get SQLite's default, because a reader drops its cache after each change. A negative value is in KiB.
    let cache = format!("-{}", if is_writer { SQLITE_CACHE_KIB } else { 2_048 });
    let mut options = ConnectOptions::new(format!("sqlite://{}", path.display()));
    options.max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_sqlite_pool_opts({
        let health = health.clone();
        move |pool| health.examine_sqlite(pool)
    });
    options.map_sqlx_sqlite_opts(move |options: SqliteConnectOptions| {
        options
            .create_if_missing(is_writer)
            .busy_timeout(ACQUIRE_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged message survives a power failure; all requests of a batch share the cost of the sync.
            .synchronous(SqliteSynchronous::Full)
            // The driver keeps up to nine sizes of each statement with rows; see `rows.rs`.
            .statement_cache_capacity(STATEMENTS_KEPT)
            // Statements look up the rows that `input` names. With between about 230 and 2,000 rows in `input`, SQLite 3.51
            // would build an index of `input` and scan the whole table instead: two seconds instead of three milliseconds.
            .pragma("automatic_index", "OFF")
            .foreign_keys(true)
            // Keeps rollback data of single statements in memory; otherwise every statement with many rows opens a temporary
            // file.
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", SQLITE_WAL_PAGES.to_string())
            .pragma("cache_size", cache.clone())
    });
    Ok(Pool { connections: sea_orm::Database::connect(options).await?, health })
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
            let lookup = rows::ids([Uuid::nil()]).statement(
                DbBackend::Postgres,
                "SELECT t.slug FROM input JOIN tenants t ON t.id = input.id",
                &[],
            );
            transaction.execute_unprepared(&format!("PREPARE look AS {}", lookup.sql)).await.expect("prepares");
            for is_filled in [false, true] {
                if is_filled {
                    // PostgreSQL considers the real size of the tables only if they are larger than this.
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
                    let uses_index = plan.iter().any(|step| step.contains("Index Cond: (id = "));
                    assert!(uses_index, "{count} rows, filled table: {is_filled}: {plan:#?}");
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
