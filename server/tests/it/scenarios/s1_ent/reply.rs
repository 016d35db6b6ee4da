//! Each recipient of a message may reply to its author.

use causerie_client::{ClientId, Error, ErrorCode::NotFound, MailDraft, wire};

use super::{PUPILS_6A, STAFF, TEACHERS, everywhere};
use crate::scenarios::{
    User,
    facts::{edge, relation},
    user::{group_recipient, message_id, user_recipient},
};

fn to(external_id: &str) -> MailDraft {
    MailDraft { to: vec![user_recipient(external_id)], text: "hello".into(), ..Default::default() }
}

fn answer_to(parent: &wire::Message, external_id: &str) -> MailDraft {
    MailDraft { in_reply_to: Some(message_id(parent)), ..to(external_id) }
}

/// Sends a mail and returns its message.
async fn mailed(sender: &User, mail: MailDraft) -> wire::Message {
    sender.mails(mail).await.expect("within the rules").first_message.expect("a mail has its message")
}

#[tokio::test]
async fn s1_34_a_recipient_may_reply_to_the_sender() {
    everywhere(async |ent| {
        let [mut sam, pia, teresa] = ent.users(["sam", "pia", "teresa"]).await;
        assert_eq!(pia.mails(to("sam")).await, Err(NotFound), "no rule leads that way");
        let mail = MailDraft { copy: vec![user_recipient("teresa")], ..to("pia") };
        let letter = mailed(&sam, mail).await;
        sam.gets_mail().await;

        let answer = mailed(&pia, answer_to(&letter, "sam")).await;
        let received = sam.gets_mail().await;
        assert_eq!((received.in_reply_to.as_str(), &received.id), (letter.id.as_str(), &answer.conversation_id));
        let to_all = MailDraft { copy: vec![user_recipient("teresa")], ..answer_to(&letter, "sam") };
        mailed(&pia, to_all).await;
        assert_eq!(teresa.lists().await.len(), 2, "recipients of the mail get the reply, too");

        assert_eq!(pia.mails(to("sam")).await, Err(NotFound), "to start anew is another right");
        let to_staff = MailDraft { to: vec![group_recipient(STAFF)], ..answer_to(&letter, "sam") };
        assert_eq!(pia.mails(to_staff).await, Err(NotFound), "a group is not answered by the way");
        assert_eq!(pia.mails(answer_to(&letter, "paul")).await, Err(NotFound), "nor a user who did not receive it");

        let paul = ent.user("paul").await;
        let own = mailed(&paul, to("ann")).await;
        ent.import_all(&[edge(TEACHERS, PUPILS_6A).gone(), relation("sam", "block", "pia")]).await;
        assert_eq!(paul.mails(answer_to(&own, "ann")).await, Err(NotFound), "an own mail gives no right to write");
        assert_eq!(pia.mails(answer_to(&letter, "sam")).await, Err(NotFound), "a block is above it");
    })
    .await;
}

#[tokio::test]
async fn s1_35_a_user_may_reply_only_to_a_message_they_hold() {
    everywhere(async |ent| {
        let [sam, pia, paul] = ent.users(["sam", "pia", "paul"]).await;
        let of_others = mailed(&sam, to("teresa")).await;
        let letter = mailed(&paul, to("sam")).await;
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
