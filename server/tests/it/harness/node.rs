//! One server process.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    thread::JoinHandle,
};

use tokio::sync::mpsc;

use super::{Database, RedisServer, TempDir, eventually, eventually_blocking, free_address, within};

const BINARY: &str = env!("CARGO_BIN_EXE_causerie");
const PUBLIC: &str = "listen.public";
const INTERNAL: &str = "listen.internal";

/// Settings of a node, by their configuration names.
#[derive(Debug, Clone)]
pub struct Settings {
    values: BTreeMap<&'static str, String>,
    environment: BTreeMap<&'static str, String>,
}

impl Settings {
    /// Default settings for a node on this database, with a short drain time.
    pub fn on(database: &Database) -> Self {
        let defaults = [("shutdown.drain_ms", "500".to_owned()), ("demo.enabled", "false".to_owned())];
        Self { values: database.settings().into_iter().chain(defaults).collect(), environment: BTreeMap::new() }
    }

    /// Uses this Redis as the bus.
    #[must_use]
    pub fn with_redis(self, redis: &RedisServer) -> Self {
        self.set("redis.url", redis.url())
    }

    /// Sets one setting, for example `heartbeat.interval_ms`.
    #[must_use]
    pub fn set(mut self, key: &'static str, value: impl ToString) -> Self {
        self.values.insert(key, value.to_string());
        self
    }

    /// Adds a variable to the program's environment, for example `LD_PRELOAD`.
    #[must_use]
    pub fn environment(mut self, key: &'static str, value: impl ToString) -> Self {
        self.environment.insert(key, value.to_string());
        self
    }

    /// Removes a setting, so that its default applies.
    #[must_use]
    pub fn unset(mut self, key: &str) -> Self {
        self.values.remove(key);
        self
    }

    /// A command that runs the server with only these settings in its environment.
    pub fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        command.env_clear().env("RUST_BACKTRACE", "1").envs(&self.environment);
        for (key, value) in &self.values {
            command.env(format!("CAUSERIE_{}", key.replace('.', "__").to_uppercase()), value);
        }
        command
    }

    /// Runs a subcommand and returns its standard output.
    ///
    /// # Panics
    /// If the subcommand fails or does not end.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.attempt(arguments);
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "causerie {}: {}: {stdout}{stderr}", arguments.join(" "), output.status);
        stdout
    }

    /// Runs a subcommand that must fail and returns its standard error.
    ///
    /// # Panics
    /// If the subcommand succeeds or does not end.
    pub fn fail(&self, arguments: &[&str]) -> String {
        let output = self.attempt(arguments);
        let error_output = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "causerie {}: {error_output}", arguments.join(" "));
        error_output
    }

    /// Runs a subcommand to its end, whatever its exit status.
    ///
    /// # Panics
    /// If the subcommand does not end.
    pub fn attempt(&self, arguments: &[&str]) -> Output {
        let command_line = format!("causerie {}", arguments.join(" "));
        let mut command = self.command();
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // A subcommand prints a few lines, which fit into the pipe's buffer.
        if !eventually_blocking(|| child.try_wait().expect("it is ours").is_some()) {
            child.kill().expect("it is ours");
            let output = child.wait_with_output().expect("it is ours");
            panic!("{command_line} did not end: {}", String::from_utf8_lossy(&output.stderr));
        }
        child.wait_with_output().expect("it is ours")
    }
}

/// A running server. Dropping it kills the process and, if the test failed, prints its log.
pub struct Node {
    settings: Settings,
    public: SocketAddr,
    internal: SocketAddr,
    log: PathBuf,
    process: Option<Running>,
    // The folder is the last field, because the log is read before the folder is removed.
    _folder: TempDir,
}

struct Running {
    child: Child,
    /// The thread that copies the program's output to the log. It ends with the program.
    output_copier: JoinHandle<()>,
}

impl Node {
    /// Starts a server and waits until it is ready.
    pub async fn start(settings: Settings) -> Self {
        let folder = TempDir::new();
        // The addresses are chosen here, instead of port 0, because a restarted node must have the same addresses.
        let (public, internal) = (free_address(), free_address());
        let settings = settings.set(PUBLIC, public).set(INTERNAL, internal);
        let log = folder.path().join("log");
        let mut node = Self { settings, public, internal, log, process: None, _folder: folder };
        node.start_again().await;
        node
    }

