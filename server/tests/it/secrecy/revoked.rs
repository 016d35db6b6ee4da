//! The right `read` is revoked and restored while users are connected.

use causerie_client::{ClientId, ErrorCode::Unsupported, Event};

use super::{CLUB, TEAM, club_of, events_until, is_joined, is_left, under};
use crate::scenarios::{
    Answered as _, User,
    facts::{Row, group, member, user},
    user::{id, user_recipient},
};

fn team() -> Vec<Row> {
    let users = ["a", "b", "c"];
    let mut rows = vec![group("team", "team")];
    rows.extend(users.map(user));
    rows.extend(users.map(|name| member(name, "member", "team")));
    rows
}

/// Waits until this device has this total unread count.
async fn until_total(screen: &mut User, count: u32) {
    let counts = |event| match event {
        Event::ReadState { total_unread, .. } | Event::TotalUnread(total_unread) => (total_unread == count).then_some(()),
        _ => None,
    };
    screen.until(&format!("{count} unread in all"), counts).await;
}

fn in_team(name: &str) -> Row {
    member(name, "member", "team")
}

#[tokio::test]
async fn a_member_without_read_gets_no_events_and_the_whole_conversation_afterwards() {
    under(TEAM, &team(), async |system| {
        let [mut a, mut b, mut phone] = system.users(["a", "b", "b"]).await;
        let here = a.chats_with(&mut b).await;
        phone.sees_joined(here).await;
        a.writes(here, "before").await.expect("allowed");
        b.receives("before").await;
        b.has_unread(1).await;

        system.import_all(&[in_team("b").removed()]).await;
        a.writes(here, "NOT FOR B").await.expect("a is in the team");
        for screen in [&mut b, &mut phone] {
            let events = events_until(screen, "the end of it", is_left(here)).await;
            let texts = events.iter().filter(|event| matches!(event, Event::MessageSent(one) if one.text == "NOT FOR B"));
            assert_eq!(texts.count(), 0, "{events:?}");
            until_total(screen, 0).await;
        }
        assert_eq!(b.reads(here).await, Err(Unsupported));
        assert_eq!(b.conversation(here).await.answer(), Err(Unsupported));
        assert_eq!(b.members(here, "").await.answer(), Err(Unsupported));
        assert!(b.starts_with("a").await.is_err(), "finding it takes the right to read it");
        let page = b.conversations("").await.answer().expect("a list");
        assert_eq!((page.conversations, page.total_unread), (vec![], 0));
        let away = system.http("b", crate::harness::http::Request::new("GET", "/v1/conversations")).await;
        assert!(away.status == 200 && !away.text().contains(&here.to_string()), "{}", away.text());
        let third = system.user("b").await;
        let welcome = third.connected().await.expect("b is a user of the tenant");
        assert_eq!(welcome.total_unread, 0);
        assert_eq!(third.lists().await, []);

        system.import_all(&[in_team("b")]).await;
        for screen in [&mut b, &mut phone] {
            let events = events_until(screen, "it again", is_joined(here)).await;
            let Some(Event::Joined(joined)) = events.last() else { unreachable!() };
            assert_eq!((joined.last_seq, joined.read_state.as_ref().map(|state| state.unread)), (2, Some(2)));
            until_total(screen, 2).await;
        }
        assert_eq!(b.reads(here).await.expect("allowed again"), ["before", "NOT FOR B"]);
        a.writes(here, "after").await.expect("allowed");
        for screen in [&mut b, &mut phone] {
            screen.receives("after").await;
        }
    })
    .await;
}

