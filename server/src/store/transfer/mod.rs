//! Backup and restore of whole databases, and the copy from SQLite to PostgreSQL.
//!
//! The lists of tables and columns come from the migrations and from the catalogues of the databases, not from a list in the
//! code. So a table that a later migration adds is backed up, restored and copied without a change here.

mod copy;
mod destination;
mod error;
mod fingerprint;
pub mod postgres;
pub mod sqlite;
mod tables;

use std::{fs::File, io::Read as _, path::Path};

pub use self::{copy::copy, error::TransferError};
use super::{
    Store, StoreError,
    queries::{
        audit::{self, Entry},
        keys, tenants,
    },
};
use crate::secrets::Secrets;

/// The contents of a backup, a restore or a copy.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// The number of rows of each table, sorted by name.
    pub tables: Vec<(String, u64)>,
    /// The size of the backup file, or of the copied rows, in bytes.
    pub bytes: u64,
}

/// The result of a restore.
#[derive(Debug, Clone)]
pub struct Restored {
    /// The contents of the backup.
    pub summary: Summary,
    /// A text that says where the replaced database is kept; `None` if there was no database to keep.
    pub kept: Option<String>,
    /// The migrations that the backup lacked and the restore applied.
    pub migrated: Vec<String>,
}

/// The options of a restore.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether to replace the existing database even if it has tenants.
    pub replace: bool,
    /// Whether to revoke the signing keys that can't be decrypted with `auth.secrets_key`, instead of refusing the backup.
    pub revoke_unreadable_keys: bool,
    /// The time of the restore. Milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// The actor in the audit: `cli:root`.
    pub by: String,
}

/// The kind of database from which a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupOf {
    /// A SQLite file.
    Sqlite,
    /// An archive of `pg_dump --format=custom`.
    Postgres,
}

impl BackupOf {
    /// Recognises a backup by the first bytes of its file.
    ///
    /// # Errors
    /// [`TransferError`] if the file can't be read, or is neither kind of backup.
    pub fn read(path: &Path) -> Result<Self, TransferError> {
        let mut begin = Vec::new();
        let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut begin));
        read.map_err(|error| TransferError::file(path, error))?;
        if begin.starts_with(b"SQLite format 3\0") {
            Ok(Self::Sqlite)
        } else if begin.starts_with(b"PGDMP") {
            Ok(Self::Postgres)
        } else {
            let why = "it is neither a SQLite file nor an archive of `pg_dump --format=custom`";
            Err(TransferError::NotABackup { path: path.to_owned(), why: why.to_owned() })
        }
    }
}

/// Records the restore in the audit of each tenant, in the restored database.
async fn record_restore(store: &Store, options: &Options) -> Result<(), StoreError> {
    for tenant in tenants::all(store).await? {
        let target = format!("tenant:{}", tenant.slug);
        let entry = Entry::done(options.by.as_str(), "backup.restore", target, options.now_ms);
        audit::append(store.writer(), &[(tenant.id, entry)]).await?;
    }
    Ok(())
}

/// The ids of the valid signing keys whose secrets can't be decrypted. An error if there are any and `options` do not allow
/// to revoke them.
fn unreadable(rows: &[keys::SigningKeyRow], secrets: &Secrets, options: &Options) -> Result<Vec<String>, TransferError> {
    let mut unreadable = Vec::new();
    for row in rows.iter().filter(|row| row.revoked_at_ms.is_none()) {
        match row.material(secrets) {
            Ok(_) => {}
            Err(_) if options.revoke_unreadable_keys => unreadable.push(row.kid.clone()),
            Err(error) => return Err(TransferError::Key(error)),
        }
    }
    Ok(unreadable)
}
