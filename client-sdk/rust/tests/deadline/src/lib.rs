//! A deadline for each test. libtest has no deadline: a test that never ends hangs the whole run, and no output names the
//! test.
//!
//! The helpers of a test harness call [`watch`] and bound each of their waits by [`Deadline::remaining`], so that a late
//! test fails like other tests. If a test is blocked or loops outside these waits, this crate prints its name to stderr some
//! seconds after the deadline and ends the process with the exit status of a failed test.

use std::{
    cell::RefCell,
    io::Write as _,
    process,
    sync::{Mutex, MutexGuard, Once, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The environment variable that replaces [`SECONDS`], in seconds: for a slow machine, or to test the deadline itself.
pub const VARIABLE: &str = "CAUSERIE_TEST_DEADLINE_S";
/// How long a test may run, in seconds. The slowest tests take one or two minutes on a busy machine.
pub const SECONDS: u64 = 300;
/// The time between the deadline of a test and the end of the process. In this time the test can fail by itself.
const GRACE: Duration = Duration::from_secs(30);
/// The exit status of a test binary with a failed test.
const EXIT_FAILED: i32 = 101;

static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());
static WATCHDOG: Once = Once::new();

thread_local! {
    static CURRENT_TEST: RefCell<Option<WatchGuard>> = const { RefCell::new(None) };
}

/// A running test.
struct Watched {
    thread: thread::ThreadId,
    test: String,
    due: Instant,
}

/// The deadline of the test on this thread. Its drop at the end of the thread removes the test from [`WATCHED`]: libtest
/// runs each test on a thread of its own that has the test's name.
struct WatchGuard(Instant);

impl Drop for WatchGuard {
    fn drop(&mut self) {
        let own_thread = thread::current().id();
        watched().retain(|test| test.thread != own_thread);
    }
}

/// The instant at which a test must have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// The time until the deadline, at most `max`.
    #[must_use]
    pub fn remaining(self, max: Duration) -> Duration {
        self.0.map_or(max, |due| max.min(due.saturating_duration_since(Instant::now())))
    }

    /// Whether the deadline has passed.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.0.is_some_and(|due| Instant::now() >= due)
    }
}

/// The deadline of the test on this thread. The time starts at the first call. A thread of an async runtime has no deadline;
/// the thread of its test has one.
pub fn watch() -> Deadline {
    let current = thread::current();
    let Some(test) = current.name().filter(|name| !name.starts_with("tokio")) else { return Deadline(None) };
    // The thread-local value does not exist any more while the thread ends. No test waits then.
    let due = CURRENT_TEST.try_with(|guard| {
        guard
            .borrow_mut()
            .get_or_insert_with(|| {
                let due = Instant::now() + limit();
                watched().push(Watched { thread: current.id(), test: test.to_owned(), due });
                WatchGuard(due)
            })
            .0
    });
    WATCHDOG.call_once(|| drop(thread::Builder::new().name("test deadlines".to_owned()).spawn(end_late_runs)));
    Deadline(due.ok())
}

/// Stops the time of the test on this thread, for example while it waits for another test. The time starts again, from 0, at
/// the next [`watch`].
pub fn pause() {
    let _ = CURRENT_TEST.try_with(|guard| guard.borrow_mut().take());
}

/// How long a test may run.
#[must_use]
pub fn limit() -> Duration {
    let set = std::env::var(VARIABLE).ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(set.unwrap_or(SECONDS))
}

fn watched() -> MutexGuard<'static, Vec<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end_late_runs() {
    let grace = GRACE.min(limit());
    loop {
        thread::sleep(Duration::from_millis(200));
        let late: Vec<String> = watched()
            .iter()
            .filter(|watched_test| watched_test.due + grace < Instant::now())
            .map(|watched_test| watched_test.test.clone())
            .collect();
        if late.is_empty() {
            continue;
        }
        // `eprintln!` is not used here, because libtest captures its output on threads that tests started.
        for test in &late {
            let line = format!("\ntest {test} did not end within {} s: the run ends here\n", limit().as_secs());
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
        process::exit(EXIT_FAILED);
    }
}
