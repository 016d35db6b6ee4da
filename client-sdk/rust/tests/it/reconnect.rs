//! The client reconnects after temporary failures and ends after permanent close codes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use causerie_client::{Client, CloseReason, ConversationId, Encoding, Error, State, wire};
use wire::{reply::Result as Answer, request::Command};

use crate::peer::{Peer, conversation, wait_for_state, welcome, within_timeout};

#[tokio::test]
async fn both_encodings_work_from_handshake_to_reply() {
    for encoding in Encoding::ALL {
        let peer = Peer::new().await;
        let mut config = peer.config();
        config.encoding = encoding;
        config.client_name = "test".into();
        let client = Client::connect(config);
        let (mut link, hello) = peer.welcome().await;
        assert_eq!((hello.token.as_str(), hello.client.expect("named").name.as_str()), ("token 1", "test"));
        within_timeout("the welcome", client.connected()).await.expect("welcomed");
        let id = ConversationId::new();
        let asked = client.conversation(id);
        let served = async {
            let (request, command) = link.request().await;
            assert_eq!(command, Command::GetConversation(wire::GetConversation { conversation_id: id.to_string() }));
            let found = wire::ConversationFound { conversation: Some(conversation(id, 3, 1)) };
            link.reply(request, Answer::ConversationFound(found)).await;
        };
        let (found, ()) = tokio::join!(asked, served);
        assert_eq!(found.expect("found").version, 3);
    }
}

#[tokio::test]
async fn after_a_lost_connection_only_repeatable_commands_are_repeated() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let (mut link, _) = peer.welcome().await;
    let id = ConversationId::new();
    let reading = tokio::spawn({
        let client = client.clone();
        async move { client.conversation(id).await }
    });
    let (_, first) = link.request().await;
    drop(link);
    let (mut link, hello) = peer.welcome().await;
    // The token is still good, so the provider is not called again.
    assert_eq!((hello.token.as_str(), peer.tokens()), ("token 1", 1));
    let (request, again) = link.request().await;
    assert_eq!(again, first);
    let found = wire::ConversationFound { conversation: Some(conversation(id, 3, 1)) };
    link.reply(request, Answer::ConversationFound(found)).await;
    assert!(within_timeout("the answer", reading).await.expect("ran").is_ok());

    let renaming = tokio::spawn({
        let client = client.clone();
        async move { client.rename(id, "new").await }
    });
    link.request().await;
    drop(link);
    // Another user may have renamed the conversation since, so the caller decides whether to repeat.
    assert_eq!(within_timeout("the answer", renaming).await.expect("ran"), Err(Error::ConnectionLost));
}

#[tokio::test]
async fn the_client_reconnects_after_temporary_close_codes() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    for code in [4000, 4001, 4002, 4400, 4401, 1001, 1011] {
        let (link, _) = peer.welcome().await;
        link.close(code, "reason").await;
    }
    peer.welcome().await;
    assert!(!matches!(*client.state().borrow(), State::Closed { .. }));
}

#[tokio::test]
async fn an_overloaded_server_gets_at_least_half_of_the_longest_wait() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    config.backoff_max = Duration::from_millis(400);
    config.jitter = Arc::new(|| 0.0);
    let _client = Client::connect(config);
    let (link, _) = peer.welcome().await;
    let closed = Instant::now();
    link.close(4400, "overloaded").await;
    peer.accept().await;
    assert!(closed.elapsed() >= Duration::from_millis(200), "{:?}", closed.elapsed());
}

#[tokio::test]
async fn permanent_close_codes_end_the_client_and_all_waiting_calls() {
    for code in [1002, 1003, 1007, 1009, 4500, 4501, 4503, 4504, 4999] {
        let peer = Peer::new().await;
        let (client, mut events) = Client::connect_with_events(peer.config());
        let (mut link, _) = peer.welcome().await;
        // If a message were in flight, a code about a frame would make it suspected, and the client would reconnect.
        let is_about_a_frame = code < 4502;
        let pending = (!is_about_a_frame).then(|| client.send(ConversationId::new(), "never"));
        if pending.is_some() {
            link.send().await;
        }
        link.close(code, "revoked").await;
        let reason = CloseReason::ByServer { code, reason: "revoked".into() };
        let closed = wait_for_state(&client, |state| matches!(state, State::Closed { .. })).await;
        assert_eq!(closed, State::Closed { reason: reason.clone() });
        if let Some(pending) = pending {
            assert_eq!(within_timeout("the answer", pending).await, Err(causerie_client::SendError::Closed(reason.clone())));
        }
        assert_eq!(client.note_to_self().await, Err(Error::Closed(reason)));
        while within_timeout("the end", events.next()).await.is_some() {}
    }
}

