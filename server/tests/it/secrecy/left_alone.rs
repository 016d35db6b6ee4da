//! Events between a blocked user and the blocking user: typing, read positions, presence and edits.

use causerie_client::{ErrorCode::NotFound, Event, wire};

use super::events_until;
use crate::scenarios::{
    Answered as _, User,
    facts::{Row, group, member, relation, user},
    system,
    user::message_id,
};

/// Facts with two users who may write to each other, for each preset with direct conversations.
fn presets() -> Vec<(&'static str, Vec<Row>)> {
    let two = || ["a", "b"].map(user).to_vec();
    let class = [group("c", "class"), member("a", "learner", "c"), member("b", "learner", "c")];
    vec![
        ("open", two()),
        ("school", two().into_iter().chain(class).collect()),
        ("community", two()),
        ("medical", two().into_iter().chain([relation("a", "friend", "b")]).collect()),
        (
            "lms",
            vec![
                user("a").with("roles", serde_json::json!(["owner"])),
                user("b").with("roles", serde_json::json!(["learner"])),
            ],
        ),
    ]
}

/// The read position of another member, as this user sees it.
async fn seen_read_position(user: &User, here: causerie_client::ConversationId, of: &str) -> u32 {
    let members = user.conversation(here).await.answer().expect("readable").members;
    let is_of = |member: &&wire::Member| member.user.as_ref().is_some_and(|user| user.external_id == of);
    members.iter().find(is_of).expect("the other one").read_seq
}

#[tokio::test]
async fn a_blocked_user_learns_nothing_of_the_blocker_and_changes_nothing_for_them() {
    for (preset, facts) in presets() {
        system::everywhere(preset, &facts, async |town| {
            let [mut a, mut b] = town.users(["a", "b"]).await;
            let here = a.chats_with(&mut b).await;
            let sent = a.writes(here, "before").await.expect("allowed");
            b.receives("before").await;
            let id_of_b = b.id().await;
            let seen = a.watch_presence(&[id_of_b]).await.answer().expect("any user may ask");
            assert_eq!(seen.len(), 1, "{preset}");
            b.mark_read(here, 1).await.answer().expect("a member");
            a.until("a receipt", |event| matches!(event, Event::MemberRead(_)).then_some(())).await;

            town.import_all(&[relation("b", "block", "a")]).await;
            // Actions of the blocked user do not reach the blocker.
            assert_eq!(a.writes(here, "after").await, Err(NotFound), "{preset}");
            assert!(a.edit(here, message_id(&sent), "edited").await.answer().is_err(), "{preset}");
            assert!(a.delete(here, message_id(&sent)).await.answer().is_err(), "{preset}");
            assert_eq!(a.set_typing(here, true).await.answer(), Err(NotFound), "{preset}");
            a.mark_read(here, 1).await.answer().expect("a member");
            // Actions of the blocker do not reach the blocked user.
            let _ = b.set_typing(here, true).await;
            b.mark_read(here, 1).await.answer().expect("a member");
            assert_eq!(seen_read_position(&a, here, "b").await, 0, "{preset}");
            assert_eq!(seen_read_position(&b, here, "a").await, 0, "{preset}");
            assert_eq!(a.presence(&[id_of_b]).await.answer().expect("any user may ask"), [], "{preset}");
            drop(b);
            let b = town.user("b").await;
            assert_eq!(b.reads(here).await.expect("a member"), ["before"], "{preset}");

            town.import_all(&[relation("b", "block", "a").removed()]).await;
            b.writes(here, "again").await.expect("allowed");
            let is_again = |event: &Event| matches!(event, Event::MessageSent(one) if one.text == "again");
            let events = events_until(&mut a, "what comes after", is_again).await;
            let told = |event: &&Event| matches!(event, Event::Typing(_) | Event::MemberRead(_) | Event::Presence(_));
            let told: Vec<_> = events.iter().filter(told).collect();
            assert!(told.is_empty(), "{preset}: {told:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn read_positions_are_not_shared_after_reach_is_lost() {
    let (_, facts) = presets().swap_remove(1);
    system::everywhere("school", &facts, async |school| {
        let [mut a, mut b] = school.users(["a", "b"]).await;
        let here = a.chats_with(&mut b).await;
        for text in ["one", "two"] {
            a.writes(here, text).await.expect("allowed");
        }
        b.mark_read(here, 1).await.answer().expect("a member");
        a.until("a receipt", |event| matches!(event, Event::MemberRead(_)).then_some(())).await;
        school.import_all(&[member("b", "learner", "c").removed()]).await;
        b.mark_read(here, 2).await.answer().expect("a member");
        school.import_all(&[member("b", "learner", "c")]).await;
        b.writes(here, "again").await.expect("allowed");
        let is_again = |event: &Event| matches!(event, Event::MessageSent(one) if one.text == "again");
        let events = events_until(&mut a, "what comes after", is_again).await;
        assert!(!events.iter().any(|event| matches!(event, Event::MemberRead(_))), "{events:?}");
    })
    .await;
}
