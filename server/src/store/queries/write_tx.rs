//! The transaction in which the writer commits a batch.
//!
//! Its statements are in the files of their subjects: `append`, `members`, `mails`, `own_deletions`, `starters` and `keys`.

use sea_orm::ConnectionTrait;

use crate::store::{StoreError, Transaction, rows::Rows};

/// The transaction of one batch. Nothing may be published before [`WriteTx::commit`] has returned.
pub struct WriteTx {
    transaction: Transaction,
}

impl WriteTx {
    /// Wraps a transaction that has begun.
    #[must_use]
    pub fn new(transaction: Transaction) -> Self {
        Self { transaction }
    }

    /// Commits the batch.
    ///
    /// # Errors
    /// `StoreError` if a statement failed before, which undoes everything; or if the commit fails, after which it is unknown
    /// whether the batch was committed.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await
    }

    /// The transaction, for other reads under the locks of the batch.
    #[must_use]
    pub fn connection(&self) -> &Transaction {
        &self.transaction
    }

    /// Runs a query over `rows`. Without rows it returns no rows and runs nothing.
    pub(super) async fn query<const N: usize>(
        &self,
        rows: Rows<N>,
        sql: &str,
        extra: &[sea_orm::Value],
    ) -> Result<Vec<sea_orm::QueryResult>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.transaction.query_all_raw(rows.statement(self.transaction.get_database_backend(), sql, extra)).await?)
    }

    /// Runs a statement over `rows`. Without rows it runs nothing.
    pub(super) async fn execute<const N: usize>(
        &self,
        rows: Rows<N>,
        sql: &str,
        extra: &[sea_orm::Value],
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.transaction.execute_raw(rows.statement(self.transaction.get_database_backend(), sql, extra)).await?;
        Ok(())
    }
}
