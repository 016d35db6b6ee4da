//! Closing a conversation for both users, and deleting it for oneself.

use causerie_client::{
    ConversationId,
    ErrorCode::{Closed, NotFound},
    Event,
    wire::{Capability, ConversationState},
};

use super::everywhere;
use crate::scenarios::{
    Answered as _, User,
    facts::setting,
    user::{id, user_ref},
};

async fn sees_state(user: &mut User, here: ConversationId, state: ConversationState) {
    let changed = |event| match event {
        Event::ConversationChanged(changed) if changed.conversation_id == here.to_string() => {
            (changed.state() == state).then_some(())
        }
        _ => None,
    };
    user.until(&format!("{state:?}"), changed).await;
}

async fn is_gone(user: &mut User, here: ConversationId) {
    user.until("the end of it", |event| (event == Event::Left(here)).then_some(())).await;
    assert_eq!(user.conversation(here).await.answer(), Err(NotFound));
    assert_eq!(user.reads(here).await, Err(NotFound));
    assert_eq!(user.sees_listed(here).await, None);
}

#[tokio::test]
async fn s2_16_closing_ends_a_conversation() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        mia.close_conversation(here).await.answer().expect("either may");
        for user in [&mut mia, &mut noa] {
            sees_state(user, here, ConversationState::Closed).await;
        }
    })
    .await;
}

#[tokio::test]
async fn s2_17_a_closed_conversation_stays_visible() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        mia.writes(here, "thank you, bye").await.expect("open");
        noa.close_conversation(here).await.answer().expect("either may");
        for user in [&mia, &noa] {
            let listed = user.sees_listed(here).await.expect("it is listed");
            assert_eq!(listed.state(), ConversationState::Closed, "marked finished");
            assert_eq!(user.reads(here).await.expect("readable"), ["thank you, bye"]);
        }
    })
    .await;
}

#[tokio::test]
async fn s2_18_sends_are_refused_after_closing_and_a_member_may_reopen() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        mia.close_conversation(here).await.answer().expect("either may");
        for user in [&mut mia, &mut noa] {
            assert_eq!(user.writes(here, "one more thing").await, Err(Closed));
            user.sees_capability(Capability::Send, false, here).await;
            assert!(user.may(Capability::Reopen, here).await);
        }
        noa.reopen_conversation(here).await.answer().expect("either may");
        for user in [&mut mia, &mut noa] {
            user.sees_capability(Capability::Send, true, here).await;
            user.writes(here, "one more thing").await.expect("open again");
        }
    })
    .await;
}

#[tokio::test]
async fn s2_20_deletion_is_final() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        noa.writes(here, "hello").await.expect("open");
        mia.delete_conversation(here, false).await.answer().expect("her own copy");
        is_gone(&mut mia, here).await;
        assert_eq!(mia.writes(here, "wait").await, Err(NotFound));
        assert_eq!(mia.reopen_conversation(here).await.answer(), Err(NotFound), "nothing brings it back");
    })
    .await;
}

#[tokio::test]
async fn s2_21_a_user_deletes_their_own_copy() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        noa.writes(here, "hello").await.expect("open");
        mia.delete_conversation(here, false).await.answer().expect("her own copy");
        is_gone(&mut mia, here).await;
        assert_eq!(noa.reads(here).await.expect("hers stays"), ["hello"]);
        let again = mia.start_direct(user_ref("noa")).await.answer().expect("a new contact");
        let again = id(&again.conversation.expect("it is told"));
        assert_eq!(mia.reads(again).await.expect("hers"), [""; 0], "starts empty for Mia");
        assert_eq!(noa.sees_listed(again).await.map(|listed| id(&listed)), Some(again));
        assert_eq!(mia.delete_conversation(again, true).await.answer(), Err(causerie_client::ErrorCode::Unsupported));

        community.import_all(&[setting("delete", "all")]).await;
        noa.delete_conversation(again, true).await.answer().expect("the setting says all");
        is_gone(&mut noa, again).await;
        is_gone(&mut mia, again).await;
        assert_eq!(community.stored_texts().await, [""; 0], "erased at once");
    })
    .await;
}

#[tokio::test]
async fn s2_21_a_conversation_that_both_users_deleted_is_erased() {
    everywhere(async |community| {
        let [mut mia, mut noa] = community.users(["mia", "noa"]).await;
        let here = mia.chats_with(&mut noa).await;
        noa.writes(here, "hello").await.expect("open");
        mia.delete_conversation(here, false).await.answer().expect("her own copy");
        assert_eq!(community.stored_texts().await, ["hello"], "Noa has it still");
        noa.delete_conversation(here, false).await.answer().expect("her own copy");
        assert_eq!(community.stored_texts().await, [""; 0], "no user may read it any more");
    })
    .await;
}
