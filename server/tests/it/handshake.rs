//! Connections: the upgrade, authentication, pings and the close.

use std::time::{Duration, Instant};

use causerie_client::{
    Encoding,
    wire::{self, event::Kind, reply, request::Command, server_frame::Body},
};
use causerie_server::auth::token::LEEWAY_S;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::harness::{Claims, Cluster, Proxy, Raw, Received, WAIT_MAX, eventually, http, within};

const BOTH: [Encoding; 2] = Encoding::ALL;

fn hello(token: String) -> Command {
    Command::Hello(wire::Hello { token, ..Default::default() })
}

fn ping() -> Command {
    Command::Ping(wire::Ping {})
}

/// The close code of the server. Earlier frames are dropped.
async fn close_code(raw: &mut Raw) -> u16 {
    match raw.closed().await {
        Received::Closed(code, reason) => {
            assert!(!reason.is_empty() && reason.len() <= 123, "{code} says why: `{reason}`");
            code
        }
        other => panic!("no close code: {other:?}"),
    }
}

async fn error(raw: &mut Raw, command: Command) -> wire::Error {
    match raw.ask(command).await {
        reply::Result::Error(error) => error,
        other => panic!("not refused: {other:?}"),
    }
}

/// An upgrade request as a browser sends it, with some headers replaced or removed.
fn upgrade(change: &[(&str, Option<&str>)]) -> http::Request {
    let usual = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "causerie.v1.json"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !change.iter().any(|(changed, _)| changed == name));
    let changed = change.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    kept.chain(changed).fold(http::Request::get("/v1/ws"), |request, (name, value)| request.header(name, value))
}

#[tokio::test]
async fn a_welcome_has_all_fields_that_a_client_needs() {
    let cluster = Cluster::embedded().await;
    for encoding in BOTH {
        let (mut raw, welcome) = Raw::hello(cluster.nodes[0].public(), encoding, &cluster.tenant.token("ada")).await;
        assert_eq!(welcome.me.expect("a user").external_id, "ada");
        assert_eq!(welcome.heartbeat_ms, 25_000);
        assert_eq!(welcome.limits.expect("limits").frame_bytes_max, 65_536);
        let expires_at = welcome.token_expires_at.expect("a time");
        let left_ms = (expires_at.seconds - Claims::of("ada").iat) * 1000;
        // The token was signed a moment ago on the same machine, so no clock difference has to be allowed for.
        assert!((left_ms - 60_000..=left_ms + 60_000).contains(&welcome.token_ttl_ms.into()), "{}", welcome.token_ttl_ms);
        assert!(!welcome.resumed.expect("a position").epoch.is_empty(), "to resume from");
        assert!(uuid::Uuid::parse_str(&welcome.connection_id).is_ok());
        assert!(!welcome.server_version.is_empty());
        assert_eq!(raw.ask(ping()).await, reply::Result::Pong(wire::Pong {}));
    }
}

#[tokio::test]
async fn an_invalid_upgrade_is_refused_with_an_http_status() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    for (change, status) in [
        (vec![("sec-websocket-version", Some("8"))], 426),
        (vec![("sec-websocket-version", None)], 426),
        (vec![("upgrade", None), ("connection", None)], 426),
        (vec![("upgrade", Some("h2c"))], 426),
        (vec![("connection", Some("keep-alive"))], 426),
        (vec![("sec-websocket-key", None)], 400),
        (vec![("sec-websocket-key", Some("c2hvcnQ="))], 400),
        (vec![("sec-websocket-key", Some("not base64, but 24 bytes"))], 400),
        (
            vec![
                ("sec-websocket-key", Some("dGhlIHNhbXBsZSBub25jZQ==")),
                ("sec-websocket-key", Some("dGhlIHNhbXBsZSBub25jZQ==")),
            ],
            400,
        ),
        (vec![("sec-websocket-protocol", None)], 400),
        (vec![("sec-websocket-protocol", Some("causerie.v9.json, chat"))], 400),
        (vec![("origin", Some("https://evil.example"))], 403),
        (vec![("origin", Some("null"))], 403),
    ] {
        let answer = upgrade(&change).send(node).await;
        assert_eq!(answer.status, status, "{change:?}: {}", answer.text());
        assert!(!answer.text().is_empty(), "{change:?} is explained");
        if status == 426 {
            assert_eq!(answer.header("sec-websocket-version"), Some("13"), "{change:?}");
        }
    }
    let answer = upgrade(&[("sec-websocket-protocol", Some("chat"))]).send(node).await;
    for encoding in BOTH {
        assert!(answer.text().contains(encoding.subprotocol()), "{}", answer.text());
    }
}

