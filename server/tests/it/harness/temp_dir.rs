//! Temporary folders.

use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A temporary folder, removed when dropped.
pub struct TempDir(PathBuf);

impl TempDir {
    /// Creates a folder in the system's temporary folder.
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("causerie-test-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&path).expect("a temporary folder can be made");
        Self(path)
    }

    /// Creates a folder in `parent`.
    pub fn inside(parent: &Path) -> Self {
        let path = parent.join(format!("causerie-test-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&path).expect("the parent has room for a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let removed = std::fs::remove_dir_all(&self.0);
        if !std::thread::panicking() {
            removed.expect("no process uses the test's folder");
        }
    }
}
