//! Changes of courses and instructors do not remove chats.

use causerie_client::{
    ErrorCode::{CannotStart, RecipientInactive},
    wire::{Capability, UserStatus},
};

use super::{everywhere, lia_and_ivo};
use crate::scenarios::{
    Answered as _,
    facts::{group, member, user},
};

#[tokio::test]
async fn s4_22_a_chat_stays_after_the_instructor_is_unassigned() {
    everywhere(async |lms| {
        let (lia, ivo, here) = lia_and_ivo(lms).await;
        lia.writes(here, "before").await.expect("her course");
        lms.import_all(&[user("lou").with("roles", vec!["learner"]), member("lou", "learner", "course-1")]).await;
        lms.import_all(&[member("ivo", "instructor", "course-1").removed()]).await;
        for user in [&lia, &ivo] {
            assert!(user.sees_listed(here).await.is_some());
            assert_eq!(user.reads(here).await.expect("kept"), ["before"]);
        }
        lia.writes(here, "thank you for all").await.expect("she may go on in it");
        assert_eq!(lia.may_write_to("ivo").await, [""; 0], "the link is gone");
        assert_eq!(lms.user("lou").await.starts_with("ivo").await, Err(CannotStart), "no new one");
        lia.delete_conversation(here, false).await.answer().expect("her own copy");
        assert_eq!(lia.starts_with("ivo").await, Err(CannotStart), "nor after she deleted hers");
    })
    .await;
}

#[tokio::test]
async fn s4_23_a_chat_stays_after_the_instructor_is_deactivated() {
    everywhere(async |lms| {
        let (mut lia, ivo, here) = lia_and_ivo(lms).await;
        ivo.writes(here, "before").await.expect("a reply");
        lms.import_all(&[user("ivo").with("status", "deactivated")]).await;
        assert_eq!(lia.writes(here, "after").await, Err(RecipientInactive));
        lia.sees_capability(Capability::Send, false, here).await;
        assert_eq!(lia.reads(here).await.expect("kept"), ["before"]);
        lms.import_all(&[user("ivo").with("status", "active")]).await;
        lia.sees_capability(Capability::Send, true, here).await;
        lia.writes(here, "welcome back").await.expect("he is there again");
    })
    .await;
}

#[tokio::test]
async fn s4_24_a_chat_stays_after_the_instructor_is_removed() {
    everywhere(async |lms| {
        let (lia, ivo, here) = lia_and_ivo(lms).await;
        ivo.writes(here, "before").await.expect("a reply");
        lms.import_all(&[user("ivo").with("status", "removed")]).await;
        assert_eq!(lia.writes(here, "after").await, Err(RecipientInactive));
        assert_eq!(lia.reads(here).await.expect("kept"), ["before"]);
        let members = lia.sees_listed(here).await.expect("it is listed").members;
        let gone = members.into_iter().filter_map(|member| member.user).find(|user| user.external_id == "ivo");
        let gone = gone.expect("the chat still says with whom it was");
        assert_eq!((gone.name.as_str(), gone.status()), ("ivo", UserStatus::Removed), "a name, no live profile");
        assert_eq!(lia.finds("ivo").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn s4_25_each_instructor_of_the_course_can_be_contacted() {
    everywhere(async |lms| {
        let lia = lms.user("lia").await;
        assert_eq!(lia.may_write_to("").await, ["ivo"]);
        lms.import_all(&[user("ida").with("roles", vec!["instructor"]), member("ida", "instructor", "course-1")]).await;
        assert_eq!(lia.may_write_to("").await, ["ida", "ivo"], "one link each");
        lms.import_all(&[
            member("ida", "instructor", "course-1").removed(),
            member("ivo", "instructor", "course-1").removed(),
        ])
        .await;
        assert_eq!(lia.may_write_to("").await, [""; 0], "none without instructor");
        lms.import_all(&[member("ivo", "instructor", "course-1")]).await;
        lms.import_all(&[group("course-1", "course").with("state", "concluded")]).await;
        assert_eq!(lia.may_write_to("").await, [""; 0], "nor when the course is over");
    })
    .await;
}
