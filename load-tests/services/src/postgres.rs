//! The programs of PostgreSQL, and the user that runs them.

use std::{
    fs, io,
    net::SocketAddr,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The user `nobody` and its group: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

/// The folder with the programs of the newest PostgreSQL. Debian has a folder per version, which is not in PATH.
///
/// # Errors
/// When `initdb` is found neither there nor in PATH.
pub fn programs() -> io::Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max();
    if let Some(version) = newest {
        return Ok(PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file()).ok_or_else(|| {
        io::Error::new(io::ErrorKind::NotFound, "PostgreSQL's `initdb` is neither in /usr/lib/postgresql nor in PATH")
    })
}

/// The command of a program, run as `nobody` if this process is root. The user becomes the owner of the paths in `own`.
///
/// # Errors
/// When the owner of a path can't be changed.
pub fn command(program: &Path, own: &[&Path]) -> io::Result<Command> {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    if fs::metadata("/proc/self")?.uid() == 0 {
        own.iter().try_for_each(|path| chown(path, Some(NOBODY), Some(NOBODY)))?;
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
    }
    Ok(command)
}

/// Whether a server at this address of 127.0.0.1 accepts connections.
///
/// # Errors
/// When `pg_isready` can't be run.
pub fn is_ready(programs: &Path, address: SocketAddr) -> io::Result<bool> {
    let mut asks = Command::new(programs.join("pg_isready"));
    asks.args(["-q", "-h", "127.0.0.1", "-p", &address.port().to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(asks.status()?.success())
}
