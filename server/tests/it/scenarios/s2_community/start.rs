//! The users that a member may write to, and the users that the picker offers.

use causerie_client::{ErrorCode, wire::DirectoryAction};
use serde_json::json;

use super::everywhere;
use crate::scenarios::{
    Answered as _,
    facts::{Row, relation, user},
    user::{id, user_ref},
};

#[tokio::test]
async fn s2_01_contact_on_a_profile_opens_a_conversation() {
    everywhere(async |community| {
        let [mia, mut pam] = community.users(["mia", "pam"]).await;
        let started = mia.writes_first("pam", "Hello, I am Mia.").await.expect("her profile can be seen");
        assert!(started.created, "by the first message");
        let here = id(started.conversation.as_ref().expect("it is told"));
        assert_eq!(pam.sees_joined(here).await.last_message.expect("the first").text, "Hello, I am Mia.");
    })
    .await;
}

#[tokio::test]
async fn s2_03_the_picker_offers_contacts_and_followed_members_only() {
    everywhere(async |community| {
        let mia = community.user("mia").await;
        assert_eq!(mia.finds("o").await, ["noa", "oli"], "not pam, nor herself");
        assert_eq!(mia.may_write_to("o").await, ["noa", "oli"]);
        assert_eq!(community.user("noa").await.finds("").await, [""; 0], "a contact is one's own");
    })
    .await;
}

#[tokio::test]
async fn s2_04_the_picker_is_narrower_than_what_profiles_allow() {
    everywhere(async |community| {
        let [mia, pam] = community.users(["mia", "pam"]).await;
        assert_eq!(mia.finds("pam").await, [""; 0]);
        mia.starts_with("pam").await.expect("by her profile she may");

        mia.relate("block", user_ref("oli")).await.answer().expect("one may block");
        let oli = community.user("oli").await;
        for (user, other) in [(&mia, "oli"), (&oli, "mia")] {
            assert_eq!(user.starts_with(other).await, Err(ErrorCode::NotFound), "blocked: {other}");
        }
        assert_eq!(mia.finds("oli").await, ["oli"], "she still finds the user that she blocked");
        assert_eq!(oli.finds("mia").await, [""; 0]);

        community.import_all(&[relation("pam", "follow", "rex"), user("rex").with("status", "deactivated")]).await;
        assert_eq!(pam.starts_with("rex").await, Err(ErrorCode::RecipientInactive));
        assert_eq!(pam.finds("rex").await, [""; 0]);
        let me = community.http("rex", crate::harness::http::Request::get("/v1/me")).await;
        assert_eq!(me.status, 401, "nor does an inactive member write to anyone");
    })
    .await;
}

#[tokio::test]
async fn s2_05_contact_again_opens_the_existing_conversation() {
    everywhere(async |community| {
        let [mia, pam] = community.users(["mia", "pam"]).await;
        let first = mia.writes_first("pam", "hello").await.expect("by her profile").conversation.expect("it is told");
        let again = mia.writes_first("pam", "me again").await.expect("by her profile");
        assert_eq!((again.created, again.conversation.as_ref().map(id)), (false, Some(id(&first))));
        assert_eq!(pam.starts_with("mia").await, Ok(id(&first)), "from her side, too");
        assert_eq!(pam.reads(id(&first)).await.expect("hers"), ["hello", "me again"]);
    })
    .await;
}

#[tokio::test]
async fn s2_08_poor_style_is_never_blocked() {
    everywhere(async |community| {
        let mia = community.user("mia").await;
        for other in ["noa", "oli", "pam", "rex"] {
            mia.writes_first(other, "hi").await.expect("short, familiar, and to everyone: at most a hint");
        }
    })
    .await;
}

#[tokio::test]
async fn s2_24_a_rating_grants_no_right() {
    everywhere(async |community| {
        let mia = community.user("mia").await;
        assert!(!mia.hits("o").await.is_empty());
        for hit in mia.hits("o").await {
            assert!(hit.can().any(|can| can == DirectoryAction::SeeProfile), "each leads to its profile");
        }
        let summary = community.import(&[relation("mia", "rates", "pam")]).await;
        assert_eq!((&summary["created"], &summary["refused"]), (&json!(0), &json!(1)), "these rules know of no ratings");
        assert_eq!(mia.finds("pam").await, [""; 0], "so none makes anyone easier to find");
        let blocked: Row = relation("pam", "block", "mia");
        community.import_all(&[blocked]).await;
        assert_eq!(mia.starts_with("pam").await, Err(ErrorCode::NotFound), "or to write to");
    })
    .await;
}
