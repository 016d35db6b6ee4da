//! A folder that goes with the run.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::Outcome;

/// One run may have several worlds.
static MADE: AtomicU32 = AtomicU32::new(0);

/// Removed with everything in it when dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// A new one inside `parent`.
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
        // PostgreSQL, which may run as another user, has a folder of its own in it.
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o711))?;
        Ok(folder)
    }

    /// Where it is.
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
