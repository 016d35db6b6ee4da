//! What a database can answer instead of doing its work, sorted by what follows from it.

use std::sync::Arc;

use sea_orm::{
    DbErr,
    sqlx::{self, sqlite::SqliteError},
};

/// The database could not answer. The error's text is for the log; clients read `unavailable`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the database failed: {0}")]
pub struct StoreError(Arc<DbErr>);

/// Result codes of SQLite (their low byte) with which the file, its volume or the memory for it fails.
const SQLITE_STORAGE: [u32; 7] = [
    7,  // NOMEM
    8,  // READONLY
    10, // IOERR
    11, // CORRUPT
    13, // FULL
    14, // CANTOPEN
    26, // NOTADB
];

impl StoreError {
    /// A row that must be unique exists already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.0.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }

    /// The transaction lost a fight over locks (PostgreSQL 40001, 40P01; SQLite busy) and may simply be run again.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        match self.database() {
            Some(Answer::Sqlite(code)) => code & 0xff == 5,
            Some(Answer::Postgres(code)) => matches!(code.as_str(), "40001" | "40P01"),
            None => false,
        }
    }

    /// It did not answer in time.
    #[must_use]
    pub fn too_slow() -> Self {
        DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout).into()
    }

    /// The connection broke under the statement, or leads to a server that only reads since another took its place. A new
    /// connection may serve.
    #[must_use]
    pub fn is_lost_connection(&self) -> bool {
        if let Some(sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed) = self.sqlx() {
            return true;
        }
        match self.database() {
            // 08: the connection failed, poolers say so too. 57P01 to 57P03: the server is shutting down, crashed, or starts.
            // 25006: it is a standby.
            Some(Answer::Postgres(code)) => code.starts_with("08") || code.starts_with("57P") || code == "25006",
            _ => false,
        }
    }

    /// What writes need is not there: room on the volume, memory, a file that can be read and written.
    #[must_use]
    pub fn is_storage_failure(&self) -> bool {
        match self.database() {
            Some(Answer::Sqlite(code)) => SQLITE_STORAGE.contains(&(code & 0xff)),
            // 53: no room, no memory. 58: I/O errors. XX: damaged data. 25006: a server that only reads.
            Some(Answer::Postgres(code)) => {
                ["53", "58", "XX"].iter().any(|class| code.starts_with(class)) || code == "25006"
            }
            None => false,
        }
    }

    /// The database as a whole is out of reach, or stores nothing: trying the parts of a batch would only take longer to fail.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, WorkerCrashed};
        self.is_storage_failure()
            || matches!(*self.0, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
            || matches!(self.sqlx(), Some(Io(_) | PoolClosed | PoolTimedOut | WorkerCrashed))
    }

    fn database(&self) -> Option<Answer> {
        let sqlx::Error::Database(error) = self.sqlx()? else { return None };
        let code = error.code()?;
        if error.try_downcast_ref::<SqliteError>().is_some() {
            return code.parse().ok().map(Answer::Sqlite);
        }
        Some(Answer::Postgres(code.into_owned()))
    }

    fn sqlx(&self) -> Option<&sqlx::Error> {
        match &*self.0 {
            DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
            | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error))
            | DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error)) => Some(error),
            _ => None,
        }
    }
}

/// The code of an error the database itself answered.
enum Answer {
    /// An extended result code.
    Sqlite(u32),
    /// A SQLSTATE.
    Postgres(String),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        Self(Arc::new(error))
    }
}
