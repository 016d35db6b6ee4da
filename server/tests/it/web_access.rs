//! The pages that may use a tenant: origins that may connect, and sites that may embed the tenant's page. The nodes share
//! these settings of tenants, and changes apply without a restart.

use std::{net::SocketAddr, time::Duration};

use causerie_client::{
    Encoding,
    wire::{self, reply, request::Command},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::harness::{
    Cluster, Raw, Received, Tenant,
    http::{Request, Response},
    within,
};

const NODE: &str = "https://node.example";
const ACME: &str = "https://acme.example";
const OTHER: &str = "https://other.example";

/// Sends `hello` from a page of this origin. Returns `None` if the upgrade is refused, and the error and the close code if
/// `hello` is refused.
async fn hello(node: SocketAddr, origin: &str, token: &str) -> Option<Result<(), (String, u16)>> {
    let headers = [("sec-websocket-protocol", "causerie.v1.json"), ("origin", origin)];
    let (mut raw, _) = Raw::try_open(node, Encoding::Json, &headers).await.ok()?;
    match raw.ask(Command::Hello(wire::Hello { token: token.to_owned(), ..Default::default() })).await {
        reply::Result::Welcome(_) => Some(Ok(())),
        reply::Result::Error(error) => match raw.closed().await {
            Received::Closed(code, _) => Some(Err((error.name, code))),
            ended => panic!("no close frame: {ended:?}"),
        },
        other => panic!("neither welcome nor error: {other:?}"),
    }
}

/// Waits until `hello` from a page has this result on a node.
async fn until_hello(node: SocketAddr, origin: &str, token: &str, expected: Option<Result<(), (String, u16)>>) {
    let reached = async {
        while hello(node, origin, token).await != expected {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(&format!("{expected:?} from {origin}"), reached).await;
}

fn forbidden() -> Option<Result<(), (String, u16)>> {
    Some(Err(("forbidden".to_owned(), 4505)))
}

async fn put(node: SocketAddr, key: &str, path: &str, access: Value) -> Response {
    Request::new("PUT", path).bearer(key).json(&access).send(node).await
}

#[tokio::test]
async fn the_tenant_of_the_token_decides_which_pages_connect() {
    let cluster = Cluster::start_with(2, |settings| settings.set("listen.origins", NODE)).await;
    let (first, second) = (cluster.nodes[0].public(), cluster.nodes[1].public());
    let (acme, other) = (&cluster.tenant, Tenant::create(cluster.settings(), "other"));
    let key = acme.api_key(cluster.settings(), "admin");
    let (lea, tom) = (acme.token("lea"), other.token("tom"));
    // A tenant without origins of its own allows the origins in the settings of the node.
    assert_eq!(hello(second, NODE, &lea).await, Some(Ok(())));
    assert_eq!(hello(second, ACME, &lea).await, None, "no tenant allows the page");

    let set = put(first, &key, "/v1/web-access", json!({ "allowedOrigins": [ACME] })).await;
    assert_eq!((set.status, set.json()), (200, json!({ "allowedOrigins": [ACME] })));
    until_hello(second, ACME, &lea, Some(Ok(()))).await;
    assert_eq!(hello(second, NODE, &lea).await, forbidden(), "the tenant's list replaces that of the node");
    assert_eq!(hello(second, ACME, &tom).await, forbidden(), "the page belongs to another tenant");
    assert_eq!(hello(second, NODE, &tom).await, Some(Ok(())));
    assert_eq!(hello(second, &format!("http://{second}"), &lea).await, Some(Ok(())), "the server's own page");

    let none = put(first, &key, "/v1/web-access", json!({ "allowedOrigins": [] })).await;
    assert_eq!(none.json(), json!({ "allowedOrigins": [] }));
    until_hello(second, NODE, &lea, forbidden()).await;
    until_hello(second, ACME, &lea, None).await;
    put(first, &key, "/v1/web-access", json!({})).await;
    until_hello(second, NODE, &lea, Some(Ok(()))).await;
}

#[tokio::test]
async fn the_tenant_of_the_token_decides_which_pages_send_requests() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let (acme, other) = (&cluster.tenant, Tenant::create(cluster.settings(), "other"));
    let key = acme.api_key(cluster.settings(), "admin");
    put(node, &key, "/v1/web-access", json!({ "allowedOrigins": [ACME] })).await.ok();
    let preflight =
        || Request::new("OPTIONS", "/v1/me").header("access-control-request-method", "GET").header("origin", ACME);
    let allowed = within("a preflight", async {
        loop {
            let answer = preflight().send(node).await;
            if answer.header("access-control-allow-origin") == Some(ACME) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert_eq!(allowed.await.status, 204);
    let me = async |token: &str, origin: &str| {
        let answer = Request::get("/v1/me").bearer(token).header("origin", origin).send(node).await;
        (answer.status, answer.header("access-control-allow-origin").map(str::to_owned))
    };
    assert_eq!(me(&acme.token("lea"), ACME).await, (200, Some(ACME.to_owned())));
    assert_eq!(me(&other.token("tom"), ACME).await, (403, Some(ACME.to_owned())), "the page may read why");
    assert_eq!(me(&acme.token("lea"), OTHER).await, (403, None));
    assert_eq!(me(&acme.token("lea"), &format!("http://{node}")).await, (200, None), "the server's own page");
}

#[tokio::test]
async fn a_wrong_entry_is_named_and_nothing_is_stored() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let key = cluster.tenant.api_key(cluster.settings(), "admin");
    put(node, &key, "/v1/web-access", json!({ "allowedOrigins": [ACME], "frameAncestors": ["https://*.acme.example"] }))
        .await
        .ok();
    let many = vec![ACME; 101];
    for (access, status, field) in [
        (json!({ "allowedOrigins": [ACME, "https://acme.example/"] }), 400, "allowedOrigins[1]"),
        (json!({ "allowedOrigins": ["https://*.acme.example"] }), 400, "allowedOrigins[0]"),
        (json!({ "frameAncestors": ["null"] }), 400, "frameAncestors[0]"),
        (json!({ "frameAncestors": ["https://a.example; script-src *"] }), 400, "frameAncestors[0]"),
        (json!({ "allowedOrigins": many }), 413, "allowedOrigins"),
    ] {
        let answer = put(node, &key, "/v1/web-access", access).await;
        assert_eq!((answer.status, answer.json()["field"].as_str()), (status, Some(field)), "{}", answer.text());
    }
    let stored = Request::get("/v1/web-access").bearer(&key).send(node).await;
    assert_eq!(stored.ok(), json!({ "allowedOrigins": [ACME], "frameAncestors": ["https://*.acme.example"] }));
    let reader = cluster.tenant.api_key(cluster.settings(), "read");
    assert_eq!(put(node, &reader, "/v1/web-access", json!({})).await.status, 403);
}

#[tokio::test]
async fn operators_and_administrators_of_the_product_set_any_tenant() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    Tenant::create(cluster.settings(), "other");
    let key = cluster.tenant.api_key(cluster.settings(), "operate");
    let path = "/v1/tenants/other/web-access";
    assert_eq!(put(node, &key, path, json!({ "frameAncestors": [OTHER] })).await.ok(), json!({ "frameAncestors": [OTHER] }));
    assert_eq!(put(node, &key, "/v1/tenants/nobody/web-access", json!({})).await.status, 404);
    let run = |arguments: &[&str]| cluster.settings().run(&[&["tenant", "web-access", "other"], arguments].concat());
    let shown = run(&["--origin", ACME, "--origin", OTHER]);
    assert!(shown.contains(&format!("allowed origins: {ACME} {OTHER}\nframe ancestors: {OTHER}\n")), "{shown}");
    let shown = run(&["--origins-of-server", "--no-frame-ancestors"]);
    assert!(shown.contains("allowed origins: those of the setting `listen.origins`"), "{shown}");
    let now = Request::get(path).bearer(&key).send(node).await;
    assert_eq!(now.ok(), json!({ "frameAncestors": [] }));
    let wrong = cluster.settings().fail(&["tenant", "web-access", "other", "--origin", "https://a.example/"]);
    assert!(wrong.contains("without a path"), "{wrong}");
}

#[tokio::test]
async fn the_page_of_an_unknown_tenant_is_not_found() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let answer = Request::get("/embed/nobody").send(node).await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("there is no tenant of this slug"), "{}", answer.text());
    let answer = Request::get("/embed/%00").send(cluster.nodes[0].public()).await;
    assert_eq!(answer.status, 404, "{}", answer.text());
}

/// A form with this body, from a page of this origin.
fn form(origin: Option<&str>, body: String) -> Request {
    let form = Request::new("POST", "/open").header("content-type", "application/x-www-form-urlencoded").body(body);
    match origin {
        Some(origin) => form.header("origin", origin),
        None => form,
    }
}

#[tokio::test]
async fn a_form_of_an_allowed_page_opens_the_messenger() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let key = cluster.tenant.api_key(cluster.settings(), "admin");
    let access = json!({ "allowedOrigins": [ACME], "frameAncestors": ["https://*.acme.example"] });
    put(node, &key, "/v1/web-access", access).await.ok();
    let token = cluster.tenant.token("lea");
    let opened = form(Some(ACME), format!("a=b&token={token}")).send(node).await;
    assert_eq!((opened.status, opened.header("cache-control")), (200, Some("no-store")), "{}", opened.text());
    assert!(opened.text().contains(&format!("<meta name=\"causerie-token\" content=\"{token}\" /></head>")));
    let policy = opened.header("content-security-policy").expect("there is a policy");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.ends_with("frame-ancestors 'self' https://*.acme.example"), "{policy}");
    let own = form(Some(&format!("http://{node}")), format!("token={token}")).send(node).await;
    assert_eq!(own.status, 200, "the server's own page: {}", own.text());

    for (origin, body, status, field) in [
        (Some(OTHER), format!("token={token}"), 403, "origin"),
        (Some("null"), format!("token={token}"), 403, "origin"),
        (None, format!("token={token}"), 403, "origin"),
        (Some(ACME), String::new(), 400, "token"),
        (Some(ACME), format!("token={token}&token={token}"), 400, "token"),
        (Some(ACME), "token=abc".to_owned(), 401, "token"),
        (Some(ACME), format!("token={}", "x".repeat(20_000)), 413, ""),
    ] {
        let refused = form(origin, body).send(node).await;
        let told = refused.json();
        assert_eq!((refused.status, told["field"].as_str().unwrap_or_default()), (status, field), "{}", refused.text());
        assert!(!refused.text().contains(&token));
    }
    // A page of any site can send the origin `null`.
    put(node, &key, "/v1/web-access", json!({ "allowedOrigins": [ACME, "null"] })).await.ok();
    let refused = form(Some("null"), format!("token={token}")).send(node).await;
    assert_eq!((refused.status, refused.json()["field"].as_str()), (403, Some("origin")), "{}", refused.text());
    let again = Request::get("/open").send(node).await;
    assert_eq!((again.status, again.header("location")), (303, Some("./")));
}

