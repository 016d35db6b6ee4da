//! A folder that goes with its owner.

use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A folder of its own under the system's temporary one.
pub struct TempDir(PathBuf);

impl TempDir {
    /// Makes it.
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("causerie-test-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&path).expect("a temporary folder can be made");
        Self(path)
    }

    /// A folder of its own in another one.
    pub fn inside(parent: &Path) -> Self {
        let path = parent.join(format!("causerie-test-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&path).expect("the parent has room for a folder");
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let removed = std::fs::remove_dir_all(&self.0);
        if !std::thread::panicking() {
            removed.expect("nobody holds on to a test's folder");
        }
    }
}
