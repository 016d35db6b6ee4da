//! The errors of backups, restores and copies. After an error other than [`TransferError::AfterRestore`], the existing
//! database is unchanged.

use std::{io, path::Path, path::PathBuf};

use sea_orm::sqlx;

use crate::store::{FolderError, StoreError, first_contact::Unusable, queries::keys::UnreadableKey};

/// The reason why a backup, a restore or a copy failed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // the error texts describe the variants
pub enum TransferError {
    #[error("{path} exists; a backup does not replace a file: name another or remove it", path = .0.display())]
    Exists(PathBuf),
    #[error("another process is writing {path}", path = .0.display())]
    Busy(PathBuf),
    #[error(
        "{path} is in the way, and is not what an interrupted backup leaves: move or remove it, or name another file for the backup",
        path = .0.display()
    )]
    InTheWay(PathBuf),
    #[error(
        "the database was restored{kept}, but what follows a restore failed: {error}. Run `causerie migrate` before the nodes start; \
         the audit may lack the restore"
    )]
    AfterRestore { kept: String, error: Box<TransferError> },
    #[error("{path}: {error}", path = path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{path}: {why}", path = path.display())]
    Sqlite { path: PathBuf, why: String },
    #[error("{path} is not a backup of Causerie: {why}", path = path.display())]
    NotABackup { path: PathBuf, why: String },
    #[error("{path} is damaged: {why}; nothing was changed", path = path.display())]
    Damaged { path: PathBuf, why: String },
    #[error(
        "{path} has changes beside it in {path}-wal: a server uses it, or did not end orderly. Make a backup of it with \
         `causerie backup`, and restore that",
        path = .0.display()
    )]
    Unfinished(PathBuf),
    #[error(
        "{place} was made by a newer version of Causerie: this program does not know the migration `{migration}`. Use that version"
    )]
    Newer { place: String, migration: String },
    #[error(
        "{path} is a backup of an embedded database, and `database.url` is set: restore it into an embedded server \
         (without `database.url`), then move that with `causerie copy --to`",
        path = .0.display()
    )]
    IsSqlite(PathBuf),
    #[error("{path} is a backup of PostgreSQL: set `database.url` to the database to restore into", path = .0.display())]
    IsPostgres(PathBuf),
    #[error("{place} has {tenants} tenants; --replace replaces it and keeps it under another name")]
    HasTenants { place: String, tenants: u64 },
    #[error("{place} exists and can't be read ({why}); --replace replaces it and keeps it under another name")]
    CannotTell { place: String, why: String },
    #[error("`data.dir` ({path}): {error}", path = path.display())]
    Folder { path: PathBuf, error: FolderError },
    #[error("the database is in use by Causerie: {0}. Stop all nodes first")]
    Served(String),
    #[error(
        "`auth.secrets_key`: {0}. Set the key that was in use when the backup was made; if it is lost, \
         --revoke-unreadable-keys revokes such keys and restores everything else"
    )]
    Key(UnreadableKey),
    #[error("{0}")]
    Program(String),
    #[error("PostgreSQL: {0}")]
    Postgres(String),
    #[error("`{setting}`: {error}")]
    Unusable { setting: &'static str, error: Unusable },
    #[error("--to: {0}")]
    Target(String),
    #[error("{row}: column `{column}` {why}")]
    Value { row: String, column: String, why: String },
    #[error(
        "the table `{table}` is not the same on both sides after it was copied ({source_rows} rows here, {target_rows} there); \
         nothing was kept"
    )]
    Differs { table: String, source_rows: u64, target_rows: u64 },
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl TransferError {
    pub(super) fn file(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_owned(), error }
    }

    pub(super) fn sqlite(path: &Path) -> impl Fn(sqlx::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::Sqlite { path: path.clone(), why: error_message(&error) }
    }

    #[allow(clippy::needless_pass_by_value)] // for `map_err`
    pub(super) fn postgres(error: sqlx::Error) -> Self {
        Self::Postgres(error_message(&error))
    }
}

/// The message of the database, without the text that the driver adds.
pub(super) fn error_message(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    }
}
