//! Removes from the database's files what secrets in clear leave behind once they are encrypted: the old row in SQLite's write-ahead
//! log, or the dead row in PostgreSQL's table.
//!
//! That this is due is stored with the encrypted secrets, in one transaction, and until it is done. Neither database says so by an
//! error when it does nothing: SQLite answers that it was busy, PostgreSQL skips the table of another owner with a warning, and
//! keeps a dead row that an earlier snapshot may still read. So what was done is looked at.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait,
    sqlx::{self, Executor as _},
};
use tokio::time::{Instant, sleep};

use super::shared;
use crate::store::{Store, StoreError, rows::statement};

/// In the shared values: nothing, or on PostgreSQL `<file of the table>.<transaction>`.
const DUE: &str = "purge_due";

/// PostgreSQL's code of a lock that was not had in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Older transactions are waited for as long as the lock of the table.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Why secrets in clear may still be in the database's files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the sentences say it
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

/// Remembers, in the transaction that encrypts secrets, that their old rows are to be removed.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub(super) async fn remember(store: &Store, transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    let mut value = String::new();
    if !store.is_embedded() {
        // Nobody rewrites the table before this transaction ends.
        let sql = "SELECT CONCAT(pg_relation_filenode('signing_keys'), '.', pg_current_xact_id()) AS value";
        let row = transaction.query_one_raw(statement(store.backend(), sql, Vec::new())).await?;
        value = row.map(|row| row.try_get("", "value")).transpose()?.unwrap_or_default();
    }
    shared::set(store.backend(), transaction, DUE, &value).await
}

/// Removes the old rows if that is due. To be tried again when it could not be done.
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

/// Moves the write-ahead log into the file and cuts it off. Nobody waits for a reader that stays: writers would wait, too.
async fn truncate_log(store: &Store) -> Result<Result<(), NotPurged>, StoreError> {
    let error = |error: sqlx::Error| StoreError::from(sea_orm::DbErr::Custom(error.to_string()));
    let mut connection = store.writer().get_sqlite_connection_pool().acquire().await.map_err(error)?;
    let patience: i64 = sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut *connection).await.map_err(error)?;
    sqlx::query("PRAGMA busy_timeout = 0").execute(&mut *connection).await.map_err(error)?;
    let truncated = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
    let restored = format!("PRAGMA busy_timeout = {patience}");
    sqlx::query(sqlx::AssertSqlSafe(restored)).execute(&mut *connection).await.map_err(error)?;
    let (busy, _, _): (i64, i64, i64) = truncated.map_err(error)?;
    Ok(if busy == 0 { Ok(()) } else { Err(NotPurged::SqliteBusy) })
}

/// Finds what makes PostgreSQL keep rows that this transaction (`$1`) ended. Snapshots (`xmin`) that do not see its end count in this
/// database; standbys have none, and slots may hold one, too. Older transactions under way count in all databases of the server: the
/// next snapshots take their `xmin` from them, that of the command that rewrites the table included.
const OLDER_TRANSACTION: &str = "SELECT 1 AS one FROM (
        SELECT backend_xmin AS oldest FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND (datname IS NULL OR datname = current_database())
        UNION ALL SELECT backend_xid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
        UNION ALL SELECT transaction FROM pg_prepared_xacts
        UNION ALL SELECT xmin FROM pg_replication_slots
    ) held
    WHERE age(oldest) >= age(CAST(CAST($1 AS xid8) AS xid)) LIMIT 1";

/// Whether older transactions last. Those of a server in use soon end.
async fn older_last(store: &Store, transaction: &str) -> Result<bool, StoreError> {
    let until = Instant::now() + PATIENCE;
    let mut looks_without = 0;
    loop {
        let look = statement(store.backend(), OLDER_TRANSACTION, vec![transaction.into()]);
        if store.writer().query_one_raw(look).await?.is_none() {
            looks_without += 1;
            // Once no older transaction is under way, no snapshot begins that may read the old rows; the second look sees those that
            // began during the first.
            if looks_without == 2 {
                return Ok(false);
            }
            continue;
        }
        looks_without = 0;
        if Instant::now() >= until {
            return Ok(true);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Rewrites the table without its dead rows. False when it is in use for long: whoever reads it waits behind this.
async fn vacuum(store: &Store) -> Result<bool, StoreError> {
    let error = |error: sqlx::Error| StoreError::from(sea_orm::DbErr::Custom(error.to_string()));
    let mut connection = store.writer().get_postgres_connection_pool().acquire().await.map_err(error)?;
    // No other statement may get the timeout, even if this future is dropped half-way.
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
        // Rewritten since, by hand for instance.
        return Ok(Ok(()));
    }
    if older_last(store, transaction).await? {
        return Ok(Err(NotPurged::OldSnapshot));
    }
    if !vacuum(store).await? {
        return Ok(Err(NotPurged::TableInUse));
    }
    if file_of_table(store).await? != file {
        return Ok(Ok(()));
    }
    let sql = "SELECT current_user::text AS me, tableowner::text AS owner FROM pg_tables
               WHERE tablename = 'signing_keys' AND schemaname = ANY (current_schemas(false))";
    let row = store.writer().query_one_raw(statement(store.backend(), sql, Vec::new())).await?;
    let (user, owner) = match row {
        Some(row) => (row.try_get("", "me")?, row.try_get("", "owner")?),
        None => Default::default(),
    };
    Ok(Err(NotPurged::NotOwner { user, owner }))
}

async fn file_of_table(store: &Store) -> Result<String, StoreError> {
    let sql = "SELECT CAST(pg_relation_filenode('signing_keys') AS TEXT) AS file";
    let row = store.writer().query_one_raw(statement(store.backend(), sql, Vec::new())).await?;
    Ok(row.map(|row| row.try_get("", "file")).transpose()?.unwrap_or_default())
}
