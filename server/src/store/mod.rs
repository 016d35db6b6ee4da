//! SQL, through sea-orm. SQLite and PostgreSQL share every statement; [`rows`] bridges where they differ.
//!
//! What is read and written one row at a time uses `entities/`; the hot paths are set-based statements in
//! `queries/<subject>.rs`. Nothing outside this module writes SQL.

pub mod batcher;
mod connect;
pub mod entities;
pub mod first_contact;
pub mod kinds;
pub mod lookups;
pub mod queries;
pub mod rows;
mod schema;

use std::sync::Arc;

pub use connect::Database;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

/// The database could not answer. What it said is for the log; peers read `unavailable`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the database failed: {0}")]
pub struct StoreError(Arc<DbErr>);

impl StoreError {
    /// A row that must be unique exists already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.0.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }

    /// The transaction lost a fight over locks (PostgreSQL 40001, 40P01; SQLite busy) and may simply be run again.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        use sea_orm::sqlx::Error::Database;
        match self.sqlx() {
            Some(Database(error)) => matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "261" | "517")),
            _ => false,
        }
    }

    /// It did not answer in time.
    #[must_use]
    pub fn too_slow() -> Self {
        DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout).into()
    }

    /// The connection broke under the statement; another may serve.
    #[must_use]
    pub fn is_lost_connection(&self) -> bool {
        use sea_orm::sqlx::Error::{Database, Io};
        match self.sqlx() {
            Some(Io(_)) => true,
            // 57P01 to 57P03: the server is shutting down, crashed, or starts.
            Some(Database(error)) => error.code().is_some_and(|code| code.starts_with("57P")),
            _ => false,
        }
    }

    /// The database as a whole is out of reach: trying the parts of a batch would only take longer to fail.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        use sea_orm::sqlx::Error::{Io, PoolClosed, PoolTimedOut, WorkerCrashed};
        matches!(*self.0, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
            || matches!(self.sqlx(), Some(Io(_) | PoolClosed | PoolTimedOut | WorkerCrashed))
    }

    fn sqlx(&self) -> Option<&sea_orm::sqlx::Error> {
        match &*self.0 {
            DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
            | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error))
            | DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error)) => Some(error),
            _ => None,
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        Self(Arc::new(error))
    }
}

/// The database behind all nodes. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// On SQLite a single connection, so that writers queue here instead of failing with "database is locked".
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

impl Store {
    /// For statements that only read.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For a single statement that writes.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Ends all connections, once they are idle. The last one of a SQLite file moves what is in its log into the file itself,
    /// so that the file alone is the whole.
    pub async fn close(&self) {
        for pool in [&self.reader, &self.writer] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "the database's connections do not close");
            }
        }
    }

    /// A transaction that may write. SQLite's takes the write lock at once: one that turns writer later fails whatever the
    /// timeout.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options =
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// As [`Store::begin`], for thousands of rows: PostgreSQL plans the statements for how many there are.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin_bulk(&self) -> Result<DatabaseTransaction, StoreError> {
        let transaction = self.begin().await?;
        if !self.is_embedded() {
            transaction.execute_unprepared(connect::POSTGRES_BULK_SETTINGS).await?;
        }
        Ok(transaction)
    }

    /// SQLite: a file, for one server.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.backend() != DbBackend::Postgres
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }
}
