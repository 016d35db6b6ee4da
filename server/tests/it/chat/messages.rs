//! Sending, editing, deleting and reading messages.

use causerie_client::wire::{reply, request::Command};
use causerie_client::{ClientId, Encoding, ErrorCode, Event, HistoryRange, MessageId, wire};

use super::{everywhere, start_direct, until_joined};
use crate::harness::{Raw, within};

fn id(message: &wire::Message) -> MessageId {
    message.id.parse().expect("a UUID")
}

#[tokio::test]
async fn both_members_receive_a_message_in_both_encodings() {
    everywhere(async |cluster, other| {
        let mut lea = cluster.client_in(0, "lea", Encoding::Proto).await;
        let mut tom = cluster.client_in(other, "tom", Encoding::Json).await;
        let here = start_direct(&mut lea, &mut tom).await;
        let sent = lea.say(here, "Bonjour Tom 👋").await;
        assert_eq!((sent.seq, sent.text.as_str()), (1, "Bonjour Tom 👋"));
        assert_eq!(tom.next_message().await, sent);
        assert_eq!(lea.next_message().await, sent);
        let back = tom.say(here, "Salut !").await;
        assert_eq!((back.seq, back.version), (2, sent.version + 1));
        assert_eq!(lea.next_message().await, back);
    })
    .await;
}

#[tokio::test]
async fn both_members_see_edits_and_deletions_and_only_the_author_may_make_them() {
    everywhere(async |cluster, other| {
        let (mut lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(other, "tom").await);
        let here = start_direct(&mut lea, &mut tom).await;
        let sent = lea.say(here, "helo").await;
        let refused = tom.edit(here, id(&sent), "hacked").await.expect_err("not the author");
        assert_eq!(refused.code(), Some(ErrorCode::NotAuthor));
        assert_eq!(tom.delete(here, id(&sent)).await.expect_err("not the author").code(), Some(ErrorCode::NotAuthor));

        let edited = lea.edit(here, id(&sent), "hello").await.expect("the author edits");
        assert_eq!((edited.seq, edited.text.as_str(), edited.edited_at.is_some()), (1, "hello", true));
        let seen = |event| if let Event::MessageEdited(message) = event { Some(message) } else { None };
        assert_eq!(tom.until("the edit", seen).await, edited);

        let deleted = lea.delete(here, id(&sent)).await.expect("the author deletes");
        assert!(deleted.text.is_empty() && deleted.deleted_at.is_some());
        let seen = |event| if let Event::MessageDeleted(message) = event { Some(message) } else { None };
        assert_eq!(tom.until("the deletion", seen).await, deleted);
        // A repeated deletion changes nothing, and a deleted message can not be edited.
        assert_eq!(lea.delete(here, id(&sent)).await.expect("idempotent"), deleted);
        assert_eq!(lea.edit(here, id(&sent), "back").await.expect_err("gone").code(), Some(ErrorCode::NotFound));
        let history = tom.history(here, HistoryRange::Newest, 0).await.expect("readable");
        assert_eq!(history.messages, [deleted], "a tombstone keeps its place");
    })
    .await;
}

