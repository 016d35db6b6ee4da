//! A transaction that reports reliably whether it was committed.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionOptions,
    TransactionTrait as _,
};

use super::{
    StoreError,
    condition::{Pool, PoolHealth},
};

/// A transaction of [`Store`](super::Store). It is rolled back when dropped.
///
/// After a failed statement it executes no further statement and can't be committed. SQLite may have ended the transaction
/// by itself, and would execute further statements outside the transaction. PostgreSQL would answer `COMMIT` with a
/// rollback, which the driver treats as success.
pub struct Transaction {
    inner: DatabaseTransaction,
    health: PoolHealth,
    /// Whether the transaction may write, so that its commit shows whether writes are stored.
    may_write: bool,
    /// Whether a statement failed.
    failed: AtomicBool,
}

impl Transaction {
    /// Begins a transaction on a connection of the pool.
    pub(super) async fn begin(pool: &Pool, options: TransactionOptions, may_write: bool) -> Result<Self, StoreError> {
        let Pool { connections, health } = pool.clone();
        let is_postgres = connections.get_database_backend() == DbBackend::Postgres;
        let begin = async move { connections.begin_with_options(options).await };
        let begun = if is_postgres {
            // Begins in a separate task, which finishes even if the caller is cancelled: the driver of PostgreSQL does not
            // track a `BEGIN` whose future was dropped, and the connection would go back to the pool inside a transaction.
            // The driver of SQLite undoes such a `BEGIN`.
            let begun = tokio::spawn(begin).await;
            begun.unwrap_or_else(|error| Err(DbErr::Custom(format!("beginning a transaction failed: {error}"))))
        } else {
            begin.await
        };
        match begun.map_err(StoreError::from) {
            Ok(inner) => Ok(Self { inner, health, may_write, failed: AtomicBool::new(false) }),
            Err(error) => {
                health.begin_failed(&error);
                Err(error)
            }
        }
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// `StoreError` if a statement failed before, which undoes everything; or if the commit fails, after which it is unknown
    /// whether the transaction was committed.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { inner, health, may_write, failed } = self;
        if failed.into_inner() {
            return Err(earlier_failure().into());
        }
        match inner.commit().await.map_err(StoreError::from) {
            Ok(()) => {
                if may_write {
                    health.committed();
                }
                Ok(())
            }
            Err(error) => {
                health.end_failed(&error);
                Err(error)
            }
        }
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer; everything is undone in that case too.
    pub async fn rollback(self) -> Result<(), StoreError> {
        let Self { inner, health, .. } = self;
        inner.rollback().await.map_err(StoreError::from).inspect_err(|error| health.end_failed(error))
    }

    /// The inner transaction, for code that accepts no other type, such as migrations.
    pub(super) fn inner(&self) -> &DatabaseTransaction {
        &self.inner
    }

    fn require_usable(&self) -> Result<(), DbErr> {
        if self.failed.load(Ordering::Acquire) { Err(earlier_failure()) } else { Ok(()) }
    }

    fn record_failure<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        result.inspect_err(|error| {
            self.failed.store(true, Ordering::Release);
            self.health.statement_failed(&error.clone().into());
        })
    }
}

fn earlier_failure() -> DbErr {
    DbErr::Custom("an earlier statement of this transaction failed".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.require_usable()?;
        self.record_failure(self.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.require_usable()?;
        self.record_failure(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.require_usable()?;
        self.record_failure(self.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.require_usable()?;
        self.record_failure(self.inner.query_all_raw(statement).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::{Store, queries::tenants, rows::statement},
        testing::{NOW_MS, on_each_database},
    };

    const DUPLICATE_ROWS: &str =
        "INSERT INTO tenants (id, slug, name, epoch, created_at) SELECT id, slug, name, epoch, 0 FROM tenants";

    async fn slugs(store: &Store) -> Vec<String> {
        let all = tenants::all(store).await.expect("reads");
        all.into_iter().map(|tenant| tenant.slug).collect()
    }

    #[tokio::test]
    async fn a_transaction_with_a_failed_statement_stores_nothing() {
        on_each_database(|store| async move {
            tenants::create(&store, "first", "First", NOW_MS).await.expect("stores");
            let transaction = store.begin().await.expect("begins");
            let add =
                "INSERT INTO tenants (id, slug, name, epoch, created_at) SELECT epoch, 'second', name, id, 0 FROM tenants";
            transaction.execute_unprepared(add).await.expect("stores");
            transaction.execute_unprepared(DUPLICATE_ROWS).await.expect_err("the keys are taken");
            transaction.execute_unprepared("SELECT 1").await.expect_err("nothing more is done in it");
            transaction.commit().await.expect_err("PostgreSQL itself would say that it is committed");
            assert_eq!(slugs(&store).await, ["first"]);
            tenants::create(&store, "third", "Third", NOW_MS).await.expect("the connection is as new");
            assert_eq!(slugs(&store).await, ["first", "third"]);
        })
        .await;
    }

    /// The driver counts an open transaction that the database does not have. This happens after a commit that failed on a
    /// full volume.
    #[tokio::test]
    async fn a_connection_whose_transaction_the_database_ended_is_not_used_again() {
        on_each_database(|store| async move {
            for (slug, commits) in [("dropped", false), ("committed", true)] {
                let transaction = store.begin().await.expect("begins");
                transaction.execute_unprepared("ROLLBACK").await.expect("the database takes it");
                if commits && store.is_embedded() {
                    transaction.commit().await.expect_err("there is nothing to commit");
                } else {
                    drop(transaction);
                }
                tenants::create(&store, slug, slug, NOW_MS).await.expect("stores");
                // Another connection sees only committed rows.
                let row = store.reader().query_one_raw(statement(
                    store.backend(),
                    "SELECT name FROM tenants WHERE slug = $1",
                    vec![slug.into()],
                ));
                assert!(row.await.expect("reads").is_some(), "{slug}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_cancelled_begin_leaves_no_connection_in_a_transaction() {
        on_each_database(|store| async move {
            for polls in 0..40 {
                let mut begin = Box::pin(store.begin());
                for _ in 0..polls {
                    if futures::poll!(&mut begin).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                drop(begin);
                // If a transaction was left open, this statement would run inside it and would never be committed.
                let slug = format!("t{polls}");
                let sql = format!(
                    "INSERT INTO tenants (id, slug, name, epoch, created_at) VALUES ({id}, '{slug}', '', {id}, 0)",
                    id = id_literal(&store),
                );
                store.writer().execute_unprepared(&sql).await.expect("stores");
            }
            assert_eq!(slugs(&store).await.len(), 40);
            if store.is_embedded() {
                return;
            }
            let sql = "SELECT count(*) AS count FROM pg_stat_activity
                       WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
            loop {
                let row = store.reader().query_one_raw(statement(store.backend(), sql, vec![])).await.expect("asks");
                let left: i64 = row.expect("a row").try_get("", "count").expect("a number");
                if left == 0 {
                    break;
                }
                assert!(std::time::Instant::now() < deadline, "{left} connections are left in a transaction");
            }
        })
        .await;
    }

    fn id_literal(store: &Store) -> String {
        let id = uuid::Uuid::now_v7();
        if store.is_embedded() { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    }
}
