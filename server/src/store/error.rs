//! The error of a database, sorted by the reaction it calls for.

use std::sync::Arc;

use causerie_protocol::{ErrorCode, Refusal};
use sea_orm::{
    DbErr,
    sqlx::{self, sqlite::SqliteError},
};

/// The database did not execute a request. The text is for the log; clients get the error code `unavailable`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the database failed: {0}")]
pub struct StoreError(Arc<DbErr>);

/// Result codes of SQLite (low byte) that report a failure of the file, of its volume or of memory.
const SQLITE_STORAGE: [u32; 7] = [
    7,  // NOMEM
    8,  // READONLY
    10, // IOERR
    11, // CORRUPT
    13, // FULL
    14, // CANTOPEN
    26, // NOTADB
];

/// The reason for a refusal because the tenant is suspended.
pub const TENANT_SUSPENDED: &str = "this tenant is suspended: nobody can connect or change anything until it is resumed";

impl StoreError {
    /// Nothing was written, because the tenant is suspended.
    #[must_use]
    pub fn tenant_suspended() -> Self {
        DbErr::Custom(TENANT_SUSPENDED.to_owned()).into()
    }

    /// Whether nothing was written because the tenant is suspended.
    #[must_use]
    pub fn is_tenant_suspended(&self) -> bool {
        matches!(&*self.0, DbErr::Custom(text) if text == TENANT_SUSPENDED)
    }

    /// Whether the row exists already and must be unique.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.0.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }

    /// Whether the transaction lost a conflict over locks (PostgreSQL 40001, 40P01; SQLite busy). It can be run again.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        match self.database() {
            Some(Answer::Sqlite(code)) => code & 0xff == 5,
            Some(Answer::Postgres(code)) => matches!(code.as_str(), "40001" | "40P01"),
            None => false,
        }
    }

    /// The error of a request that was not answered in time.
    #[must_use]
    pub fn too_slow() -> Self {
        DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout).into()
    }

    /// Whether the connection broke during the statement, or leads to a read-only server, for example after a failover. A
    /// new connection may work.
    #[must_use]
    pub fn is_lost_connection(&self) -> bool {
        if let Some(sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed) = self.sqlx() {
            return true;
        }
        match self.database() {
            // Class 08: the connection failed (poolers use it too). 57P01 to 57P03: the server is shutting down, has crashed
            // or is starting. 25006: the server is a standby.
            Some(Answer::Postgres(code)) => code.starts_with("08") || code.starts_with("57P") || code == "25006",
            _ => false,
        }
    }

    /// Whether something that writes need is missing: room on the volume, memory, a file that can be read and written.
    #[must_use]
    pub fn is_storage_failure(&self) -> bool {
        match self.database() {
            Some(Answer::Sqlite(code)) => SQLITE_STORAGE.contains(&(code & 0xff)),
            // Class 53: no room or no memory. Class 58: I/O error. Class XX: damaged data. 25006: the server is read-only.
            Some(Answer::Postgres(code)) => {
                ["53", "58", "XX"].iter().any(|class| code.starts_with(class)) || code == "25006"
            }
            None => false,
        }
    }

    /// Whether the whole database is unreachable or stores nothing. Retrying the requests of a batch one by one would then
    /// only take longer to fail.
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

/// The code of an error that the database itself reported.
enum Answer {
    /// An extended result code of SQLite.
    Sqlite(u32),
    /// A SQLSTATE of PostgreSQL.
    Postgres(String),
}

/// The refusal of a request that the database did not execute. The caller does not read the text of the error; the log does.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if error.is_tenant_suspended() {
            return Self::new(ErrorCode::Forbidden, TENANT_SUSPENDED);
        }
        tracing::error!(%error, "a request is refused because the database failed");
        Self::new(ErrorCode::Unavailable, "the database can't serve now")
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        Self(Arc::new(error))
    }
}
