//! Communication rules that are set beforehand and can change at any time.

use causerie_client::{ClientId, Error, ErrorCode::NotFound, MailDraft, wire::directory_hit::Who};

use super::{PARENTS, PUPILS_6A, STAFF, TEACHERS, everywhere};
use crate::scenarios::{
    facts::edge,
    user::{group_recipient, user_recipient},
};

fn mail_to(recipients: impl IntoIterator<Item = causerie_client::Recipient>) -> MailDraft {
    MailDraft { to: recipients.into_iter().collect(), text: "hello".into(), ..Default::default() }
}

#[tokio::test]
async fn s1_01_exchange_is_limited_by_rules_set_beforehand() {
    everywhere(async |ent| {
        let [ann, sam] = ent.users(["ann", "sam"]).await;
        assert_eq!(ann.mails(mail_to([user_recipient("sam")])).await, Err(NotFound));
        assert_eq!(ann.mails(mail_to([group_recipient(STAFF)])).await, Err(NotFound));
        assert_eq!(ann.mails(mail_to([user_recipient("nobody-at-all")])).await, Err(NotFound), "as if there were no Sam");
        assert_eq!(sam.lists().await, []);
    })
    .await;
}

#[tokio::test]
async fn s1_06_addressing_a_group_and_addressing_its_members_are_separate_rights() {
    everywhere(async |ent| {
        let sam = ent.user("sam").await;
        assert_eq!(sam.finds("ann").await, [""; 0]);
        assert_eq!(sam.may_write_to("pupils").await, [PUPILS_6A]);
        assert_eq!(sam.mails(mail_to([user_recipient("ann")])).await, Err(NotFound));
        sam.mails(mail_to([group_recipient(PUPILS_6A)])).await.expect("the rule is for the group");
    })
    .await;
}

#[tokio::test]
async fn s1_10_first_letters_list_users_and_groups() {
    everywhere(async |ent| {
        let paul = ent.user("paul").await;
        assert_eq!(paul.may_write_to("ter").await, [PARENTS, "teresa"]);
        let hits = paul.hits("ter").await;
        let groups = hits.iter().filter(|hit| matches!(hit.who, Some(Who::Group(_))));
        assert_eq!((groups.count(), hits.len()), (1, 2), "users and groups, typed apart");
        assert_eq!(ent.user("ann").await.finds("ter").await, [""; 0], "not to her");
    })
    .await;
}

#[tokio::test]
async fn s1_13_an_unreachable_recipient_refuses_the_whole_mail() {
    everywhere(async |ent| {
        let [ann, paul] = ent.users(["ann", "paul"]).await;
        for (mail, field) in [
            (mail_to([user_recipient("paul"), group_recipient(STAFF)]), "startConversation.with[1]"),
            (mail_to([user_recipient("sam"), user_recipient("paul")]), "startConversation.with[0]"),
            (
                MailDraft { copy: vec![user_recipient("paul"), user_recipient("sam")], ..mail_to([user_recipient("paul")]) },
                "startConversation.copy[1]",
            ),
        ] {
            match ann.send_mail(mail.clone(), ClientId::new()).await {
                Err(Error::Refused(refusal)) => {
                    assert_eq!((refusal.name.as_str(), refusal.field.as_str()), ("not_found", field), "{mail:?}");
                }
                other => panic!("not refused: {other:?}"),
            }
        }
        assert_eq!((paul.lists().await, ann.lists().await), (vec![], vec![]), "nothing was sent");
    })
    .await;
}

#[tokio::test]
async fn s1_36_changed_rules_take_effect_at_once() {
    everywhere(async |ent| {
        let paul = ent.users(["paul", "paul"]).await;
        for paul in &paul {
            paul.mails(mail_to([user_recipient("ann"), group_recipient(PUPILS_6A)]))
                .await
                .expect("teachers may write to pupils");
            assert_eq!(paul.finds("pupils").await, [PUPILS_6A]);
        }
        let client_id = ClientId::new();
        let sent =
            paul[0].send_mail(mail_to([user_recipient("ann")]), client_id).await.expect("teachers may write to pupils");
        ent.import_all(&[edge(TEACHERS, PUPILS_6A).removed()]).await;
        // The very next request on each node must see the change.
        for paul in &paul {
            assert_eq!(paul.mails(mail_to([user_recipient("ann")])).await, Err(NotFound));
            assert_eq!(paul.mails(mail_to([group_recipient(PUPILS_6A)])).await, Err(NotFound));
            assert_eq!((paul.finds("pupils").await, paul.finds("ann").await), (vec![], vec![]));
        }
        let again = paul[1].send_mail(mail_to([user_recipient("ann")]), client_id).await.expect("what was sent is found");
        assert_eq!((again.created, again.first_message), (false, sent.first_message));
        ent.import_all(&[edge(TEACHERS, PUPILS_6A)]).await;
        for paul in &paul {
            paul.mails(mail_to([user_recipient("ann")])).await.expect("and back");
        }
    })
    .await;
}