#[tokio::test]
async fn the_client_waits_as_long_as_a_stopping_server_says() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    // With this jitter the client would reconnect at once if the server named no wait.
    config.jitter = Arc::new(|| 0.0);
    let _client = Client::connect(config);
    let (mut link, _) = peer.welcome().await;
    link.event(wire::event::Kind::GoingAway(wire::GoingAway { reconnect_after_ms: 300 })).await;
    let closed = Instant::now();
    link.close(4001, "going_away").await;
    peer.accept().await;
    assert!(closed.elapsed() >= Duration::from_millis(300), "{:?}", closed.elapsed());
}

#[tokio::test]
async fn a_connection_is_kept_while_the_server_pings_and_closed_when_it_is_silent() {
    let peer = Peer::new().await;
    let _client = Client::connect(peer.config());
    // The client waits for two heartbeats: long enough for a busy machine to send a ping in between.
    let heartbeat = Duration::from_secs(1);
    let (mut link, _) = peer.welcome_with(wire::Welcome { heartbeat_ms: 1_000, ..welcome() }).await;
    let start = Instant::now();
    let mut last_ping = start;
    while last_ping - start <= 2 * heartbeat {
        tokio::time::sleep(Duration::from_millis(100)).await;
        last_ping = Instant::now();
        link.ping().await;
        link.pong().await;
    }
    link.until_closed().await;
    assert!(last_ping.elapsed() >= 2 * heartbeat, "{:?}", last_ping.elapsed());
    peer.welcome().await;
}

#[tokio::test]
async fn a_connection_without_a_welcome_is_closed_and_replaced() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    // Long enough for a busy machine to open the socket, which has the same limit.
    config.command_timeout = Duration::from_secs(2);
    let client = Client::connect(config);
    let link = peer.accept().await;
    link.until_closed().await;
    let state = wait_for_state(&client, |state| matches!(state, State::Reconnecting { .. })).await;
    assert!(matches!(state, State::Reconnecting { attempt: 1.., .. }), "{state:?}");
    peer.welcome().await;
}

#[tokio::test]
async fn a_command_without_a_connection_ends_in_not_connected_whichever_timer_fires_first() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    config.command_timeout = Duration::from_millis(100);
    let client = Client::connect(config.clone());
    // No server answers the handshake: the time limits of the handshake and of the command end at the same moment.
    let error = within_timeout("an end", client.note_to_self()).await.expect_err("no server answers");
    assert!(matches!(error, Error::NotConnected(_)), "{error:?}");
    assert!(error.temporary());
}

#[tokio::test]
async fn a_command_without_a_welcome_in_time_ends_in_not_connected() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    config.command_timeout = Duration::from_secs(2);
    let client = Client::connect(config);
    let asked = tokio::spawn(async move { client.note_to_self().await });
    // The socket is open and `hello` is sent; no `welcome` follows.
    let mut link = peer.accept().await;
    link.request().await;
    let error = within_timeout("an end", asked).await.expect("ran").expect_err("no server welcomes");
    assert!(matches!(error, Error::NotConnected(_)), "{error:?}");
}

#[tokio::test]
async fn not_connected_has_the_reason_of_the_failed_connection() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    // Long enough for a busy machine to learn that no server listens.
    config.command_timeout = Duration::from_secs(2);
    drop(peer);
    let client = Client::connect(config);
    let why = within_timeout("an end", client.note_to_self()).await.expect_err("no server listens");
    assert!(matches!(&why, Error::NotConnected(why) if why.contains("refused")), "{why:?}");
    assert!(why.temporary());
}

#[tokio::test]
async fn close_sends_a_normal_close_frame() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let (link, _) = peer.welcome().await;
    within_timeout("the welcome", client.connected()).await.expect("welcomed");
    let ((), frame) = tokio::join!(client.close(), link.until_closed());
    assert_eq!(frame.map(|frame| u16::from(frame.code)), Some(1000));
    assert_eq!(*client.state().borrow(), State::Closed { reason: CloseReason::ByClient });
}

#[tokio::test]
async fn dropping_the_last_handle_closes_the_connection() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let clone = client.clone();
    let (link, _) = peer.welcome().await;
    drop(client);
    drop(clone);
    link.until_closed().await;
}

#[tokio::test]
async fn a_frame_above_the_servers_limit_is_refused_by_the_client() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let limits = wire::Limits { frame_bytes_max: 1000, ..Default::default() };
    let (mut link, _) = peer.welcome_with(wire::Welcome { limits: Some(limits), ..welcome() }).await;
    within_timeout("the welcome", client.connected()).await.expect("welcomed");
    let id = ConversationId::new();
    let error = within_timeout("the answer", client.send(id, "x".repeat(2000))).await.expect_err("refused");
    assert!(matches!(&error, causerie_client::SendError::Refused(error) if error.name == "too_large"), "{error}");
    let error = client.rename(id, "x".repeat(2000)).await.expect_err("refused");
    assert!(matches!(&error, Error::Refused(error) if error.name == "too_large"), "{error}");
    // The connection is still open.
    let pending = client.send(id, "short");
    let (request, send) = link.send().await;
    link.reply(request, crate::peer::sent(send, 1)).await;
    assert_eq!(within_timeout("the answer", pending).await.expect("sent").seq, 1);
}
