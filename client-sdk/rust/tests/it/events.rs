//! Events without a version, and watched presence.

use causerie_client::{Client, ConversationId, Event, UserId, UserRef, wire};
use wire::{event::Kind, reply::Result as Answer, request::Command};

use crate::peer::{Peer, next};

#[tokio::test]
async fn events_without_a_version_are_published_at_once() {
    let peer = Peer::new().await;
    let (_client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let id = ConversationId::new();
    let conversation_id = id.to_string();
    let read_state = wire::ReadState { conversation_id: conversation_id.clone(), unread: 2, ..Default::default() };
    let typing = wire::Typing { conversation_id: conversation_id.clone(), typing: true, ..Default::default() };
    let read = wire::MemberRead { conversation_id: conversation_id.clone(), read_seq: 3, ..Default::default() };
    let presence = wire::Presence { online: true, ..Default::default() };
    let state = wire::ReadStateChanged { read_state: Some(read_state.clone()), total_unread: 5 };
    let capabilities = vec![wire::Capability::Send];
    let may = wire::CapabilitiesChanged {
        conversation_id,
        // A newer server may send a capability that this version does not know.
        capabilities: vec![wire::Capability::Send.into(), 99],
        cannot_send: 0,
    };
    let relation = wire::Relation { relation: "friend".into(), ..Default::default() };
    let related = wire::RelationChanged { relation: Some(relation.clone()) };
    link.event(Kind::ReadStateChanged(state)).await;
    link.event(Kind::Typing(typing.clone())).await;
    link.event(Kind::MemberRead(read.clone())).await;
    link.event(Kind::PresenceChanged(presence.clone())).await;
    link.event(Kind::CapabilitiesChanged(may)).await;
    link.event(Kind::RelationChanged(related)).await;
    assert_eq!(next(&mut events).await, Event::ReadState { read_state, total_unread: 5 });
    assert_eq!(next(&mut events).await, Event::Typing(typing));
    assert_eq!(next(&mut events).await, Event::MemberRead(read));
    assert_eq!(next(&mut events).await, Event::Presence(presence));
    assert_eq!(next(&mut events).await, Event::Capabilities { conversation: id, capabilities, cannot_send: None });
    assert_eq!(next(&mut events).await, Event::RelationChanged(relation));
}

#[tokio::test]
async fn contacts_are_watched_again_on_each_connection_and_after_a_gap() {
    let peer = Peer::new().await;
    let (client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let contacts = |can: &[wire::DirectoryAction]| {
        let user_ref = Some(wire::UserRef { by: Some(wire::user_ref::By::ExternalId("tom".into())) });
        let can = can.iter().map(|can| i32::from(*can)).collect();
        vec![wire::Contact { user_ref, can, ..Default::default() }]
    };
    let list = |contacts| Answer::ContactList(wire::ContactList { contacts });
    let (may, may_not) = (contacts(&[wire::DirectoryAction::Start]), contacts(&[]));
    let served = async {
        let (id, command) = link.request().await;
        link.reply(id, list(may.clone())).await;
        command
    };
    let users = [UserRef::ExternalId("tom".into())];
    let (watched, command) = tokio::join!(client.watch_contacts(users), served);
    assert_eq!(watched.expect("watched"), may);
    assert_eq!(next(&mut events).await, Event::Contacts(may.clone()), "in its order with the changes");
    link.event(Kind::ContactsChanged(wire::ContactsChanged { contacts: may_not.clone() })).await;
    assert_eq!(next(&mut events).await, Event::Contacts(may_not.clone()));
    link.event(Kind::Gap(wire::Gap {})).await;
    let (id, resume) = link.request().await;
    assert!(matches!(resume, Command::Resume(_)), "{resume:?}");
    let resumed = wire::Resumed { epoch: "one".into(), inbox_version: 1, ..Default::default() };
    link.reply(id, Answer::Resumed(resumed)).await;
    let (id, again) = link.request().await;
    assert_eq!(again, command);
    // A refused watch is sent again.
    link.reply(id, Answer::Error(wire::Error { code: 103, temporary: true, ..Default::default() })).await;
    let (id, again) = link.request().await;
    assert_eq!(again, command);
    link.reply(id, list(may.clone())).await;
    assert_eq!(next(&mut events).await, Event::Contacts(may));
    drop(link);
    let (mut link, _) = peer.welcome().await;
    let (id, again) = link.request().await;
    assert_eq!(again, command);
    link.reply(id, list(may_not.clone())).await;
    assert_eq!(next(&mut events).await, Event::Contacts(may_not));
}

#[tokio::test]
async fn watched_users_are_watched_again_on_each_connection() {
    let peer = Peer::new().await;
    let (client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let user = UserId::new();
    let users = [user];
    let presences = |online| {
        let presences = vec![wire::Presence { user_id: user.to_string(), online, last_seen_at: None }];
        Answer::PresenceList(wire::PresenceList { presences })
    };
    let served = async {
        let (id, command) = link.request().await;
        link.reply(id, presences(true)).await;
        command
    };
    let (watched, command) = tokio::join!(client.watch_presence(&users), served);
    assert!(watched.expect("watched")[0].online);
    drop(link);
    let (mut link, _) = peer.welcome().await;
    let (id, again) = link.request().await;
    assert_eq!(again, command);
    assert!(matches!(again, Command::WatchPresence(_)));
    link.reply(id, presences(false)).await;
    assert!(matches!(next(&mut events).await, Event::Presence(presence) if !presence.online));
}
