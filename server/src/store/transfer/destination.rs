//! A file that gets its name only when it is complete.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, OFlags, RenameFlags, renameat_with},
    io::Errno,
};

use super::TransferError;

/// The incomplete file: `FILE.partial` beside the final name, readable only by its owner. It is removed when this value is
/// dropped. A killed process leaves the file behind, and the next process removes it.
#[derive(Debug)]
pub struct Partial {
    /// Holds a lock on the file, so that only one process writes it.
    file: File,
    path: PathBuf,
    /// The final name.
    to: PathBuf,
    is_done: bool,
}

impl Partial {
    /// Creates the empty file.
    ///
    /// # Errors
    /// [`TransferError`] if the final name is taken, another process writes the file, or the folder can't be written.
    pub fn begin(to: &Path) -> Result<Self, TransferError> {
        // SQLite would read a name that begins with `file:` as a URI.
        let to = std::path::absolute(to).map_err(|error| TransferError::file(to, error))?;
        if fs::symlink_metadata(&to).is_ok() {
            return Err(TransferError::Exists(to));
        }
        let path = with_suffix(&to, ".partial");
        let failed = |error| TransferError::file(&path, error);
        let busy = || TransferError::Busy(path.clone());
        let lock = |file: &File| match file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(busy()),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        };
        // The lock on a stale file is held until the new file exists. The stale file is not reused: a `pg_dump` whose parent
        // was killed may still write to it. `NONBLOCK` is set because opening a FIFO waits for its other end without it.
        let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed();
        let stale = match OpenOptions::new().read(true).write(true).custom_flags(flags).open(&path) {
            Ok(stale) if stale.metadata().is_ok_and(|opened| !opened.is_file()) => {
                return Err(TransferError::InTheWay(path));
            }
            Ok(stale) => {
                lock(&stale)?;
                let is_same = |current: fs::Metadata| {
                    stale.metadata().is_ok_and(|opened| (opened.dev(), opened.ino()) == (current.dev(), current.ino()))
                };
                if !fs::symlink_metadata(&path).is_ok_and(is_same) {
                    return Err(busy());
                }
                if !looks_like_backup(&stale).map_err(failed)? {
                    return Err(TransferError::InTheWay(path));
                }
                fs::remove_file(&path).map_err(failed)?;
                Some(stale)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) if fs::symlink_metadata(&path).is_ok_and(|existing| !existing.is_file()) => {
                return Err(TransferError::InTheWay(path));
            }
            Err(error) => return Err(failed(error)),
        };
        let file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(busy()),
            Err(error) => return Err(failed(error)),
        };
        lock(&file)?;
        drop(stale);
        let partial = Self { file, path: path.clone(), to, is_done: false };
        Ok(partial)
    }

    /// The path of the incomplete file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file durable and gives it its final name. Returns its size in bytes.
    ///
    /// # Errors
    /// [`TransferError`] if the file is empty, the volume fails, or the name was taken meanwhile.
    pub fn finish(mut self) -> Result<u64, TransferError> {
        let failed = |error| TransferError::file(&self.to, error);
        self.file.sync_all().map_err(failed)?;
        let bytes = self.file.metadata().map_err(failed)?.len();
        if bytes == 0 {
            return Err(failed(io::Error::other("nothing was written to it")));
        }
        match rename_to_free(&self.path, &self.to) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(TransferError::Exists(self.to.clone()));
            }
            result => result.map_err(failed)?,
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

/// Whether a file looks like the rest of an interrupted backup: it begins with zeros or with the header of a backup. SQLite
/// writes its first page, which has the header, last.
fn looks_like_backup(mut file: &File) -> io::Result<bool> {
    let mut begin = Vec::new();
    file.by_ref().take(16).read_to_end(&mut begin)?;
    let has_no_header = begin.iter().all(|byte| *byte == 0);
    Ok(has_no_header || begin.starts_with(b"SQLite format 3\0") || begin.starts_with(b"PGDMP"))
}

/// Renames a file, unless the new name is taken.
///
/// # Errors
/// `AlreadyExists` if the name is taken; otherwise the error of the file system.
pub fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems do not support a rename that refuses to replace a file.
        Err(Errno::INVAL | Errno::NOSYS) if fs::symlink_metadata(to).is_err() => fs::rename(from, to),
        Err(Errno::INVAL | Errno::NOSYS) => Err(io::ErrorKind::AlreadyExists.into()),
        result => Ok(result?),
    }
}

/// The path with this suffix appended to the file name.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Removes a SQLite file and the files that SQLite keeps beside it.
pub fn remove_sqlite(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(with_suffix(path, suffix));
    }
}

/// Makes the file names in a file's folder durable.
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
    fn a_file_appears_only_when_complete_and_replaces_no_file() {
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
        fs::write(partial.path(), "whole").expect("writes");
        fs::write(&other, "came meanwhile").expect("writes");
        assert!(matches!(partial.finish(), Err(TransferError::Exists(_))));
        assert_eq!(fs::read_to_string(&other).expect("reads"), "came meanwhile");
        let empty = Partial::begin(&folder.0.join("empty")).expect("begins");
        assert!(empty.finish().expect_err("it is empty").to_string().contains("nothing was written"));
        assert_eq!(fs::read_dir(&folder.0).expect("lists").count(), 2, "nothing partial is left");
    }
}
