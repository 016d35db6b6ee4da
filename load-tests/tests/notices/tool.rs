//! Runs the tool as a user does.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{folder::Folder, server::Server};

/// Longer than any run of a test, even on a machine that compiles at the same time.
const PATIENCE: Duration = Duration::from_secs(60);

/// The tool measures the whole machine, so only one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// A run in progress. Dropping it kills the process.
pub struct Tool {
    child: Child,
    folder: Folder,
    said: Receiver<String>,
    heard: String,
    _alone: MutexGuard<'static, ()>,
}

/// A run that has ended.
pub struct Ended {
    /// The exit status.
    pub status: i32,
    /// The output.
    pub text: String,
    /// The report as JSON; null if there is none.
    pub json: Value,
    /// Likewise; empty if there is none.
    pub html: String,
    /// What it said meanwhile.
    pub said: String,
    /// Where it kept its data.
    pub data: PathBuf,
    _folder: Folder,
}

impl Tool {
    /// Runs a scenario file, with these arguments.
    pub fn run<T: AsRef<OsStr>>(scenario: &str, arguments: impl IntoIterator<Item = T>) -> Self {
        let folder = Folder::new();
        let scenario = folder.write("own.toml", scenario);
        let arguments = arguments.into_iter().map(|it| it.as_ref().to_owned());
        let head = ["run".into(), scenario.into_os_string()];
        Self::start(folder, head.into_iter().chain(arguments))
    }

    /// Runs a scenario file against a server that runs already, at this address.
    pub fn run_against(server: &Server, url: &str, scenario: &str) -> Self {
        let key = server.key_file.display().to_string();
        Self::run(scenario, ["--target", url, "--key-id", &server.key_id, "--key-file", &key])
    }

    fn start<T: AsRef<OsStr>>(folder: Folder, arguments: impl Iterator<Item = T>) -> Self {
        causerie_test_deadline::pause();
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        causerie_test_deadline::watch();
        fs::create_dir(folder.at("data")).expect("can be made");
        let mut command = Command::new(env!("CARGO_BIN_EXE_load-tests"));
        command.args(arguments).arg("--json").arg(folder.at("it.json")).arg("--html").arg(folder.at("it.html"));
        command.arg("--dir").arg(folder.at("data")).args(["--limit", "2"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the tool is there");
        let lines = BufReader::new(child.stderr.take().expect("is piped")).lines();
        let (sender, said) = channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, folder, said, heard: String::new(), _alone: alone }
    }

    /// Waits until it says something with these words.
    pub fn hear(&mut self, words: &str) {
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = self.said.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.heard += &format!("{line}\n");
            if line.contains(words) {
                return;
            }
        }
        panic!("it never said `{words}`, but: {}", self.heard);
    }

    /// Those it started, and those they started.
    pub fn children(&self) -> Vec<u32> {
        let mut family = vec![self.child.id()];
        let mut at = 0;
        while let Some(parent) = family.get(at).copied() {
            at += 1;
            for entry in fs::read_dir("/proc").expect("is there").map_while(Result::ok) {
                let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
                if parent_of(pid) == Some(parent) {
                    family.push(pid);
                }
            }
        }
        family.split_off(1)
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&self) {
        signal(self.child.id(), Signal::INT);
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait().expect("it is a child") {
                Some(status) => break status,
                None if Instant::now() > end => panic!("it does not end; it said: {}", self.rest()),
                None => thread::sleep(Duration::from_millis(20)),
            }
        };
        let mut text = String::new();
        self.child.stdout.take().expect("is piped").read_to_string(&mut text).expect("reads");
        let said = self.rest();
        let json = fs::read_to_string(self.folder.at("it.json")).map_or(Value::Null, |json| json.parse().expect("is JSON"));
        let html = fs::read_to_string(self.folder.at("it.html")).unwrap_or_default();
        let folder = std::mem::replace(&mut self.folder, Folder::new());
        let data = folder.at("data");
        let status = status.code().unwrap_or_else(|| panic!("it ended by a signal: {said}"));
        Ended { status, text, json, html, said, data, _folder: folder }
    }

    fn rest(&mut self) -> String {
        let mut all = std::mem::take(&mut self.heard);
        while let Ok(line) = self.said.recv_timeout(Duration::from_secs(1)) {
            all += &format!("{line}\n");
        }
        all
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Its children end with it, since their orders end.
            signal(self.child.id(), Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

impl Ended {
    /// A goal of the report.
    pub fn goal(&self, name: &str) -> &Value {
        let goals = self.json["goals"].as_array().unwrap_or_else(|| panic!("no goals: {}{}", self.said, self.text));
        goals.iter().find(|goal| goal["name"] == name).unwrap_or_else(|| panic!("no goal `{name}`: {}", self.text))
    }

    /// The value of a goal.
    pub fn value(&self, name: &str) -> f64 {
        self.goal(name)["value"].as_f64().unwrap_or_else(|| panic!("`{name}` has no value: {}", self.text))
    }

    /// Some figure of the report.
    pub fn metric(&self, name: &str) -> f64 {
        let metrics = self.json["metrics"].as_array().expect("are a list");
        let metric = metrics.iter().find(|metric| metric["name"] == name);
        metric.and_then(|metric| metric["value"].as_f64()).unwrap_or_else(|| panic!("no figure `{name}`: {}", self.text))
    }

    /// From due to read, at a quantile.
    pub fn delivery_ms(&self, quantile: f64) -> f64 {
        let curves = self.json["curves"].as_array().expect("are a list");
        let curve = curves.iter().find(|curve| curve["name"] == "due to read, every member").expect("is drawn");
        let points = curve["points"].as_array().expect("are a list");
        let point = points.iter().find(|point| point[0] == quantile).expect("is one of them");
        point[1].as_f64().expect("is a number")
    }

    /// Reasons not to trust it.
    pub fn doubts(&self) -> Vec<&str> {
        self.json["doubts"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// This goal is not met, and the exit status says so: 3, or 4 on a machine that was busy otherwise, which makes every
    /// figure doubtful.
    pub fn check_missed(&self, name: &str) {
        let goal = self.goal(name);
        let (value, limit) = (self.value(name), goal["limit"].as_f64().expect("is a number"));
        assert!(value > limit, "{name} is {value}: {}", self.text);
        let expected = if self.doubts().is_empty() { (3, "missed") } else { (4, "doubtful") };
        assert_eq!((self.status, goal["verdict"].as_str().expect("is a word")), expected, "{}", self.text);
        assert_eq!(goal["met"], false);
    }
}

/// Whether a process lives.
pub fn lives(pid: u32) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).unwrap_or_default();
    // One that only waits for its parent to notice its end is gone.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Sends a signal.
pub fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("is a process");
    // It may have ended meanwhile.
    let _ = kill_process(pid, signal);
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split_whitespace().nth(1)?.parse().ok()
}
