//! A small file system of a test's own.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use super::TempDir;

/// A mounted file system. Unmounted with its owner, which must come after whatever uses it.
pub struct Volume {
    mounted: PathBuf,
    // Last: it holds the mount point and the image.
    _folder: TempDir,
}

impl Volume {
    /// In memory, of so many MiB.
    ///
    /// # Panics
    /// When it can't be mounted: tests of full disks run as root.
    pub fn tmpfs(mebibytes: u32) -> Self {
        Self::mount(TempDir::new(), |target| {
            let mut mount = Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]).arg(target);
            mount
        })
    }

    /// ext4 in a file, of so many MiB.
    ///
    /// # Panics
    /// When it can't be mounted: tests of full disks run as root.
    pub fn ext4(mebibytes: u64) -> Self {
        let folder = TempDir::new();
        let image = folder.path().join("image");
        let file = File::create(&image).expect("an image can be made");
        file.set_len(mebibytes << 20).expect("an image can be made");
        // No blocks kept for root, whom the tests run as.
        done(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&image));
        Self::mount(folder, |target| {
            let mut mount = Command::new("mount");
            mount.args(["-o", "loop"]).arg(&image).arg(target);
            mount
        })
    }

    fn mount(folder: TempDir, command: impl FnOnce(&Path) -> Command) -> Self {
        let mounted = folder.path().join("volume");
        std::fs::create_dir(&mounted).expect("a folder can be made");
        done(&mut command(&mounted));
        Self { mounted, _folder: folder }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.mounted
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut ballast = OpenOptions::new().append(true).create(true).open(self.ballast()).expect("it can be opened");
        for size in [1 << 20, 4_096, 1] {
            let zeros = vec![0; size];
            while ballast.write(&zeros).is_ok_and(|written| written > 0) {}
        }
        // Blocks are given to what was written before here, and not later.
        let _ = ballast.sync_all();
    }

    /// Gives back the room [`Volume::fill`] took.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("it was filled before");
    }

    fn ballast(&self) -> PathBuf {
        self.mounted.join("ballast")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // Lazily: what a failed test left open does not keep it.
        let gone = Command::new("umount").arg("-l").arg(&self.mounted).status();
        if !std::thread::panicking() {
            assert!(gone.is_ok_and(|gone| gone.success()), "the volume can't be unmounted");
        }
    }
}

fn done(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
