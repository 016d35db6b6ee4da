//! Members of a conversation who can not find each other in the directory.

use causerie_client::{ClientId, MailDraft};

use super::under;
use crate::scenarios::{
    Answered as _, User,
    facts::{Row, edge, group, member, user},
    user::{addressees, group_recipient, id, user_recipient},
};

/// The rules of the preset `ent`, with or without secret members.
fn rules(secret: bool) -> String {
    let ent = include_str!("../../../../policy/presets/ent.policy");
    let ent = format!("{ent}\nallow send holds when holder\n");
    if secret { ent.replace("\nsecret_directory\n", "\nsecret_directory\nsecret_members\n") } else { ent }
}

fn facts() -> Vec<Row> {
    let mut rows = vec![group("teachers", "teachers"), group("pupils", "pupils")];
    rows.extend(["tea", "ann", "ben", "new"].map(user));
    rows.push(user("ines").with("status", "invited"));
    rows.push(member("tea", "teacher", "teachers"));
    rows.extend(["ann", "ben", "ines"].map(|pupil| member(pupil, "pupil", "pupils")));
    rows.extend([edge("teachers", "pupils"), edge("pupils", "teachers")]);
    rows
}

async fn seen_by(user: &User, here: causerie_client::ConversationId) -> Vec<String> {
    let names = |members: Vec<causerie_client::wire::Member>| {
        let mut names: Vec<_> = members.into_iter().filter_map(|member| Some(member.user?.external_id)).collect();
        names.sort_unstable();
        names
    };
    let told = names(user.conversation(here).await.answer().expect("readable").members);
    assert_eq!(names(user.members(here, "").await.answer().expect("readable").members), told);
    told
}

#[tokio::test]
async fn members_out_of_reach_are_named_by_default_and_only_counted_if_members_are_secret() {
    for secret in [false, true] {
        under(&rules(secret), &facts(), async |system| {
            let [tea, mut ann, ben] = system.users(["tea", "ann", "ben"]).await;
            let mail = MailDraft {
                to: vec![group_recipient("pupils"), user_recipient("ann"), user_recipient("ben")],
                text: "hello".into(),
                ..Default::default()
            };
            let sent = tea.mails(mail).await.expect("an edge leads there");
            let inactive: Vec<_> = sent.inactive.iter().map(|user| user.external_id.as_str()).collect();
            assert_eq!((sent.reached, sent.inactive_count), (2, 1));
            assert_eq!(inactive, if secret { vec![] } else { vec!["ines"] });
            let received = ann.gets_mail().await;
            let named: Vec<_> = addressees(&received).into_iter().map(|(name, _)| name).collect();
            assert_eq!(named, if secret { vec!["pupils", "ann"] } else { vec!["pupils", "ann", "ben"] });

            let to = [user_recipient("ann"), user_recipient("ben")];
            let started = tea.start_group(to, "all", ClientId::new()).await.answer().expect("she writes to each");
            let here = id(&started.conversation.expect("told"));
            ann.sees_joined(here).await;
            assert_eq!(seen_by(&tea, here).await, ["ann", "ben", "tea"]);
            let seen = if secret { vec!["ann", "tea"] } else { vec!["ann", "ben", "tea"] };
            assert_eq!(seen_by(&ann, here).await, seen);
            assert_eq!(ann.conversation(here).await.answer().expect("readable").member_count, 3);
            drop(ben);
        })
        .await;
    }
}