    /// Starts a stopped node again at the same addresses.
    pub async fn start_again(&mut self) {
        assert!(self.process.is_none(), "the node runs already");
        let (sender, mut lines) = mpsc::unbounded_channel();
        self.process = Some(spawn(&self.settings, &self.log, sender));
        for (prefix, address) in
            [("causerie is ready on http://", self.public), ("internal listener on http://", self.internal)]
        {
            let line = within("a ready node", async {
                loop {
                    match lines.recv().await {
                        Some(line) if line.starts_with(prefix) => break line,
                        Some(_) => {}
                        None => panic!("the node ended before it said `{prefix}`; its log is below"),
                    }
                }
            });
            assert_eq!(line.await, format!("{prefix}{address}"));
        }
    }

    /// The address for clients.
    pub fn public(&self) -> SocketAddr {
        self.public
    }

    /// The address for operators: health and metrics.
    pub fn internal(&self) -> SocketAddr {
        self.internal
    }

    /// The node's settings, to run subcommands on the same data.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends the process with SIGKILL.
    pub fn kill(&mut self) {
        let mut running = self.process.take().expect("the node runs");
        // This also succeeds for a process that has ended or is frozen.
        running.child.kill().expect("it is ours");
        running.child.wait().expect("it is ours");
        running.output_copier.join().expect("copying lines does not panic");
    }

    /// The id of the process.
    ///
    /// # Panics
    /// If the node does not run.
    pub fn process_id(&self) -> u32 {
        self.process.as_ref().expect("the node runs").child.id()
    }

    /// Whether the process runs.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|running| running.child.try_wait().expect("it is ours").is_none())
    }

    /// Sets a resource limit of the process in the form of `prlimit`, such as `fsize=100000:`. A later call can remove the
    /// limit.
    pub fn limit(&self, limit: &str) {
        let id = self.process_id();
        let set = Command::new("prlimit").arg(format!("--pid={id}")).arg(format!("--{limit}")).status();
        assert!(set.expect("prlimit is part of every Linux").success(), "{limit} was not set");
    }

    /// The size of the process's address space, in bytes.
    pub fn address_space(&self) -> u64 {
        let id = self.process_id();
        let pages = std::fs::read_to_string(format!("/proc/{id}/statm")).expect("it runs");
        pages.split(' ').next().and_then(|pages| pages.parse::<u64>().ok()).expect("a number") * 4_096
    }

    /// Sends SIGTERM and does not wait.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Waits until the process ends by itself.
    pub async fn wait(&mut self) -> ExitStatus {
        let running = self.process.as_mut().expect("the node runs");
        let ended = eventually("the end of a node", async || running.child.try_wait().expect("it is ours")).await;
        let running = self.process.take().expect("it is there");
        running.output_copier.join().expect("copying lines does not panic");
        ended
    }

    /// Sends SIGSTOP: connections stay open, and nothing is answered.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Sends SIGCONT.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Sends a signal with the shell's `kill`, which every machine has.
    fn signal(&self, name: &str) {
        let id = self.process_id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().expect("there is a shell");
        assert!(sent.success(), "SIG{name} was not delivered");
    }
}

fn spawn(settings: &Settings, log: &Path, sender: mpsc::UnboundedSender<String>) -> Running {
    let open = || -> File { OpenOptions::new().create(true).append(true).open(log).expect("the log can be written") };
    let mut command = settings.command();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(open()).spawn().expect("the program starts");
    let output = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut log_file = open();
    let output_copier = std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // The receiver is dropped once the node is ready. The log only helps to debug, so a failed write is ignored.
            let _ = writeln!(log_file, "{line}");
            let _ = sender.send(line);
        }
    });
    Running { child, output_copier }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
        if std::thread::panicking() {
            eprintln!("---- log of the node at {} ----\n{}", self.public, self.log());
        }
    }
}
