//! A lock that allows only one server per data folder.

use std::{
    fs::{File, OpenOptions, Permissions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use super::access;

/// The lock on the data folder of an embedded server. It is released when this value is dropped or the process ends, even if
/// the process is killed. Subcommands that may run beside a server do not take it.
///
/// Two servers on the same SQLite file would both store messages, and neither would deliver the messages that the other
/// stored.
#[derive(Debug)]
pub struct FolderLock {
    /// The open file that holds the lock. It is not the database file, because closing the database file would release the
    /// locks that SQLite holds on it.
    _file: File,
}

/// The reason why the folder can't be locked.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another server holds the lock.
    #[error(
        "another server uses it{}. Stop it first, or give this server a folder of its own (CAUSERIE_DATA__DIR=/some/folder); several \
         servers can share PostgreSQL",
        .process.map(|process| format!(": process {process}")).unwrap_or_default()
    )]
    InUse {
        /// The process id of the other server, if it could be read.
        process: Option<u32>,
    },
    /// The lock file can't be created or opened.
    #[error("{0}")]
    Unusable(String),
    /// The file system of the folder has no file locks.
    #[error(
        "its volume has no file locks ({0}): choose a folder on a local disk (CAUSERIE_DATA__DIR=/some/folder), or use PostgreSQL"
    )]
    NoLocks(io::Error),
}

impl FolderLock {
    /// Takes the lock of the folder.
    ///
    /// # Errors
    /// `FolderError` if another server holds the lock, if the lock file can't be created or opened, or if the file system
    /// has no locks.
    pub fn take(folder: &Path) -> Result<Self, FolderError> {
        let path = folder.join("causerie.lock");
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = opened.map_err(|error| FolderError::Unusable(access::explain_access_error(&path, &error)))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.take(20).read_to_string(&mut holder);
                return Err(FolderError::InUse { process: holder.trim().parse().ok() });
            }
            Err(TryLockError::Error(error)) => return Err(FolderError::NoLocks(error)),
        }
        // An earlier version may have left the file readable for others. The file holds no secret, so a failure (a file
        // system without modes) is ignored.
        let _ = file.set_permissions(Permissions::from_mode(0o600));
        // Another server shows this process id in its error message. If it can't be written, as on a full volume, the lock
        // holds all the same.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDirectory;

    #[test]
    fn a_second_server_on_a_folder_is_refused_and_the_first_is_named() {
        let directory = TempDirectory::new();
        let first = FolderLock::take(&directory.0).expect("it is free");
        let refused = FolderLock::take(&directory.0).expect_err("it is taken");
        let message = refused.to_string();
        assert!(
            message.starts_with(&format!("another server uses it: process {}. Stop it first", std::process::id())),
            "{message}"
        );
        drop(first);
        FolderLock::take(&directory.0).expect("it is free again");
    }
}
