//! A test run with a test that hangs ends, and its output names the test.

use std::{
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

/// The environment variable that names the test that must hang. A test starts this program again with the variable.
const HANGING_TEST: &str = "CAUSERIE_TEST_HANGS";

fn run_with_hanging_test(test: &str, deadline_s: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test]).env(HANGING_TEST, test).env(causerie_test_deadline::VARIABLE, deadline_s);
    command.output().expect("it starts")
}

fn must_hang(test: &str) -> bool {
    std::env::var(HANGING_TEST).is_ok_and(|name| name == test)
}

#[test]
fn a_blocked_test_is_named_and_the_run_ends() {
    let name = "a_blocked_test_is_named_and_the_run_ends";
    if must_hang(name) {
        causerie_test_deadline::watch();
        loop {
            thread::park();
        }
    }
    let output = run_with_hanging_test(name, "1");
    assert_eq!(output.status.code(), Some(101));
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(printed.contains(&format!("test {name} did not end within 1 s")), "{printed}");
}

#[test]
fn a_test_that_keeps_waiting_fails_at_its_deadline() {
    let name = "a_test_that_keeps_waiting_fails_at_its_deadline";
    if must_hang(name) {
        loop {
            let deadline = causerie_test_deadline::watch();
            // The loop starts a new wait each time, as a harness does when a peer sends pings.
            thread::sleep(deadline.remaining(Duration::from_millis(50)));
            assert!(!deadline.is_over(), "the test is over its deadline");
        }
    }
    // The watchdog ends the process one more limit after the deadline: a busy machine needs more than a second.
    let output = run_with_hanging_test(name, "3");
    assert_eq!(output.status.code(), Some(101));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        printed.contains("over its deadline") && printed.contains("test result: FAILED. 0 passed; 1 failed"),
        "{printed}"
    );
}

#[test]
fn a_paused_test_gets_its_full_time() {
    let start = Instant::now();
    let first = causerie_test_deadline::watch();
    causerie_test_deadline::pause();
    thread::sleep(Duration::from_millis(20));
    let second = causerie_test_deadline::watch();
    assert!(first != second && !second.is_over());
    assert!(second.remaining(Duration::MAX) <= causerie_test_deadline::limit() + start.elapsed());
    assert_eq!(second, causerie_test_deadline::watch(), "nothing renews it");
}