#[tokio::test]
async fn the_first_known_subprotocol_is_chosen() {
    let cluster = Cluster::embedded().await;
    for (offered, agreed) in [
        ("chat, causerie.v1.json, causerie.v1.proto", Encoding::Json),
        ("causerie.v1.proto,causerie.v1.json", Encoding::Proto),
    ] {
        let opened = Raw::try_open(cluster.nodes[0].public(), agreed, &[("sec-websocket-protocol", offered)]).await;
        let (mut raw, response) = opened.expect("it upgrades");
        assert_eq!(response.headers()["sec-websocket-protocol"], agreed.subprotocol());
        assert!(matches!(raw.ask(hello(cluster.tenant.token("ada"))).await, reply::Result::Welcome(_)));
    }
}

#[tokio::test]
async fn pages_connect_from_the_servers_host_and_from_listed_origins() {
    let listed = ["https://app.example", "capacitor://localhost", "tauri://localhost", "null"];
    let cluster = Cluster::embedded_with(|settings| settings.set("listen.origins", listed.join(","))).await;
    let node = cluster.nodes[0].public();
    let own = format!("http://{node}");
    for origin in listed.iter().copied().chain([&*own]) {
        let headers = [("sec-websocket-protocol", "causerie.v1.json"), ("origin", origin)];
        assert!(Raw::try_open(node, Encoding::Json, &headers).await.is_ok(), "{origin}");
    }
    assert!(Raw::try_open(node, Encoding::Json, &[("sec-websocket-protocol", "causerie.v1.json")]).await.is_ok(), "no page");
    for (host, origin, status) in [
        ("chat.example.org:443", "https://chat.example.org", 101),
        ("chat.example.org", "https://chat.example.org", 101),
        ("chat.example.org:80", "http://chat.example.org", 101),
        ("chat.example.org:443", "http://chat.example.org", 403),
        ("chat.example.org", "ionic://localhost", 403),
    ] {
        let answer = upgrade(&[("host", Some(host)), ("origin", Some(origin))]).send(node).await;
        assert_eq!(answer.status, status, "{origin} at {host}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_refused_origin_is_named_in_the_log_and_counted() {
    let cluster = Cluster::embedded().await;
    let node = &cluster.nodes[0];
    for origin in ["https://evil.example", "https://evil.example", "null"] {
        assert_eq!(upgrade(&[("origin", Some(origin))]).send(node.public()).await.status, 403);
    }
    let figures = http::Request::get("/metrics").send(node.internal()).await;
    for line in ["{origin=\"https://evil.example\"} 2", "{origin=\"null\"} 1"] {
        assert!(figures.text().contains(&format!("causerie_origins_refused_total{line}\n")), "{}", figures.text());
    }
    eventually("the log names it", async || node.log().contains("https://evil.example").then_some(())).await;
}

#[tokio::test]
async fn a_page_can_read_why_an_upgrade_was_refused() {
    let cluster = Cluster::embedded_with(|settings| settings.set("listen.origins", "https://app.example")).await;
    let node = cluster.nodes[0].public();
    let own = format!("http://{node}");
    for (query, origin, allowed) in [
        ("", None, true),
        ("", Some("https://app.example"), true),
        ("", Some("https://evil.example"), false),
        ("?origin=https%3A%2F%2Fevil.example", None, false),
        ("?origin=https%3A%2F%2Fapp.example", None, true),
        (&*format!("?origin={own}"), None, true),
    ] {
        let mut request = http::Request::get(format!("/v1/ws{query}"));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = request.send(node).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let told = answer.ok();
        assert_eq!(
            (&told["service"], &told["originAllowed"], &told["ready"]),
            (&json!("causerie"), &json!(allowed), &json!(true))
        );
        assert_eq!(told["subprotocols"], json!(["causerie.v1.proto", "causerie.v1.json"]));
        let message = told["message"].as_str().expect("a sentence");
        assert_eq!(message.contains("listen.origins"), !allowed, "{message}");
    }
    // The answers to a refused upgrade and to a wrong path have CORS headers too.
    let refused = upgrade(&[("origin", Some("https://evil.example"))]).send(node).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (403, Some("*")));
    let lost = http::Request::get("/ws").header("origin", "https://evil.example").send(node).await;
    assert_eq!((lost.status, lost.header("access-control-allow-origin")), (404, Some("*")));
}

#[tokio::test]
async fn a_request_with_several_hosts_is_refused() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let json = "sec-websocket-protocol: causerie.v1.json\r\n";
    let ask = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (hosts, status) in [
        ("", "400"),
        ("host:\r\n", "400"),
        ("host: a\r\nhost: a\r\n", "400"),
        ("host: a b\r\n", "400"),
        ("host: a\r\n", "101"),
    ] {
        assert_eq!(raw_status(node, &format!("GET /v1/ws HTTP/1.1\r\n{hosts}{ask}{json}\r\n")).await, status, "{hosts:?}");
        let plain = if status == "101" { "200" } else { status };
        assert_eq!(raw_status(node, &format!("GET /livez HTTP/1.1\r\n{hosts}\r\n")).await, plain, "{hosts:?}");
    }
    assert_eq!(raw_status(node, "GET /livez HTTP/1.0\r\n\r\n").await, "200", "HTTP/1.0 has no need of it");
}

