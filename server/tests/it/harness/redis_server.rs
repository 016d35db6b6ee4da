//! A Redis of one test, which the test can stop, empty and cut.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use super::{TempDir, eventually, eventually_blocking, ports::free_address};

/// A private Redis server. Stopped when dropped.
pub struct RedisServer {
    address: SocketAddr,
    folder: TempDir,
    /// An empty string means no password.
    password: String,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts an empty server.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts a server that requires a password, and uses the same password for its primary when it is a replica.
    pub fn start_with(password: &str) -> Self {
        let (address, folder) = (free_address(), TempDir::new());
        let mut server = Self { address, folder, password: password.to_owned(), process: None };
        server.start_again();
        server
    }

    pub fn url(&self) -> String {
        let password = if self.password.is_empty() { String::new() } else { format!(":{}@", self.password) };
        format!("redis://{password}{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes this server a replica and waits until it is synchronised. Client connections stay open.
    pub async fn follow(&self, primary: &Self) {
        let port = primary.address.port().to_string();
        self.command::<()>(&["REPLICAOF", "127.0.0.1", &port]);
        eventually("a replica", async || {
            let info = self.try_command::<String>(&["INFO", "replication"]).ok()?;
            info.contains("master_link_status:up").then_some(())
        })
        .await;
    }

    /// Makes this server a primary.
    pub fn promote(&self) {
        self.command::<()>(&["REPLICAOF", "NO", "ONE"]);
    }

    /// Stops the server.
    pub fn stop(&mut self) {
        let mut process = self.process.take().expect("Redis runs");
        process.kill().expect("it is ours");
        process.wait().expect("it is ours");
    }

    /// Starts the server again at the same address, empty.
    pub fn start_again(&mut self) {
        assert!(self.process.is_none(), "Redis runs already");
        let mut command = Command::new("redis-server");
        command.args([
            "--bind",
            "127.0.0.1",
            "--port",
            &self.address.port().to_string(),
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        command.args(["--repl-diskless-sync-delay", "0"]);
        if !self.password.is_empty() {
            command.args(["--requirepass", &self.password, "--masterauth", &self.password]);
        }
        command.arg("--dir").arg(self.folder.path()).stdout(Stdio::null());
        let mut process = command.spawn().expect("redis-server is installed: scripts/test installs it");
        // Another test's server may have taken the same port, so the process id is checked.
        let own = format!("process_id:{}\r", process.id());
        let answers = eventually_blocking(|| {
            assert!(process.try_wait().expect("it is ours").is_none(), "redis-server ended at once");
            self.try_command::<String>(&["INFO", "server"]).is_ok_and(|info| info.lines().any(|line| line == own.trim_end()))
        });
        self.process = Some(process);
        assert!(answers, "redis-server does not answer");
    }

    /// Removes all keys.
    pub fn flush(&self) {
        self.command::<()>(&["FLUSHALL"]);
    }

    /// Closes the connections of all clients, including subscribers.
    pub fn kill_connections(&self) {
        self.command::<i64>(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        self.command::<i64>(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
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
        let id = self.process.as_ref().expect("Redis runs").id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().expect("there is a shell");
        assert!(sent.success(), "SIG{name} was not delivered");
    }

    /// Runs a command.
    pub fn command<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        self.try_command(words).expect("Redis answers")
    }

    /// Runs a command on a server that may be stopped or may close the connection.
    ///
    /// # Errors
    /// When the server does not answer, or the answer has another type than `T`.
    pub fn try_command<T: redis::FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
        let mut connection = redis::Client::open(self.url())?.get_connection()?;
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query(&mut connection)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.stop();
        }
    }
}
