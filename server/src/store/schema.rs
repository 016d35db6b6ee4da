//! Migrates the schema, and lists the missing migrations.

use std::{collections::HashSet, time::Duration};

use causerie_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use tokio::time::sleep;

use super::{Store, StoreError, Transaction, rows::statement};

/// The key of the advisory lock of migrations, which no other program on the same database uses.
const ADVISORY_LOCK: i64 = 0x6361_7573_6572_6965;

/// The maximum number of attempts of a migration while running transactions hold the tables that it changes.
const ATTEMPTS: u32 = 60;
/// The pause between two attempts. The transactions that waited for the migration continue in it.
const PAUSE: Duration = Duration::from_secs(1);
/// The interval at which a process tries to take the lock while another process migrates.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(100);

impl Store {
    /// Applies the missing migrations and returns their names. Several processes may call this at the same time: one applies
    /// the migrations while the others wait. On PostgreSQL, a migration gives up after a short time if running transactions
    /// hold the tables that it changes, and is tried again for some minutes.
    ///
    /// # Errors
    /// `StoreError` if a migration fails. PostgreSQL keeps the earlier migrations, SQLite keeps none.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.migrate_within(ATTEMPTS).await
    }

    /// [`Store::migrate`] with another number of attempts for each migration.
    ///
    /// # Errors
    /// The errors of [`Store::migrate`].
    pub async fn migrate_within(&self, attempts: u32) -> Result<Vec<String>, StoreError> {
        if self.backend() != DbBackend::Postgres {
            // On SQLite, the transaction that writes excludes other processes.
            let transaction = self.begin().await?;
            let missing = missing(transaction.inner()).await?;
            if !missing.is_empty() {
                Migrator::up(transaction.inner(), None).await?;
            }
            transaction.commit().await?;
            return Ok(missing);
        }
        let lock = self.migrate_alone().await?;
        // The migrations run on other connections, and this transaction only holds the lock. In this transaction, changes
        // would become visible only with its commit, and some statements, such as building an index without locking, can't
        // run in a transaction.
        let missing = missing(self.writer()).await?;
        if !missing.is_empty() {
            self.apply(attempts).await?;
        }
        lock.commit().await?;
        Ok(missing)
    }

    /// Waits until no other process migrates, and returns the transaction that holds the lock.
    async fn migrate_alone(&self) -> Result<Transaction, StoreError> {
        let lock = self.begin().await?;
        // The transaction is idle while the migrations run.
        let unlimited = "SELECT set_config(name, '0', true) FROM pg_settings
                         WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')";
        lock.execute_unprepared(unlimited).await?;
        // Tries again instead of waiting in the statement: a statement that waits holds a snapshot, and the other process,
        // which builds an index while nodes write, waits for all snapshots.
        let sql = "SELECT pg_try_advisory_xact_lock($1) AS taken";
        loop {
            let row = lock.query_one_raw(statement(DbBackend::Postgres, sql, vec![ADVISORY_LOCK.into()])).await?;
            if row.map(|row| row.try_get::<bool>("", "taken")).transpose()?.unwrap_or_default() {
                return Ok(lock);
            }
            sleep(LOCK_RETRY_INTERVAL).await;
        }
    }

    /// Applies the missing migrations on PostgreSQL, each in `attempts` attempts at most.
    async fn apply(&self, attempts: u32) -> Result<(), StoreError> {
        let mut tried = (String::new(), 0);
        loop {
            let error = match Migrator::up(self.writer(), None).await.map_err(StoreError::from) {
                Ok(()) => return Ok(()),
                Err(error) if error.is_lock_conflict() => error,
                Err(error) => return Err(error),
            };
            // The earlier migrations are applied, so the failed migration is the first that is missing.
            let name = self.missing_migrations().await?.into_iter().next().unwrap_or_default();
            if tried.0 != name {
                tried = (name, 0);
            }
            tried.1 += 1;
            let (name, attempt) = (&tried.0, tried.1);
            if attempt >= attempts {
                let message = format!(
                    "the migration `{name}` could not lock the tables that it changes: in {attempts} attempts, transactions of \
                     running nodes or of other sessions held them for longer than it waits. Nothing of it was applied, and the \
                     migrations before it are. Try again when the database has less to do, or stop the nodes ({error})"
                );
                return Err(DbErr::Custom(message).into());
            }
            tracing::warn!(name, attempt, %error, "running transactions hold the tables of a migration; it is tried again");
            sleep(PAUSE).await;
        }
    }

    /// The names of the migrations that are not applied yet, oldest first. Applied migrations of a newer program are
    /// ignored: during an upgrade both versions run on the newer schema.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn missing_migrations(&self) -> Result<Vec<String>, StoreError> {
        missing(self.writer()).await
    }
}

/// The names of the migrations that are not applied yet, oldest first.
async fn missing(connection: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    let applied = Migrator::get_migration_models(connection).await?;
    let applied: HashSet<String> = applied.into_iter().map(|step| step.version).collect();
    let all = Migrator::migrations();
    Ok(all.iter().map(|step| step.name().to_owned()).filter(|name| !applied.contains(name)).collect())
}