/// The status line of the answer to these bytes.
async fn raw_status(to: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(to).await.expect("the server accepts");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut head = [0; 12];
    within("a status line", stream.read_exact(&mut head)).await.expect("a status line");
    String::from_utf8_lossy(&head[9..]).into_owned()
}

#[tokio::test]
async fn hello_is_the_first_request_and_comes_once() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    for encoding in BOTH {
        let mut raw = Raw::open(node, encoding).await;
        raw.request(ping()).await;
        assert_eq!(close_code(&mut raw).await, 4500, "not a hello, {encoding:?}");

        let (mut raw, _) = Raw::hello(node, encoding, &cluster.tenant.token("ada")).await;
        raw.request(hello(cluster.tenant.token("ada"))).await;
        assert_eq!(close_code(&mut raw).await, 4500, "a second hello, {encoding:?}");
    }
}

#[tokio::test]
async fn a_request_that_follows_hello_at_once_is_answered_after_the_welcome() {
    let cluster = Cluster::embedded().await;
    for encoding in BOTH {
        let mut raw = Raw::open(cluster.nodes[0].public(), encoding).await;
        let sent = [
            raw.request(hello(cluster.tenant.token("ada"))).await,
            raw.request(Command::ListConversations(wire::ListConversations::default())).await,
        ];
        let mut replies = Vec::new();
        while replies.len() < sent.len() {
            if let Some(Body::Reply(reply)) = raw.next_frame().await.body {
                replies.push(reply);
            }
        }
        assert_eq!([replies[0].id, replies[1].id], sent, "{encoding:?}");
        let results = replies.into_iter().map(|reply| reply.result).collect::<Vec<_>>();
        assert!(
            matches!(results[..], [Some(reply::Result::Welcome(_)), Some(reply::Result::ConversationPage(_))]),
            "{encoding:?}: {results:?}"
        );
    }
}

#[tokio::test]
async fn a_connection_without_hello_is_closed() {
    let cluster = Cluster::embedded_with(|settings| settings.set("handshake.timeout_ms", 100)).await;
    let mut raw = Raw::open(cluster.nodes[0].public(), Encoding::Proto).await;
    assert_eq!(close_code(&mut raw).await, 4004);
}

#[tokio::test]
async fn an_invalid_token_is_answered_and_the_connection_closed() {
    let cluster = Cluster::embedded().await;
    let good = Claims::of("ada");
    let expired = Claims { iat: good.iat - 7_200, exp: good.iat - 3_600, ..good.clone() };
    let endless = Claims { exp: good.iat + 48 * 3_600, ..good };
    for encoding in BOTH {
        for (token, name, code) in [
            ("nonsense".to_owned(), "unauthenticated", 4502),
            (format!("{}x", cluster.tenant.token("ada")), "unauthenticated", 4502),
            (cluster.tenant.sign(&endless), "unauthenticated", 4502),
            (cluster.tenant.sign(&json!({ "sub": "ada" })), "unauthenticated", 4502),
            (cluster.tenant.sign(&expired), "token_expired", 4003),
        ] {
            let mut raw = Raw::open(cluster.nodes[0].public(), encoding).await;
            let error = error(&mut raw, hello(token.clone())).await;
            assert_eq!(error.name, name, "{}", error.message);
            assert!(!error.message.contains(&token), "tokens are not repeated");
            assert_eq!(close_code(&mut raw).await, code, "{}", error.message);
        }
        let mut raw = Raw::open(cluster.nodes[0].public(), encoding).await;
        let error = error(&mut raw, hello(String::new())).await;
        assert_eq!((&*error.name, &*error.field), ("invalid", "hello.token"));
        assert_eq!(close_code(&mut raw).await, 4500);
    }
    assert!(!cluster.nodes[0].log().contains("nonsense"), "tokens are not logged");
}

