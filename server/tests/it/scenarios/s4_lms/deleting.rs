//! A deletion removes the user's own copy.

use causerie_client::{
    ErrorCode::{NotFound, Unsupported},
    Event,
    wire::Capability,
};

use super::{everywhere, lia_and_ivo};
use crate::scenarios::{
    Answered as _,
    facts::setting,
    user::{id, message_id},
};

#[tokio::test]
async fn s4_11_a_message_is_deleted_at_once_on_all_own_devices() {
    everywhere(async |lms| {
        let (lia, ivo, here) = lia_and_ivo(lms).await;
        let mut phone = lms.user("lia").await;
        assert_eq!(phone.lists().await.len(), 1, "the other device shows it, too");
        lia.writes(here, "a question").await.expect("her course");
        let answer = ivo.writes(here, "an answer").await.expect("a reply");
        phone.receives("an answer").await;
        assert!(lia.may(Capability::DeleteOwnCopy, here).await);
        lia.delete_own_copy(here, message_id(&answer)).await.answer().expect("her copy of another user's message");
        let is_expected = |event| match event {
            Event::Resynced { conversation, reload: true } if id(&conversation) == here => Some(*conversation),
            _ => None,
        };
        let now = phone.until("the deletion", is_expected).await;
        assert_eq!(now.last_message.expect("one is left").text, "a question", "not previewed either");
        for device in [&lia, &phone] {
            assert_eq!(device.reads(here).await.expect("hers"), ["a question"]);
        }
    })
    .await;
}

#[tokio::test]
async fn s4_12_a_deletion_is_for_oneself_unless_a_setting_says_otherwise() {
    everywhere(async |lms| {
        let (lia, ivo, here) = lia_and_ivo(lms).await;
        let mine = message_id(&lia.writes(here, "a question").await.expect("her course"));
        lia.delete_own_copy(here, mine).await.answer().expect("her copy");
        assert_eq!(ivo.reads(here).await.expect("his"), ["a question"], "the other one still sees it");
        assert_eq!(lia.reads(here).await.expect("hers"), [""; 0]);

        let other = message_id(&lia.writes(here, "never mind").await.expect("her course"));
        assert_eq!(lia.delete(here, other).await.answer(), Err(Unsupported));
        lms.import_all(&[setting("author_deletes", "on")]).await;
        assert!(ivo.delete(here, other).await.is_err(), "not what another wrote");
        lia.delete(here, other).await.answer().expect("authors may now");
        assert_eq!(ivo.reads(here).await.expect("his"), ["a question", ""], "gone for both");
    })
    .await;
}

#[tokio::test]
async fn s4_14_a_deleted_chat_returns_with_new_messages_only() {
    everywhere(async |lms| {
        let [ann, mut lia] = lms.users(["ann", "lia"]).await;
        let started = ann.writes_first("lia", "old").await.expect("an administrator may");
        let here = id(started.conversation.as_ref().expect("it is told"));
        lia.sees_joined(here).await;
        lia.delete_conversation(here, false).await.answer().expect("her own copy");
        lia.until("the end of it", |event| (event == Event::Left(here)).then_some(())).await;
        assert_eq!((lia.lists().await, lia.reads(here).await), (vec![], Err(NotFound)));
        assert_eq!(ann.reads(here).await.expect("hers"), ["old"]);

        ann.writes(here, "new").await.expect("hers");
        let back = lia.sees_joined(here).await;
        assert_eq!(back.read_state.as_ref().expect("told").unread, 1);
        assert_eq!(lia.reads(here).await.expect("hers"), ["new"], "only the new message");
        lia.writes(here, "here again").await.expect("a reply");
        assert_eq!(ann.reads(here).await.expect("hers"), ["old", "new", "here again"]);
    })
    .await;
}
