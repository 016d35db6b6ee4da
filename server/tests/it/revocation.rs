//! A revocation binds once it was answered, on every node, whether the bus carries it or not (GOALS R10).

use std::time::{Duration, Instant};

use causerie_client::{Event, SendError, State, wire};

use crate::harness::{Cluster, Raw, Received, Tenant, http::Request};

#[tokio::test]
async fn no_message_is_accepted_after_the_revocation_was_answered_though_the_bus_is_away() {
    let mut cluster = Cluster::start(2).await;
    let key = cluster.tenant.api_key(cluster.settings(), "provision");
    let mut lea = cluster.client(0, "lea").await;
    let mut tom = cluster.client(1, "tom").await;
    let here = tom.direct_with(&lea).await;
    for peer in [&mut lea, &mut tom] {
        peer.until("the conversation", |event| matches!(event, Event::Joined(_)).then_some(())).await;
    }
    tom.say(here, "before").await;
    cluster.redis().stop();

    let answer = Request::new("POST", "/v1/users/tom/revoke").bearer(&key).send(cluster.nodes[0].public()).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    match tom.send(here, "after").await {
        Err(SendError::Refused(wire::Error { name, .. })) => assert_eq!(name, "unauthenticated"),
        // Found by the check of positions first: the socket is closed for good.
        Err(SendError::Closed(_)) => {}
        other => panic!("accepted after the revocation: {other:?}"),
    }
    // The other node hears of it from the database, and ends the connection.
    tom.until_state("the end", |state| matches!(state, State::Closed { .. } | State::Reconnecting { .. })).await;
    let page = lea.history(here, causerie_client::HistoryRange::Newest, 0).await.expect("a page");
    assert_eq!(page.messages.len(), 1);
}

#[tokio::test]
async fn a_revoked_signing_key_ends_the_sockets_it_let_in_and_no_others() {
    let cluster = Cluster::start(2).await;
    let settings = cluster.settings();
    let raw = async |node: usize, token: &str| {
        Raw::hello(cluster.nodes[node].public(), causerie_client::Encoding::Proto, token).await.0
    };
    let other = Tenant::create(settings, "globex");
    let (mut here, mut there) = (raw(0, &cluster.tenant.token("lea")).await, raw(1, &cluster.tenant.token("tom")).await);
    let mut stays = raw(0, &other.token("lea")).await;
    let (mut refreshed, second) = (raw(1, &cluster.tenant.token("zoe")).await, cluster.tenant.second_key(settings));
    let refresh = wire::request::Command::RefreshToken(wire::RefreshToken { token: second.token("zoe") });
    assert!(matches!(refreshed.ask(refresh).await, wire::reply::Result::TokenRefreshed(_)));

    let revoked_at = Instant::now();
    settings.run(&["signing-key", "revoke", &cluster.tenant.kid]);
    for raw in [&mut here, &mut there] {
        let end = raw.closed().await;
        assert!(matches!(end, Received::Closed(4003, _)), "another key's token lets in again: {end:?}");
        assert!(revoked_at.elapsed() < Duration::from_secs(30), "{:?}", revoked_at.elapsed());
    }
    let ping = wire::request::Command::Ping(wire::Ping {});
    assert_eq!(stays.ask(ping.clone()).await, wire::reply::Result::Pong(wire::Pong {}), "another key's");
    assert_eq!(refreshed.ask(ping).await, wire::reply::Result::Pong(wire::Pong {}), "its token is another key's now");
    for node in &cluster.nodes {
        let refused = Request::get("/v1/me").bearer(&cluster.tenant.token("lea")).send(node.public()).await;
        assert_eq!((refused.status, &refused.json()["name"]), (401, &"token_expired".into()));
        let let_in = Request::get("/v1/me").bearer(&second.token("lea")).send(node.public()).await;
        assert_eq!(let_in.status, 200, "{}", let_in.text());
    }
}