#[tokio::test]
async fn connections_of_a_user_are_limited() {
    let cluster = Cluster::embedded_with(|settings| settings.set("limits.connections_per_user_max", 2)).await;
    let node = cluster.nodes[0].public();
    let token = cluster.tenant.token("ada");
    let (first, _) = Raw::hello(node, Encoding::Proto, &token).await;
    let (mut second, _) = Raw::hello(node, Encoding::Proto, &token).await;
    let mut third = Raw::open(node, Encoding::Proto).await;
    third.request(hello(token.clone())).await;
    assert_eq!(close_code(&mut third).await, 4504);
    assert_eq!(second.ask(ping()).await, reply::Result::Pong(wire::Pong {}), "those who are there stay");
    Raw::hello(node, Encoding::Proto, &cluster.tenant.token("bob")).await;
    drop(first);
    eventually("a place is free again", async || {
        let mut raw = Raw::open(node, Encoding::Proto).await;
        raw.request(hello(token.clone())).await;
        matches!(raw.next().await, Received::Frame(frame) if is_welcome(&frame)).then_some(())
    })
    .await;
}

fn is_welcome(frame: &wire::ServerFrame) -> bool {
    matches!(&frame.body, Some(Body::Reply(wire::Reply { result: Some(reply::Result::Welcome(_)), .. })))
}

#[tokio::test]
async fn a_peer_that_answers_pings_stays_and_a_silent_peer_is_closed() {
    let cluster = Cluster::embedded_with(|settings| settings.set("heartbeat.interval_ms", 200)).await;
    let node = &cluster.nodes[0];
    let link = Proxy::to(node.public()).await;
    let (silent, _) = Raw::hello(link.address(), Encoding::Proto, &cluster.tenant.token("ada")).await;
    let (mut lively, _) = Raw::hello(node.public(), Encoding::Proto, &cluster.tenant.token("bob")).await;
    link.freeze();
    // Reading pings answers them. The peer stays connected longer than the silence limit.
    for _ in 0..5 {
        assert_eq!(lively.next().await, Received::PingOrPong);
    }
    eventually("the silent one is cut off", async || {
        let figures = http::Request::get("/metrics").send(node.internal()).await;
        figures.text().contains("causerie_closes_total{code=\"heartbeat_lost\"} 1\n").then_some(())
    })
    .await;
    assert_eq!(lively.ask(ping()).await, reply::Result::Pong(wire::Pong {}));
    drop(silent);
}

#[tokio::test]
async fn an_expired_token_ends_the_connection() {
    let cluster = Cluster::embedded().await;
    let claims = Claims::of("ada");
    // The token is expired but within the leeway, and stays valid for two more seconds.
    let soon = Claims { iat: claims.iat - 100, exp: claims.iat - LEEWAY_S + 2, ..claims };
    let (mut raw, _) = Raw::hello(cluster.nodes[0].public(), Encoding::Json, &cluster.tenant.sign(&soon)).await;
    let notice = raw.next_frame().await;
    assert!(matches!(notice.body, Some(Body::Event(wire::Event { kind: Some(Kind::TokenExpiring(_)) }))), "{notice:?}");
    assert_eq!(close_code(&mut raw).await, 4003);
}

