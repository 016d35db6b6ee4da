//! Deleting for oneself: a user deletes their own copy of a message or a conversation, and the other members keep theirs.

use causerie_client::{ClientId, ConversationId, ErrorCode, Event, HistoryRange, MessageId, wire};
use causerie_protocol::limits;

use super::{everywhere, start_direct, until_joined};
use crate::harness::{Facts, Peer, stored_texts};

/// Lines that are added to the rules of a new tenant: users may delete their own copies.
const OWN_COPIES: &str = "allow delete_own_copy,delete_conversation own-copy when holder";

/// The texts that a user reads, oldest first.
async fn texts(peer: &Peer, here: ConversationId) -> Vec<String> {
    let page = peer.history(here, HistoryRange::Newest, 0).await.expect("readable");
    assert!(!page.more_before && !page.more_after);
    page.messages.into_iter().map(|message| message.text).collect()
}

fn id(message: &wire::Message) -> MessageId {
    message.id.parse().expect("a UUID")
}

async fn until_left(peer: &mut Peer, here: ConversationId) {
    peer.until("the leaving", |event| (event == Event::Left(here)).then_some(())).await;
}

/// Waits for a `conversationJoined` or a reload of the conversation, and returns the conversation.
async fn until_renewed(peer: &mut Peer, here: ConversationId) -> wire::Conversation {
    peer.until("the conversation anew", |event| match event {
        Event::Joined(now) | Event::Resynced { conversation: now, reload: true } if now.id == here.to_string() => Some(*now),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_user_who_deleted_a_conversation_sees_only_new_messages_when_it_returns() {
    everywhere(async |cluster, other| {
        Facts::of_preset("community", "").write(cluster).await;
        let (mut mia, mut noa) = (cluster.client(0, "mia").await, cluster.client(other, "noa").await);
        let mut phone = cluster.client(other, "mia").await;
        let here = start_direct(&mut mia, &mut noa).await;
        until_joined(&mut phone, here).await;
        mia.say(here, "old, of mia").await;
        noa.say(here, "old, of noa").await;
        let before = noa.conversation(here).await.expect("readable");

        mia.delete_conversation(here, false).await.expect("a member deletes their copy");
        for device in [&mut mia, &mut phone] {
            until_left(device, here).await;
            assert_eq!(device.conversation(here).await.expect_err("gone").code(), Some(ErrorCode::NotFound));
            let gone = device.history(here, HistoryRange::Newest, 0).await.expect_err("gone");
            assert_eq!(gone.code(), Some(ErrorCode::NotFound));
            let page = device.conversations("").await.expect("a list");
            assert!(page.conversations.is_empty() && page.total_unread == 0);
        }
        mia.delete_conversation(here, false).await.expect("it is done: the answer to the first may have been lost");
        // Noa's copy is unchanged.
        assert_eq!(noa.conversation(here).await.expect("kept"), before);
        assert_eq!(noa.members(here, "").await.expect("both").members.len(), 2);
        assert_eq!(texts(&noa, here).await, ["old, of mia", "old, of noa"]);

        let sent = noa.say(here, "new").await;
        for device in [&mut mia, &mut phone] {
            let now = until_renewed(device, here).await;
            assert_eq!(now.last_message.as_ref().map(|last| last.text.as_str()), Some("new"));
            assert_eq!((now.read_state.expect("told").unread, now.member_count), (1, 2));
            assert_eq!(texts(device, here).await, ["new"]);
            let older = device.history(here, HistoryRange::Before(sent.seq), 0).await.expect("a page");
            assert!(older.messages.is_empty() && !older.more_before, "the past does not come back");
            let changes = device.changes(here, 1).await.expect("readable");
            assert!(changes.messages.iter().all(|message| message.seq >= sent.seq), "{changes:?}");
            assert_eq!(device.conversations("").await.expect("a list").total_unread, 1);
        }
        assert_eq!(mia.say(here, "an answer").await.seq, sent.seq + 1);
        assert_eq!(texts(&noa, here).await, ["old, of mia", "old, of noa", "new", "an answer"]);
        assert_eq!(stored_texts(cluster).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn starting_a_deleted_conversation_again_returns_it_without_its_history() {
    everywhere(async |cluster, other| {
        Facts::of_preset("community", "").write(cluster).await;
        let (mut mia, mut noa) = (cluster.client(0, "mia").await, cluster.client(other, "noa").await);
        let here = start_direct(&mut mia, &mut noa).await;
        noa.say(here, "old").await;
        mia.delete_conversation(here, false).await.expect("deleted");
        until_left(&mut mia, here).await;

        let started = mia.start_direct(noa.reference()).await.expect("it starts again");
        assert!(!started.created);
        let now = started.conversation.expect("told");
        assert_eq!((now.id.clone(), now.last_message, now.read_state.expect("told").unread), (here.to_string(), None, 0));
        until_renewed(&mut mia, here).await;
        assert!(texts(&mia, here).await.is_empty());
        mia.say(here, "new").await;
        assert_eq!(texts(&mia, here).await, ["new"]);
        assert_eq!(texts(&noa, here).await, ["old", "new"]);

        // Both delete, one of them starts with a message, and both are members again.
        mia.delete_conversation(here, false).await.expect("deleted");
        noa.delete_conversation(here, false).await.expect("deleted");
        until_left(&mut noa, here).await;
        assert_eq!(stored_texts(cluster).await, ["", ""], "texts that no user may read are erased");
        let draft = wire::Draft { client_id: ClientId::new().to_string(), text: "afresh".to_owned() };
        let start = wire::StartConversation {
            kind: wire::ConversationKind::Direct.into(),
            with: vec![wire::Recipient { by: Some(wire::recipient::By::ExternalId("noa".to_owned())) }],
            first_message: Some(draft),
            ..Default::default()
        };
        mia.start(start).await.expect("it starts once more");
        until_renewed(&mut noa, here).await;
        assert_eq!(texts(&mia, here).await, ["afresh"]);
        assert_eq!(texts(&noa, here).await, ["afresh"]);
    })
    .await;
}

#[tokio::test]
async fn a_refused_start_does_not_restore_a_deleted_conversation() {
    everywhere(async |cluster, other| {
        Facts::of_preset("community", "").write(cluster).await;
        let (mut mia, mut noa) = (cluster.client(0, "mia").await, cluster.client(other, "noa").await);
        let here = start_direct(&mut mia, &mut noa).await;
        mia.close_conversation(here).await.expect("either side may");
        mia.delete_conversation(here, false).await.expect("deleted");
        until_left(&mut mia, here).await;
        let draft = wire::Draft { client_id: ClientId::new().to_string(), text: "once more".to_owned() };
        let start = wire::StartConversation {
            kind: wire::ConversationKind::Direct.into(),
            with: vec![wire::Recipient { by: Some(wire::recipient::By::ExternalId("noa".to_owned())) }],
            first_message: Some(draft),
            ..Default::default()
        };
        assert_eq!(mia.start(start).await.expect_err("it is closed").code(), Some(ErrorCode::Closed));
        assert!(mia.conversations("").await.expect("a list").conversations.is_empty());
    })
    .await;
}

#[tokio::test]
async fn deleted_messages_stay_hidden_in_live_changes_and_after_a_resume() {
    everywhere(async |cluster, other| {
        Facts::of_preset("open", OWN_COPIES).write(cluster).await;
        let (mut lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(other, "tom").await);
        let mut phone = cluster.client(0, "tom").await;
        let here = start_direct(&mut lea, &mut tom).await;
        until_joined(&mut phone, here).await;
        let first = lea.say(here, "one").await;
        let second = lea.say(here, "two").await;
        let third = lea.say(here, "three").await;
        assert_eq!(phone.next_message().await.seq, 1);
        phone.link.refuse();
        phone.until_state("the loss is noticed", |state| !matches!(state, causerie_client::State::Connected)).await;

        tom.delete_own_copy(here, id(&second)).await.expect("anyone deletes their copy");
        let now = until_renewed(&mut tom, here).await;
        let state = now.read_state.expect("told");
        assert_eq!((state.read_seq, state.unread), (2, 1), "one deletes what one has seen");
        assert_eq!(texts(&tom, here).await, ["one", "three"]);
        tom.delete_own_copy(here, id(&third)).await.expect("the last one too");
        let now = until_renewed(&mut tom, here).await;
        assert_eq!(now.last_message.as_ref().map(|last| last.text.as_str()), Some("one"), "the preview is right");
        assert_eq!(tom.conversations("").await.expect("a list").total_unread, 0);
        tom.delete_own_copy(here, id(&third)).await.expect("doing it again changes nothing");
        // The phone was disconnected during the changes above.
        phone.link.resume();
        until_renewed(&mut phone, here).await;
        assert_eq!(texts(&phone, here).await, ["one"]);

        // Lea still has all messages, and edits a message that tom deleted for himself.
        assert_eq!(texts(&lea, here).await, ["one", "two", "three"]);
        assert_eq!(
            lea.delete_own_copy(here, MessageId::new()).await.expect_err("nothing").code(),
            Some(ErrorCode::NotFound)
        );
        lea.edit(here, id(&third), "three, edited").await.expect("the author edits");
        lea.edit(here, id(&first), "one, edited").await.expect("the author edits");
        let sent = lea.say(here, "four").await;
        let mut heard = Vec::new();
        while heard.last() != Some(&sent.text) {
            let text = |event| match event {
                Event::MessageSent(message) | Event::MessageEdited(message) => Some(message.text),
                _ => None,
            };
            heard.push(tom.until("what follows", text).await);
        }
        assert_eq!(heard, ["one, edited", "four"]);
        let changes = tom.changes(here, 1).await.expect("readable");
        let told: Vec<_> = changes.messages.iter().map(|message| message.seq).collect();
        assert_eq!(told, [1, 4]);
        let paged = tom.history(here, HistoryRange::After(1), 1).await.expect("a page");
        assert_eq!((paged.messages[0].seq, paged.more_before, paged.more_after), (4, true, false));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_copy_is_dropped_by_a_resume_after_so_many_changes_that_the_list_is_loaded_again() {
    everywhere(async |cluster, other| {
        Facts::of_preset("open", OWN_COPIES).write(cluster).await;
        let (mut lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(other, "tom").await);
        let mut phone = cluster.client(0, "tom").await;
        let here = start_direct(&mut lea, &mut tom).await;
        until_joined(&mut phone, here).await;
        let first = lea.say(here, "one").await;
        assert_eq!(phone.next_message().await.seq, 1);
        phone.link.refuse();
        phone.until_state("the loss is noticed", |state| !matches!(state, causerie_client::State::Connected)).await;

        tom.delete_own_copy(here, id(&first)).await.expect("users delete their copies");
        for number in 0..=limits::PAGE_MAX {
            let started = lea.start_group([tom.reference()], format!("group {number}"), ClientId::new()).await;
            started.expect("the group starts");
        }
        phone.link.resume();
        assert_eq!(until_renewed(&mut phone, here).await.last_message, None);
        assert_eq!(texts(&phone, here).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_user_who_deleted_their_copy_can_not_act_on_it() {
    everywhere(async |cluster, other| {
        Facts::of_preset("open", OWN_COPIES).write(cluster).await;
        let (mut lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(other, "tom").await);
        let here = start_direct(&mut lea, &mut tom).await;
        let mine = lea.say(here, "mine").await;
        lea.delete_own_copy(here, id(&mine)).await.expect("of one's own message too");
        assert_eq!(lea.edit(here, id(&mine), "back").await.expect_err("gone").code(), Some(ErrorCode::NotFound));
        assert_eq!(lea.delete(here, id(&mine)).await.expect_err("gone").code(), Some(ErrorCode::NotFound));
        assert_eq!(texts(&tom, here).await, ["mine"]);
        let eve = cluster.client(other, "eve").await;
        assert_eq!(eve.delete_own_copy(here, id(&mine)).await.expect_err("a stranger").code(), Some(ErrorCode::NotFound));
        let stranger = eve.delete_conversation(here, false).await.expect_err("a stranger");
        assert_eq!(stranger.code(), Some(ErrorCode::NotFound));
        tom.delete_conversation(here, true).await.expect_err("these rules let no user erase");
        assert_eq!(texts(&tom, here).await, ["mine"]);
    })
    .await;
}

#[tokio::test]
async fn erasing_removes_the_conversation_from_all_members_at_once() {
    everywhere(async |cluster, other| {
        Facts::of_preset("community", "").setting("delete", "all").write(cluster).await;
        let (mut mia, mut noa) = (cluster.client(0, "mia").await, cluster.client(other, "noa").await);
        let here = start_direct(&mut mia, &mut noa).await;
        mia.say(here, "regretted").await;
        mia.delete_conversation(here, true).await.expect("the setting lets members erase");
        for peer in [&mut mia, &mut noa] {
            until_left(peer, here).await;
            assert_eq!(peer.conversation(here).await.expect_err("gone").code(), Some(ErrorCode::NotFound));
            assert!(peer.conversations("").await.expect("a list").conversations.is_empty());
        }
        assert_eq!(stored_texts(cluster).await, [""]);
        let again = noa.start_direct(mia.reference()).await.expect("it starts again");
        assert_eq!(again.conversation.expect("told").id, here.to_string());
        noa.say(here, "afresh").await;
        until_renewed(&mut mia, here).await;
        assert_eq!(texts(&mia, here).await, ["afresh"]);
    })
    .await;
}

#[tokio::test]
async fn a_user_who_deletes_a_group_leaves_it_and_loses_its_history() {
    everywhere(async |cluster, other| {
        Facts::of_preset("open", OWN_COPIES).write(cluster).await;
        let lea = cluster.client(0, "lea").await;
        let mut tom = cluster.client(other, "tom").await;
        let started = lea.start_group([tom.reference()], "Sortie", ClientId::new()).await.expect("it starts");
        let here: ConversationId = started.conversation.expect("told").id.parse().expect("a UUID");
        until_joined(&mut tom, here).await;
        lea.say(here, "old").await;
        tom.delete_conversation(here, false).await.expect("deleted");
        until_left(&mut tom, here).await;
        let seen = lea.conversation(here).await.expect("kept");
        assert_eq!((seen.member_count, seen.members.len()), (1, 1), "all see who left a group");
        lea.add_members(here, [tom.reference()]).await.expect("one may come back");
        let now = until_renewed(&mut tom, here).await;
        assert_eq!(now.last_message, None);
        assert!(texts(&tom, here).await.is_empty());
        lea.say(here, "new").await;
        assert_eq!(texts(&tom, here).await, ["new"]);
        assert_eq!(texts(&lea, here).await, ["old", "new"]);
    })
    .await;
}
