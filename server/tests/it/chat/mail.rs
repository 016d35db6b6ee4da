//! Mails. A mail goes to all its recipients or to no recipient, and its recipients may answer it.

use causerie_client::{
    ClientId, ConversationId, Error, ErrorCode, Event, GroupRef, HistoryRange, MailDraft, MessageId, Recipient, UserRef,
    wire,
};
use causerie_server::domain::UserStatus;
use wire::request::Command;

use super::everywhere;
use crate::harness::{Cluster, Facts, Peer, stored_texts};

/// A school: teachers write to all users, pupils to their teachers, staff to parents.
fn school() -> Facts {
    Facts::of_preset("ent", "")
        .members(&["paul"], "teacher", "Teachers", "teachers")
        .members(&["ann", "ben", "ines"], "pupil", "Pupils-6A", "pupils")
        .inactive("ines", UserStatus::Invited)
        .members(&["sam", "sue"], "staff", "Staff", "staff")
        .members(&["pia"], "parent", "Parents", "parents")
        .edge("Teachers", "Pupils-6A")
        .edge("Teachers", "Staff")
        .edge("Pupils-6A", "Teachers")
        .edge("Staff", "Parents")
}

fn user_recipient(external_id: &str) -> Recipient {
    UserRef::ExternalId(external_id.to_owned()).into()
}

fn group_recipient(external_id: &str) -> Recipient {
    GroupRef::ExternalId(external_id.to_owned()).into()
}

fn mail_to(to: impl IntoIterator<Item = Recipient>) -> MailDraft {
    MailDraft {
        to: to.into_iter().collect(),
        subject: "Trip".to_owned(),
        text: "on Friday".to_owned(),
        ..Default::default()
    }
}

async fn send(peer: &Peer, mail: MailDraft) -> wire::ConversationStarted {
    peer.send_mail(mail, ClientId::new()).await.expect("it is sent")
}

async fn send_refused(peer: &Peer, mail: MailDraft) -> (ErrorCode, String) {
    match peer.send_mail(mail, ClientId::new()).await.expect_err("it is refused") {
        Error::Refused(error) => (ErrorCode::try_from(error.code as i32).expect("known"), error.field),
        other => panic!("not refused, but {other}"),
    }
}

async fn next_mail(peer: &mut Peer) -> wire::Conversation {
    peer.until("the mail", |event| if let Event::Joined(mail) = event { Some(*mail) } else { None }).await
}

fn conversation_id(started: &wire::ConversationStarted) -> ConversationId {
    started.conversation.as_ref().expect("told").id.parse().expect("a UUID")
}

fn message_id(mail: &wire::Conversation) -> MessageId {
    mail.last_message.as_ref().expect("a mail is a message").id.parse().expect("a UUID")
}

/// The external ids of the mail's addressees. The ids of addressees in copy are in brackets.
fn addressee_names(mail: &wire::Conversation) -> Vec<String> {
    let name = |addressee: &wire::Addressee| {
        let name = match addressee.who.as_ref().expect("told") {
            wire::addressee::Who::User(user) => user.external_id.clone(),
            wire::addressee::Who::Group(group) => format!("{} {}", group.kind, group.external_id),
        };
        if addressee.is_copy { format!("({name})") } else { name }
    };
    mail.addressees.iter().map(name).collect()
}

/// The external ids of the members that a user sees, sorted. The list of members must agree with the mail.
async fn seen_by(peer: &Peer, mail: &wire::Conversation) -> Vec<String> {
    let names = |members: Vec<wire::Member>| {
        let mut names: Vec<String> = members.into_iter().map(|member| member.user.expect("told").external_id).collect();
        names.sort_unstable();
        names
    };
    let page = peer.members(mail.id.parse().expect("a UUID"), "").await.expect("readable");
    let seen = names(mail.members.clone());
    assert_eq!(names(page.members), seen);
    seen
}

async fn nothing_arrived(peer: &Peer) {
    assert!(peer.conversations("").await.expect("a list").conversations.is_empty());
}

