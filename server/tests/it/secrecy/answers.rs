//! The users who may receive a reply, and the users who are reachable through a group.

use causerie_client::{
    ClientId,
    ErrorCode::{GroupNotAddressable, NotFound, Unsupported, WindowOver},
    MailDraft, wire,
};

use super::under;
use crate::scenarios::{
    Answered as _, System, User,
    facts::{Row, edge, group, member, relation, user},
    system,
    user::{group_recipient, message_id, user_recipient, user_ref},
};

/// Teachers may write to pupils, and pupils may write to no user. Staff may write to the group of the pupils, but not to its
/// members.
fn ent() -> Vec<Row> {
    let mut rows = vec![group("teachers", "teachers"), group("pupils", "pupils"), group("staff", "staff")];
    rows.extend(["tea", "ann", "ben", "sam"].map(user));
    rows.extend([member("tea", "teacher", "teachers"), member("sam", "staff", "staff")]);
    rows.extend(["ann", "ben"].map(|pupil| member(pupil, "pupil", "pupils")));
    rows.extend([edge("teachers", "pupils"), edge("staff", "pupils").with("delivers", "group")]);
    rows
}

async fn with_ent(behaviour: impl AsyncFn(&System<'_>)) {
    system::everywhere("ent", &ent(), behaviour).await;
}

fn mail_to(names: &[&str]) -> MailDraft {
    MailDraft { to: names.iter().map(|name| user_recipient(name)).collect(), text: "hello".into(), ..Default::default() }
}

fn answer_to(parent: &wire::Message, names: &[&str]) -> MailDraft {
    MailDraft { in_reply_to: Some(message_id(parent)), ..mail_to(names) }
}

async fn send_mail(sender: &User, mail: MailDraft) -> wire::Message {
    sender.mails(mail).await.expect("within the rules").first_message.expect("a mail has its message")
}

#[tokio::test]
async fn two_recipients_of_a_mail_can_not_write_to_each_other_alone() {
    with_ent(async |ent| {
        let [tea, ann, ben] = ent.users(["tea", "ann", "ben"]).await;
        let letter = send_mail(&tea, mail_to(&["ann", "ben"])).await;
        assert_eq!(ann.mails(answer_to(&letter, &["ben"])).await, Err(NotFound), "without its author");
        let copied = MailDraft { copy: vec![user_recipient("tea")], ..answer_to(&letter, &["ben"]) };
        send_mail(&ann, copied).await;
        let first = send_mail(&ann, answer_to(&letter, &["tea", "ben"])).await;

        // The reply right under which ben received a message gives him no right to start a direct conversation.
        assert_eq!(ben.mails(answer_to(&first, &["ann"])).await, Err(NotFound));
        let second = send_mail(&ben, answer_to(&first, &["ann", "tea"])).await;
        assert_eq!(ann.mails(answer_to(&second, &["ben"])).await, Err(NotFound));
        assert_eq!(ann.mails(mail_to(&["ben"])).await, Err(NotFound), "nor anew");
        send_mail(&ann, answer_to(&second, &["ben", "tea"])).await;
        // A reply to the author of a mail alone is allowed.
        send_mail(&ben, answer_to(&letter, &["tea"])).await;
        // A sender who may write to the pupil by other rules may reply to the pupil alone, too.
        let third = send_mail(&tea, answer_to(&second, &["ben"])).await;
        send_mail(&ben, answer_to(&third, &["tea"])).await;
    })
    .await;
}

#[tokio::test]
async fn a_mail_to_a_group_can_be_answered_and_the_answer_too() {
    with_ent(async |ent| {
        let [sam, ann] = ent.users(["sam", "ann"]).await;
        let letter =
            send_mail(&sam, MailDraft { to: vec![group_recipient("pupils")], text: "hello".into(), ..Default::default() })
                .await;
        let first = send_mail(&ann, answer_to(&letter, &["sam"])).await;
        let second = send_mail(&sam, answer_to(&first, &["ann"])).await;
        let third = send_mail(&ann, answer_to(&second, &["sam"])).await;
        assert_eq!(ann.mails(answer_to(&third, &["sam"])).await, Err(NotFound), "a user's own mail gives no right to write");
    })
    .await;
}

#[tokio::test]
async fn rules_can_limit_answers_by_the_age_of_the_mail() {
    let rules = "policy mine\nroles pupil\nkinds class\nallow find,see_profile,start all when everyone and role(me)=pupil\n\
                 allow start_group groups\nallow read reads when holder\nallow reply soon when holder and age<1ms\notherwise reply \
                 late code window_over\n";
    under(rules, &[user("a").with("roles", serde_json::json!(["pupil"])), user("b")], async |system| {
        let [a, b] = system.users(["a", "b"]).await;
        let letter = send_mail(&a, mail_to(&["b"])).await;
        assert_eq!(b.mails(answer_to(&letter, &["a"])).await, Err(WindowOver));
        system.set_rules(&rules.replace("age<1ms", "age<30d")).await;
        send_mail(&b, answer_to(&letter, &["a"])).await;
    })
    .await;
}

#[tokio::test]
async fn a_blocked_user_does_not_reach_the_blocker_through_a_group() {
    with_ent(async |ent| {
        ent.import_all(&[edge("pupils", "pupils"), relation("ben", "block", "ann")]).await;
        let [ann, ben] = ent.users(["ann", "ben"]).await;
        ent.import_all(&[user("eve"), member("eve", "pupil", "pupils")]).await;
        let all = || MailDraft { to: vec![group_recipient("pupils")], text: "hello".into(), ..Default::default() };
        let sent = ann.mails(all()).await.expect("an edge leads there");
        assert_eq!(sent.reached, 1, "eve");
        assert_eq!(ben.lists().await, []);
        assert_eq!(ben.mails(all()).await.expect("an edge leads there").reached, 2, "it is ann who is kept away");
    })
    .await;
    // Other rules may allow it.
    let rules = include_str!("../../../../policy/presets/ent.policy");
    let rules = rules.replace(
        "when them -block-> me          code not_found",
        "when them -block-> me unless member(me) staff@staff code not_found",
    );
    assert!(rules.contains("unless member(me) staff@staff"));
    under(&rules, &ent(), async |system| {
        system.import_all(&[relation("ben", "block", "sam"), relation("ben", "block", "tea")]).await;
        let [sam, tea] = system.users(["sam", "tea"]).await;
        let all = || MailDraft { to: vec![group_recipient("pupils")], text: "hello".into(), ..Default::default() };
        assert_eq!(sam.mails(all()).await.expect("an edge leads there").reached, 2);
        assert_eq!(tea.mails(all()).await.expect("an edge leads there").reached, 1);
    })
    .await;
}

#[tokio::test]
async fn adding_a_group_adds_only_the_members_that_the_user_may_start_with() {
    with_ent(async |ent| {
        let [sam, tea, ann] = ent.users(["sam", "tea", "ann"]).await;
        let with_pupils = || [group_recipient("pupils")];
        let refused = sam.start_group(with_pupils(), "all", ClientId::new()).await.answer();
        assert_eq!(refused, Err(GroupNotAddressable), "no member's name is shown to a user who finds none");
        assert_eq!(ann.lists().await, []);
        let sent =
            sam.mails(MailDraft { to: vec![group_recipient("pupils")], text: "hello".into(), ..Default::default() }).await;
        assert_eq!(sent.expect("a mail shows no member").reached, 2);
        let started = tea.start_group(with_pupils(), "all", ClientId::new()).await.answer().expect("she writes to each");
        assert_eq!(started.conversation.expect("told").member_count, 3);
    })
    .await;
}

#[tokio::test]
async fn no_user_is_added_to_a_direct_conversation_or_a_note() {
    let rules = "policy mine\nallow find,see_profile,start everyone when everyone\nallow read,send,add_member,remove_member,leave \
                 all when holder\n";
    under(rules, &["a", "b", "c"].map(user), async |system| {
        let [mut a, mut b] = system.users(["a", "b"]).await;
        let direct = a.chats_with(&mut b).await;
        let notes = a.starts_with("a").await.expect("one may");
        let id_of_b = b.id().await;
        for place in [direct, notes] {
            assert_eq!(a.add_members(place, [user_ref("c")]).await.answer(), Err(Unsupported));
            assert_eq!(a.remove_member(place, id_of_b).await.answer(), Err(Unsupported));
        }
        let listed = a.sees_listed(direct).await.expect("it is listed");
        assert_eq!(listed.member_count, 2);
        assert!(!listed.capabilities().any(|may| may == wire::Capability::AddMember));
    })
    .await;
}
