//! The messenger page, cross-origin requests, and the demo.

use serde_json::{Value, json};

use super::{Caller, assert_problem};
use crate::harness::{Cluster, Database, Node, Settings, http::Request};

#[tokio::test]
async fn the_page_has_a_content_security_policy_that_allows_only_its_own_files() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let page = Request::get("/").send(node).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let policy = page.header("content-security-policy").expect("a policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "frame-ancestors 'self'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");

    let etag = page.header("etag").expect("an etag");
    let known = Request::get("/").header("if-none-match", etag).send(node).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(Request::get("/").header("if-none-match", "\"other\"").send(node).await.status, 200);

    // The assets of the page exist and may be cached for ever.
    let script = page.text().split('"').find(|part| part.contains("assets/") && part.ends_with(".js"));
    let script = script.expect("the page loads a script").trim_start_matches('.');
    let script = Request::get(script).send(node).await;
    assert_eq!(script.status, 200);
    assert!(script.header("cache-control").is_some_and(|lasting| lasting.contains("immutable")));
    assert!(script.header("content-type").is_some_and(|kind| kind.starts_with("text/javascript")));

    // Browsers get it compressed, with an etag of its own.
    let small = Request::get("/").header("accept-encoding", "gzip, br").send(node).await;
    assert_eq!((small.status, small.header("content-encoding")), (200, Some("gzip")));
    assert!(small.body.starts_with(&[0x1f, 0x8b]) && small.body.len() < page.body.len());
    assert_eq!(page.header("vary"), Some("accept-encoding"));
    let etag = small.header("etag").expect("an etag");
    assert_ne!(Some(etag), page.header("etag"));
    let known = Request::get("/").header("accept-encoding", "gzip").header("if-none-match", etag).send(node).await;
    assert_eq!((known.status, known.header("content-encoding")), (304, None));

    assert_problem(&Request::new("POST", "/").send(node).await, 405, "unknown_command", "");
    for path in ["/../Cargo.toml", "/assets/../../../package.json", "/%2e%2e/%2e%2e/package.json", "/assets"] {
        assert_problem(&Request::get(path).send(node).await, 404, "unknown_command", "");
    }
}

#[tokio::test]
async fn the_admin_page_lies_at_a_path_of_its_own_and_its_policy_forbids_markup_from_text_and_frames() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let moved = Request::get("/admin").send(node).await;
    assert_eq!((moved.status, moved.header("location")), (308, Some("admin/")));
    let page = Request::get("/admin/").send(node).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let policy = page.header("content-security-policy").expect("a policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self';",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types lit-html",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("ws:"), "{policy}");
    let script = page.text().split('"').find(|part| part.contains("assets/") && part.ends_with(".js"));
    let script = script.expect("the page loads a script").trim_start_matches('.');
    let script = Request::get(format!("/admin{script}")).send(node).await;
    assert_eq!(script.status, 200);
    assert_eq!(script.header("access-control-allow-origin"), None);
    assert_problem(&Request::get("/widget").send(node).await, 404, "unknown_command", "");
}

