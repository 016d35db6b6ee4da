//! PostgreSQL's programs, and the user they run as.

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

/// `nobody` and its group: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

/// The folder of the newest PostgreSQL's programs. Debian keeps them out of PATH, in a folder per version.
///
/// # Errors
/// When `initdb` is neither there nor in PATH.
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

/// One of the programs, as `nobody` where this process is root. A folder or file of `own` is given to that user.
///
/// # Errors
/// When a file can't be given away.
pub fn command(program: &Path, own: &[&Path]) -> io::Result<Command> {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    if fs::metadata("/proc/self")?.uid() == 0 {
        own.iter().try_for_each(|path| chown(path, Some(NOBODY), Some(NOBODY)))?;
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
    }
    Ok(command)
}

/// Whether a server at this address of 127.0.0.1 takes connections.
///
/// # Errors
/// When `pg_isready` can't be run.
pub fn is_ready(programs: &Path, address: SocketAddr) -> io::Result<bool> {
    let mut asks = Command::new(programs.join("pg_isready"));
    asks.args(["-q", "-h", "127.0.0.1", "-p", &address.port().to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(asks.status()?.success())
}
