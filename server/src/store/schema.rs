//! Brings the schema up to date, or tells what is missing.

use std::collections::HashSet;

use causerie_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend};

use super::{Store, StoreError, rows::statement};

/// Any number no other program on the same database locks by.
const ADVISORY_LOCK: i64 = 0x6361_7573_6572_6965;

impl Store {
    /// Brings the schema up to date; answers the steps it took. Several processes may do so at once: one does it while the
    /// others wait.
    ///
    /// # Errors
    /// When a step fails. PostgreSQL keeps the earlier steps, SQLite none.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        if self.backend() != DbBackend::Postgres {
            // A transaction that writes is the lock.
            let transaction = self.begin().await?;
            let missing = missing(transaction.inner()).await?;
            if !missing.is_empty() {
                Migrator::up(transaction.inner(), None).await?;
            }
            transaction.commit().await?;
            return Ok(missing);
        }
        let lock = self.begin().await?;
        let sql = "SELECT pg_advisory_xact_lock($1)";
        lock.execute_raw(statement(DbBackend::Postgres, sql, vec![ADVISORY_LOCK.into()])).await?;
        // The steps run on connections of their own, and nothing but the lock on this one: what it had made would wait for
        // its commit, and some statements, an index built without locking, can't be in a transaction.
        let missing = missing(self.writer()).await?;
        if !missing.is_empty() {
            Migrator::up(self.writer(), None).await?;
        }
        lock.commit().await?;
        Ok(missing)
    }

    /// The steps that were not taken yet, oldest first. Steps of a newer program are none of ours: during an upgrade both
    /// run on the newer schema.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn missing_migrations(&self) -> Result<Vec<String>, StoreError> {
        missing(self.writer()).await
    }
}

async fn missing(connection: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    let taken = Migrator::get_migration_models(connection).await?;
    let taken: HashSet<String> = taken.into_iter().map(|step| step.version).collect();
    let all = Migrator::migrations();
    Ok(all.iter().map(|step| step.name().to_owned()).filter(|name| !taken.contains(name)).collect())
}
