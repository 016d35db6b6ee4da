//! Exports whose clients read slowly, or not at all.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use super::{Caller, assert_problem};
use crate::harness::{Cluster, Tenant, eventually, http::Request, within};

const RULES: &str = "policy test
roles learner
kinds class
allow find,see_profile,start all when everyone
allow read,send holder when holder
";
/// A number of users that is larger than a page of the database.
const USERS: usize = 1_500;
/// A text that makes the rows of the users so large that they fill the buffers of a connection many times.
const AVATAR_LETTERS: usize = 482;

async fn fill(product: &Caller<'_>) {
    product.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
    let avatar = format!("https://a.example/{}", "a".repeat(AVATAR_LETTERS));
    let mut body = json!({ "type": "group", "id": "6a", "kind": "class" }).to_string() + "\n";
    for at in 0..USERS {
        let user = json!({ "type": "user", "id": format!("u{at}"), "name": format!("Name {at}"), "avatar": avatar });
        let membership = json!({ "type": "membership", "user": format!("u{at}"), "group": "6a", "role": "learner" });
        body += &format!("{user}\n{membership}\n");
    }
    let lines = product.send(Request::new("POST", "/v1/import").body(body)).await.lines();
    let summary = &lines.last().expect("a summary")["summary"];
    assert_eq!((&summary["created"], &summary["refused"]), (&json!(2 * USERS + 1), &json!(0)), "{summary}");
}

/// Requests an export and reads only the head of the answer.
async fn request_without_reading(caller: &Caller<'_>) -> (TcpStream, usize) {
    let to = caller.cluster.nodes[0].public();
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut stream = within("a connection", socket.connect(to)).await.expect("the server accepts");
    let head = format!("GET /v1/export HTTP/1.1\r\nhost: {to}\r\nauthorization: Bearer {}\r\n\r\n", caller.credential);
    stream.write_all(head.as_bytes()).await.expect("the server reads");
    let mut head = Vec::new();
    within("the head of an answer", async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
    })
    .await;
    let head = String::from_utf8(head).expect("ASCII").to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    (stream, length.parse().expect("a number"))
}

#[tokio::test]
async fn clients_that_do_not_read_hold_up_neither_others_nor_the_stop() {
    let mut cluster = Cluster::embedded().await;
    let mut streams = Vec::new();
    // The number of connections that the embedded database has for reads.
    for at in 0..4 {
        let tenant = Tenant::create(cluster.settings(), &format!("slow{at}"));
        let slow = Caller { cluster: &cluster, credential: tenant.api_key(cluster.settings(), "provision,admin,read") };
        fill(&slow).await;
        streams.push(request_without_reading(&slow).await);
        for path in ["/v1/export", "/v1/export", "/v1/export", "/v1/export", "/v1/export?type=group", "/v1/users/u1/export"]
        {
            let refused = slow.get(path).await;
            assert_problem(&refused, 429, "rate_limited", "");
            assert_eq!(refused.header("retry-after"), Some("5"));
        }
        assert_eq!(slow.get("/v1/rows/users?limit=1").await.ok()["rows"].as_array().map(Vec::len), Some(1));
    }
    let product = Caller::back_end(&cluster, "provision,admin,read");
    let answered = tokio::time::timeout(Duration::from_secs(5), async {
        assert_eq!(product.get("/v1/rows/memberships").await.ok(), json!({ "rows": [] }));
        assert_eq!(product.get("/v1/export").await.lines(), Vec::<Value>::new());
    });
    answered.await.expect("another tenant does not wait");

    cluster.nodes[0].terminate();
    assert!(cluster.nodes[0].wait().await.success(), "the stop is clean");
    for (mut stream, length) in streams {
        let mut body = Vec::new();
        let _ = within("the end of a body", stream.read_to_end(&mut body)).await;
        assert!(body.len() < length, "{} of {length}: the client can see that the body was cut", body.len());
    }
}

#[tokio::test]
async fn an_export_has_a_length_and_leaves_room_for_the_next() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,admin,read");
        fill(&product).await;
        for _ in 0..3 {
            let whole = product.get("/v1/export").await;
            assert_eq!(whole.header("content-length"), Some(whole.body.len().to_string().as_str()));
            assert_eq!(whole.lines().len(), 2 * USERS + 1);
            let user = product.get("/v1/users/u7/export").await;
            assert_eq!(user.header("content-length"), Some(user.body.len().to_string().as_str()));
            assert_eq!(user.lines().len(), 2, "the user and a membership");
        }
        drop(request_without_reading(&product).await);
        eventually("room after a client left", async || (product.get("/v1/export").await.status == 200).then_some(())).await;
    }
}

#[tokio::test]
async fn head_exports_nothing() {
    let cluster = Cluster::embedded().await;
    Caller::user(&cluster, "lea").id().await;
    let reader = Caller::back_end(&cluster, "read");
    for path in ["/v1/export", "/v1/users/lea/export"] {
        let answer = reader.send(Request::new("HEAD", path)).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
    }
    for action in ["export", "user.export"] {
        let audit = reader.get(format!("/v1/audit?action={action}")).await.ok();
        assert_eq!(audit["entries"], json!([]), "{audit}");
    }
}

#[tokio::test]
async fn an_export_beyond_the_limits_of_the_settings_is_refused() {
    let cluster = Cluster::embedded_with(|settings| settings.set("export.bytes_max", 65_536)).await;
    let product = Caller::back_end(&cluster, "provision,admin,read");
    fill(&product).await;
    for _ in 0..2 {
        let refused = product.get("/v1/export").await;
        assert_problem(&refused, 413, "too_large", "");
        assert!(refused.text().contains("export.bytes_max"), "{}", refused.text());
    }
    assert_eq!(product.get("/v1/export?type=group").await.lines().len(), 1, "a smaller export goes on");
}
