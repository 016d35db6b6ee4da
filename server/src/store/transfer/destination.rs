//! A file that appears under its name only when it is whole.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::TransferError;

/// What is written, as `FILE.partial` beside its final name, for its owner alone. Removed when dropped; a process that was killed
/// leaves it behind, and the next one removes it.
#[derive(Debug)]
pub struct Partial {
    /// Holds the lock: of two processes one writes.
    file: File,
    path: PathBuf,
    to: PathBuf,
    is_done: bool,
}

impl Partial {
    /// Makes the empty file.
    ///
    /// # Errors
    /// When the final name is taken, another process writes to it, or the folder can't be written.
    pub fn begin(to: &Path) -> Result<Self, TransferError> {
        if fs::symlink_metadata(to).is_ok() {
            return Err(TransferError::Exists(to.to_owned()));
        }
        let path = beside(to, ".partial");
        let failed = |error| TransferError::file(&path, error);
        let busy = || TransferError::Busy(path.clone());
        let lock = |file: &File| match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(busy()),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        };
        // Held until the new file is there. Not taken over: a `pg_dump` whose owner was killed may still write to it.
        let stale = match OpenOptions::new().write(true).open(&path) {
            Ok(stale) => {
                lock(&stale)?;
                let is_ours = |now: fs::Metadata| stale.metadata().is_ok_and(|opened| opened.ino() == now.ino());
                if !fs::metadata(&path).is_ok_and(is_ours) {
                    return Err(busy());
                }
                fs::remove_file(&path).map_err(failed)?;
                Some(stale)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(busy()),
            Err(error) => return Err(failed(error)),
        };
        lock(&file)?;
        drop(stale);
        let partial = Self { file, path: path.clone(), to: to.to_owned(), is_done: false };
        Ok(partial)
    }

    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes what was written durable and gives it its name. Answers its size in bytes.
    ///
    /// # Errors
    /// When the volume fails, or the name was taken meanwhile.
    pub fn finish(mut self) -> Result<u64, TransferError> {
        let failed = |error| TransferError::file(&self.to, error);
        self.file.sync_all().map_err(failed)?;
        let bytes = self.file.metadata().map_err(failed)?.len();
        match renameat_with(CWD, &self.path, CWD, &self.to, RenameFlags::NOREPLACE) {
            Ok(()) => {}
            Err(rustix::io::Errno::EXIST) => return Err(TransferError::Exists(self.to.clone())),
            // Not every file system can refuse to replace.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if fs::symlink_metadata(&self.to).is_err() => {
                fs::rename(&self.path, &self.to).map_err(failed)?;
            }
            Err(error) => return Err(failed(error.into())),
        }
        self.is_done = true;
        sync_folder(&self.to).map_err(failed)?;
        Ok(bytes)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_done {
            remove_sqlite(&self.path);
        }
    }
}

/// The path with something behind its name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Removes a file of SQLite, with what SQLite keeps beside it.
pub fn remove_sqlite(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(beside(path, suffix));
    }
}

/// Makes the names in a file's folder durable.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::testing::TempDirectory;

    #[test]
    fn a_file_appears_when_it_is_whole_and_replaces_none() {
        let folder = TempDirectory::new();
        let to = folder.0.join("backup");
        let partial = Partial::begin(&to).expect("begins");
        assert!(matches!(Partial::begin(&to), Err(TransferError::Busy(_))));
        fs::write(partial.path(), "whole").expect("writes");
        assert!(!to.exists());
        assert_eq!(partial.finish().expect("finishes"), 5);
        assert_eq!(fs::metadata(&to).expect("is there").permissions().mode() & 0o777, 0o600);
        assert!(matches!(Partial::begin(&to), Err(TransferError::Exists(_))));

        let other = folder.0.join("other");
        let partial = Partial::begin(&other).expect("begins");
        fs::write(&other, "came meanwhile").expect("writes");
        assert!(matches!(partial.finish(), Err(TransferError::Exists(_))));
        assert_eq!(fs::read_to_string(&other).expect("reads"), "came meanwhile");
        assert_eq!(fs::read_dir(&folder.0).expect("lists").count(), 2, "nothing partial is left");
    }
}
