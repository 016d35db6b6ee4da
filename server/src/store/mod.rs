//! The database: all SQL of the server, through sea-orm. SQLite and PostgreSQL share every statement; [`rows`] handles their
//! differences.
//!
//! Code that reads and writes single rows uses `entities/`. Code that runs often uses statements for many rows, in
//! `queries/<subject>.rs`. No code outside this module contains SQL.
//!
//! All queries have the same form: the text names its columns, the values are bound, and one function per kind of row
//! converts a row to a type of [`domain`](crate::domain). The texts contain kinds, states and roles as `number()` of their
//! enum.

pub mod access;
pub mod batcher;
mod condition;
mod connect;
pub mod entities;
mod error;
pub mod first_contact;
mod folder;
pub mod generation;
pub mod lookups;
pub mod queries;
pub mod rows;
mod schema;
mod transaction;
pub mod transfer;

pub use connect::Database;
pub use error::{API_KEY_VOID, StoreError, TENANT_SUSPENDED, unavailable};
pub use folder::{FolderError, FolderLock};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, IsolationLevel, SqliteTransactionMode, TransactionOptions,
};
pub use transaction::Transaction;

use self::condition::Pool;

/// The database that all nodes share. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// On SQLite a pool of one connection, so that writers wait for it instead of failing with "database is locked".
    writer: Pool,
    /// On PostgreSQL the same pool as `writer`.
    reader: Pool,
}

impl Store {
    /// The connections for statements that only read.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader.connections
    }

    /// The connections for a single statement that writes.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer.connections
    }

    /// Closes all connections once they are idle. The last connection of a SQLite file moves the write-ahead log into the
    /// file, so that the file alone holds everything.
    pub async fn close(&self) {
        for pool in [&self.reader, &self.writer] {
            if let Err(error) = pool.connections.close_by_ref().await {
                tracing::warn!(%error, "the database's connections do not close");
            }
        }
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once: a transaction that begins with a read
    /// and writes later can fail regardless of the timeout. `begin` also fails if the connection is already inside a
    /// transaction, so that nothing is written into a transaction that is never committed.
    ///
    /// # Errors
    /// `StoreError` if no connection is available in time, or the database does not begin the transaction.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let options =
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        Transaction::begin(&self.writer, options, true).await
    }

    /// Like [`Store::begin`], for thousands of rows: PostgreSQL plans the statements for the number of rows.
    ///
    /// # Errors
    /// `StoreError` if no connection is available in time, or the database does not begin the transaction.
    pub async fn begin_bulk(&self) -> Result<Transaction, StoreError> {
        let transaction = self.begin().await?;
        if !self.is_embedded() {
            transaction.execute_unprepared(connect::POSTGRES_BULK_SETTINGS).await?;
        }
        Ok(transaction)
    }

    /// Begins a transaction that only reads. All its statements see the database as of the same moment.
    ///
    /// # Errors
    /// `StoreError` if no connection is available in time, or the database does not begin the transaction.
    pub async fn begin_reading(&self) -> Result<Transaction, StoreError> {
        // On SQLite, all statements of a transaction see the same moment anyway.
        let isolation_level = (!self.is_embedded()).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..Default::default() };
        Transaction::begin(&self.reader, options, false).await
    }

    /// Whether the last write was not stored: the volume is full, memory is short, or a file can't be written.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.writer.health.is_failing()
    }

    /// Whether the database is SQLite: a file that belongs to one server.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.backend() != DbBackend::Postgres
    }

    /// The kind of database.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.connections.get_database_backend()
    }
}
