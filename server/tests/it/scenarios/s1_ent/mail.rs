//! Mail to users and groups.

use causerie_client::MailDraft;

use super::{PARENTS, PUPILS_6A, STAFF, everywhere};
use crate::scenarios::{
    facts::member,
    user::{addressees, group_recipient, id, user_recipient},
};

fn to_6a() -> MailDraft {
    MailDraft {
        to: vec![group_recipient(PUPILS_6A)],
        subject: "Trip".into(),
        text: "Bring boots.".into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn s1_02_a_mail_goes_to_one_user() {
    everywhere(async |ent| {
        let [paul, mut ann] = ent.users(["paul", "ann"]).await;
        let mail = MailDraft { to: vec![user_recipient("ann")], text: "Well done.".into(), ..Default::default() };
        paul.mails(mail).await.expect("teachers may write to pupils");
        let mail = ann.gets_mail().await;
        assert_eq!(mail.read_state.as_ref().expect("told").unread, 1);
        assert_eq!(ann.reads(id(&mail)).await.expect("hers"), ["Well done."]);
        assert_eq!(ann.lists().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn s1_03_a_mail_goes_to_a_group() {
    everywhere(async |ent| {
        let [paul, mut ann, mut ben] = ent.users(["paul", "ann", "ben"]).await;
        let sent = paul.mails(to_6a()).await.expect("teachers may write to classes").conversation.expect("it is told");
        for pupil in [&mut ann, &mut ben] {
            let mail = pupil.gets_mail().await;
            assert_eq!((&mail.id, mail.subject.as_str()), (&sent.id, "Trip"));
            assert_eq!(pupil.lists().await.len(), 1, "one each");
        }
        assert_eq!(addressees(&sent), [(PUPILS_6A, false)], "Paul sees the recipients");
        for group in [STAFF, PARENTS] {
            paul.mails(MailDraft { to: vec![group_recipient(group)], ..to_6a() }).await.expect("any group he may write to");
        }
    })
    .await;
}

#[tokio::test]
async fn s1_04_only_users_with_access_receive_a_mail() {
    everywhere(async |ent| {
        let paul = ent.user("paul").await;
        let sent = paul.mails(to_6a()).await.expect("teachers may write to classes");
        let inactive: Vec<&str> = sent.inactive.iter().map(|user| user.external_id.as_str()).collect();
        assert_eq!((inactive, sent.reached), (vec!["ines"], 2));
    })
    .await;
}

#[tokio::test]
async fn s1_05_a_mail_goes_to_the_members_of_a_group_at_the_time_of_sending() {
    everywhere(async |ent| {
        let [paul, ann, leo] = ent.users(["paul", "ann", "leo"]).await;
        let mail = MailDraft { to: vec![group_recipient(PUPILS_6A), user_recipient("ann")], ..to_6a() };
        let sent = paul.mails(mail).await.expect("teachers may write to pupils");
        assert_eq!((sent.reached, sent.conversation.expect("it is told").member_count), (2, 3), "Ann counts once");
        ent.import_all(&[member("leo", "pupil", PUPILS_6A)]).await;
        assert_eq!(ann.lists().await.len(), 1);
        assert_eq!(leo.lists().await, []);
        assert_eq!(paul.mails(to_6a()).await.expect("once more").reached, 3);
        assert_eq!(leo.lists().await.len(), 1, "the next one reaches him");
    })
    .await;
}

#[tokio::test]
async fn s1_11_a_mail_goes_to_several_recipients() {
    everywhere(async |ent| {
        let [paul, mut ann, mut ben] = ent.users(["paul", "ann", "ben"]).await;
        let mail = MailDraft { to: vec![user_recipient("ann"), user_recipient("ben")], ..to_6a() };
        paul.mails(mail).await.expect("teachers may write to pupils");
        for pupil in [&mut ann, &mut ben] {
            let mail = pupil.gets_mail().await;
            assert_eq!(addressees(&mail), [("ann", false), ("ben", false)], "both see both");
        }
    })
    .await;
}

#[tokio::test]
async fn s1_12_copies_go_to_users_and_groups_and_all_recipients_see_them() {
    everywhere(async |ent| {
        let [paul, mut ann, mut sam, mut pia] = ent.users(["paul", "ann", "sam", "pia"]).await;
        let mail = MailDraft {
            to: vec![user_recipient("ann")],
            copy: vec![group_recipient(STAFF), user_recipient("pia")],
            ..to_6a()
        };
        paul.mails(mail).await.expect("teachers may write to everyone");
        for (user, is_copy) in [(&mut ann, false), (&mut sam, true), (&mut pia, true)] {
            let mail = user.gets_mail().await;
            assert_eq!(mail.is_copy, is_copy, "for {}", user.external_id);
            assert_eq!(addressees(&mail), [("ann", false), (STAFF, true), ("pia", true)]);
        }
    })
    .await;
}

#[tokio::test]
async fn s1_14_a_mail_may_have_a_subject() {
    everywhere(async |ent| {
        let [paul, mut ann] = ent.users(["paul", "ann"]).await;
        for subject in ["Trip", ""] {
            let mail = MailDraft { to: vec![user_recipient("ann")], subject: subject.into(), ..to_6a() };
            paul.mails(mail).await.expect("teachers may write to pupils");
            let mail = ann.gets_mail().await;
            assert_eq!(mail.subject, subject);
            assert_eq!(ann.sees_listed(id(&mail)).await.expect("it is listed").subject, subject);
        }
    })
    .await;
}
