//! The example in `docs/provisioning.md` matches the server's answer.

use crate::harness::{Cluster, Tenant, http::Request};

const PAGE: &str = include_str!("../../../docs/provisioning.md");

/// The text of the page between two markers.
fn between(begin: &str, end: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(begin).unwrap_or_else(|| panic!("the page has no `{begin}`"));
    rest.split_once(end).unwrap_or_else(|| panic!("the page has no `{end}` after `{begin}`")).0
}

#[tokio::test]
async fn the_rows_on_the_provisioning_page_get_the_printed_answer() {
    let rows = between("--data-binary @- <<'ROWS'\n", "ROWS\n");
    let answer = between("and the others are applied:\n\n```text\n", "```");
    let cluster = Cluster::embedded().await;
    let tenant = Tenant::of_preset(cluster.settings(), "hugo", "ent");
    let key = tenant.api_key(cluster.settings(), "provision");
    let request = Request::new("POST", "/v1/import").bearer(&key).body(rows);
    assert_eq!(request.send(cluster.nodes[0].public()).await.text(), answer);
}
