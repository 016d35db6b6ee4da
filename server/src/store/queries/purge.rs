//! Removes plaintext secrets that remain in the database's files after the secrets were encrypted: the old row in SQLite's
//! write-ahead log, or the dead row in PostgreSQL's table.
//!
//! The transaction that encrypts the secrets also stores a value that says that the removal is due. The value is deleted
//! when the removal has succeeded. Neither database reports an error if it removes nothing: SQLite returns that it was busy;
//! PostgreSQL skips a table of another owner with a warning, and keeps a dead row that an earlier snapshot may still read.
//! Therefore the result is checked.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait,
    sqlx::{self, Executor as _},
};
use tokio::time::{Instant, sleep};

use super::shared;
use crate::store::{Store, StoreError, rows::statement};

/// The name of the shared value that says that a purge is due. The value is empty on SQLite. On PostgreSQL it is the file of
/// the table and the transaction, with a dot between them.
const DUE: &str = "purge_due";

/// PostgreSQL's code for a lock that was not available in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// The maximum wait for older transactions. The wait for the lock of the table is as long.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// The pause between two checks for older transactions.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The reason why plaintext secrets may still be in the database's files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the messages describe the variants
pub enum NotPurged {
    #[error("the database file is in use elsewhere (a backup or a `causerie` command that runs): end that")]
    SqliteBusy,
    #[error(
        "an older transaction may still read the old rows (a backup, a session idle in a transaction, in any database of the server, a \
         prepared transaction, a standby or a replication slot): end that"
    )]
    OldSnapshot,
    #[error("another session uses the table `signing_keys` (a backup, for instance): end that")]
    TableInUse,
    #[error(
        "the database user `{user}` may not rewrite the table: run `VACUUM FULL signing_keys` in this database as its owner, \
         `{owner}`, or as a superuser"
    )]
    NotOwner { user: String, owner: String },
}

/// Stores, in the transaction that encrypts secrets, that the removal of their old rows is due.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub(super) async fn set_due(store: &Store, transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    let mut value = String::new();
    if !store.is_embedded() {
        // No other transaction can rewrite the table before this transaction ends.
        let sql = "SELECT CONCAT(pg_relation_filenode('signing_keys'), '.', pg_current_xact_id()) AS value";
        let row = transaction.query_one_raw(statement(store.backend(), sql, Vec::new())).await?;
        value = row.map(|row| row.try_get("", "value")).transpose()?.unwrap_or_default();
    }
    shared::set(store.backend(), transaction, DUE, &value).await
}

/// Removes the old rows if a purge is due. If the inner result is an error, the caller should try again later.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn purge(store: &Store) -> Result<Result<(), NotPurged>, StoreError> {
    let Some(due) = shared::get(store, DUE).await? else { return Ok(Ok(())) };
    let done = if store.is_embedded() { truncate_log(store).await? } else { rewrite_table(store, &due).await? };
    if done.is_ok() {
        shared::remove(store, DUE, &due).await?;
    }
    Ok(done)
}

/// Moves the write-ahead log into the file and truncates it. Does not wait for a reader that stays, because writers would
/// have to wait too.
async fn truncate_log(store: &Store) -> Result<Result<(), NotPurged>, StoreError> {
    let error = |error: sqlx::Error| StoreError::from(sea_orm::DbErr::Custom(error.to_string()));
    let mut connection = store.writer().get_sqlite_connection_pool().acquire().await.map_err(error)?;
    let busy_timeout: i64 = sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut *connection).await.map_err(error)?;
    sqlx::query("PRAGMA busy_timeout = 0").execute(&mut *connection).await.map_err(error)?;
    let truncated = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
    let restored = format!("PRAGMA busy_timeout = {busy_timeout}");
    sqlx::query(sqlx::AssertSqlSafe(restored)).execute(&mut *connection).await.map_err(error)?;
    let (busy, _, _): (i64, i64, i64) = truncated.map_err(error)?;
    Ok(if busy == 0 { Ok(()) } else { Err(NotPurged::SqliteBusy) })
}

