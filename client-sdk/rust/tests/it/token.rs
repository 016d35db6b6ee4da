//! Tokens are kept while they are valid, and replaced before they expire or after a refusal.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use causerie_client::{Client, CloseReason, State, wire};
use wire::{reply::Result as Answer, request::Command};

use crate::peer::{Peer, wait_for_state, welcome};

/// A welcome whose token expires after `lifetime`.
fn expiring(lifetime: Duration) -> wire::Welcome {
    let mut welcome = welcome();
    let at = (SystemTime::now() + lifetime).duration_since(UNIX_EPOCH).expect("after 1970");
    let expiry = welcome.token_expires_at.get_or_insert_default();
    expiry.seconds = at.as_secs().try_into().expect("before the end of time");
    expiry.nanos = at.subsec_nanos().try_into().expect("below a second");
    welcome
}

#[tokio::test]
async fn a_token_is_refreshed_in_band_before_it_expires() {
    let peer = Peer::new().await;
    let _client = Client::connect(peer.config());
    let (mut link, _) = peer.welcome_with(expiring(Duration::from_secs(2))).await;
    let (id, command) = link.request().await;
    assert_eq!(command, Command::RefreshToken(wire::RefreshToken { token: "token 2".into() }));
    let expiry = expiring(Duration::from_secs(3600)).token_expires_at;
    link.reply(id, Answer::TokenRefreshed(wire::TokenRefreshed { token_expires_at: expiry, token_ttl_ms: 0 })).await;
    // The next connection uses the new token without another call of the provider.
    link.event(wire::event::Kind::Gap(wire::Gap {})).await;
    assert!(matches!(link.request().await, (_, Command::Resume(_))));
    drop(link);
    let (_link, hello) = peer.welcome().await;
    assert_eq!((hello.token.as_str(), peer.tokens()), ("token 2", 2));
}

#[tokio::test]
async fn a_token_expiring_event_refreshes_the_token_whatever_the_local_clock_says() {
    let peer = Peer::new().await;
    let _client = Client::connect(peer.config());
    let (mut link, _) = peer.welcome_with(expiring(Duration::from_secs(3600))).await;
    link.event(wire::event::Kind::TokenExpiring(wire::TokenExpiring::default())).await;
    let (id, command) = link.request().await;
    assert_eq!(command, Command::RefreshToken(wire::RefreshToken { token: "token 2".into() }));
    // After a refusal the client gets another token.
    link.reply(id, Answer::Error(wire::Error { code: 101, temporary: true, ..Default::default() })).await;
    let (_, command) = link.request().await;
    assert_eq!(command, Command::RefreshToken(wire::RefreshToken { token: "token 3".into() }));
}

#[tokio::test]
async fn an_expired_token_is_replaced_before_the_next_hello() {
    let peer = Peer::new().await;
    let _client = Client::connect(peer.config());
    let (link, hello) = peer.welcome_with(expiring(Duration::from_secs(3600))).await;
    assert_eq!(hello.token, "token 1");
    link.close(4003, "token_expired").await;
    let (link, hello) = peer.welcome_with(expiring(Duration::from_secs(3600))).await;
    assert_eq!(hello.token, "token 2");
    // A lost connection does not replace a good token.
    drop(link);
    let (_link, hello) = peer.welcome().await;
    assert_eq!(hello.token, "token 2");
}

#[tokio::test]
async fn a_kept_token_that_is_refused_is_replaced_once() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let (link, _) = peer.welcome_with(expiring(Duration::from_secs(3600))).await;
    drop(link);
    // The back end may have changed its keys. Then the kept token is void, and a new token may be valid.
    let mut link = peer.accept().await;
    link.request().await;
    link.close(4502, "unauthenticated").await;
    let mut link = peer.accept().await;
    let (_, command) = link.request().await;
    assert!(matches!(command, Command::Hello(hello) if hello.token == "token 2"));
    link.close(4502, "unauthenticated").await;
    let closed = wait_for_state(&client, |state| matches!(state, State::Closed { .. })).await;
    let reason = CloseReason::ByServer { code: 4502, reason: "unauthenticated".into() };
    assert_eq!(closed, State::Closed { reason });
}

#[tokio::test]
async fn an_error_in_reply_to_hello_works_like_its_close_code() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let mut link = peer.accept().await;
    let (id, _) = link.request().await;
    let error = wire::Error { code: 201, name: "token_expired".into(), ..Default::default() };
    link.reply(id, Answer::Error(error)).await;
    let mut link = peer.accept().await;
    let (id, command) = link.request().await;
    assert!(matches!(command, Command::Hello(hello) if hello.token == "token 2"));
    link.reply(id, Answer::Error(wire::Error { code: 200, name: "unauthenticated".into(), ..Default::default() })).await;
    let closed = wait_for_state(&client, |state| matches!(state, State::Closed { .. })).await;
    assert!(matches!(&closed, State::Closed { reason: CloseReason::ByServer { code: 4502, .. } }), "{closed:?}");
}

#[tokio::test]
async fn callers_get_the_reason_why_a_token_was_refused() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let mut link = peer.accept().await;
    let (id, _) = link.request().await;
    let why = "the token is not a signed JWT";
    let error = wire::Error { code: 200, name: "unauthenticated".into(), message: why.into(), ..Default::default() };
    link.reply(id, Answer::Error(error)).await;
    link.close(4502, "unauthenticated").await;
    let closed = wait_for_state(&client, |state| matches!(state, State::Closed { .. })).await;
    let reason = CloseReason::ByServer { code: 4502, reason: format!("unauthenticated: {why}") };
    assert_eq!(closed, State::Closed { reason });
    let refused = client.note_to_self().await.expect_err("is over");
    assert!(refused.to_string().contains(why), "{refused}");
}

/// A welcome with the remaining life of a token, from a server whose clock is an hour behind this machine's.
fn welcome_with_ttl(ttl: Duration) -> wire::Welcome {
    let mut welcome = expiring(Duration::ZERO);
    welcome.token_expires_at.get_or_insert_default().seconds -= 3_600;
    welcome.token_ttl_ms = u32::try_from(ttl.as_millis()).expect("within a month");
    welcome
}

#[tokio::test]
async fn a_wrong_time_of_day_does_not_matter_if_the_server_sends_the_tokens_remaining_life() {
    let peer = Peer::new().await;
    let _client = Client::connect(peer.config());
    let (link, _) = peer.welcome_with(welcome_with_ttl(Duration::from_secs(3_600))).await;
    drop(link);
    // The client keeps the token, although it has expired by the time of day.
    let (mut link, hello) = peer.welcome_with(welcome_with_ttl(Duration::from_secs(2))).await;
    assert_eq!(hello.token, "token 1");
    assert!(matches!(link.request().await, (_, Command::RefreshToken(_))));
    assert_eq!(peer.tokens(), 2);
}

#[tokio::test]
async fn the_provider_is_called_once_in_an_interval_whatever_the_server_does() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    config.token_interval = Duration::from_millis(300);
    let began = std::time::Instant::now();
    let _client = Client::connect(config);
    for _ in 0..4 {
        let (link, _) = peer.welcome_with(welcome_with_ttl(Duration::from_millis(1))).await;
        link.close(4003, "token_expired").await;
    }
    // The count is read before the time: the client may request another token between the two lines.
    let tokens = peer.tokens();
    let intervals = began.elapsed().as_millis() / 300;
    assert!(u128::from(tokens) <= intervals + 1, "{tokens} in {intervals} intervals");
}
