//! The report as an HTML page.

use crate::{pairs, server::Server, tool::Tool};

#[test]
fn the_page_has_every_goal_and_needs_no_other_file() {
    let server = Server::start();
    let scenario = pairs(20, 1) + "[goals]\nack_p99_ms = 10000\ndelivered_p99_ms = 10000\n";
    let ended = Tool::run_against(&server, &server.url(), &scenario).end();
    assert!([0, 4].contains(&ended.status), "{}{}", ended.text, ended.said);
    let html = ended.html.to_lowercase();
    for outside in
        ["<script", "javascript:", "<link", "<iframe", "<img", "@import", "url(", " src=", " onload=", " onclick="]
    {
        assert!(!html.contains(outside), "the page has {outside}");
    }
    let goals = ended.json["goals"].as_array().expect("are a list");
    assert_eq!(goals.len(), 6, "{}", ended.text);
    for goal in goals {
        let (name, verdict) = (goal["name"].as_str().expect("a text"), goal["verdict"].as_str().expect("a word"));
        assert!(html.contains(name), "the page lacks the goal `{name}`");
        assert!(html.contains(verdict), "the page lacks the verdict `{verdict}`");
        assert!(ended.text.contains(name), "the table lacks the goal `{name}`");
    }
    assert!(ended.html.contains("Five pairs write to each other."));
}
