//! A Redis of one's own, to be stopped, emptied and cut.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use super::{TempDir, eventually, eventually_blocking, ports::free_address};

/// A private Redis server. Ends with its owner.
pub struct RedisServer {
    address: SocketAddr,
    folder: TempDir,
    /// Empty for none.
    password: String,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts one, empty.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// Starts one that asks for a password, also of the server it may be a replica of.
    pub fn start_with(password: &str) -> Self {
        let (address, folder) = (free_address(), TempDir::new());
        let mut server = Self { address, folder, password: password.to_owned(), process: None };
        server.start_again();
        server
    }

    /// `redis://…`.
    pub fn url(&self) -> String {
        let password = if self.password.is_empty() { String::new() } else { format!(":{}@", self.password) };
        format!("redis://{password}{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes it a replica, and waits until it has all of the primary. Its clients keep their connections.
    pub async fn follow(&self, primary: &Self) {
        let port = primary.address.port().to_string();
        self.say::<()>(&["REPLICAOF", "127.0.0.1", &port]);
        eventually("a replica", async || {
            let info = self.try_say::<String>(&["INFO", "replication"]).ok()?;
            info.contains("master_link_status:up").then_some(())
        })
        .await;
    }

    /// Makes it a primary.
    pub fn promote(&self) {
        self.say::<()>(&["REPLICAOF", "NO", "ONE"]);
    }

    /// Stops it; its clients lose their connections and can't come back.
    pub fn stop(&mut self) {
        let mut process = self.process.take().expect("Redis runs");
        process.kill().expect("it is ours");
        process.wait().expect("it is ours");
    }

    /// Starts it at the same address, empty.
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
        // Whoever answers must be the process just started, not another test's at the same port.
        let own = format!("process_id:{}\r", process.id());
        let answers = eventually_blocking(|| {
            assert!(process.try_wait().expect("it is ours").is_none(), "redis-server ended at once");
            self.try_say::<String>(&["INFO", "server"]).is_ok_and(|info| info.lines().any(|line| line == own.trim_end()))
        });
        self.process = Some(process);
        assert!(answers, "redis-server does not answer");
    }

    /// Forgets everything it holds.
    pub fn flush(&self) {
        self.say::<()>(&["FLUSHALL"]);
    }

    /// Cuts all its clients, subscribers too.
    pub fn kill_connections(&self) {
        self.say::<i64>(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        self.say::<i64>(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    }

    /// Stops it in its tracks (SIGSTOP): connections stay open, nothing answers.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Sends a signal by the shell, whose `kill` every machine has.
    fn signal(&self, name: &str) {
        let id = self.process.as_ref().expect("Redis runs").id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().expect("there is a shell");
        assert!(sent.success(), "SIG{name} was not delivered");
    }

    /// Any command.
    pub fn say<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        self.try_say(words).expect("Redis answers")
    }

    /// Any command, of a server that may be away or cut its clients.
    ///
    /// # Errors
    /// When it does not answer, or not as expected.
    pub fn try_say<T: redis::FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
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
