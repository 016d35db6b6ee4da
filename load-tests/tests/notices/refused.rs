//! Runs that the tool refuses.

use crate::{pairs, tool::Tool};

#[test]
fn other_machines_are_left_alone() {
    // An address for examples (RFC 5737), where no server runs.
    let ended = Tool::run(&pairs(5, 1), ["--target", "http://192.0.2.1", "--key-id", "k", "--key-file", "f"]).end();
    assert_eq!(ended.status, 1);
    assert!(ended.said.contains("192.0.2.1 is not this machine; add --allow 192.0.2.1"), "{}", ended.said);
    assert!(ended.json.is_null() && ended.html.is_empty());
}

#[test]
fn a_scenario_with_rules_of_its_own_is_refused_for_a_target() {
    let scenario = pairs(5, 1) + "[rules]\npreset = \"school\"\n";
    let ended = Tool::run(&scenario, ["--target", "http://127.0.0.1:9", "--key-id", "k", "--key-file", "f"]).end();
    assert_eq!(ended.status, 1);
    assert!(ended.said.contains("rules: a --target knows nothing of these"), "{}", ended.said);
}

#[test]
fn a_file_with_a_mistake_is_refused_with_its_place() {
    let scenario = pairs(5, 1).replace("sends_per_second", "sends_per_seconds");
    let ended = Tool::run(&scenario, ["--sqlite"]).end();
    assert_eq!(ended.status, 2);
    assert!(ended.said.contains("own.toml:15: load.sends_per_seconds: there is no such key here"), "{}", ended.said);
}
