//! Each message arrives once and in order, even if connections end and events are lost.

use causerie_client::{Client, ConversationId, Event, Events, wire};
use wire::{event::Kind, reply::Result as Answer, request::Command};

use crate::peer::{Link, Peer, conversation, message, message_sent, next, welcome};

async fn expect_sent(events: &mut Events, seqs: &[u32]) {
    for seq in seqs {
        match next(events).await {
            Event::MessageSent(message) => assert_eq!(message.seq, *seq),
            other => panic!("instead of {seq} came {other:?}"),
        }
    }
}

async fn expect_resynced(events: &mut Events, version: u32) {
    match next(events).await {
        Event::Resynced { conversation, reload: false } => assert_eq!(conversation.version, version),
        other => panic!("instead of {version} came {other:?}"),
    }
}

/// The client requests one conversation and gets `held`. The client holds its version from then on.
async fn load_conversation(client: &Client, link: &mut Link, held: wire::Conversation) {
    let id = held.id.parse().expect("an id");
    let served = async {
        let (request, _) = link.request().await;
        link.reply(request, Answer::ConversationFound(wire::ConversationFound { conversation: Some(held) })).await;
    };
    let (found, ()) = tokio::join!(client.conversation(id), served);
    found.expect("found");
}

#[tokio::test]
async fn a_gap_is_filled_and_later_events_wait_for_it() {
    let peer = Peer::new().await;
    let (client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let (id, other) = (ConversationId::new(), ConversationId::new());
    load_conversation(&client, &mut link, conversation(id, 1, 0)).await;
    link.event(message_sent(id, 1, 2)).await;
    link.event(message_sent(id, 3, 4)).await;
    link.event(message_sent(id, 4, 5)).await;
    link.event(message_sent(other, 1, 1)).await;
    let (request, command) = link.request().await;
    assert_eq!(command, Command::GetChanges(wire::GetChanges { conversation_id: id.to_string(), since_version: 2 }));
    expect_sent(&mut events, &[1]).await;
    // Another conversation does not wait for the gap.
    assert!(matches!(next(&mut events).await, Event::MessageSent(message) if message.conversation_id == other.to_string()));
    let messages = vec![message(id, 2, 3), message(id, 3, 4)];
    let changes = wire::Changes { conversation: Some(conversation(id, 4, 3)), messages, reload: false };
    link.reply(request, Answer::Changes(changes)).await;
    expect_sent(&mut events, &[2, 3]).await;
    expect_resynced(&mut events, 4).await;
    expect_sent(&mut events, &[4]).await;
}

#[tokio::test]
async fn a_temporarily_failed_fetch_is_repeated_and_a_refused_fetch_emits_left() {
    let peer = Peer::new().await;
    let (client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let id = ConversationId::new();
    load_conversation(&client, &mut link, conversation(id, 1, 0)).await;
    link.event(message_sent(id, 2, 3)).await;
    let (request, first) = link.request().await;
    link.reply(request, Answer::Error(wire::Error { code: 101, temporary: true, ..Default::default() })).await;
    let (request, again) = link.request().await;
    assert_eq!(again, first);
    link.reply(request, Answer::Error(wire::Error { code: 252, ..Default::default() })).await;
    assert_eq!(next(&mut events).await, Event::Left(id));
}

#[tokio::test]
async fn a_new_connection_sends_the_held_versions_and_publishes_missed_changes() {
    let peer = Peer::new().await;
    let (client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, hello) = peer.welcome().await;
    assert_eq!(hello.resume, Some(wire::Resume::default()));
    let (id, new, gone) = (ConversationId::new(), ConversationId::new(), ConversationId::new());
    load_conversation(&client, &mut link, conversation(id, 1, 0)).await;
    load_conversation(&client, &mut link, conversation(gone, 9, 9)).await;
    link.event(message_sent(id, 1, 2)).await;
    expect_sent(&mut events, &[1]).await;
    // The connection ends before the gap is filled.
    link.event(message_sent(id, 5, 6)).await;
    link.request().await;
    drop(link);

    let mut welcome = welcome();
    let read_state = wire::ReadState { conversation_id: id.to_string(), read_seq: 1, unread: 2, marked_unread: false };
    welcome.resumed = Some(wire::Resumed {
        epoch: "one".into(),
        inbox_version: 3,
        changes: vec![
            wire::Changes {
                conversation: Some(conversation(id, 5, 3)),
                messages: vec![message(id, 1, 5), message(id, 2, 3), message(id, 3, 4)],
                reload: false,
            },
            wire::Changes { conversation: Some(conversation(new, 7, 5)), ..Default::default() },
        ],
        gone: vec![gone.to_string()],
        read_states: vec![read_state.clone()],
        total_unread: 4,
        reload_list: false,
    });
    let (mut link, hello) = peer.welcome_with(welcome).await;
    let mut resume = hello.resume.expect("a resume");
    resume.held.sort_by_key(|held| held.version);
    assert_eq!((resume.epoch.as_str(), resume.inbox_version), ("one", 1));
    let held: Vec<_> = resume.held.iter().map(|held| (held.conversation_id.clone(), held.version)).collect();
    assert_eq!(held, [(id.to_string(), 2), (gone.to_string(), 9)]);

    assert!(matches!(next(&mut events).await, Event::MessageEdited(message) if message.seq == 1));
    expect_sent(&mut events, &[2, 3]).await;
    expect_resynced(&mut events, 5).await;
    assert!(matches!(next(&mut events).await, Event::Joined(joined) if joined.id == new.to_string()));
    assert_eq!(next(&mut events).await, Event::Left(gone));
    assert_eq!(next(&mut events).await, Event::ReadState { read_state, total_unread: 4 });
    // Live events continue from the resumed versions; a repetition is dropped.
    link.event(message_sent(id, 3, 4)).await;
    link.event(message_sent(id, 4, 6)).await;
    link.event(message_sent(new, 6, 8)).await;
    expect_sent(&mut events, &[4, 6]).await;
}

/// The event that the user joined a conversation with `last_seq` messages, all of them unread.
fn conversation_joined(id: ConversationId, inbox_version: u32, last_seq: u32) -> Kind {
    let read_state = Some(wire::ReadState { conversation_id: id.to_string(), unread: last_seq, ..Default::default() });
    let conversation = wire::Conversation { read_state, ..conversation(id, last_seq, last_seq) };
    Kind::ConversationJoined(wire::ConversationJoined { inbox_version, conversation: Some(conversation) })
}

/// The client asks for the history of a conversation; the user leaves and rejoins before the server answers. Returns the
/// first and the second request for the history.
async fn rejoin_while_history_is_loaded(link: &mut Link, id: ConversationId) -> [u32; 2] {
    link.event(conversation_joined(id, 2, 3)).await;
    let (first, command) = link.request().await;
    assert!(matches!(command, Command::GetHistory(_)), "{command:?}");
    let left = wire::ConversationLeft { inbox_version: 3, conversation_id: id.to_string() };
    link.event(Kind::ConversationLeft(left)).await;
    link.event(conversation_joined(id, 4, 4)).await;
    let (second, command) = link.request().await;
    assert!(matches!(command, Command::GetHistory(_)), "{command:?}");
    [first, second]
}

/// Receives the events of a join, a leave and another join.
async fn expect_rejoined(events: &mut Events, id: ConversationId) {
    assert!(matches!(next(events).await, Event::Joined(joined) if joined.last_seq == 3));
    assert_eq!(next(events).await, Event::Left(id));
    assert!(matches!(next(events).await, Event::Joined(joined) if joined.last_seq == 4));
}

#[tokio::test]
async fn a_history_requested_before_the_user_left_is_dropped_after_they_rejoined() {
    let peer = Peer::new().await;
    let (_client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let id = ConversationId::new();
    let [before, after] = rejoin_while_history_is_loaded(&mut link, id).await;
    link.reply(before, Answer::MessagePage(wire::MessagePage::default())).await;
    let messages = (1..=4).map(|seq| message(id, seq, seq)).collect();
    link.reply(after, Answer::MessagePage(wire::MessagePage { messages, ..Default::default() })).await;
    expect_rejoined(&mut events, id).await;
    expect_sent(&mut events, &[1, 2, 3, 4]).await;
}

#[tokio::test]
async fn a_request_refused_because_the_user_had_left_does_not_end_a_rejoined_conversation() {
    let peer = Peer::new().await;
    let (_client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let id = ConversationId::new();
    let [before, after] = rejoin_while_history_is_loaded(&mut link, id).await;
    link.reply(before, Answer::Error(wire::Error { code: 252, ..Default::default() })).await;
    let messages = (1..=4).map(|seq| message(id, seq, seq)).collect();
    link.reply(after, Answer::MessagePage(wire::MessagePage { messages, ..Default::default() })).await;
    expect_rejoined(&mut events, id).await;
    expect_sent(&mut events, &[1, 2, 3, 4]).await;
}

#[tokio::test]
async fn a_slow_reader_resumes_on_the_same_connection_after_a_gap() {
    let peer = Peer::new().await;
    let (client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let id = ConversationId::new();
    load_conversation(&client, &mut link, conversation(id, 4, 2)).await;
    link.event(Kind::Gap(wire::Gap {})).await;
    let (request, command) = link.request().await;
    let held = vec![wire::Held { conversation_id: id.to_string(), version: 4 }];
    assert_eq!(command, Command::Resume(wire::Resume { epoch: "one".into(), inbox_version: 1, held }));
    let changes = wire::Changes { conversation: Some(conversation(id, 50, 48)), reload: true, ..Default::default() };
    let resumed = wire::Resumed { epoch: "one".into(), inbox_version: 1, changes: vec![changes], ..Default::default() };
    link.reply(request, Answer::Resumed(resumed)).await;
    assert!(matches!(next(&mut events).await, Event::Resynced { reload: true, .. }));
    link.event(message_sent(id, 49, 51)).await;
    expect_sent(&mut events, &[49]).await;
}
