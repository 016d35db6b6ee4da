//! A test run that hangs is ended, and the test is named.

use std::{
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

/// The test that hangs in the run that another test starts.
const HANGS: &str = "CAUSERIE_TEST_HANGS";

fn run_hanging(test: &str, deadline_s: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test]).env(HANGS, test).env(causerie_test_deadline::VARIABLE, deadline_s);
    command.output().expect("it starts")
}

fn hangs(test: &str) -> bool {
    std::env::var(HANGS).is_ok_and(|name| name == test)
}

#[test]
fn a_blocked_test_is_named_and_the_run_ends() {
    let name = "a_blocked_test_is_named_and_the_run_ends";
    if hangs(name) {
        causerie_test_deadline::watch();
        loop {
            thread::park();
        }
    }
    let output = run_hanging(name, "1");
    assert_eq!(output.status.code(), Some(101));
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(says.contains(&format!("test {name} did not end within 1 s")), "{says}");
}

#[test]
fn a_test_that_keeps_waiting_fails_at_its_deadline() {
    let name = "a_test_that_keeps_waiting_fails_at_its_deadline";
    if hangs(name) {
        loop {
            let deadline = causerie_test_deadline::watch();
            // Each wait is renewed, as by the pings of a peer.
            thread::sleep(deadline.left(Duration::from_millis(50)));
            assert!(!deadline.is_over(), "the test is over its deadline");
        }
    }
    // The watchdog ends the process one more limit after the deadline: a busy machine needs more than a second.
    let output = run_hanging(name, "3");
    assert_eq!(output.status.code(), Some(101));
    let says = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(says.contains("over its deadline") && says.contains("test result: FAILED. 0 passed; 1 failed"), "{says}");
}

#[test]
fn a_paused_test_gets_its_full_time() {
    let began = Instant::now();
    let first = causerie_test_deadline::watch();
    causerie_test_deadline::pause();
    thread::sleep(Duration::from_millis(20));
    let second = causerie_test_deadline::watch();
    assert!(first != second && !second.is_over());
    assert!(second.left(Duration::MAX) <= causerie_test_deadline::limit() + began.elapsed());
    assert_eq!(second, causerie_test_deadline::watch(), "nothing renews it");
}
