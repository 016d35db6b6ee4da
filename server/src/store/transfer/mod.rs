//! Whole databases: backups and their restore, and the move from SQLite to PostgreSQL.
//!
//! The lists of tables and columns come from the migrations and from the catalogues of the databases, never from a list in the
//! code: a table that a later migration adds is backed up, restored and copied without a change here.

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

/// What a backup holds, or what was restored or copied.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Rows per table, by name.
    pub tables: Vec<(String, u64)>,
    /// Of the backup, or of the rows that were copied.
    pub bytes: u64,
}

/// What a restore did.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What the backup held.
    pub summary: Summary,
    /// Where the replaced database is kept, for people.
    pub kept: Option<String>,
    /// The migrations the backup lacked.
    pub migrated: Vec<String>,
}

/// How a restore is to be done.
#[derive(Debug, Clone)]
pub struct Options {
    /// Replace a database that has tenants.
    pub replace: bool,
    /// Revoke the signing keys that `auth.secrets_key` does not open, instead of refusing the backup.
    pub revoke_unreadable_keys: bool,
    /// Milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Who restores, for the audit.
    pub by: String,
}

/// Which database a backup is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupOf {
    /// A SQLite file.
    Sqlite,
    /// An archive of `pg_dump --format=custom`.
    Postgres,
}

impl BackupOf {
    /// Looks at the first bytes of a file.
    ///
    /// # Errors
    /// When it can't be read, or is neither.
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

/// What the audit of each tenant says of a restore, in the restored database.
async fn note_restore(store: &Store, options: &Options) -> Result<(), StoreError> {
    for tenant in tenants::all(store).await? {
        let target = format!("tenant:{}", tenant.slug);
        let entry = Entry::done(options.by.as_str(), "backup.restore", target, options.now_ms);
        audit::append(store.writer(), &[(tenant.id, entry)]).await?;
    }
    Ok(())
}

/// The valid signing keys whose secrets can't be read. An error unless they are to be revoked.
fn unreadable(rows: &[keys::SigningKeyRow], secrets: &Secrets, options: &Options) -> Result<Vec<String>, TransferError> {
    let mut unreadable = Vec::new();
    for row in rows.iter().filter(|row| row.revoked_at_ms.is_none()) {
        match row.material(secrets) {
            Ok(_) => {}
            Err(_) if options.revoke_unreadable_keys => unreadable.push(row.kid.clone()),
            Err(why) => return Err(TransferError::Key(why)),
        }
    }
    Ok(unreadable)
}