#[tokio::test]
async fn a_mail_to_a_group_goes_to_its_members_at_that_moment() {
    everywhere(async |cluster, other| {
        school().write(cluster).await;
        let (paul, mut ann, mut ben) =
            (cluster.client(0, "paul").await, cluster.client(other, "ann").await, cluster.client(0, "ben").await);
        let sent = send(&paul, mail_to([group_recipient("Pupils-6A"), user_recipient("ann")])).await;
        assert_eq!((sent.created, sent.reached), (true, 2), "duplicates are one");
        let inactive: Vec<_> = sent.inactive.iter().map(|user| user.external_id.as_str()).collect();
        assert_eq!(inactive, ["ines"]);
        let mail = sent.conversation.as_ref().expect("told");
        assert_eq!((mail.kind(), mail.subject.as_str(), mail.member_count), (wire::ConversationKind::Mail, "Trip", 3));
        assert_eq!(addressee_names(mail), ["pupils Pupils-6A", "ann"]);
        // The members of the group are not revealed to its recipients.
        assert_eq!(seen_by(&paul, mail).await, ["ann", "paul"]);
        for (peer, seen) in [(&mut ann, vec!["ann", "paul"]), (&mut ben, vec!["ann", "ben", "paul"])] {
            let mail = next_mail(peer).await;
            assert_eq!(seen_by(peer, &mail).await, seen);
            assert_eq!((mail.subject.as_str(), mail.is_copy), ("Trip", false));
            assert_eq!(mail.last_message.as_ref().map(|last| last.text.as_str()), Some("on Friday"));
            assert_eq!(addressee_names(&mail), ["pupils Pupils-6A", "ann"]);
            assert_eq!(mail.read_state.expect("told").unread, 1);
            assert_eq!(peer.conversations("").await.expect("a list").conversations.len(), 1, "one copy each");
        }
        let leo = Facts::new().members(&["leo"], "pupil", "Pupils-6A", "pupils");
        leo.write(cluster).await;
        nothing_arrived(&cluster.client(other, "leo").await).await;
    })
    .await;
}

