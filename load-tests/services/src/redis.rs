//! A Redis server that can be killed, frozen and started again on the same port.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

use crate::free_address;

/// How long an answer may take before the server counts as away.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// A `redis-server` process that stores nothing on disk. It ends when this is dropped.
pub struct Redis {
    address: SocketAddr,
    folder: PathBuf,
    /// Empty if there is no password.
    password: String,
    process: Option<Child>,
}

impl Redis {
    /// A Redis that does not run yet, with its log in `folder`. If the password is not empty, Redis requires it from
    /// clients and sends it to a primary that it follows.
    #[must_use]
    pub fn new(folder: &Path, password: &str) -> Self {
        Self { address: free_address(), folder: folder.to_owned(), password: password.to_owned(), process: None }
    }

    /// The URL `redis://…`, with the password.
    #[must_use]
    pub fn url(&self) -> String {
        let password = if self.password.is_empty() { String::new() } else { format!(":{}@", self.password) };
        format!("redis://{password}{}", self.address)
    }

    /// The address of Redis.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it was started and not killed since.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.process.is_some()
    }

    /// Starts Redis without data. `adjust` may change the command.
    ///
    /// # Errors
    /// When `redis-server` is missing or can't be run.
    ///
    /// # Panics
    /// When Redis runs already.
    pub fn start(&mut self, adjust: impl FnOnce(&mut Command)) -> io::Result<()> {
        assert!(self.process.is_none(), "Redis runs already");
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &self.address.port().to_string()]);
        command.args(["--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"]);
        if !self.password.is_empty() {
            command.args(["--requirepass", &self.password, "--masterauth", &self.password]);
        }
        command.arg("--dir").arg(&self.folder).stdout(fs::File::create(self.log())?);
        adjust(&mut command);
        let process = command.spawn().map_err(|error| io::Error::new(error.kind(), format!("redis-server: {error}")))?;
        self.process = Some(process);
        Ok(())
    }

    /// Whether the started process answers: the Redis of another program may have taken the port.
    ///
    /// # Errors
    /// When the process has ended; the error contains its log.
    pub fn answers(&mut self) -> io::Result<bool> {
        let Some(process) = &mut self.process else { return Ok(false) };
        if process.try_wait()?.is_some() {
            return Err(io::Error::other(format!("redis-server ended: {}", fs::read_to_string(self.log())?)));
        }
        let own = format!("process_id:{}", process.id());
        Ok(self.ask("INFO server").is_ok_and(|told| told.lines().any(|line| line == own)))
    }

    /// Kills the process, like a power cut. Does nothing if it does not run.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // The process may have ended on its own.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Freezes the process (SIGSTOP): connections stay open, and nothing answers.
    ///
    /// # Panics
    /// When Redis does not run.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets the frozen process continue (SIGCONT).
    ///
    /// # Panics
    /// When Redis does not run.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// The raw answer to an inline command.
    ///
    /// # Errors
    /// When Redis does not answer within two seconds.
    pub fn ask(&self, command: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.address, ANSWER_TIMEOUT)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        let login = if self.password.is_empty() { String::new() } else { format!("AUTH {}\r\n", self.password) };
        stream.write_all(format!("{login}{command}\r\nQUIT\r\n").as_bytes())?;
        let mut told = String::new();
        stream.read_to_string(&mut told)?;
        Ok(told)
    }

    /// Uses the `kill` of the shell, which exists on every machine.
    fn signal(&self, name: &str) {
        let id = self.process.as_ref().expect("Redis runs").id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().expect("there is a shell");
        assert!(sent.success(), "SIG{name} was not delivered");
    }

    fn log(&self) -> PathBuf {
        self.folder.join(format!("redis-{}.log", self.address.port()))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
