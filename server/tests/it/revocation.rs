//! A revocation applies on every node once it was answered, with or without the bus (GOALS R10).

use std::time::{Duration, Instant};

use causerie_client::{Event, SendError, State, wire};
use causerie_server::{
    clock::{Clock as _, SystemClock},
    store::Store,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use crate::harness::{Cluster, Raw, Received, Tenant, http::Request};

#[tokio::test]
async fn no_message_is_accepted_after_an_answered_revocation_without_the_bus() {
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
        // The periodic check of the session may find the revocation first. Then the connection is closed permanently.
        Err(SendError::Closed(_)) => {}
        other => panic!("accepted after the revocation: {other:?}"),
    }
    // The other node learns of the revocation from the database and closes the connection.
    tom.until_state("the end", |state| matches!(state, State::Closed { .. } | State::Reconnecting { .. })).await;
    let page = lea.history(here, causerie_client::HistoryRange::Newest, 0).await.expect("a page");
    assert_eq!(page.messages.len(), 1);
}

#[tokio::test]
async fn a_revoked_token_creates_no_conversation() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let hello = async |user: &str| Raw::hello(node, causerie_client::Encoding::Proto, &cluster.tenant.token(user)).await;
    let (_tom, welcome) = hello("tom").await;
    let tom = welcome.me.expect("a welcome names the user").id;
    let (mut lea, _) = hello("lea").await;

    // No signal tells the node of the change, so the session stays open for a moment.
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let later_s = SystemClock.now_s() + 60;
    let revoke = format!("UPDATE users SET tokens_valid_from = {later_s} WHERE external_id = 'lea'");
    store.writer().execute_unprepared(&revoke).await.expect("it is stored");
    let start = wire::StartConversation {
        kind: wire::ConversationKind::Direct.into(),
        with: vec![wire::Recipient { by: Some(wire::recipient::By::Id(tom)) }],
        ..Default::default()
    };
    let answer = lea.ask(wire::request::Command::StartConversation(start)).await;
    let stored = store.reader().query_all_raw(Statement::from_string(store.backend(), "SELECT 1 FROM conversations")).await;
    store.close().await;
    let wire::reply::Result::Error(error) = answer else { panic!("a revoked token started a conversation: {answer:?}") };
    assert_eq!(error.name, "unauthenticated");
    assert_eq!(stored.expect("readable").len(), 0, "no conversation is created");
}

#[tokio::test]
async fn a_deactivated_user_ends_no_relation() {
    let cluster = Cluster::embedded().await;
    let tenant = Tenant::of_preset(cluster.settings(), "forum", "community");
    let node = cluster.nodes[0].public();
    let hello = async |user: &str| Raw::hello(node, causerie_client::Encoding::Proto, &tenant.token(user)).await;
    let (_, welcome) = hello("mia").await;
    let mia = wire::UserRef { by: Some(wire::user_ref::By::Id(welcome.me.expect("a welcome names the user").id)) };
    let (mut pam, _) = hello("pam").await;
    let block = wire::Relate { relation: "block".to_owned(), user: Some(mia.clone()) };
    let blocked = pam.ask(wire::request::Command::Relate(block)).await;
    assert!(matches!(blocked, wire::reply::Result::RelationUpdated(_)), "{blocked:?}");

    // No signal tells the node of the change, so the session stays open for a moment.
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let deactivate = "UPDATE users SET status = 2 WHERE external_id = 'pam'";
    store.writer().execute_unprepared(deactivate).await.expect("it is stored");
    let unblock = wire::Unrelate { relation: "block".to_owned(), user: Some(mia) };
    let answer = pam.ask(wire::request::Command::Unrelate(unblock)).await;
    let kept = store.reader().query_all_raw(Statement::from_string(store.backend(), "SELECT 1 FROM relations")).await;
    store.close().await;
    let wire::reply::Result::Error(error) = answer else { panic!("a deactivated user changed a relation: {answer:?}") };
    assert_eq!(error.name, "unauthenticated");
    assert_eq!(kept.expect("readable").len(), 1, "the relation is kept");
}

#[tokio::test]
async fn a_revoked_signing_key_closes_exactly_its_own_connections() {
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

#[tokio::test]
async fn a_sign_out_from_a_back_end_with_a_fast_clock_voids_its_earlier_tokens() {
    let cluster = Cluster::start(2).await;
    let key = cluster.tenant.api_key(cluster.settings(), "provision");
    let ahead_s = 25;
    let back_end_now_s = || SystemClock.now_s() + ahead_s;
    let signed_at = |iat: i64| cluster.tenant.sign(&json!({ "sub": "lea", "iat": iat, "exp": iat + 3_600 }));
    let asks = async |node: usize, token: &str| {
        Request::get("/v1/me").bearer(token).send(cluster.nodes[node].public()).await.status
    };
    let before_s = back_end_now_s();
    let before = signed_at(before_s);
    assert_eq!(asks(0, &before).await, 200, "clocks may be 30 seconds apart");
    let mut connected = Raw::hello(cluster.nodes[1].public(), causerie_client::Encoding::Proto, &before).await.0;

    let revoke = async |body: Value| {
        let revoke = Request::new("POST", "/v1/users/lea/revoke").json(&body);
        revoke.bearer(&key).send(cluster.nodes[0].public()).await
    };
    let in_milliseconds = revoke(json!({ "issuedBefore": SystemClock.now_s() * 1_000 })).await;
    assert_eq!((in_milliseconds.status, &in_milliseconds.json()["field"]), (400, &json!("issuedBefore")));
    assert!(in_milliseconds.text().contains("seconds since 1970"), "{}", in_milliseconds.text());
    for nonsense in [json!("now"), json!(-1), json!(1.5)] {
        assert_eq!(revoke(json!({ "issuedBefore": nonsense })).await.status, 400, "{nonsense}");
    }
    assert_eq!(
        revoke(json!({ "before": before_s })).await.status,
        400,
        "a field that is misspelt does not void less than is meant"
    );
    assert_eq!(asks(1, &before).await, 200, "nothing was voided by what was refused");

    let revoked = revoke(json!({ "issuedBefore": before_s + 1 })).await;
    assert_eq!(revoked.status, 204, "{}", revoked.text());
    for node in [0, 1] {
        assert_eq!(asks(node, &before).await, 401);
        assert_eq!(asks(node, &signed_at(before_s + 1)).await, 200, "signed afterwards, by the same clock");
    }
    assert!(matches!(connected.closed().await, Received::Closed(..)), "the connection ends, too");
    // This time is before the existing limit, so the existing limit stays.
    assert_eq!(revoke(json!({ "issuedBefore": 0 })).await.status, 204);
    assert_eq!(revoke(json!({ "issuedBefore": 1.0 })).await.status, 204, "a whole number, however it is written");
    assert_eq!(asks(0, &before).await, 401);
}
