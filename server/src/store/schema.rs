//! Migrates the schema, and lists the missing migrations.

use std::collections::HashSet;

use causerie_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend};

use super::{Store, StoreError, rows::statement};

/// A number that no other program on the same database uses for an advisory lock.
const ADVISORY_LOCK: i64 = 0x6361_7573_6572_6965;

impl Store {
    /// Applies the missing migrations and returns their names. Several processes may call this at the same time: one applies
    /// the migrations while the others wait.
    ///
    /// # Errors
    /// `StoreError` if a migration fails. PostgreSQL keeps the earlier migrations, SQLite keeps none.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        if self.backend() != DbBackend::Postgres {
            // On SQLite, a transaction that writes is the lock.
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
        // The migrations run on connections of their own, and the transaction of this connection only holds the lock: its
        // changes would become visible only with its commit, and some statements, such as building an index without locking,
        // can't run in a transaction.
        let missing = missing(self.writer()).await?;
        if !missing.is_empty() {
            Migrator::up(self.writer(), None).await?;
        }
        lock.commit().await?;
        Ok(missing)
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

async fn missing(connection: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    let taken = Migrator::get_migration_models(connection).await?;
    let taken: HashSet<String> = taken.into_iter().map(|step| step.version).collect();
    let all = Migrator::migrations();
    Ok(all.iter().map(|step| step.name().to_owned()).filter(|name| !taken.contains(name)).collect())
}