#[tokio::test]
async fn only_pages_of_listed_origins_can_read_answers() {
    const OURS: &str = "https://app.example";
    let cluster = Cluster::embedded_with(|settings| settings.set("listen.origins", OURS)).await;
    let lea = Caller::user(&cluster, "lea");
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
async fn the_demo_gives_any_caller_a_token_and_logs_it() {
    let cluster = Cluster::embedded_with(|settings| settings.set("demo.enabled", true)).await;
    let node = cluster.nodes[0].public();
    let users = Request::get("/demo/people").send(node).await;
    assert!(users.header("causerie-warning").is_some_and(|warning| warning.contains("anyone")));
    let tenants = users.ok()["tenants"].clone();
    assert_eq!(tenants[0]["slug"], "demo");
    assert_eq!(tenants[0]["people"][0]["name"], "Léa Martin");

    let sign_in = |body: Value| Request::new("POST", "/demo/token").json(&body);
    for tenant in tenants.as_array().expect("tenants") {
        let mut talking = 0;
        for user in tenant["people"].as_array().expect("users") {
            let body = json!({ "tenant": tenant["slug"], "externalId": user["externalId"] });
            let signed_in = sign_in(body).send(node).await.ok();
            assert!(signed_in["expiresAt"].as_str().is_some_and(|at| at.contains('T')), "{signed_in}");
            let credential = signed_in["token"].as_str().expect("a token").to_owned();
            let caller = Caller { cluster: &cluster, credential };
            assert_eq!(caller.get("/v1/me").await.ok()["name"], user["name"]);
            let page = caller.get("/v1/conversations").await.ok();
            talking += page["conversations"].as_array().map_or(0, Vec::len);
            if tenant["slug"] == "demo" {
                assert_eq!(page["conversations"][0]["subject"], "Sortie au musée");
                assert_eq!(page["conversations"][0]["memberCount"], 8);
            }
        }
        assert!(talking >= 2, "nobody talks in {tenant}");
    }
    let lea = sign_in(json!({ "externalId": "lea" })).send(node).await.ok();
    assert!(lea["token"].is_string(), "of the first tenant");
    assert_problem(&sign_in(json!({ "externalId": "nobody" })).send(node).await, 400, "invalid", "externalId");
    assert_problem(&sign_in(json!({ "tenant": "acme" })).send(node).await, 400, "invalid", "tenant");

    // The demo refuses requests for another host name and requests from another origin.
    for (header, value) in [("host", "chat.example"), ("origin", "https://evil.example")] {
        assert_problem(
            &sign_in(json!({ "externalId": "lea" })).header(header, value).send(node).await,
            403,
            "forbidden",
            "",
        );
    }
}

#[tokio::test]
async fn each_demo_tenant_has_its_own_rules() {
    let cluster = Cluster::embedded_with(|settings| settings.set("demo.enabled", true)).await;
    let start = async |tenant: &str, me: &str, them: &str| {
        let body = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": them }] });
        demo_user(&cluster, tenant, me).await.json("POST", "/v1/conversations", body).await.json()["name"].clone()
    };
    for (tenant, me, them, refusal) in [
        ("demo", "lea", "idriss", Value::Null),
        ("demo-school", "lea", "lou", Value::Null),
        ("demo-school", "lea", "bob", json!("not_found")),
        ("demo-community", "pam", "noe", json!("cannot_start")),
        ("demo-community", "noe", "mia", Value::Null),
        ("demo-medical", "cem", "ada", json!("needs_friend")),
        ("demo-lms", "lia", "ivo", Value::Null),
        ("demo-lms", "leo", "ivo", json!("cannot_start")),
    ] {
        assert_eq!(start(tenant, me, them).await, refusal, "{me} to {them} in {tenant}");
    }
}

#[tokio::test]
async fn a_second_start_does_not_change_the_demo() {
    let mut cluster = Cluster::embedded_with(|settings| settings.set("demo.enabled", true)).await;
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    for (tenant, user, conversations) in [("demo", "tom", 1), ("demo-lms", "lia", 2)] {
        let page = demo_user(&cluster, tenant, user).await.get("/v1/conversations").await.ok();
        assert_eq!(page["conversations"].as_array().map(Vec::len), Some(conversations), "{page}");
        assert_eq!(page["conversations"][0]["lastSeq"], 1);
    }
}

#[tokio::test]
async fn the_demo_does_not_change_existing_tenants() {
    let slugs = async |node: &Node| {
        let tenants = Request::get("/demo/people").send(node.public()).await.ok()["tenants"].clone();
        tenants.as_array().expect("tenants").iter().map(|tenant| tenant["slug"].to_string()).collect::<Vec<_>>()
    };
    let database = Database::sqlite();
    let settings = Settings::on(&database).set("demo.enabled", true);
    settings.run(&["migrate"]);
    settings.run(&["tenant", "create", "demo-lms", "--name", "Ours", "--policy", "lms"]);
    let node = Node::start(settings).await;
    assert_eq!(slugs(&node).await.len(), 4, "without demo-lms");
    let body = json!({ "tenant": "demo-lms", "externalId": "dina" });
    let refused = Request::new("POST", "/demo/token").json(&body).send(node.public()).await;
    assert_problem(&refused, 400, "invalid", "tenant");
}

#[tokio::test]
async fn by_default_the_demo_ends_when_another_tenant_is_created() {
    let database = Database::sqlite();
    let settings = Settings::on(&database).unset("demo.enabled");
    let mut node = Node::start(settings.clone()).await;
    assert_eq!(Request::get("/demo/people").send(node.public()).await.status, 200);
    settings.run(&["tenant", "create", "acme", "--name", "Acme"]);
    node.kill();
    node.start_again().await;
    assert_problem(&Request::get("/demo/people").send(node.public()).await, 404, "unknown_command", "");
}

async fn demo_user<'a>(cluster: &'a Cluster, tenant: &str, external_id: &str) -> Caller<'a> {
    let body = json!({ "tenant": tenant, "externalId": external_id });
    let signed_in = Request::new("POST", "/demo/token").json(&body).send(cluster.nodes[0].public()).await.ok();
    Caller { cluster, credential: signed_in["token"].as_str().expect("a token").to_owned() }
}

#[tokio::test]
async fn without_the_demo_its_endpoints_do_not_exist() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    assert_problem(&Request::get("/demo/people").send(node).await, 404, "unknown_command", "");
    assert_problem(&Request::new("POST", "/demo/token").json(&json!({})).send(node).await, 404, "unknown_command", "");
}
