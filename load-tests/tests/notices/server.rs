//! A real server for one test, in the embedded form.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use rustix::process::Signal;

use crate::{folder::Folder, tool::signal};

/// The server process. Dropping it kills the process.
pub struct Server {
    child: Child,
    folder: Folder,
    /// The address for clients.
    pub address: SocketAddr,
    /// The id of the signing key of the tenant.
    pub key_id: String,
    /// The file with the signing key.
    pub key_file: PathBuf,
}

/// The server's program, beside the tool: `cargo test --workspace` builds both.
pub fn program() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_load-tests")).with_file_name("causerie");
    assert!(program.is_file(), "{} is not there; cargo build --workspace", program.display());
    program
}

impl Server {
    /// Starts a server with a tenant in which every user may write to every user.
    pub fn start() -> Self {
        causerie_test_deadline::watch();
        let folder = Folder::new();
        ask(&folder, &["migrate"]);
        ask(&folder, &["tenant", "create", "load", "--name", "Load"]);
        let key = ask(&folder, &["signing-key", "add", "--tenant", "load", "--algorithm", "HS256", "--generate"]);
        let said = |name: &str| key.lines().find_map(|line| line.strip_prefix(name)).expect("is said").trim().to_owned();
        let key_file = folder.write("key", &said("secret "));
        let mut child = command(&folder).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("is piped")).lines().map_while(Result::ok);
        let ready = lines.find_map(|line| line.strip_prefix("causerie is ready on http://").map(str::to_owned));
        let address = ready.expect("is ready").trim().parse().expect("is an address");
        // The output of the server must be read, or the server would block.
        thread::spawn(move || lines.for_each(drop));
        Self { child, folder, address, key_id: said("kid "), key_file }
    }

    /// The value of `--target`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A token for a user.
    pub fn token(&self, user: &str) -> String {
        ask(&self.folder, &["token", "--tenant", "load", "--user", user]).trim().to_owned()
    }

    /// Runs `work` while the server is stopped for `still` and continued, again and again.
    pub fn while_standing_still<T>(&self, still: Duration, every: Duration, work: impl FnOnce() -> T) -> T {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    thread::sleep(every - still);
                    signal(self.child.id(), Signal::STOP);
                    thread::sleep(still);
                    signal(self.child.id(), Signal::CONT);
                }
            });
            // The other thread must also end if `work` panics.
            let _end = OnDrop(&is_over);
            work()
        })
    }
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(folder: &Folder, arguments: &[&str]) -> String {
    let output = command(folder).args(arguments).output().expect("starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("is text")
}

fn command(folder: &Folder) -> Command {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CAUSERIE_")) {
        command.env_remove(name);
    }
    command.env("CAUSERIE_DATA__DIR", folder.at("data")).env("CAUSERIE_DEMO__ENABLED", "false");
    command.env("CAUSERIE_LISTEN__PUBLIC", "127.0.0.1:0").env("CAUSERIE_LISTEN__INTERNAL", "127.0.0.1:0");
    for limit in ["FRAMES_PER_SECOND", "FRAMES_BURST", "SENDS_PER_SECOND", "SENDS_BURST"] {
        command.env(format!("CAUSERIE_LIMITS__{limit}"), "1000000");
    }
    command
}
