//! What the README prints is what the server does.

use crate::harness::{Cluster, Tenant, http::Request};

const README: &str = include_str!("../../../README.md");

/// The text between two marks of the README.
fn between(begin: &str, end: &str) -> &'static str {
    let (_, rest) = README.split_once(begin).unwrap_or_else(|| panic!("the README has no `{begin}`"));
    rest.split_once(end).unwrap_or_else(|| panic!("the README has no `{end}` behind `{begin}`")).0
}

#[tokio::test]
async fn the_rows_of_the_readme_are_applied_as_it_says() {
    let rows = between("--data-binary @- <<'ROWS'\n", "ROWS\n");
    let answer = between("and the others are applied:\n\n```text\n", "```");
    let cluster = Cluster::embedded().await;
    let tenant = Tenant::of_preset(cluster.settings(), "hugo", "ent");
    let key = tenant.api_key(cluster.settings(), "provision");
    let request = Request::new("POST", "/v1/import").bearer(&key).body(rows);
    assert_eq!(request.send(cluster.nodes[0].public()).await.text(), answer);
}
