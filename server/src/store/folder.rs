//! One server per folder.

use std::{
    fs::{File, OpenOptions, Permissions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

/// The folder of an embedded server is this process's until this is dropped, or the process ends, however it ends. Commands
/// beside a running server do not take it.
///
/// Two servers on one SQLite file would both store messages, and neither would deliver what the other stored.
#[derive(Debug)]
pub struct FolderLock {
    /// The lock belongs to the open file. Not to the database's own file: closing that would drop SQLite's locks on it.
    _file: File,
}

/// Why the folder can't be had.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another server has it.
    #[error("another server uses it{}", .process.map(|process| format!(": process {process}")).unwrap_or_default())]
    InUse {
        /// The other server's process id, if it could be read.
        process: Option<u32>,
    },
    /// The lock can't be taken.
    #[error("it can't be locked: {0}")]
    Io(#[from] io::Error),
}

impl FolderLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// When another server has it, or the volume has no locks.
    pub fn take(folder: &Path) -> Result<Self, FolderError> {
        let path = folder.join("causerie.lock");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.take(20).read_to_string(&mut holder);
                return Err(FolderError::InUse { process: holder.trim().parse().ok() });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // An earlier version may have left the file readable for others. It holds no secret, so a volume without modes will do.
        let _ = file.set_permissions(Permissions::from_mode(0o600));
        // For the other server's message only: on a full volume the lock holds without it.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDirectory;

    #[test]
    fn a_folder_has_one_server_and_the_second_is_told_which() {
        let directory = TempDirectory::new();
        let first = FolderLock::take(&directory.0).expect("it is free");
        let refused = FolderLock::take(&directory.0).expect_err("it is taken");
        assert_eq!(refused.to_string(), format!("another server uses it: process {}", std::process::id()));
        drop(first);
        FolderLock::take(&directory.0).expect("it is free again");
    }
}
