//! A server: a process of this run on a core of its own, or a server that runs already.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use super::{
    Reading,
    cores::{self, CoreUse},
    place::Place,
};
use crate::Outcome;

/// The longest time until a server is ready, with the migrations of an empty database.
const START_PATIENCE: Duration = Duration::from_secs(30);
const STOP_PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Dropping it kills a server that this run started; [`Server::stop`] stops it in order.
pub struct Server {
    /// The address for clients.
    pub place: Place,
    /// The address of health checks and metrics; known for a target only if `--internal` names it.
    pub internal: Option<SocketAddr>,
    process: Option<Process>,
}

struct Process {
    child: Child,
    pid: u32,
    log: PathBuf,
}

impl Server {
    /// Starts the server of this number, from 0.
    pub(super) async fn start(program: &Path, settings: &[(String, String)], folder: &Path, number: usize) -> Outcome<Self> {
        let log = folder.join(format!("server-{number}.log"));
        let out = fs::File::options().create(true).append(true).open(&log)?;
        let mut command = command(program, settings);
        command.stdout(Stdio::piped()).stderr(out);
        let mut child = cores::start_on(CoreUse::Server(number), || command.spawn())?;
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
        // The output of the server must be read, or the server would block.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let process = Some(Process { child, pid, log });
        Ok(Self { place: Place::local(public), internal: Some(internal), process })
    }

    /// A server that runs already.
    pub(super) fn running(place: Place, internal: Option<SocketAddr>) -> Self {
        Self { place, internal, process: None }
    }

    /// The process id, for `/proc`; `None` for a target.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.pid)
    }

    /// The address of the server's HTTP API. This tool sends these requests without TLS.
    ///
    /// # Errors
    /// When the server is a target behind TLS.
    pub fn http(&self) -> Outcome<SocketAddr> {
        if self.place.tls {
            return Err("--target: this scenario uses the HTTP API, which needs http://".into());
        }
        Ok(self.place.address())
    }

    /// The resources that the server has used so far.
    ///
    /// # Errors
    /// When the server has ended or does not answer.
    pub async fn reading(&self) -> Outcome<Reading> {
        Reading::of(self).await
    }

    /// Stops the server and waits for its end. Does nothing to a target.
    ///
    /// # Errors
    /// When the server ends with a failure, or does not end.
    pub async fn stop(self) -> Outcome<()> {
        let Some(mut process) = self.process else { return Ok(()) };
        signal(process.pid, Signal::TERM);
        let status = timeout(STOP_PATIENCE, process.child.wait()).await.map_err(|_| "the server does not end")??;
        if !status.success() {
            let log = fs::read_to_string(&process.log).unwrap_or_default();
            return Err(format!("the server ended with {status}: {log}").into());
        }
        Ok(())
    }
}

/// The address in the line that begins with `start`.
async fn address(lines: &mut Lines<BufReader<ChildStdout>>, start: &str) -> Outcome<SocketAddr> {
    while let Some(line) = lines.next_line().await? {
        if let Some(address) = line.strip_prefix(start) {
            return Ok(address.trim().parse()?);
        }
    }
    Err("the server did not start".into())
}

/// The command of the program with these settings and no others. Ctrl-C of the terminal reaches only this tool, which
/// then stops the server in order.
pub(super) fn command(program: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CAUSERIE_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().map(|(name, value)| (name, value))).process_group(0).kill_on_drop(true);
    command
}

/// Sends a signal.
pub(super) fn signal(pid: u32, signal: Signal) {
    // A process that has ended needs no signal.
    let _ = i32::try_from(pid).ok().and_then(Pid::from_raw).map(|pid| kill_process(pid, signal));
}
