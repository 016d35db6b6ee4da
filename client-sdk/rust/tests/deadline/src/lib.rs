//! A deadline for each test. libtest has none: a test that never ends hangs the whole run, and nothing names it.
//!
//! The helpers of a test harness call [`watch`] and bound each of their waits by [`Deadline::left`], so that a late test
//! fails like any other. A test that does not return to such a wait, because it is blocked or loops elsewhere, is named on
//! stderr a little later, and the process ends with the status of a failed test.

use std::{
    cell::RefCell,
    io::Write as _,
    process,
    sync::{Mutex, MutexGuard, Once, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Sets another limit than [`SECONDS`], in seconds: for a slower machine, or to test the deadline itself.
pub const VARIABLE: &str = "CAUSERIE_TEST_DEADLINE_S";
/// How long a test may run, in seconds. The slowest tests take one or two minutes on a busy machine.
pub const SECONDS: u64 = 300;
/// After its deadline, a test has this long to fail by itself.
const GRACE: Duration = Duration::from_secs(30);
/// The exit status of a test binary with a failed test.
const FAILED: i32 = 101;

static WATCHED: Mutex<Vec<Watched>> = Mutex::new(Vec::new());
static WATCHDOG: Once = Once::new();

thread_local! {
    static MINE: RefCell<Option<Mine>> = const { RefCell::new(None) };
}

struct Watched {
    thread: thread::ThreadId,
    test: String,
    due: Instant,
}

/// Ends the watch when the thread ends: libtest runs each test on a thread of its own that has the test's name.
struct Mine(Instant);

impl Drop for Mine {
    fn drop(&mut self) {
        let mine = thread::current().id();
        watched().retain(|one| one.thread != mine);
    }
}

/// The instant at which a test must have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// The time left, at most `patience`.
    #[must_use]
    pub fn left(self, patience: Duration) -> Duration {
        self.0.map_or(patience, |due| patience.min(due.saturating_duration_since(Instant::now())))
    }

    /// Whether the deadline has passed.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.0.is_some_and(|due| Instant::now() >= due)
    }
}

/// The deadline of the test on this thread, counted from the first call. A thread of an async runtime belongs to no test: it
/// has no deadline, and the thread of its test is watched.
pub fn watch() -> Deadline {
    let current = thread::current();
    let Some(test) = current.name().filter(|name| !name.starts_with("tokio")) else { return Deadline(None) };
    // The thread-local value is gone when a thread ends; nothing waits any more then.
    let due = MINE.try_with(|mine| {
        mine.borrow_mut()
            .get_or_insert_with(|| {
                let due = Instant::now() + limit();
                watched().push(Watched { thread: current.id(), test: test.to_owned(), due });
                Mine(due)
            })
            .0
    });
    WATCHDOG.call_once(|| drop(thread::Builder::new().name("test deadlines".to_owned()).spawn(look_for_ever)));
    Deadline(due.ok())
}

/// The test on this thread waits for its turn: its time starts at the next [`watch`].
pub fn pause() {
    let _ = MINE.try_with(|mine| mine.borrow_mut().take());
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

fn look_for_ever() {
    let grace = GRACE.min(limit());
    loop {
        thread::sleep(Duration::from_millis(200));
        let late: Vec<String> =
            watched().iter().filter(|one| one.due + grace < Instant::now()).map(|one| one.test.clone()).collect();
        if late.is_empty() {
            continue;
        }
        // Not with `eprintln!`, which libtest captures on threads that tests started.
        for test in &late {
            let says = format!("\ntest {test} did not end within {} s: the run ends here\n", limit().as_secs());
            let _ = std::io::stderr().write_all(says.as_bytes());
        }
        process::exit(FAILED);
    }
}
