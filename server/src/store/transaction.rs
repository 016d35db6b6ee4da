//! A transaction that reports reliably whether it was committed.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionOptions,
    TransactionTrait as _,
};

use super::{
    StoreError,
    condition::{Condition, Pool},
};

/// A transaction of [`Store`](super::Store). It is rolled back when dropped.
///
/// After a failed statement it executes no further statement and can't be committed. SQLite may have ended the transaction
/// by itself, and would execute further statements as transactions of their own. PostgreSQL would answer `COMMIT` with a
/// rollback, which the driver takes for success.
pub struct Transaction {
    inner: DatabaseTransaction,
    condition: Condition,
    /// The transaction may write, so its end shows whether writes are stored.
    writes: bool,
    failed: AtomicBool,
}

impl Transaction {
    pub(super) async fn begin(pool: &Pool, options: TransactionOptions, writes: bool) -> Result<Self, StoreError> {
        let Pool { connections, condition } = pool.clone();
        let is_postgres = connections.get_database_backend() == DbBackend::Postgres;
        let begin = async move { connections.begin_with_options(options).await };
        let begun = if is_postgres {
            // Begins in a task of its own, which finishes even if the caller is cancelled: the driver of PostgreSQL does not
            // track a `BEGIN` whose future was dropped, and the connection would go back to the pool inside a transaction.
            // The driver of SQLite undoes such a `BEGIN`.
            let begun = tokio::spawn(begin).await;
            begun.unwrap_or_else(|error| Err(DbErr::Custom(format!("beginning a transaction failed: {error}"))))
        } else {
            begin.await
        };
        match begun.map_err(StoreError::from) {
            Ok(inner) => Ok(Self { inner, condition, writes, failed: AtomicBool::new(false) }),
            Err(error) => {
                condition.begin_failed(&error);
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
        let Self { inner, condition, writes, failed } = self;
        if failed.into_inner() {
            return Err(refused().into());
        }
        match inner.commit().await.map_err(StoreError::from) {
            Ok(()) => {
                if writes {
                    condition.committed();
                }
                Ok(())
            }
            Err(error) => {
                condition.end_failed(&error);
                Err(error)
            }
        }
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer; everything is undone in that case too.
    pub async fn rollback(self) -> Result<(), StoreError> {
        let Self { inner, condition, .. } = self;
        inner.rollback().await.map_err(StoreError::from).inspect_err(|error| condition.end_failed(error))
    }

    /// The inner transaction, for code that accepts no other type, such as migrations.
    pub(super) fn inner(&self) -> &DatabaseTransaction {
        &self.inner
    }

    fn usable(&self) -> Result<(), DbErr> {
        if self.failed.load(Ordering::Acquire) { Err(refused()) } else { Ok(()) }
    }

    fn noted<T>(&self, answer: Result<T, DbErr>) -> Result<T, DbErr> {
        answer.inspect_err(|error| {
            self.failed.store(true, Ordering::Release);
            self.condition.statement_failed(&error.clone().into());
        })
    }
}

fn refused() -> DbErr {
    DbErr::Custom("an earlier statement of this transaction failed".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.usable()?;
        self.noted(self.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.usable()?;
        self.noted(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.usable()?;
        self.noted(self.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.usable()?;
        self.noted(self.inner.query_all_raw(statement).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::{Store, queries::tenants, rows::statement},
        testing::{NOW_MS, on_each_database},
    };

    const REPEATED: &str =
        "INSERT INTO tenants (id, slug, name, epoch, created_at) SELECT id, slug, name, epoch, 0 FROM tenants";

    async fn slugs(store: &Store) -> Vec<String> {
        let all = tenants::all(store).await.expect("reads");
        all.into_iter().map(|tenant| tenant.slug).collect()
    }

    #[tokio::test]
    async fn a_transaction_in_which_a_statement_failed_stores_nothing() {
        on_each_database(|store| async move {
            tenants::create(&store, "first", "First", NOW_MS).await.expect("stores");
            let transaction = store.begin().await.expect("begins");
            let add =
                "INSERT INTO tenants (id, slug, name, epoch, created_at) SELECT epoch, 'second', name, id, 0 FROM tenants";
            transaction.execute_unprepared(add).await.expect("stores");
            transaction.execute_unprepared(REPEATED).await.expect_err("the keys are taken");
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
            for (slug, also) in [("dropped", false), ("committed", true)] {
                let transaction = store.begin().await.expect("begins");
                transaction.execute_unprepared("ROLLBACK").await.expect("the database takes it");
                if also && store.is_embedded() {
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
                // A single statement: inside a transaction that was left open it would never be committed.
                let slug = format!("t{polls}");
                let sql = format!(
                    "INSERT INTO tenants (id, slug, name, epoch, created_at) VALUES ({id}, '{slug}', '', {id}, 0)",
                    id = literal(&store),
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

    fn literal(store: &Store) -> String {
        let id = uuid::Uuid::now_v7();
        if store.is_embedded() { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    }
}
