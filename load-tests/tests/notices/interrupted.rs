//! Ctrl-C during a run.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use crate::{
    pairs, server,
    tool::{Tool, lives},
};

const INTERRUPTED: i32 = 130;

#[test]
fn a_run_that_is_interrupted_reports_what_it_saw() {
    let arguments = ["--sqlite".into(), "--server".into(), server::program()];
    let mut tool = Tool::run(&pairs(50, 60), arguments);
    tool.hear("load for");
    thread::sleep(Duration::from_secs(3));
    let children = tool.children();
    assert!(children.len() >= 2, "a server and users: {children:?}");
    tool.interrupt();
    let ended = tool.end();

    assert_eq!(ended.status, INTERRUPTED, "{}{}", ended.text, ended.said);
    assert_eq!(ended.json["interrupted"], true);
    let (answered, seconds) = (ended.metric("send, answered"), ended.metric("measured for"));
    assert!(answered > 0.0 && seconds > 0.0 && seconds < 60.0, "{}", ended.text);
    assert!(ended.value("messages lost") == 0.0, "what was on its way is waited for: {}", ended.text);
    assert_eq!(ended.goal("messages lost")["met"], false, "half a run meets nothing");
    let end = Instant::now() + Duration::from_secs(10);
    while children.iter().any(|child| lives(*child)) {
        assert!(Instant::now() < end, "children are left: {children:?}");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(fs::read_dir(&ended.data).expect("is there").count(), 0, "its data is left behind");
}
