//! The server's process, on one core of its own where the machine has a choice.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::Outcome;

/// Migrations of an empty database included.
const START_PATIENCE: Duration = Duration::from_secs(30);
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// The core the server, and the raw loop it is compared with, are bound to: CPU time then is not paid for moving between
/// cores, and the load generator has the others.
const CORE: &str = "0";

/// A running server. Killed when dropped; [`Server::stop`] lets it end in order.
pub struct Server {
    child: Child,
    pid: u32,
    /// For clients.
    pub public: SocketAddr,
    /// For health and metrics.
    pub internal: SocketAddr,
    log: PathBuf,
}

impl Server {
    pub(super) async fn start(program: &Path, settings: &[(String, String)], folder: &Path) -> Outcome<Self> {
        let log = folder.join("server.log");
        let out = fs::File::options().create(true).append(true).open(&log)?;
        let mut child = pinned(&command(program, settings)).stdout(Stdio::piped()).stderr(out).spawn()?;
        let pid = child.id().ok_or("the server ended at once")?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let ready = async {
            let public = address(&mut lines, "causerie is ready on http://").await?;
            let internal = address(&mut lines, "internal listener on http://").await?;
            Outcome::Ok((public, internal))
        };
        let (public, internal) = match timeout(START_PATIENCE, ready).await {
            Ok(Ok(addresses)) => addresses,
            Ok(Err(error)) => return Err(format!("{error}: {}", fs::read_to_string(&log)?).into()),
            Err(_) => return Err("the server is not ready in time".into()),
        };
        // What it still prints must find a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, pid, public, internal, log })
    }

    /// For `/proc`.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Asks it to end and waits for it.
    ///
    /// # Errors
    /// When it ended with a failure, or does not end.
    pub async fn stop(mut self) -> Outcome<()> {
        signal(self.pid, "TERM");
        let status = timeout(STOP_PATIENCE, self.child.wait()).await.map_err(|_| "the server does not end")??;
        if !status.success() {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            return Err(format!("the server ended with {status}: {log}").into());
        }
        Ok(())
    }
}

/// The address in the line that starts so.
async fn address(lines: &mut Lines<BufReader<ChildStdout>>, start: &str) -> Outcome<SocketAddr> {
    while let Some(line) = lines.next_line().await? {
        if let Some(address) = line.strip_prefix(start) {
            return Ok(address.trim().parse()?);
        }
    }
    Err("the server did not start".into())
}

/// The program with these settings and no others.
pub(super) fn command(program: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CAUSERIE_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().map(|(name, value)| (name, value))).kill_on_drop(true);
    command
}

/// The same command, bound to [`CORE`] if there is another one left.
pub(crate) fn pinned(command: &Command) -> Command {
    let command = command.as_std();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut pinned = if cores > 1 {
        let mut taskset = Command::new("taskset");
        taskset.args(["--cpu-list", CORE]).arg(command.get_program());
        taskset
    } else {
        Command::new(command.get_program())
    };
    pinned.args(command.get_args()).kill_on_drop(true);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => pinned.env(name, value),
            None => pinned.env_remove(name),
        };
    }
    pinned
}

/// Sends a signal. The standard library only kills.
pub(super) fn signal(pid: u32, name: &str) {
    // A process that is gone already needs no signal.
    let _ = std::process::Command::new("kill").args(["-s", name, &pid.to_string()]).status();
}