#[tokio::test]
async fn all_recipients_see_copies_and_to_wins_over_copy() {
    everywhere(async |cluster, other| {
        school().write(cluster).await;
        let (paul, mut ann, mut sue) =
            (cluster.client(0, "paul").await, cluster.client(0, "ann").await, cluster.client(other, "sue").await);
        let mut sam = cluster.client(other, "sam").await;
        let mail = MailDraft {
            copy: vec![group_recipient("Staff"), user_recipient("ann")],
            ..mail_to([user_recipient("ann"), user_recipient("sam")])
        };
        let sent = send(&paul, MailDraft { subject: String::new(), ..mail }).await;
        assert_eq!((sent.reached, sent.inactive.len()), (3, 0));
        for (peer, is_copy) in [(&mut ann, false), (&mut sam, false), (&mut sue, true)] {
            let mail = next_mail(peer).await;
            assert_eq!((mail.is_copy, mail.subject.as_str()), (is_copy, ""), "{}", peer.external_id);
            assert_eq!(addressee_names(&mail), ["ann", "sam", "(staff Staff)"]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_with_an_unreachable_recipient_is_refused_and_names_the_recipient() {
    everywhere(async |cluster, other| {
        school().write(cluster).await;
        let (ann, paul) = (cluster.client(0, "ann").await, cluster.client(other, "paul").await);
        let out_of_reach = send_refused(&ann, mail_to([user_recipient("paul"), group_recipient("Staff")])).await;
        assert_eq!(out_of_reach, (ErrorCode::NotFound, "startConversation.with[1]".to_owned()));
        let unknown = send_refused(&ann, mail_to([user_recipient("paul"), group_recipient("Nobody")])).await;
        assert_eq!(unknown, out_of_reach);
        // In both orders the refusal names the first unreachable recipient, so the answer does not reveal which recipient
        // exists.
        for two in [["Staff", "Nobody"], ["Nobody", "Staff"]] {
            let first = send_refused(&ann, mail_to(two.map(group_recipient))).await;
            assert_eq!(first, (ErrorCode::NotFound, "startConversation.with[0]".to_owned()), "{two:?}");
        }
        let copy = send_refused(
            &ann,
            MailDraft { copy: vec![user_recipient("paul"), user_recipient("sam")], ..mail_to([user_recipient("paul")]) },
        )
        .await;
        assert_eq!(copy, (ErrorCode::NotFound, "startConversation.copy[1]".to_owned()));
        let all_inactive = school().inactive("ann", UserStatus::Deactivated);
        let all_inactive = all_inactive.inactive("ben", UserStatus::Deactivated);
        all_inactive.write(cluster).await;
        let nobody_active = send_refused(&paul, mail_to([group_recipient("Pupils-6A")])).await;
        assert_eq!(nobody_active, (ErrorCode::NotFound, "startConversation.with[0]".to_owned()));
        nothing_arrived(&paul).await;
        assert!(stored_texts(cluster).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_recipient_may_answer_the_users_of_a_mail_but_no_group() {
    everywhere(async |cluster, other| {
        school().members(&["pat"], "parent", "Parents", "parents").write(cluster).await;
        let (mut sam, mut pia) = (cluster.client(0, "sam").await, cluster.client(other, "pia").await);
        let mut pat = cluster.client(0, "pat").await;
        send(&sam, mail_to([user_recipient("pia"), user_recipient("pat")])).await;
        next_mail(&mut sam).await;
        let parent = message_id(&next_mail(&mut pia).await);
        next_mail(&mut pat).await;

        assert_eq!(
            send_refused(&pia, mail_to([user_recipient("sam")])).await,
            (ErrorCode::NotFound, "startConversation.with[0]".to_owned()),
            "no rule that way"
        );
        let answer = |recipients: Vec<Recipient>| MailDraft { in_reply_to: Some(parent), ..mail_to(recipients) };
        let sent = send(&pia, answer(vec![user_recipient("sam"), user_recipient("pat")])).await;
        assert_eq!(sent.reached, 2);
        let mail = next_mail(&mut sam).await;
        assert_eq!(mail.in_reply_to, parent.to_string());
        assert_eq!(next_mail(&mut pat).await.in_reply_to, parent.to_string());

        let with_group = send_refused(&pia, answer(vec![user_recipient("sam"), group_recipient("Staff")])).await;
        assert_eq!(with_group, (ErrorCode::NotFound, "startConversation.with[1]".to_owned()));
        let third = send_refused(&pia, answer(vec![user_recipient("sam"), user_recipient("sue")])).await;
        assert_eq!(third, (ErrorCode::NotFound, "startConversation.with[1]".to_owned()));
        // Only a holder of the mail may answer it.
        let paul = cluster.client(other, "paul").await;
        let not_held = (ErrorCode::NotFound, "startConversation.inReplyTo".to_owned());
        assert_eq!(send_refused(&paul, answer(vec![user_recipient("sam")])).await, not_held);
        let nowhere = MailDraft { in_reply_to: Some(MessageId::new()), ..mail_to([user_recipient("sam")]) };
        assert_eq!(send_refused(&pia, nowhere).await, not_held);
        let purged = conversation_of(&pat, parent).await;
        pat.delete_conversation(purged, false).await.expect("one's own copy");
        assert_eq!(send_refused(&pat, answer(vec![user_recipient("sam")])).await, not_held);
        // A recipient who no longer holds the parent mail is not told which mail was answered.
        let seen = pat.conversations("").await.expect("a list").conversations;
        assert_eq!(seen.iter().map(|mail| mail.in_reply_to.as_str()).collect::<Vec<_>>(), [""]);
    })
    .await;
}

/// The conversation of a mail.
async fn conversation_of(peer: &Peer, mail: MessageId) -> ConversationId {
    let list = peer.conversations("").await.expect("a list").conversations;
    let found = list.iter().find(|one| one.last_message.is_some() && message_id(one) == mail).expect("it is listed");
    found.id.parse().expect("a UUID")
}

#[tokio::test]
async fn a_mail_is_one_message_and_a_retry_finds_it() {
    everywhere(async |cluster, other| {
        school().write(cluster).await;
        let (paul, ann) = (cluster.client(0, "paul").await, cluster.client(other, "ann").await);
        let client_id = ClientId::new();
        let sent = paul.send_mail(mail_to([user_recipient("ann")]), client_id).await.expect("sent");
        let again =
            cluster.client(other, "paul").await.send_mail(mail_to([user_recipient("ann")]), client_id).await.expect("found");
        assert_eq!((again.created, conversation_id(&again)), (false, conversation_id(&sent)));
        assert_eq!(again.first_message, sent.first_message);
        let another = wire::StartConversation {
            kind: wire::ConversationKind::Mail.into(),
            with: vec![wire::Recipient { by: Some(wire::recipient::By::ExternalId("ann".to_owned())) }],
            client_id: client_id.to_string(),
            first_message: Some(wire::Draft { client_id: ClientId::new().to_string(), text: "another".to_owned() }),
            ..Default::default()
        };
        let conflict = paul.request(Command::StartConversation(another)).await.expect_err("the id is used");
        assert_eq!(conflict.code(), Some(ErrorCode::Conflict));
        for peer in [&paul, &ann] {
            assert!(peer.send(conversation_id(&sent), "a second one").await.is_err(), "an answer is a mail of its own");
            let mail = peer.conversation(conversation_id(&sent)).await.expect("readable");
            let may: Vec<_> = mail.capabilities().collect();
            assert!(may.contains(&wire::Capability::Reply) && !may.contains(&wire::Capability::Send), "{may:?}");
        }
        assert_eq!(ann.history(conversation_id(&sent), HistoryRange::Newest, 0).await.expect("readable").messages.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn deleting_a_mail_deletes_the_users_copy_and_the_last_deletion_erases_the_text() {
    everywhere(async |cluster, other| {
        school().write(cluster).await;
        let (paul, mut ann) = (cluster.client(0, "paul").await, cluster.client(other, "ann").await);
        let here = conversation_id(&send(&paul, mail_to([user_recipient("ann")])).await);
        next_mail(&mut ann).await;
        let before = ann.conversation(here).await.expect("readable");
        paul.delete_conversation(here, false).await.expect("one's own copy");
        assert_eq!(paul.conversation(here).await.expect_err("gone").code(), Some(ErrorCode::NotFound));
        assert_eq!(ann.conversation(here).await.expect("kept"), before, "the other members do not see the deletion");
        assert_eq!(stored_texts(cluster).await, ["on Friday"]);
        ann.delete_own_copy(here, message_id(&before)).await.expect("the message alone, too");
        assert!(ann.history(here, HistoryRange::Newest, 0).await.expect("readable").messages.is_empty());
        ann.delete_conversation(here, false).await.expect("one's own copy");
        assert_eq!(stored_texts(cluster).await, [""]);
    })
    .await;
}

/// The read position of each member, by external id. The list of members, the list of mails and the mail itself must agree.
async fn read_by(peer: &Peer, here: ConversationId) -> Vec<(String, u32)> {
    let positions = |members: Vec<wire::Member>| {
        let position = |member: wire::Member| (member.user.expect("told").external_id, member.read_seq);
        let mut positions: Vec<_> = members.into_iter().map(position).collect();
        positions.sort_unstable();
        positions
    };
    let told = positions(peer.conversation(here).await.expect("readable").members);
    let list = peer.conversations("").await.expect("a list").conversations;
    let listed = list.into_iter().find(|mail| mail.id == here.to_string()).expect("it is listed");
    assert_eq!(positions(listed.members), told);
    assert_eq!(positions(peer.members(here, "").await.expect("readable").members), told);
    told
}

#[tokio::test]
async fn members_of_a_mail_do_not_see_read_positions() {
    everywhere(async |cluster, other| {
        school().write(cluster).await;
        let (paul, mut ann, mut ben) =
            (cluster.client(0, "paul").await, cluster.client(other, "ann").await, cluster.client(0, "ben").await);
        let here = conversation_id(&send(&paul, mail_to([user_recipient("ann"), user_recipient("ben")])).await);
        next_mail(&mut ann).await;
        next_mail(&mut ben).await;
        assert_eq!(ann.mark_read(here, 1).await.expect("read").read_seq, 1);
        let positions = |of: [u32; 3]| ["ann", "ben", "paul"].map(str::to_owned).into_iter().zip(of).collect::<Vec<_>>();
        assert_eq!(read_by(&paul, here).await, positions([0, 0, 1]), "it is his own");
        assert_eq!(read_by(&ben, here).await, positions([0, 0, 0]));
        assert_eq!(read_by(&ann, here).await, positions([1, 0, 0]));
    })
    .await;
}

#[tokio::test]
async fn a_group_can_be_added_to_a_group_conversation_but_not_to_a_direct_one() {
    everywhere(async |cluster, other| {
        school().write(cluster).await;
        let (paul, mut ann) = (cluster.client(0, "paul").await, cluster.client(other, "ann").await);
        let started = paul.start_group([group_recipient("Pupils-6A")], "6A", ClientId::new()).await.expect("it starts");
        assert_eq!((started.reached, started.inactive.len(), started.inactive_count), (2, 0, 1), "counted, not named");
        let seen = next_mail(&mut ann).await;
        assert_eq!((seen.kind(), seen.member_count, seen.addressees.len()), (wire::ConversationKind::Group, 3, 0));

        let direct = |group: &str| wire::StartConversation {
            kind: wire::ConversationKind::Direct.into(),
            with: vec![wire::Recipient { by: Some(wire::recipient::By::GroupExternalId(group.to_owned())) }],
            ..Default::default()
        };
        let codes = [(direct("Pupils-6A"), ErrorCode::Unsupported), (direct("Parents"), ErrorCode::NotFound)];
        for (start, code) in codes {
            assert_eq!(paul.start(start).await.expect_err("two users").code(), Some(code));
        }
        let alone = started_alone(cluster).await;
        assert_eq!((alone.reached, alone.conversation.expect("told").member_count), (0, 1));
    })
    .await;
}

/// A group with one member.
async fn started_alone(cluster: &Cluster) -> wire::ConversationStarted {
    let paul = cluster.client(0, "paul").await;
    paul.start_group(Vec::<Recipient>::new(), "later", ClientId::new()).await.expect("it starts")
}
