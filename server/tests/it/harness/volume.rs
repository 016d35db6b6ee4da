//! Small file systems for tests of full disks.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use super::TempDir;

/// A mounted file system, unmounted when dropped. Everything that uses it must be dropped before.
pub struct Volume {
    mounted: PathBuf,
    // Last field: it holds the mount point and the image.
    _folder: TempDir,
}

impl Volume {
    /// A file system in memory. Its size is in MiB.
    ///
    /// # Panics
    /// If it can not be mounted: tests of full disks run as root.
    pub fn tmpfs(mebibytes: u32) -> Self {
        Self::mount(TempDir::new(), |target| {
            let mut mount = Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]).arg(target);
            mount
        })
    }

    /// An ext4 file system in a file. Its size is in MiB.
    ///
    /// # Panics
    /// If it can not be mounted: tests of full disks run as root.
    pub fn ext4(mebibytes: u64) -> Self {
        let folder = TempDir::new();
        let image = folder.path().join("image");
        let file = File::create(&image).expect("an image can be made");
        file.set_len(mebibytes << 20).expect("an image can be made");
        // No blocks are reserved for root, because the tests run as root.
        run(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&image));
        Self::mount(folder, |target| {
            let mut mount = Command::new("mount");
            mount.args(["-o", "loop"]).arg(&image).arg(target);
            mount
        })
    }

    fn mount(folder: TempDir, command: impl FnOnce(&Path) -> Command) -> Self {
        let mounted = folder.path().join("volume");
        std::fs::create_dir(&mounted).expect("a folder can be made");
        run(&mut command(&mounted));
        Self { mounted, _folder: folder }
    }

    pub fn path(&self) -> &Path {
        &self.mounted
    }

    /// Fills the file system to the last byte.
    pub fn fill(&self) {
        let mut ballast = OpenOptions::new().append(true).create(true).open(self.ballast()).expect("it can be opened");
        for size in [1 << 20, 4_096, 1] {
            let zeros = vec![0; size];
            while ballast.write(&zeros).is_ok_and(|written| written > 0) {}
        }
        // Until this sync, the file system may still move blocks and make room for a later write.
        let _ = ballast.sync_all();
    }

    /// Frees the space that [`Volume::fill`] took.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("it was filled before");
    }

    fn ballast(&self) -> PathBuf {
        self.mounted.join("ballast")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // Lazily, because a failed test may have left files open.
        let gone = Command::new("umount").arg("-l").arg(&self.mounted).status();
        if !std::thread::panicking() {
            assert!(gone.is_ok_and(|gone| gone.success()), "the volume can't be unmounted");
        }
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
