//! Each recipient of a message may reply to its author.

use causerie_client::{ClientId, Error, ErrorCode::NotFound, MailDraft, wire};

use super::{PUPILS_6A, STAFF, TEACHERS, everywhere};
use crate::scenarios::{
    User,
    facts::{edge, relation},
    user::{group_recipient, message_id, user_recipient},
};

fn mail_to(external_id: &str) -> MailDraft {
    MailDraft { to: vec![user_recipient(external_id)], text: "hello".into(), ..Default::default() }
}

fn answer_to(parent: &wire::Message, external_id: &str) -> MailDraft {
    MailDraft { in_reply_to: Some(message_id(parent)), ..mail_to(external_id) }
}

/// Sends a mail and returns its message.
async fn send_mail(sender: &User, mail: MailDraft) -> wire::Message {
    sender.mails(mail).await.expect("within the rules").first_message.expect("a mail has its message")
}

#[tokio::test]
async fn s1_34_a_recipient_may_reply_to_the_sender() {
    everywhere(async |ent| {
        let [mut sam, pia, teresa] = ent.users(["sam", "pia", "teresa"]).await;
        assert_eq!(pia.mails(mail_to("sam")).await, Err(NotFound), "no rule leads that way");
        let mail = MailDraft { copy: vec![user_recipient("teresa")], ..mail_to("pia") };
        let letter = send_mail(&sam, mail).await;
        sam.gets_mail().await;

        let answer = send_mail(&pia, answer_to(&letter, "sam")).await;
        let received = sam.gets_mail().await;
        assert_eq!((received.in_reply_to.as_str(), &received.id), (letter.id.as_str(), &answer.conversation_id));
        let to_all = MailDraft { copy: vec![user_recipient("teresa")], ..answer_to(&letter, "sam") };
        send_mail(&pia, to_all).await;
        assert_eq!(teresa.lists().await.len(), 2, "recipients of the mail get the reply, too");

        assert_eq!(pia.mails(mail_to("sam")).await, Err(NotFound), "to start anew is another right");
        let to_staff = MailDraft { to: vec![group_recipient(STAFF)], ..answer_to(&letter, "sam") };
        assert_eq!(pia.mails(to_staff).await, Err(NotFound), "a group is not answered by the way");
        assert_eq!(pia.mails(answer_to(&letter, "paul")).await, Err(NotFound), "nor a user who did not receive it");

        let paul = ent.user("paul").await;
        let own = send_mail(&paul, mail_to("ann")).await;
        ent.import_all(&[edge(TEACHERS, PUPILS_6A).removed(), relation("sam", "block", "pia")]).await;
        assert_eq!(paul.mails(answer_to(&own, "ann")).await, Err(NotFound), "an own mail gives no right to write");
        assert_eq!(pia.mails(answer_to(&letter, "sam")).await, Err(NotFound), "a block is above it");
    })
    .await;
}

#[tokio::test]
async fn s1_35_a_user_may_reply_only_to_a_message_they_hold() {
    everywhere(async |ent| {
        let [sam, pia, paul] = ent.users(["sam", "pia", "paul"]).await;
        let of_others = send_mail(&sam, mail_to("teresa")).await;
        let letter = send_mail(&paul, mail_to("sam")).await;
        for parent in [&of_others, &letter] {
            match pia.send_mail(answer_to(parent, "sam"), ClientId::new()).await {
                Err(Error::Refused(refusal)) => {
                    assert_eq!(
                        (refusal.name.as_str(), refusal.field.as_str()),
                        ("not_found", "startConversation.inReplyTo")
                    );
                }
                other => panic!("not refused: {other:?}"),
            }
        }
        assert_eq!(sam.lists().await.len(), 2, "nothing came");
    })
    .await;
}
