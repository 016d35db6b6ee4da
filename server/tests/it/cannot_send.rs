//! The reason why a member can't write (`cannot_send`), in the conversation and in the event `capabilitiesChanged`.

use causerie_client::{
    ConversationId, ErrorCode, Event, MailDraft,
    wire::{Capability, Conversation},
};

use crate::{
    harness::within,
    scenarios::{
        Answered as _, User,
        facts::{edge, group, member, relation, setting, user},
        system::everywhere,
        user::{group_recipient, user_ref},
    },
};

/// Waits for an event with this reason, and checks that the conversation has the same reason.
async fn expect_reason(user: &mut User, here: ConversationId, reason: Option<ErrorCode>) {
    let has_reason = |event| match event {
        Event::Capabilities { conversation, cannot_send, capabilities } if conversation == here => {
            let writes = capabilities.contains(&Capability::Send) || capabilities.contains(&Capability::Reply);
            assert_eq!(writes, cannot_send.is_none(), "a reason exactly if the user can't write");
            (cannot_send == reason).then_some(())
        }
        _ => None,
    };
    user.until(&format!("the reason {reason:?}"), has_reason).await;
    assert_eq!(reason_in(&within("a conversation", user.conversation(here)).await.answer().expect("readable")), reason);
}

fn reason_in(conversation: &Conversation) -> Option<ErrorCode> {
    Some(conversation.cannot_send()).filter(|code| *code != ErrorCode::Unspecified)
}

#[tokio::test]
async fn a_closed_conversation_and_a_removed_user_are_reasons() {
    everywhere("community", &["ann", "ben"].map(user), async |community| {
        let [mut ann, mut ben] = community.users(["ann", "ben"]).await;
        let here = ann.chats_with(&mut ben).await;
        ann.close_conversation(here).await.answer().expect("a member may");
        expect_reason(&mut ben, here, Some(ErrorCode::Closed)).await;
        ann.reopen_conversation(here).await.answer().expect("a member may");
        expect_reason(&mut ben, here, None).await;
        community.import_all(&[user("ann").removed()]).await;
        expect_reason(&mut ben, here, Some(ErrorCode::RecipientInactive)).await;
    })
    .await;
}

#[tokio::test]
async fn an_ended_relation_and_switched_off_messages_are_reasons() {
    everywhere("medical", &["ada", "bea"].map(user), async |network| {
        network.import_all(&[relation("ada", "friend", "bea")]).await;
        let [mut ada, mut bea] = network.users(["ada", "bea"]).await;
        let here = ada.chats_with(&mut bea).await;
        ada.unrelate("friend", user_ref("bea")).await.answer().expect("either may end it");
        expect_reason(&mut bea, here, Some(ErrorCode::NeedsFriend)).await;
        expect_reason(&mut ada, here, Some(ErrorCode::NeedsFriend)).await;
    })
    .await;
    let staff = [user("owen").with("roles", vec!["owner"]), user("kim").with("roles", vec!["learner"])];
    everywhere("lms", &staff, async |lms| {
        let [mut owen, mut kim] = lms.users(["owen", "kim"]).await;
        let here = owen.chats_with(&mut kim).await;
        lms.import_all(&[setting("messaging", "off")]).await;
        expect_reason(&mut kim, here, Some(ErrorCode::MessagingOff)).await;
        lms.import_all(&[setting("messaging", "on")]).await;
        expect_reason(&mut kim, here, None).await;
    })
    .await;
}

#[tokio::test]
async fn a_block_looks_like_a_lost_reach() {
    let mut rows = vec![group("6a", "class")];
    rows.extend(["lea", "tom", "zoe"].map(user));
    rows.extend(["lea", "tom", "zoe"].map(|name| member(name, "learner", "6a")));
    everywhere("school", &rows, async |school| {
        let [mut lea, mut tom, mut zoe] = school.users(["lea", "tom", "zoe"]).await;
        let (with_tom, with_zoe) = (lea.chats_with(&mut tom).await, lea.chats_with(&mut zoe).await);
        school.import_all(&[relation("tom", "block", "lea")]).await;
        expect_reason(&mut lea, with_tom, Some(ErrorCode::CannotStart)).await;
        school.import_all(&[member("zoe", "learner", "6a").removed()]).await;
        expect_reason(&mut lea, with_zoe, Some(ErrorCode::CannotStart)).await;
    })
    .await;
}

#[tokio::test]
async fn a_kind_of_conversation_in_which_nobody_writes_is_a_reason_and_a_mail_can_be_answered() {
    let rows = [
        group("parents", "parents"),
        group("staff", "staff"),
        user("pia"),
        user("sam"),
        member("pia", "parent", "parents"),
        member("sam", "staff", "staff"),
        edge("parents", "staff"),
    ];
    everywhere("ent", &rows, async |ent| {
        let [pia, mut sam] = ent.users(["pia", "sam"]).await;
        let here = pia.starts_with("sam").await.expect("an edge leads there");
        let direct = within("a conversation", pia.conversation(here)).await.answer().expect("hers");
        assert_eq!(reason_in(&direct), Some(ErrorCode::Unsupported));
        let (subject, text) = ("Absence".to_owned(), "Ill today.".to_owned());
        let mail = MailDraft { to: vec![group_recipient("staff")], subject, text, ..MailDraft::default() };
        pia.mails(mail).await.expect("an edge leads there");
        let mail = sam.gets_mail().await;
        assert_eq!(reason_in(&mail), None);
        assert!(mail.capabilities().any(|can| can == Capability::Reply));
    })
    .await;
}
