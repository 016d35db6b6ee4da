//! Properties of a conversation in this system: short, between two users, live, and immutable.

use causerie_client::{
    ClientId,
    ErrorCode::{NotFound, Unsupported},
    HistoryRange, Recipient,
    wire::{Capability, ConversationKind, UserStatus},
};

use super::everywhere;
use crate::scenarios::{
    Answered as _,
    facts::{member, user},
    user::{group_recipient, id, message_id, user_recipient, user_ref},
};

#[tokio::test]
async fn s0_01_messages_are_one_to_one_and_live() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        let sent = lea.writes(here, "see you at two?").await.expect("in reach");
        assert_eq!(lou.receives("see you at two?").await, sent);
        let members = lou.members(here, "").await.answer().expect("a member sees them").members;
        assert_eq!(members.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn s0_03_a_user_may_write_to_themself() {
    everywhere(async |school| {
        let [lea, mut phone] = school.users(["lea", "lea"]).await;
        let here = lea.starts_with("lea").await.expect("one may");
        phone.sees_joined(here).await;
        let sent = lea.writes(here, "bring the book").await.expect("one may");
        assert_eq!(phone.receives("bring the book").await, sent);
        assert_eq!(lea.reads(here).await.expect("one's own"), ["bring the book"], "shows once");
        let listed = lea.sees_listed(here).await.expect("it is listed");
        assert_eq!((listed.kind(), listed.member_count), (ConversationKind::NoteToSelf, 1));
        assert_eq!(listed.read_state.expect("told").unread, 0);
        assert_eq!(lea.conversations("").await.answer().expect("a list").total_unread, 0);
    })
    .await;
}

#[tokio::test]
async fn s0_04_a_sent_message_is_never_edited() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        let sent = lea.writes(here, "as said").await.expect("in reach");
        assert_eq!(lea.edit(here, message_id(&sent), "otherwise").await.answer(), Err(Unsupported));
        assert_eq!(lou.reads(here).await.expect("a member"), ["as said"]);
        assert!(!lea.may(Capability::Edit, here).await, "no control for it");
    })
    .await;
}

#[tokio::test]
async fn s0_05_a_sent_message_is_never_deleted() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        let sent = message_id(&lea.writes(here, "as said").await.expect("in reach"));
        assert_eq!(lea.delete(here, sent).await.answer(), Err(Unsupported));
        assert_eq!(lea.delete_own_copy(here, sent).await.answer(), Err(Unsupported), "nor for herself");
        for reader in [&lea, &lou] {
            assert_eq!(reader.reads(here).await.expect("a member"), ["as said"]);
        }
        assert!(!lea.may(Capability::Delete, here).await && !lea.may(Capability::DeleteOwnCopy, here).await);
    })
    .await;
}

#[tokio::test]
async fn s0_06_a_conversation_is_never_changed() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        let before = lea.sees_listed(here).await.expect("it is listed");
        let lou_id = lou.id().await;
        assert_eq!(lea.rename(here, "ours").await.answer(), Err(Unsupported));
        assert_eq!(lea.add_members(here, [user_ref("tom")]).await.answer(), Err(Unsupported), "even within reach");
        assert_eq!(lea.add_members(here, [user_ref("bob")]).await.answer(), Err(Unsupported));
        assert_eq!(lea.remove_member(here, lou_id).await.answer(), Err(Unsupported));
        assert_eq!(lea.close_conversation(here).await.answer(), Err(Unsupported));
        assert_eq!(lea.sees_listed(here).await.expect("it is listed"), before);
    })
    .await;
}

#[tokio::test]
async fn s0_07_a_conversation_is_never_deleted() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        for for_all in [false, true] {
            assert_eq!(lea.delete_conversation(here, for_all).await.answer(), Err(Unsupported), "for all: {for_all}");
        }
        for user in [&lea, &lou] {
            assert!(user.sees_listed(here).await.is_some(), "still listed for {}", user.external_id);
        }
    })
    .await;
}

#[tokio::test]
async fn s0_08_there_are_no_group_messages() {
    everywhere(async |school| {
        let [tom, lea] = school.users(["tom", "lea"]).await;
        let several: [Vec<Recipient>; 2] =
            [vec![user_recipient("lea"), user_recipient("lou")], vec![group_recipient("class-a")]];
        for to in several {
            let started = tom.start_group(to.clone(), "trip", ClientId::new()).await.answer();
            assert_eq!(started, Err(Unsupported), "to {to:?}");
        }
        assert_eq!(lea.lists().await, [], "no conversation was created");
        let groups = tom.hits("class").await;
        assert_eq!(groups, [], "the picker offers users only");
    })
    .await;
}

