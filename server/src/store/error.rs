//! The errors of requests to the database, with functions that tell callers how to react to an error.

use std::sync::Arc;

use causerie_protocol::{ErrorCode, Refusal};
use sea_orm::{
    DbErr,
    sqlx::{self, sqlite::SqliteError},
};

/// The error of a request to the database. Nothing of the request was written, unless the documentation of the function says
/// that a commit may have happened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database failed. The text is for the log; clients get the error code `unavailable`.
    #[error("the database failed: {0}")]
    Database(Arc<DbErr>),
    /// The tenant is suspended.
    #[error("{TENANT_SUSPENDED}")]
    TenantSuspended,
    /// The tenant does not exist any more.
    #[error("{TENANT_ABSENT}")]
    TenantAbsent,
    /// The API key of the caller expired or was revoked after the request had begun.
    #[error("{API_KEY_VOID}")]
    ApiKeyVoid,
}

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
/// The reason for a refusal because the tenant was deleted.
pub const TENANT_ABSENT: &str = "this tenant does not exist any more";
/// The reason for the refusal of an API key.
pub const API_KEY_VOID: &str =
    "there is no such API key, or it expired or was revoked: `causerie api-key list` shows the keys";

impl StoreError {
    /// Whether a row with the same unique key exists already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        let error = self.failure().and_then(DbErr::sql_err);
        matches!(error, Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }

    /// Whether a repetition would fail in the same way, because the state of the tenant or of the API key forbids the
    /// request.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Database(_) => false,
            Self::TenantSuspended | Self::TenantAbsent | Self::ApiKeyVoid => true,
        }
    }

    /// Whether the transaction lost a conflict over locks (PostgreSQL 40001, 40P01; SQLite busy). It can be run again.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        match self.database_code() {
            Some(DatabaseCode::Sqlite(code)) => code & 0xff == 5,
            Some(DatabaseCode::Postgres(code)) => matches!(code.as_str(), "40001" | "40P01"),
            None => false,
        }
    }

    /// Whether a migration lost a conflict over locks with running transactions (PostgreSQL 40P01, 55P03).
    #[must_use]
    pub fn is_lock_conflict(&self) -> bool {
        matches!(self.database_code(), Some(DatabaseCode::Postgres(code)) if matches!(code.as_str(), "40P01" | "55P03"))
    }

    /// An error for a request that was not answered in time.
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
        match self.database_code() {
            // Class 08: the connection failed (poolers use it too). 57P01 to 57P03: the server is shutting down, has crashed
            // or is starting. 25006: the server is a standby.
            Some(DatabaseCode::Postgres(code)) => code.starts_with("08") || code.starts_with("57P") || code == "25006",
            _ => false,
        }
    }

    /// Whether the database lacks a resource that writes need: space on the volume, memory, or a file that can be read and
    /// written.
    #[must_use]
    pub fn is_storage_failure(&self) -> bool {
        match self.database_code() {
            Some(DatabaseCode::Sqlite(code)) => SQLITE_STORAGE.contains(&(code & 0xff)),
            // Class 53: no space or no memory. Class 58: I/O error. Class XX: damaged data. 25006: the server is read-only.
            Some(DatabaseCode::Postgres(code)) => {
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
            || matches!(self.failure(), Some(DbErr::ConnectionAcquire(_) | DbErr::Conn(_)))
            || matches!(self.sqlx(), Some(Io(_) | PoolClosed | PoolTimedOut | WorkerCrashed))
    }

    /// The code of the error, if the database itself reported it.
    fn database_code(&self) -> Option<DatabaseCode> {
        let sqlx::Error::Database(error) = self.sqlx()? else { return None };
        let code = error.code()?;
        if error.try_downcast_ref::<SqliteError>().is_some() {
            return code.parse().ok().map(DatabaseCode::Sqlite);
        }
        Some(DatabaseCode::Postgres(code.into_owned()))
    }

    /// The error of sea-orm, if the database failed.
    fn failure(&self) -> Option<&DbErr> {
        match self {
            Self::Database(error) => Some(error),
            Self::TenantSuspended | Self::TenantAbsent | Self::ApiKeyVoid => None,
        }
    }

    /// The error of sqlx, if the driver reported the failure.
    fn sqlx(&self) -> Option<&sqlx::Error> {
        match self.failure()? {
            DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
            | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error))
            | DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error)) => Some(error),
            _ => None,
        }
    }
}

/// The code of an error that the database itself reported.
enum DatabaseCode {
    /// An extended result code of SQLite.
    Sqlite(u32),
    /// A SQLSTATE of PostgreSQL.
    Postgres(String),
}

/// The refusal of a request that was not executed. It does not contain the text of a failure of the database, which is
/// written to the log.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TenantSuspended => Self::new(ErrorCode::Forbidden, TENANT_SUSPENDED),
            StoreError::TenantAbsent => Self::new(ErrorCode::NotFound, TENANT_ABSENT),
            StoreError::ApiKeyVoid => Self::new(ErrorCode::Unauthenticated, API_KEY_VOID),
            StoreError::Database(_) => {
                tracing::error!(%error, "a request is refused because the database failed");
                unavailable()
            }
        }
    }
}

/// The refusal of a request while the database can't be used.
#[must_use]
pub fn unavailable() -> Refusal {
    Refusal::new(ErrorCode::Unavailable, "the database can't serve now")
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        Self::Database(Arc::new(error))
    }
}