#[tokio::test]
async fn a_new_token_of_the_same_user_keeps_the_connection() {
    let cluster = Cluster::embedded().await;
    let claims = Claims::of("ada");
    let soon = Claims { iat: claims.iat - 100, exp: claims.iat - LEEWAY_S + 3, ..claims };
    let node = cluster.nodes[0].public();
    let (mut raw, _) = Raw::hello(node, Encoding::Proto, &cluster.tenant.sign(&soon)).await;
    let (mut other, _) = Raw::hello(node, Encoding::Proto, &cluster.tenant.sign(&soon)).await;

    let refresh = |token| Command::RefreshToken(wire::RefreshToken { token });
    let refused = error(&mut raw, refresh(cluster.tenant.token("bob"))).await;
    assert_eq!((&*refused.name, &*refused.field), ("unauthenticated", "refreshToken.token"));
    let refused = error(&mut raw, refresh("nonsense".to_owned())).await;
    assert_eq!((&*refused.name, &*refused.field), ("unauthenticated", "refreshToken.token"));

    let fresh = Claims::of("ada");
    let answer = raw.ask(refresh(cluster.tenant.sign(&fresh))).await;
    let reply::Result::TokenRefreshed(refreshed) = answer else { panic!("not refreshed: {answer:?}") };
    assert_eq!(refreshed.token_expires_at.expect("a time").seconds, fresh.exp);
    assert!(refreshed.token_ttl_ms > 3_000, "the life of the new token, not of the old one");

    // The end of the other connection marks the time at which this connection would have ended.
    assert_eq!(close_code(&mut other).await, 4003);
    assert_eq!(raw.ask(ping()).await, reply::Result::Pong(wire::Pong {}));
}

#[tokio::test]
async fn a_stopping_node_spreads_its_close_frames_over_time() {
    const PEERS: usize = 10;
    const DRAIN: Duration = Duration::from_millis(1_000);
    let drain_ms = DRAIN.as_millis();
    let mut cluster = Cluster::embedded_with(|settings| settings.set("shutdown.drain_ms", drain_ms)).await;
    let mut peers = Vec::new();
    for at in 0..PEERS {
        let token = cluster.tenant.token(&format!("peer-{at}"));
        peers.push(Raw::hello(cluster.nodes[0].public(), BOTH[at % 2], &token).await.0);
    }
    // This connection has not sent its hello.
    let mut stranger = Raw::open(cluster.nodes[0].public(), Encoding::Proto).await;
    cluster.nodes[0].terminate();
    let ends = peers.into_iter().map(|mut raw| async move {
        let frame = raw.next_frame().await;
        let Some(Body::Event(wire::Event { kind: Some(Kind::GoingAway(going)) })) = frame.body else {
            panic!("no notice: {frame:?}")
        };
        assert!(going.reconnect_after_ms > 0);
        assert_eq!(close_code(&mut raw).await, 4001);
        Instant::now()
    });
    let ends = futures::future::join_all(ends).await;
    let (first, last) = (ends.iter().min().expect("peers"), ends.iter().max().expect("peers"));
    assert!(*last - *first >= DRAIN / 2, "all left within {:?}", *last - *first);
    assert_eq!(close_code(&mut stranger).await, 4001);
    assert!(cluster.nodes[0].wait().await.success(), "leaving is no failure");
}

#[tokio::test]
async fn a_stopping_node_accepts_no_connection() {
    let mut cluster = Cluster::embedded_with(|settings| settings.set("shutdown.delay_ms", 2_000)).await;
    let (mut raw, _) = Raw::hello(cluster.nodes[0].public(), Encoding::Proto, &cluster.tenant.token("ada")).await;
    cluster.nodes[0].terminate();
    eventually("no longer ready", async || {
        let answer = http::Request::get("/readyz").send(cluster.nodes[0].internal()).await;
        (answer.status == 503).then_some(())
    })
    .await;
    let refused = upgrade(&[]).send(cluster.nodes[0].public()).await;
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(raw.ask(ping()).await, reply::Result::Pong(wire::Pong {}), "open connections are served");
    assert_eq!(close_code(&mut raw).await, 4001);
    assert!(cluster.nodes[0].wait().await.success());
}

#[tokio::test]
async fn a_vanished_peer_does_not_delay_the_stop_of_a_node() {
    let mut cluster = Cluster::embedded().await;
    let link = Proxy::to(cluster.nodes[0].public()).await;
    let (raw, _) = Raw::hello(link.address(), Encoding::Proto, &cluster.tenant.token("ada")).await;
    link.freeze();
    let asked = Instant::now();
    cluster.nodes[0].terminate();
    assert!(cluster.nodes[0].wait().await.success(), "leaving is no failure");
    assert!(asked.elapsed() < WAIT_MAX / 3, "it took {:?}", asked.elapsed());
    drop(raw);
}