#[tokio::test]
async fn a_retry_gets_the_original_message_and_another_text_is_a_conflict() {
    everywhere(async |cluster, other| {
        let (lea, tom) = (cluster.client(0, "lea").await, cluster.client(other, "tom").await);
        let here = lea.direct_with(&tom).await;
        let client_id = ClientId::new();
        let send = |text: &str| {
            Command::SendMessage(wire::SendMessage {
                conversation_id: here.to_string(),
                client_id: client_id.to_string(),
                text: text.to_owned(),
            })
        };
        let first = lea.request(send("once")).await.expect("it is taken");
        let again = cluster.client(other, "lea").await.request(send("once")).await.expect("on another node too");
        assert_eq!(first, again);
        let other_text = lea.request(send("twice")).await.expect_err("the id is used");
        assert_eq!(other_text.code(), Some(ErrorCode::Conflict));
        assert_eq!(tom.history(here, HistoryRange::Newest, 0).await.expect("readable").messages.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_history_is_read_in_pages_in_both_directions() {
    let cluster = crate::harness::Cluster::embedded().await;
    let lea = cluster.client(0, "lea").await;
    let here = lea.note_to_self().await.expect("it starts").conversation.expect("told").id.parse().expect("a UUID");
    for number in 1..=25 {
        lea.say(here, &format!("note {number}")).await;
    }
    let seqs = |page: &wire::MessagePage| page.messages.iter().map(|message| message.seq).collect::<Vec<_>>();
    let newest = lea.history(here, HistoryRange::Newest, 10).await.expect("a page");
    assert_eq!(seqs(&newest), (16..=25).collect::<Vec<_>>());
    assert_eq!((newest.more_before, newest.more_after), (true, false));
    let before = lea.history(here, HistoryRange::Before(16), 10).await.expect("a page");
    assert_eq!(seqs(&before), (6..=15).collect::<Vec<_>>());
    assert_eq!((before.more_before, before.more_after), (true, true));
    let first = lea.history(here, HistoryRange::Before(6), 10).await.expect("a page");
    assert_eq!((seqs(&first), first.more_before), ((1..=5).collect(), false));
    let after = lea.history(here, HistoryRange::After(20), 3).await.expect("a page");
    assert_eq!((seqs(&after), after.more_after), (vec![21, 22, 23], true));
    let last = lea.history(here, HistoryRange::After(23), 3).await.expect("a page");
    assert_eq!((seqs(&last), last.more_after), (vec![24, 25], false));
    let all = lea.history(here, HistoryRange::After(0), 100).await.expect("a page");
    assert_eq!((all.messages.len(), all.more_before, all.more_after), (25, false, false));
}

#[tokio::test]
async fn a_direct_conversation_exists_once_and_starts_with_its_first_message() {
    everywhere(async |cluster, other| {
        let (lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(other, "tom").await);
        let draft = wire::Draft { client_id: ClientId::new().to_string(), text: "first".to_owned() };
        let start = wire::StartConversation {
            kind: wire::ConversationKind::Direct.into(),
            with: vec![wire::Recipient { by: Some(wire::recipient::By::ExternalId("tom".to_owned())) }],
            first_message: Some(draft),
            ..Default::default()
        };
        let started = lea.start(start.clone()).await.expect("it starts");
        assert!(started.created);
        let conversation = started.conversation.expect("told");
        assert_eq!((conversation.last_seq, conversation.member_count), (1, 2));
        let joined = |event| if let Event::Joined(conversation) = event { Some(conversation) } else { None };
        let seen = tom.until("the new conversation", joined).await;
        assert_eq!((&seen.id, seen.last_message.as_ref().map(|last| last.text.as_str())), (&conversation.id, Some("first")));
        assert_eq!(seen.read_state.expect("told").unread, 1);

        let again = lea.start(start).await.expect("found");
        assert!(!again.created);
        assert_eq!(again.first_message, started.first_message, "the retry said nothing new");
        assert_eq!(tom.direct_with(&lea).await.to_string(), conversation.id, "the same conversation from both sides");
    })
    .await;
}

#[tokio::test]
async fn a_note_to_self_has_one_member_and_is_never_unread() {
    everywhere(async |cluster, other| {
        let (desk, mut phone) = (cluster.client(0, "lea").await, cluster.client(other, "lea").await);
        let note = desk.note_to_self().await.expect("it starts").conversation.expect("told");
        assert_eq!((note.kind(), note.member_count), (wire::ConversationKind::NoteToSelf, 1));
        let here = note.id.parse().expect("a UUID");
        until_joined(&mut phone, here).await;
        let sent = desk.say(here, "remember").await;
        assert_eq!(phone.next_message().await, sent, "shows on the other device, once");
        let page = phone.conversations("").await.expect("a list");
        assert_eq!((page.conversations.len(), page.total_unread), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn conversations_are_listed_by_activity_with_previews_in_pages() {
    let cluster = crate::harness::Cluster::embedded().await;
    let lea = cluster.client(0, "lea").await;
    let mut newest_first = Vec::new();
    for name in ["ann", "ben", "cem", "dia", "eli"] {
        let other = cluster.client(0, name).await;
        let here = lea.direct_with(&other).await;
        other.say(here, &format!("from {name}")).await;
        newest_first.insert(0, here.to_string());
    }
    let page = lea.conversations("").await.expect("a list");
    let ids: Vec<_> = page.conversations.iter().map(|one| one.id.clone()).collect();
    assert_eq!(ids, newest_first);
    assert_eq!(page.total_unread, 5);
    assert_eq!(page.conversations[0].last_message.as_ref().map(|last| last.text.as_str()), Some("from eli"));

    let list = |cursor: String| Command::ListConversations(wire::ListConversations { cursor, limit: 2 });
    let (mut cursor, mut paged) = (String::new(), Vec::new());
    loop {
        let reply::Result::ConversationPage(page) = lea.request(list(cursor)).await.expect("a page") else {
            panic!("a page is answered")
        };
        assert!(page.conversations.len() <= 2);
        paged.extend(page.conversations.into_iter().map(|one| one.id));
        cursor = page.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(paged, newest_first);
    let forged = lea.request(list("17.not-a-cursor".to_owned())).await.expect_err("a forged cursor");
    assert_eq!(forged.code(), Some(ErrorCode::Invalid));
}

#[tokio::test]
async fn users_outside_a_conversation_learn_nothing_of_it() {
    everywhere(async |cluster, other| {
        let (lea, tom) = (cluster.client(0, "lea").await, cluster.client(0, "tom").await);
        let here = lea.direct_with(&tom).await;
        let sent = lea.say(here, "between us").await;
        let token = cluster.tenant.token("eve");
        let (mut eve, _) = Raw::hello(cluster.nodes[other].public(), Encoding::Json, &token).await;
        let absent = causerie_client::ConversationId::new();
        for (place, message) in [(here.to_string(), sent.id.clone()), (absent.to_string(), MessageId::new().to_string())] {
            let conversation_id = place.clone();
            let client_id = ClientId::new().to_string();
            for command in [
                Command::GetConversation(wire::GetConversation { conversation_id: place.clone() }),
                Command::GetHistory(wire::GetHistory { conversation_id: place.clone(), ..Default::default() }),
                Command::GetChanges(wire::GetChanges { conversation_id: place.clone(), since_version: 1 }),
                Command::ListMembers(wire::ListMembers { conversation_id: place.clone(), ..Default::default() }),
                Command::SendMessage(wire::SendMessage { conversation_id: place.clone(), client_id, text: "hi".into() }),
                Command::EditMessage(wire::EditMessage {
                    conversation_id: place.clone(),
                    message_id: message.clone(),
                    text: "mine".into(),
                }),
                Command::DeleteMessage(wire::DeleteMessage {
                    conversation_id: place.clone(),
                    message_id: message.clone(),
                    own_copy: false,
                }),
                Command::MarkRead(wire::MarkRead { conversation_id: place.clone(), seq: 1 }),
                Command::MarkUnread(wire::MarkUnread { conversation_id: place.clone() }),
                Command::SetTyping(wire::SetTyping { conversation_id: place.clone(), typing: true }),
                Command::RenameConversation(wire::RenameConversation { conversation_id, subject: "mine".into() }),
            ] {
                let name = format!("{command:?}");
                let reply::Result::Error(error) = within("an answer", eve.ask(command)).await else {
                    panic!("refused: {name}")
                };
                assert_eq!((error.name.as_str(), error.field.as_str()), ("not_found", ""), "{name}");
            }
        }
        let text = lea.history(here, HistoryRange::Newest, 0).await.expect("readable").messages[0].text.clone();
        assert_eq!(text, "between us");
    })
    .await;
}