#[tokio::test]
async fn a_form_that_arrives_too_slowly_is_refused() {
    let cluster = Cluster::embedded().await;
    let mut stream = TcpStream::connect(cluster.nodes[0].public()).await.expect("connects");
    let head = "POST /open HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                content-length: 100\r\n\r\ntoken=";
    stream.write_all(head.as_bytes()).await.expect("writes");
    let (mut answer, mut part) = (String::new(), [0; 4096]);
    while !answer.contains("did not arrive") {
        let read = within("an answer", stream.read(&mut part)).await.expect("reads");
        assert_ne!(read, 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn with_a_token_the_diagnosis_is_about_the_pages_of_its_tenant() {
    let cluster = Cluster::embedded().await;
    let (node, other) = (cluster.nodes[0].public(), Tenant::create(cluster.settings(), "other"));
    let key = other.api_key(cluster.settings(), "admin");
    put(node, &key, "/v1/web-access", json!({ "allowedOrigins": [OTHER] })).await.ok();
    let path = "/v1/ws?origin=https%3A%2F%2Fother.example";
    let allowed = async |token: Option<&str>| {
        let request = Request::get(path);
        let request = match token {
            Some(token) => request.bearer(token),
            None => request,
        };
        request.send(node).await.ok()["originAllowed"].clone()
    };
    let (lea, tom) = (cluster.tenant.token("lea"), other.token("tom"));
    assert_eq!(allowed(None).await, json!(true), "pages of this origin may connect with tokens of some tenant");
    assert_eq!(allowed(Some(&tom)).await, json!(true));
    assert_eq!(allowed(Some(&lea)).await, json!(false));
    assert_eq!(allowed(Some("no token")).await, json!(false));
}
