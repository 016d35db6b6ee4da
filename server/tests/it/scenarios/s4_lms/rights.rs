//! The users who may start a chat, and the users who may only reply.

use causerie_client::ErrorCode::CannotStart;

use super::{everywhere, lia_and_ivo};
use crate::scenarios::{Answered as _, user::id};

#[tokio::test]
async fn s4_01_the_owner_may_message_learners() {
    everywhere(async |lms| {
        let owen = lms.user("owen").await;
        owen.writes_first("lia", "welcome").await.expect("the owner may");
        owen.writes_first("leo", "welcome").await.expect("the owner may");
    })
    .await;
}

#[tokio::test]
async fn s4_02_account_administrators_may_message_learners() {
    everywhere(async |lms| {
        lms.user("ann").await.writes_first("leo", "welcome").await.expect("an administrator may");
    })
    .await;
}

#[tokio::test]
async fn s4_03_department_administrators_may_message_their_department() {
    everywhere(async |lms| {
        let dan = lms.user("dan").await;
        dan.writes_first("lia", "welcome").await.expect("his department");
        assert_eq!(dan.writes_first("leo", "welcome").await, Err(CannotStart));
        assert_eq!(dan.finds("l").await, ["lia"]);
    })
    .await;
}

#[tokio::test]
async fn s4_04_a_learner_may_reply() {
    everywhere(async |lms| {
        let [ann, mut lia] = lms.users(["ann", "lia"]).await;
        let started = ann.writes_first("lia", "How is it going?").await.expect("an administrator may");
        let here = id(started.conversation.as_ref().expect("it is told"));
        lia.sees_joined(here).await;
        lia.writes(here, "Well!").await.expect("a reply");
        assert_eq!(ann.reads(here).await.expect("hers"), ["How is it going?", "Well!"]);
    })
    .await;
}

#[tokio::test]
async fn s4_05_a_learner_may_not_start() {
    everywhere(async |lms| {
        let [lia, ann] = lms.users(["lia", "ann"]).await;
        for other in ["ann", "leo", "owen", "dan"] {
            assert_eq!(lia.starts_with(other).await, Err(CannotStart), "{other}");
            assert_eq!(lia.writes_first(other, "hello?").await, Err(CannotStart), "{other}");
        }
        assert_eq!((lia.lists().await, ann.lists().await), (vec![], vec![]), "nothing came of it");
        assert_eq!(lia.may_write_to("").await, ["ivo"]);
    })
    .await;
}

#[tokio::test]
async fn s4_06_a_learner_may_contact_the_instructor_of_the_course() {
    everywhere(async |lms| {
        lms.user("lia").await.writes_first("ivo", "a question").await.expect("her course");
    })
    .await;
}

#[tokio::test]
async fn s4_07_a_learner_outside_the_course_may_not_contact_the_instructor() {
    everywhere(async |lms| {
        let leo = lms.user("leo").await;
        assert_eq!(leo.writes_first("ivo", "a question").await, Err(CannotStart));
        assert_eq!(leo.may_write_to("ivo").await, [""; 0], "so there is no link");
    })
    .await;
}

#[tokio::test]
async fn s4_08_a_new_message_is_notified() {
    everywhere(async |lms| {
        let [ann, mut lia] = lms.users(["ann", "lia"]).await;
        let started = ann.writes_first("lia", "How is it going?").await.expect("an administrator may");
        let here = id(started.conversation.as_ref().expect("it is told"));
        assert_eq!(lia.sees_joined(here).await.read_state.expect("told").unread, 1);
        ann.writes(here, "Hello?").await.expect("hers");
        lia.has_unread(2).await;
        lia.mark_read(here, 2).await.answer().expect("hers");
        lia.has_unread(0).await;
    })
    .await;
}

#[tokio::test]
async fn s4_19_a_learner_s_message_reaches_the_instructor() {
    everywhere(async |lms| {
        let (lia, mut ivo, here) = lia_and_ivo(lms).await;
        let sent = lia.writes(here, "a question").await.expect("her course");
        assert_eq!(ivo.receives("a question").await, sent);
    })
    .await;
}

#[tokio::test]
async fn s4_20_the_instructor_is_notified() {
    everywhere(async |lms| {
        let (lia, mut ivo, here) = lia_and_ivo(lms).await;
        lia.writes(here, "a question").await.expect("her course");
        ivo.has_unread(1).await;
        assert_eq!(ivo.conversations("").await.answer().expect("his list").total_unread, 1);
    })
    .await;
}

#[tokio::test]
async fn s4_21_the_instructor_answers_and_does_not_start() {
    everywhere(async |lms| {
        let (mut lia, ivo, here) = lia_and_ivo(lms).await;
        lia.writes(here, "a question").await.expect("her course");
        ivo.writes(here, "an answer").await.expect("a reply");
        lia.receives("an answer").await;
        assert_eq!(ivo.starts_with("leo").await, Err(CannotStart));
        assert_eq!(ivo.starts_with("ann").await, Err(CannotStart));
    })
    .await;
}

#[tokio::test]
async fn s4_26_a_second_contact_goes_to_the_same_chat() {
    everywhere(async |lms| {
        let (lia, ivo, here) = lia_and_ivo(lms).await;
        assert_eq!(lia.starts_with("ivo").await, Ok(here));
        let again = lia.writes_first("ivo", "one more").await.expect("her course");
        assert_eq!((again.created, again.conversation.as_ref().map(id)), (false, Some(here)));
        assert_eq!(ivo.lists().await.len(), 1);
        // Starting needs no right here: Ivo may not start a chat, but he finds the chat that Lia started.
        assert_eq!(ivo.starts_with("lia").await, Ok(here));
        assert_eq!(ivo.starts_with("leo").await, Err(CannotStart));
    })
    .await;
}