#[tokio::test]
async fn no_message_sent_after_an_answered_revocation_reaches_the_member() {
    under(TEAM, &team(), async |system| {
        let [a, mut b, c] = system.users(["a", "b", "c"]).await;
        let started = a
            .start_group([user_recipient("b"), user_recipient("c")], "all", ClientId::new())
            .await
            .answer()
            .expect("allowed");
        let here = id(&started.conversation.expect("told"));
        b.sees_joined(here).await;
        for round in 0..12 {
            system.import_all(&[in_team("b").removed()]).await;
            // Both nodes send at once, before any device is told of the revocation.
            let texts = [format!("secret a{round}"), format!("secret c{round}")];
            let (one, other) = tokio::join!(a.writes(here, &texts[0]), c.writes(here, &texts[1]));
            one.and(other).expect("allowed");
            let mut events = events_until(&mut b, "the end of it", is_left(here)).await;
            system.import_all(&[in_team("b")]).await;
            events.extend(events_until(&mut b, "it again", is_joined(here)).await);
            // Messages of earlier rounds arrive later, once b may read them again.
            let is_secret = |event: &&Event| matches!(event, Event::MessageSent(message) if texts.contains(&message.text));
            let leaked: Vec<_> = events.iter().filter(is_secret).collect();
            assert!(leaked.is_empty(), "round {round}: {leaked:?}");
        }
        a.writes(here, "for all").await.expect("allowed");
        b.receives("for all").await;
        assert_eq!(b.reads(here).await.expect("allowed").len(), 25);
    })
    .await;
}

#[tokio::test]
async fn a_member_who_reconnects_after_a_change_of_read_holds_the_right_conversations() {
    under(TEAM, &team(), async |system| {
        let [mut a, mut b] = system.users(["a", "b"]).await;
        let here = a.chats_with(&mut b).await;
        a.writes(here, "before").await.expect("allowed");
        b.receives("before").await;
        b.link.refuse();
        system.import_all(&[in_team("b").removed()]).await;
        a.writes(here, "NOT FOR B").await.expect("allowed");
        b.link.resume();
        events_until(&mut b, "the end of it", is_left(here)).await;
        b.link.refuse();
        system.import_all(&[in_team("b")]).await;
        b.link.resume();
        b.until("the list is to be loaded anew", |event| matches!(event, Event::ReloadList).then_some(())).await;
        let listed = b.sees_listed(here).await.expect("it is back");
        assert_eq!(listed.last_message.map(|last| last.text).as_deref(), Some("NOT FOR B"));
    })
    .await;
}

#[tokio::test]
async fn rules_about_the_state_of_a_conversation_are_evaluated_again_when_it_changes() {
    under(CLUB, &["a", "b"].map(user), async |system| {
        let [mut a, mut b] = system.users(["a", "b"]).await;
        let here = club_of(&mut a, &mut b).await;
        a.close_conversation(here).await.answer().expect("it is a's");
        let events = events_until(&mut b, "the end of it", is_left(here)).await;
        let changes = events.iter().filter(|event| matches!(event, Event::ConversationChanged(_)));
        assert_eq!(changes.count(), 0, "not even that it was closed: {events:?}");
        assert_eq!(b.reads(here).await, Err(Unsupported));
        a.reopen_conversation(here).await.answer().expect("it is a's");
        a.writes(here, "again").await.expect("it is open");
        let events = events_until(&mut b, "it again", is_joined(here)).await;
        assert!(!events.iter().any(|event| matches!(event, Event::MessageSent(_))), "{events:?}");
        assert_eq!(b.reads(here).await.expect("open"), ["again"]);
    })
    .await;
}

#[tokio::test]
async fn changed_rules_are_evaluated_again() {
    under(TEAM, &team(), async |system| {
        let [mut a, mut b] = system.users(["a", "b"]).await;
        let here = a.chats_with(&mut b).await;
        system.set_rules(&TEAM.replace("allow read                   inside", "deny read nobody\nallow read inside")).await;
        for screen in [&mut a, &mut b] {
            events_until(screen, "the end of it", is_left(here)).await;
        }
        assert_eq!(a.lists().await, []);
        system.set_rules(TEAM).await;
        for screen in [&mut a, &mut b] {
            events_until(screen, "it again", is_joined(here)).await;
        }
        a.writes(here, "again").await.expect("allowed");
        b.receives("again").await;
    })
    .await;
}
