//! Messages that are lost, doubled or out of order on the way from the server.

use crate::{
    pairs,
    proxy::{Fault, Proxy},
    server::Server,
    tool::{Ended, Tool},
};

const COUNTS: [&str; 3] = ["messages lost", "messages doubled", "messages out of order"];

fn through(fault: Fault, scenario: &str) -> (Ended, u64) {
    let server = Server::start();
    let proxy = Proxy::to(server.address, fault);
    let ended = Tool::run_against(&server, &proxy.url(), scenario).end();
    let treated = proxy.treated();
    assert!(treated > 0, "the proxy had nothing to do: {}", ended.said);
    (ended, treated)
}

/// Each changed message is counted under this name and under no other.
fn check(ended: &Ended, name: &str, treated: u64) {
    ended.check_missed(name);
    for count in COUNTS {
        #[allow(clippy::cast_precision_loss)] // dozens
        let expected = if count == name { treated as f64 } else { 0.0 };
        assert!(ended.value(count) == expected, "{count} is not {expected}: {}", ended.text);
    }
    assert!(ended.text.contains(name), "{}", ended.text);
}

#[test]
fn lost_messages_are_counted() {
    let (ended, treated) = through(Fault::Drop, &pairs(60, 2));
    check(&ended, "messages lost", treated);
}

#[test]
fn doubled_messages_are_counted() {
    let (ended, treated) = through(Fault::Repeat, &pairs(60, 2));
    check(&ended, "messages doubled", treated);
}

#[test]
fn messages_out_of_order_are_counted() {
    // The last message of a conversation can't be swapped. Each conversation has 56 messages.
    let (ended, treated) = through(Fault::Swap, &pairs(140, 2));
    check(&ended, "messages out of order", treated);
}

#[test]
fn lost_mails_are_counted() {
    let scenario = pairs(60, 2).replace("\"direct\"", "\"mail\"").replace("sends_per", "mails_per");
    let (ended, treated) = through(Fault::Drop, &scenario);
    check(&ended, "messages lost", treated);
}
