//! SQL, through sea-orm. SQLite and PostgreSQL share every statement; [`rows`] bridges where they differ.
//!
//! What is read and written one row at a time uses `entities/`; the hot paths are set-based statements in
//! `queries/<subject>.rs`. Nothing outside this module writes SQL.

pub mod access;
pub mod batcher;
mod condition;
mod connect;
pub mod entities;
mod error;
pub mod first_contact;
mod folder;
pub mod kinds;
pub mod lookups;
pub mod queries;
pub mod rows;
mod schema;
mod transaction;
pub mod transfer;

pub use connect::Database;
pub use error::StoreError;
pub use folder::{FolderError, FolderLock};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, IsolationLevel, SqliteTransactionMode, TransactionOptions,
};
pub use transaction::Transaction;

use self::condition::Pool;

/// The database behind all nodes. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// On SQLite a single connection, so that writers queue here instead of failing with "database is locked".
    writer: Pool,
    reader: Pool,
}

impl Store {
    /// For statements that only read.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader.connections
    }

    /// For a single statement that writes.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer.connections
    }

    /// Ends all connections, once they are idle. The last one of a SQLite file moves what is in its log into the file itself,
    /// so that the file alone is the whole.
    pub async fn close(&self) {
        for pool in [&self.reader, &self.writer] {
            if let Err(error) = pool.connections.close_by_ref().await {
                tracing::warn!(%error, "the database's connections do not close");
            }
        }
    }

    /// A transaction that may write. SQLite's takes the write lock at once: one that turns writer later fails whatever the
    /// timeout. It also fails inside another transaction, so that nothing is written in one that nobody commits.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let options =
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        Transaction::begin(&self.writer, options, true).await
    }

    /// As [`Store::begin`], for thousands of rows: PostgreSQL plans the statements for how many there are.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin_bulk(&self) -> Result<Transaction, StoreError> {
        let transaction = self.begin().await?;
        if !self.is_embedded() {
            transaction.execute_unprepared(connect::POSTGRES_BULK_SETTINGS).await?;
        }
        Ok(transaction)
    }

    /// A transaction that only reads, and sees one moment.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin_reading(&self) -> Result<Transaction, StoreError> {
        // SQLite's transactions see one moment anyway.
        let isolation_level = (!self.is_embedded()).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..Default::default() };
        Transaction::begin(&self.reader, options, false).await
    }

    /// The last write was not stored, for want of room on the volume, memory, or a file that can be written.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.writer.condition.is_failing()
    }

    /// SQLite: a file, for one server.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.backend() != DbBackend::Postgres
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.connections.get_database_backend()
    }
}