#[tokio::test]
async fn s0_26_the_first_message_creates_the_conversation() {
    everywhere(async |school| {
        let [lea, mut tom] = school.users(["lea", "tom"]).await;
        assert_eq!(lea.finds("tom").await, ["tom"]);
        assert_eq!((lea.lists().await, tom.lists().await), (vec![], vec![]), "choosing a recipient makes nothing");
        let started = lea.writes_first("tom", "May I ask something?").await.expect("in reach");
        let here = id(started.conversation.as_ref().expect("it is told"));
        assert!(started.created);
        let told = tom.sees_joined(here).await;
        assert_eq!((told.last_seq, told.read_state.expect("told").unread), (1, 1), "Tom is notified");
        assert_eq!(tom.reads(here).await.expect("a member"), ["May I ask something?"]);
    })
    .await;
}

#[tokio::test]
async fn s0_27_choosing_a_user_again_finds_the_conversation() {
    everywhere(async |school| {
        let [mut lea, mut tom] = school.users(["lea", "tom"]).await;
        let here = lea.chats_with(&mut tom).await;
        tom.writes(here, "hello").await.expect("in reach");
        let again = lea.start_direct(user_ref("tom")).await.answer().expect("in reach");
        assert_eq!((again.created, again.conversation.as_ref().map(id)), (false, Some(here)));
        assert_eq!(lea.reads(here).await.expect("a member"), ["hello"], "its history is there");
        let hits = lea.hits("tom").await;
        assert_eq!(hits[0].conversation_id, here.to_string(), "the picker knows it already");
    })
    .await;
}

#[tokio::test]
async fn s0_30_messages_come_oldest_to_newest() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        let said: Vec<String> = (1..=40).map(|number| format!("message {number}")).collect();
        for text in &said {
            lea.writes(here, text).await.expect("in reach");
        }
        let page = lou.history(here, HistoryRange::Newest, 0).await.answer().expect("a member");
        assert!(page.messages.iter().map(|message| message.seq).eq(1..=40), "the newest is the last");
        assert_eq!(lou.reads(here).await.expect("a member"), said);
    })
    .await;
}

#[tokio::test]
async fn s0_31_lost_reach_ends_sending_and_keeps_the_history() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        lea.writes(here, "before").await.expect("in the same class");
        school.import_all(&[member("lea", "learner", "class-a").removed(), member("lea", "learner", "class-b")]).await;
        // The refusal is immediate on every node.
        assert_eq!(lou.writes(here, "after").await, Err(NotFound));
        assert_eq!(lea.writes(here, "after").await, Err(NotFound));
        for user in [&mut lea, &mut lou] {
            user.sees_capability(Capability::Send, false, here).await;
            assert_eq!(user.reads(here).await.expect("still a member"), ["before"]);
        }
        school.import_all(&[member("lea", "learner", "class-a")]).await;
        for user in [&mut lea, &mut lou] {
            user.sees_capability(Capability::Send, true, here).await;
            user.writes(here, "again").await.expect("in the same class again");
        }
    })
    .await;
}

#[tokio::test]
async fn s0_32_the_conversation_stays_after_the_other_user_is_removed() {
    everywhere(async |school| {
        let [mut lea, mut lou] = school.users(["lea", "lou"]).await;
        let here = lea.chats_with(&mut lou).await;
        lou.writes(here, "goodbye").await.expect("in reach");
        school.import_all(&[user("lou").with("status", "removed")]).await;
        assert_eq!(lea.writes(here, "already?").await, Err(NotFound), "out of reach, like one who never was");
        lea.sees_capability(Capability::Send, false, here).await;
        assert_eq!(lea.reads(here).await.expect("still a member"), ["goodbye"]);
        let members = lea.members(here, "").await.answer().expect("still a member").members;
        let gone = members.iter().filter_map(|member| member.user.as_ref()).find(|user| user.external_id == "lou");
        let gone = gone.expect("the conversation still says with whom it was");
        assert_eq!((gone.name.as_str(), gone.status()), ("lou", UserStatus::Removed));
    })
    .await;
}
