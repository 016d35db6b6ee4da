//! The messenger page, pages of other origins, and the demo.

use serde_json::json;

use super::{Caller, assert_problem};
use crate::harness::{Cluster, http::Request};

#[tokio::test]
async fn the_page_comes_with_a_policy_that_lets_nothing_else_run() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let page = Request::get("/").send(node).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let policy = page.header("content-security-policy").expect("a policy");
    for part in ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'self'"] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");

    let etag = page.header("etag").expect("an etag");
    let known = Request::get("/").header("if-none-match", etag).send(node).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(Request::get("/").header("if-none-match", "\"other\"").send(node).await.status, 200);

    // What the page loads is there, and may be kept for ever.
    let script = page.text().split('"').find(|part| part.contains("assets/") && part.ends_with(".js"));
    let script = script.expect("the page loads a script").trim_start_matches('.');
    let script = Request::get(script).send(node).await;
    assert_eq!(script.status, 200);
    assert!(script.header("cache-control").is_some_and(|lasting| lasting.contains("immutable")));
    assert!(script.header("content-type").is_some_and(|kind| kind.starts_with("text/javascript")));

    assert_problem(&Request::new("POST", "/").send(node).await, 405, "unknown_command", "");
    for path in ["/../Cargo.toml", "/assets/../../../package.json", "/%2e%2e/%2e%2e/package.json", "/assets"] {
        assert_problem(&Request::get(path).send(node).await, 404, "unknown_command", "");
    }
}

#[tokio::test]
async fn only_pages_of_listed_origins_may_read_answers() {
    const OURS: &str = "https://app.example";
    let cluster = Cluster::embedded_with(|settings| settings.set("listen.origins", OURS)).await;
    let lea = Caller::person(&cluster, "lea");
    let preflight = |origin: &str| {
        Request::new("OPTIONS", "/v1/conversations")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization, content-type")
    };
    let node = cluster.nodes[0].public();

    let allowed = preflight(OURS).send(node).await;
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(OURS));
    assert!(allowed.header("access-control-allow-methods").is_some_and(|methods| methods.contains("POST")));
    assert!(allowed.header("access-control-allow-headers").is_some_and(|headers| headers.contains("authorization")));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    let answer = lea.send(Request::get("/v1/me").header("origin", OURS)).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(OURS));
    let refused = lea.send(Request::get("/v1/conversations/x").header("origin", OURS)).await;
    assert_eq!(refused.header("access-control-allow-origin"), Some(OURS), "a page may read why");

    for origin in ["https://evil.example", "http://app.example", "https://app.example.evil.example", "null"] {
        assert_eq!(preflight(origin).send(node).await.header("access-control-allow-origin"), None, "{origin}");
        let answer = lea.send(Request::get("/v1/me").header("origin", origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(answer.header("vary"), Some("origin"));
    }
}

#[tokio::test]
async fn the_demo_lets_anyone_in_and_says_so() {
    let cluster = Cluster::embedded_with(|settings| settings.set("demo.enabled", true)).await;
    let node = cluster.nodes[0].public();
    let people = Request::get("/demo/people").send(node).await;
    assert!(people.header("causerie-warning").is_some_and(|warning| warning.contains("anyone")));
    let people = people.ok()["people"].clone();
    assert_eq!(people[0], json!({ "externalId": "lea", "name": "Léa Martin", "avatarUrl": "" }));

    let sign_in = |external_id: &str| Request::new("POST", "/demo/token").json(&json!({ "externalId": external_id }));
    for person in people.as_array().expect("people") {
        let signed_in = sign_in(person["externalId"].as_str().expect("an id")).send(node).await.ok();
        assert!(signed_in["expiresAt"].as_str().is_some_and(|at| at.contains('T')), "{signed_in}");
        let credential = signed_in["token"].as_str().expect("a token").to_owned();
        let caller = Caller { cluster: &cluster, credential };
        assert_eq!(caller.get("/v1/me").await.ok()["name"], person["name"]);
        let page = caller.get("/v1/conversations").await.ok();
        assert_eq!(page["conversations"][0]["subject"], "Sortie au musée");
        assert_eq!(page["conversations"][0]["memberCount"], 8);
    }
    assert_problem(&sign_in("nobody").send(node).await, 400, "invalid", "externalId");

    // Not by a name that only happens to lead here, and not for a page elsewhere.
    for (header, value) in [("host", "chat.example"), ("origin", "https://evil.example")] {
        assert_problem(&sign_in("lea").header(header, value).send(node).await, 403, "forbidden", "");
    }
}

#[tokio::test]
async fn a_second_start_finds_the_demo_as_it_was() {
    let mut cluster = Cluster::embedded_with(|settings| settings.set("demo.enabled", true)).await;
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    let node = cluster.nodes[0].public();
    let signed_in = Request::new("POST", "/demo/token").json(&json!({ "externalId": "tom" })).send(node).await.ok();
    let credential = signed_in["token"].as_str().expect("a token").to_owned();
    let page = Caller { cluster: &cluster, credential }.get("/v1/conversations").await.ok();
    assert_eq!(page["conversations"].as_array().map(Vec::len), Some(1), "{page}");
    assert_eq!(page["conversations"][0]["lastSeq"], 1);
}

#[tokio::test]
async fn without_demo_there_is_no_such_door() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    assert_problem(&Request::get("/demo/people").send(node).await, 404, "unknown_command", "");
    assert_problem(&Request::new("POST", "/demo/token").json(&json!({})).send(node).await, 404, "unknown_command", "");
}
