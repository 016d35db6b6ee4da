//! The direct conversation of two friends.

use causerie_client::{
    ErrorCode::{NeedsFriend, Unsupported},
    wire::{Capability, DirectoryAction},
};

use super::everywhere;
use crate::scenarios::{Answered as _, facts::setting, user::user_ref};

#[tokio::test]
async fn s3_01_only_friends_write_to_each_other() {
    everywhere(async |network| {
        let [ada, bea] = network.users(["ada", "bea"]).await;
        let here = ada.starts_with("bea").await.expect("friends");
        ada.writes(here, "hello").await.expect("friends");
        assert_eq!(bea.starts_with("ada").await, Ok(here));
        for other in ["cem", "dia"] {
            assert_eq!(ada.starts_with(other).await, Err(NeedsFriend), "{other} can be seen, so the reason can be told");
        }
    })
    .await;
}

#[tokio::test]
async fn s3_04_friends_write_freely() {
    everywhere(async |network| {
        let [mut ada, mut bea] = network.users(["ada", "bea"]).await;
        let here = ada.chats_with(&mut bea).await;
        for round in 1..=3 {
            ada.writes(here, &format!("question {round}")).await.expect("no further approval");
            bea.receives(&format!("question {round}")).await;
            bea.writes(here, &format!("answer {round}")).await.expect("no further approval");
            ada.receives(&format!("answer {round}")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn s3_10_a_channel_can_be_made_final() {
    everywhere(async |network| {
        network.import_all(&[setting("friend_final", "on")]).await;
        let [mut ada, mut bea] = network.users(["ada", "bea"]).await;
        let here = ada.chats_with(&mut bea).await;
        assert_eq!(ada.unrelate("friend", user_ref("bea")).await.answer(), Err(Unsupported));
        assert_eq!(bea.close_conversation(here).await.answer(), Err(Unsupported));
        bea.writes(here, "still friends").await.expect("for good");
    })
    .await;
}

#[tokio::test]
async fn s3_11_a_friendship_can_end_and_begin_again() {
    everywhere(async |network| {
        let [mut ada, mut bea] = network.users(["ada", "bea"]).await;
        let here = ada.chats_with(&mut bea).await;
        ada.writes(here, "before").await.expect("friends");
        assert_eq!(ada.unrelate("friend", user_ref("bea")).await.answer(), Ok(None));
        // The refusal is immediate, on the other node too.
        assert_eq!(bea.writes(here, "wait").await, Err(NeedsFriend));
        assert_eq!(ada.writes(here, "wait").await, Err(NeedsFriend));
        for user in [&mut ada, &mut bea] {
            user.sees_capability(Capability::Send, false, here).await;
            assert_eq!(user.reads(here).await.expect("readable"), ["before"]);
        }
        bea.relate("friend", user_ref("ada")).await.answer().expect("anyone");
        ada.accept_relation("friend", user_ref("bea")).await.answer().expect("she was asked");
        assert_eq!(bea.starts_with("ada").await, Ok(here), "the same conversation");
        for user in [&mut ada, &mut bea] {
            user.sees_capability(Capability::Send, true, here).await;
            user.writes(here, "again").await.expect("friends again");
        }
    })
    .await;
}

#[tokio::test]
async fn s3_13_the_search_marks_friends() {
    everywhere(async |network| {
        let ada = network.user("ada").await;
        assert_eq!(ada.may_write_to("").await, ["bea"]);
        assert_eq!(ada.finds("").await, ["ada", "bea", "cem", "dia", "xav"], "all can be seen");
        let cem = ada.hits("cem").await;
        assert!(cem[0].can().all(|can| can != DirectoryAction::Start), "{cem:?}");
    })
    .await;
}

#[tokio::test]
async fn s3_16_no_third_user_can_be_added() {
    everywhere(async |network| {
        let [mut ada, mut bea] = network.users(["ada", "bea"]).await;
        let here = ada.chats_with(&mut bea).await;
        assert_eq!(ada.add_members(here, [user_ref("cem")]).await.answer(), Err(Unsupported));
        assert_eq!(bea.members(here, "").await.answer().expect("hers").members.len(), 2);
    })
    .await;
}
