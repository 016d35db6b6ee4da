//! A load generator that can't keep up, whose figures are worthless.

use std::{
    hint, iter,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use crate::{pairs, server, tool::Tool};

/// The exit status of a run with doubts.
const DOUBTFUL: i32 = 4;

fn spawned(scenario: &str) -> Tool {
    Tool::run(scenario, ["--sqlite".into(), "--server".into(), server::program()])
}

#[test]
fn a_rate_beyond_the_generator_is_in_doubt() {
    let ended = spawned(&pairs(100_000, 1)).end();
    assert_eq!(ended.status, DOUBTFUL, "{}{}", ended.text, ended.said);
    let doubts = ended.doubts().join("; ");
    assert!(doubts.contains("the load generator"), "{}", ended.text);
    let goals = ended.json["goals"].as_array().expect("are a list");
    assert!(!goals.is_empty() && goals.iter().all(|goal| goal["met"] == false && goal["verdict"] == "doubtful"));
    assert!(ended.text.contains("DOUBT"), "{}", ended.text);
}

#[test]
fn cores_taken_by_others_are_a_doubt() {
    let is_over = AtomicBool::new(false);
    let ended = thread::scope(|scope| {
        let mut tool = spawned(&pairs(50, 3));
        tool.hear("load for");
        let cores = thread::available_parallelism().map_or(1, usize::from);
        iter::repeat_n((), 4 * cores).for_each(|()| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    hint::spin_loop()
                }
            });
        });
        let ended = tool.end();
        is_over.store(true, Ordering::Relaxed);
        ended
    });
    assert_eq!(ended.status, DOUBTFUL, "{}{}", ended.text, ended.said);
    assert!(!ended.doubts().is_empty());
}
