//! Finds and runs PostgreSQL's own programs.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use super::{Address, TransferError};

/// The folders in which packages install programs outside PATH, each as a parent folder and a prefix before the version:
/// `/usr/lib/postgresql/15/bin` (Debian), `/usr/pgsql-15/bin` (PostgreSQL's own RPMs).
const PACKAGES: [(&str, &str); 2] = [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")];

/// `pg_dump`, `pg_restore` and `psql` of one version.
pub struct Programs {
    folder: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Programs {
    /// Finds the oldest programs that support a server of this version: newer programs write scripts that older servers may
    /// not understand.
    ///
    /// # Errors
    /// [`TransferError::Program`] if there are no such programs; the text names the package to install.
    pub async fn find(server: u32, address: &Address) -> Result<Self, TransferError> {
        let mut versions = Vec::new();
        for folder in folders() {
            if let Some(version) = version(&folder.join("pg_dump")).await {
                versions.push((version, folder));
            }
        }
        let package = format!("install the package `postgresql-client-{server}` or a newer one");
        let newest = versions.iter().map(|(version, _)| *version).max();
        let usable = versions.into_iter().filter(|(version, folder)| {
            *version >= server && ["pg_restore", "psql"].iter().all(|program| folder.join(program).is_file())
        });
        match (usable.min(), newest) {
            (Some((_, folder)), _) => {
                let environment = address.environment.iter().map(|(name, value)| (*name, value.clone())).collect();
                Ok(Self { folder, environment })
            }
            (None, Some(newest)) => Err(TransferError::Program(format!(
                "the server is PostgreSQL {server}, and `pg_dump` on this machine is of version {newest}: {package}"
            ))),
            (None, None) => Err(TransferError::Program(format!(
                "`pg_dump`, `pg_restore` and `psql` of PostgreSQL are neither in PATH nor in /usr/lib/postgresql/*/bin: {package}"
            ))),
        }
    }

    /// A command that gets the database from its environment, prints English, never asks for a password, and is killed when
    /// it is dropped.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).env("LC_ALL", "C");
        command.env("PGCONNECT_TIMEOUT", "10").env("PGAPPNAME", "causerie transfer");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs a program to its end and returns its output.
    ///
    /// # Errors
    /// A sentence with the reason why the program failed.
    pub async fn run(&self, program: &str, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = self.command(program);
        let result = command.args(arguments).stdout(Stdio::piped()).output().await;
        let output = result.map_err(|error| format!("`{program}` can't be run: {error}"))?;
        if output.status.success() { Ok(output.stdout) } else { Err(failure_reason(program, &output.stderr)) }
    }
}

/// The reason why a program failed: the first line with an error in its standard error, or else the last line.
pub fn failure_reason(program: &str, stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let is_error = |line: &&str| ["error: ", "ERROR: ", "FATAL: "].iter().any(|mark| line.contains(mark));
    let line = lines.clone().find(is_error).or_else(|| lines.next_back());
    line.map_or_else(|| format!("`{program}` failed"), |line| format!("`{program}`: {}", line.trim()))
}

/// The folders that may hold the programs.
fn folders() -> BTreeSet<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: BTreeSet<PathBuf> = env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    for (parent, prefix) in PACKAGES {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        let entries = entries.filter_map(Result::ok);
        folders.extend(
            entries
                .filter(|entry| {
                    let name = entry.file_name();
                    let number = name.to_str().and_then(|name| name.strip_prefix(prefix));
                    number.is_some_and(|number| number.parse::<f32>().is_ok())
                })
                .map(|entry| entry.path().join("bin")),
        );
    }
    folders
}

/// The major version of a `pg_dump`; `None` if the program is not PostgreSQL's.
async fn version(program: &Path) -> Option<u32> {
    if !program.is_file() {
        return None;
    }
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).kill_on_drop(true).output().await.ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

/// The major version in the output of `pg_dump --version`, such as `pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major(text: &str) -> Option<u32> {
    let number = text.strip_prefix("pg_dump (PostgreSQL) ")?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_parsed() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major("pg_dump (PostgreSQL) 17beta1\n"), Some(17));
        assert_eq!(major("something else 15"), None);
    }

    #[test]
    fn the_reason_of_a_failure_is_the_line_with_the_error() {
        let text = b"pg_dump: warning: x\npg_dump: error: could not write to file: No space left on device\nmore\n";
        assert_eq!(
            failure_reason("pg_dump", text),
            "`pg_dump`: pg_dump: error: could not write to file: No space left on device"
        );
        assert_eq!(failure_reason("psql", b""), "`psql` failed");
    }
}
