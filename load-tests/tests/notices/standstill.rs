//! A server that stands still for 300 ms in every second.

use std::{sync::atomic::AtomicBool, thread, time::Duration};

use crate::{closed_loop, pairs, server::Server, tool::Tool};

const STILL: Duration = Duration::from_millis(300);
const EVERY: Duration = Duration::from_secs(1);

#[test]
fn a_server_that_stands_still_is_slow_for_an_open_loop() {
    let server = Server::start();
    let token = server.token("closed");
    let scenario = pairs(100, 6) + "[goals]\nack_p99_ms = 100\ndelivered_p99_ms = 100\n";
    let mut tool = Tool::run_against(&server, &server.url(), &scenario);
    tool.hear("load for");
    let is_over = AtomicBool::new(false);
    let (ended, closed) = thread::scope(|scope| {
        let closed = scope.spawn(|| closed_loop::ask(server.address, &token, &is_over));
        let ended = server.while_standing_still(STILL, EVERY, || tool.end());
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        (ended, closed.join().expect("it asks to the end"))
    });

    // Three of ten messages were due in one of the pauses.
    for goal in ["due to acknowledged, p99", "due to read, p99"] {
        ended.check_missed(goal);
        assert!(ended.value(goal) >= 200.0, "{}", ended.text);
    }
    for goal in ["messages lost", "messages doubled", "messages out of order", "errors"] {
        assert!(ended.value(goal) == 0.0, "slow is not lost: {}", ended.text);
    }
    // The closed loop ran at the same time against the same server: one request per pause waited, of hundreds. The
    // comparison uses p95, because a busy machine answers fewer requests.
    assert!(closed_loop::quantile(&closed, 1.0) >= STILL / 2, "it did stand still");
    let (closed_ms, open_ms) = (closed_loop::quantile(&closed, 0.95).as_secs_f64() * 1e3, ended.delivery_ms(0.95));
    assert!(closed_ms < open_ms / 2.0, "{closed_ms} ms of {} requests, {open_ms} ms of messages", closed.len());
}