/// Finds the transactions and snapshots that make PostgreSQL keep rows that the transaction `$1` deleted. A snapshot
/// (`xmin`) that does not see the end of the transaction counts in this database. Standbys are not in the list of snapshots,
/// but a replication slot may hold a snapshot for them. An older transaction that is still running counts in all databases
/// of the server, because later snapshots, including the snapshot of the command that rewrites the table, take their `xmin`
/// from it.
const OLDER_TRANSACTION: &str = "SELECT 1 AS one FROM (
        SELECT backend_xmin AS oldest FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND (datname IS NULL OR datname = current_database())
        UNION ALL SELECT backend_xid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
        UNION ALL SELECT transaction FROM pg_prepared_xacts
        UNION ALL SELECT xmin FROM pg_replication_slots
    ) held
    WHERE age(oldest) >= age(CAST(CAST($1 AS xid8) AS xid)) LIMIT 1";

/// Whether older transactions still run after the wait. On a server in use they normally end soon.
async fn older_transactions_remain(store: &Store, transaction: &str) -> Result<bool, StoreError> {
    let until = Instant::now() + WAIT_MAX;
    let mut checks_without = 0;
    loop {
        let query = statement(store.backend(), OLDER_TRANSACTION, vec![transaction.into()]);
        if store.writer().query_one_raw(query).await?.is_none() {
            checks_without += 1;
            // Once no older transaction runs, no new snapshot can read the old rows. The second check finds snapshots that
            // began during the first check.
            if checks_without == 2 {
                return Ok(false);
            }
            continue;
        }
        checks_without = 0;
        if Instant::now() >= until {
            return Ok(true);
        }
        sleep(CHECK_INTERVAL).await;
    }
}

/// Rewrites the table without its dead rows. Returns false if the table stays in use for 2 s; during this time, new readers
/// of the table wait.
async fn vacuum(store: &Store) -> Result<bool, StoreError> {
    let error = |error: sqlx::Error| StoreError::from(sea_orm::DbErr::Custom(error.to_string()));
    let mut connection = store.writer().get_postgres_connection_pool().acquire().await.map_err(error)?;
    // The connection is closed, so that no other statement gets its timeout, even if this future is dropped before it ends.
    connection.close_on_drop();
    connection.execute("SET lock_timeout = '2s'").await.map_err(error)?;
    match connection.execute("VACUUM FULL signing_keys").await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(refused)) if refused.code().as_deref() == Some(LOCK_NOT_AVAILABLE) => Ok(false),
        Err(other) => Err(error(other)),
    }
}

async fn rewrite_table(store: &Store, due: &str) -> Result<Result<(), NotPurged>, StoreError> {
    let (file, transaction) = due.split_once('.').unwrap_or((due, "0"));
    if file_of_table(store).await? != file {
        // The table was rewritten meanwhile, for example by hand.
        return Ok(Ok(()));
    }
    if older_transactions_remain(store, transaction).await? {
        return Ok(Err(NotPurged::OldSnapshot));
    }
    if !vacuum(store).await? {
        return Ok(Err(NotPurged::TableInUse));
    }
    if file_of_table(store).await? != file {
        return Ok(Ok(()));
    }
    let sql = "SELECT current_user::text AS process_user, tableowner::text AS owner FROM pg_tables
               WHERE tablename = 'signing_keys' AND schemaname = ANY (current_schemas(false))";
    let row = store.writer().query_one_raw(statement(store.backend(), sql, Vec::new())).await?;
    let (user, owner) = match row {
        Some(row) => (row.try_get("", "process_user")?, row.try_get("", "owner")?),
        None => Default::default(),
    };
    Ok(Err(NotPurged::NotOwner { user, owner }))
}

async fn file_of_table(store: &Store) -> Result<String, StoreError> {
    let sql = "SELECT CAST(pg_relation_filenode('signing_keys') AS TEXT) AS file";
    let row = store.writer().query_one_raw(statement(store.backend(), sql, Vec::new())).await?;
    Ok(row.map(|row| row.try_get("", "file")).transpose()?.unwrap_or_default())
}
