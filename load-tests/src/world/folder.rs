//! The temporary folder of a run.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::Outcome;

/// A run may have several folders.
static MADE: AtomicU32 = AtomicU32::new(0);

/// The folder. Dropping it removes it with all its files.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes a new folder inside `parent`.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new(parent: &Path) -> Outcome<Self> {
        let path = std::path::absolute(parent)?.join(format!(
            "causerie-load-{}-{}",
            std::process::id(),
            MADE.fetch_add(1, Ordering::Relaxed)
        ));
        fs::create_dir(&path).map_err(|error| format!("--dir {}: {error}", parent.display()))?;
        let folder = Self(path);
        // PostgreSQL may run as another user and has its own folder inside this one.
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o711))?;
        Ok(folder)
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("load-tests: {} is left behind: {error}", self.0.display());
        }
    }
}
