//! A PostgreSQL of one test, on a volume that the test chooses.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use causerie_test_services::postgres::{self, programs};

use super::{TempDir, eventually_blocking, free_address};

/// A private PostgreSQL that syncs to disk, as in production. Stopped when dropped.
pub struct PostgresServer {
    address: SocketAddr,
    programs: PathBuf,
    process: Option<Child>,
    data: TempDir,
}

impl PostgresServer {
    /// Creates and starts a PostgreSQL in a folder of this volume.
    pub fn on(volume: &Path) -> Self {
        let data = TempDir::inside(volume);
        let programs = programs().expect("PostgreSQL is installed: scripts/test installs it");
        let server = Self { address: free_address(), programs, process: None, data };
        let mut initdb = server.command("initdb");
        // Small WAL segments, so that they fit on a small volume.
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--wal-segsize=1"]);
        let made = initdb.arg("--pgdata").arg(server.data.path().join("data")).output().expect("initdb is there");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut server = server;
        server.start_again();
        server
    }

    /// The URL of the default database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.address)
    }

    /// Starts a stopped server again.
    pub fn start_again(&mut self) {
        if self.process.as_mut().is_some_and(|process| process.try_wait().expect("it is ours").is_none()) {
            return;
        }
        // A crash leaves this file behind. No other process uses this folder.
        let _ = std::fs::remove_file(self.data.path().join("data/postmaster.pid"));
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data.path().join("data")).args(["-p", &self.address.port().to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "min_wal_size=2MB",
            "max_wal_size=4MB",
            "shared_buffers=8MB",
            "autovacuum=off",
        ] {
            command.args(["-c", setting]);
        }
        self.process = Some(command.spawn().expect("postgres is there"));
        let ready = || postgres::is_ready(&self.programs, self.address).expect("pg_isready is there");
        assert!(eventually_blocking(ready), "PostgreSQL does not answer");
    }

    fn command(&self, program: &str) -> Command {
        let command = postgres::command(&self.programs.join(program), &[self.data.path()]);
        let mut command = command.expect("the folder can be given away");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // SIGINT is the fast shutdown: it does not wait for clients to disconnect.
            let _ = Command::new("kill").args(["-INT", &process.id().to_string()]).status();
            if !eventually_blocking(|| process.try_wait().is_ok_and(|ended| ended.is_some())) {
                let _ = process.kill();
            }
        }
    }
}
