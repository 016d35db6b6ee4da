//! Messages are kept, repeated and sent in order, and never stored twice.

use std::{io, path::PathBuf, sync::Arc};

use causerie_client::{
    Client, ClientId, CloseReason, ConversationId, Error, Event, FileOutbox, OutboxStore, SendError, StoredMessage, wire,
};
use wire::reply::Result as Answer;

use crate::peer::{Peer, next, sent, within_timeout};

struct TempFile(PathBuf);

impl TempFile {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("causerie-client-{}", ClientId::new())))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn an_unanswered_message_is_repeated_with_the_same_client_id() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let conversation = ConversationId::new();
    let pending = client.send(conversation, "hello");
    let client_id = pending.client_id.to_string();
    // Three connections end after the client has sent the message and before the reply.
    for _ in 0..3 {
        let (mut link, _) = peer.welcome().await;
        let (_, send) = link.send().await;
        assert_eq!((send.client_id.as_str(), send.text.as_str()), (client_id.as_str(), "hello"));
    }
    let (mut link, _) = peer.welcome().await;
    let (id, send) = link.send().await;
    assert_eq!(send.client_id, client_id);
    assert_eq!(client.unsent(), 1);
    link.reply(id, sent(send, 7)).await;
    assert_eq!(within_timeout("the answer", pending).await.expect("sent").seq, 7);
    assert_eq!(client.unsent(), 0);
}

#[tokio::test]
async fn messages_of_a_conversation_keep_their_order_and_do_not_delay_other_conversations() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let (mut link, _) = peer.welcome().await;
    let (first_conversation, second_conversation) = (ConversationId::new(), ConversationId::new());
    let pending =
        [client.send(first_conversation, "1"), client.send(first_conversation, "2"), client.send(second_conversation, "3")];
    let (first, a) = link.send().await;
    let (second, b) = link.send().await;
    assert_eq!((a.text.as_str(), b.text.as_str()), ("1", "3"));
    // The server refuses "1" temporarily: "2" must not overtake it.
    let busy = wire::Error { code: 103, temporary: true, retry_after_ms: 20, ..Default::default() };
    link.reply(first, Answer::Error(busy)).await;
    link.reply(second, sent(b, 1)).await;
    let (id, again) = link.send().await;
    assert_eq!(again, a);
    link.reply(id, sent(again, 1)).await;
    let (id, send) = link.send().await;
    assert_eq!(send.text, "2");
    link.reply(id, sent(send, 2)).await;
    let mut seqs = Vec::new();
    for pending in pending {
        seqs.push(within_timeout("the answer", pending).await.expect("sent").seq);
    }
    assert_eq!(seqs, [1, 2, 1]);
}

#[tokio::test]
async fn a_permanently_refused_message_fails_and_the_next_message_is_sent() {
    let peer = Peer::new().await;
    let (client, mut events) = Client::connect_with_events(peer.config());
    let (mut link, _) = peer.welcome().await;
    let conversation = ConversationId::new();
    let (bad, good) = (client.send(conversation, "bad"), client.send(conversation, "good"));
    let (id, _) = link.send().await;
    let refusal = wire::Error { code: 255, name: "locked".into(), ..Default::default() };
    link.reply(id, Answer::Error(refusal.clone())).await;
    let (id, send) = link.send().await;
    link.reply(id, sent(send, 1)).await;
    let client_id = bad.client_id;
    let error = SendError::Refused(refusal);
    assert_eq!(within_timeout("the answer", bad).await, Err(error.clone()));
    assert_eq!(next(&mut events).await, Event::SendFailed { conversation, client_id, error });
    assert!(within_timeout("the answer", good).await.is_ok());
}

#[tokio::test]
async fn a_full_outbox_refuses_a_message() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    config.outbox_max = 1;
    let client = Client::connect(config);
    let conversation = ConversationId::new();
    let first = client.send(conversation, "1");
    assert_eq!(client.send(conversation, "2").await, Err(SendError::Full { outbox_max: 1 }));
    let (mut link, _) = peer.welcome().await;
    let (id, send) = link.send().await;
    link.reply(id, sent(send, 1)).await;
    assert!(within_timeout("the answer", first).await.is_ok());
}

#[tokio::test]
async fn a_restarted_program_sends_the_messages_left_by_the_earlier_run() {
    let temp_file = TempFile::new();
    let conversation = ConversationId::new();
    let (peer, mut ids) = (Peer::new().await, Vec::new());
    {
        let mut config = peer.config();
        config.outbox_store = Some(Arc::new(FileOutbox::open(&temp_file.0).expect("opened")));
        let client = Client::connect(config);
        let (mut link, _) = peer.welcome().await;
        let answered = client.send(conversation, "1");
        let (id, send) = link.send().await;
        link.reply(id, sent(send, 1)).await;
        within_timeout("the answer", answered).await.expect("sent");
        for text in ["2", "3"] {
            ids.push(client.send(conversation, text).client_id.to_string());
        }
        // The message is stored before it is sent. The program ends before the reply.
        assert_eq!(link.send().await.1.client_id, ids[0]);
        client.close().await;
    }
    let mut config = peer.config();
    config.outbox_store = Some(Arc::new(FileOutbox::open(&temp_file.0).expect("opened")));
    let client = Client::connect(config);
    let (mut link, _) = peer.welcome().await;
    for (index, text) in ["2", "3"].into_iter().enumerate() {
        let (id, send) = link.send().await;
        assert_eq!((send.text.as_str(), &send.client_id), (text, &ids[index]));
        link.reply(id, sent(send, 2)).await;
    }
    let last = client.send(conversation, "4");
    let (id, send) = link.send().await;
    link.reply(id, sent(send, 4)).await;
    within_timeout("the answer", last).await.expect("sent");
    assert_eq!(FileOutbox::open(&temp_file.0).expect("opened").load().expect("loaded"), []);
}

#[tokio::test]
async fn a_message_sent_while_the_client_closes_is_stored_for_the_next_client() {
    let temp_file = TempFile::new();
    let peer = Peer::new().await;
    let mut config = peer.config();
    config.outbox_store = Some(Arc::new(FileOutbox::open(&temp_file.0).expect("opened")));
    let client = Client::connect(config);
    let _link = peer.welcome().await;
    // The first poll of `close` queues the end of the client before the message.
    let late = async { client.send(ConversationId::new(), "late").await };
    let ((), late) = within_timeout("the end", async { tokio::join!(client.close(), late) }).await;
    assert_eq!(late, Err(SendError::Closed(CloseReason::ByClient)));
    let left = FileOutbox::open(&temp_file.0).expect("opened").load().expect("loaded");
    assert_eq!(left.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["late"]);
}

/// A store on a full disk.
struct FullDisk;

impl OutboxStore for FullDisk {
    fn load(&self) -> io::Result<Vec<StoredMessage>> {
        Ok(Vec::new())
    }
    fn put(&self, _: &StoredMessage) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
    fn remove(&self, _: ClientId) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_message_that_can_not_be_stored_is_not_sent() {
    let peer = Peer::new().await;
    let mut config = peer.config();
    config.outbox_store = Some(Arc::new(FullDisk));
    let client = Client::connect(config);
    let pending = client.send(ConversationId::new(), "1");
    assert!(matches!(within_timeout("the answer", pending).await, Err(SendError::Store(_))));
    assert_eq!(client.unsent(), 0);
}

/// Accepts a connection and closes it with this code after the first message, which must have this text.
async fn close_after_message(peer: &Peer, text: &str, code: u16) {
    let (mut link, _) = peer.welcome().await;
    assert_eq!(link.send().await.1.text, text);
    link.close(code, "malformed").await;
}

#[tokio::test]
async fn a_message_over_which_the_server_closes_twice_fails_and_the_others_are_sent() {
    for code in [4500, 4501, 1007, 1009] {
        let peer = Peer::new().await;
        let (client, mut events) = Client::connect_with_events(peer.config());
        let conversation = ConversationId::new();
        let (poison, sound) = (client.send(conversation, "poison"), client.send(conversation, "sound"));
        close_after_message(&peer, "poison", code).await;
        close_after_message(&peer, "poison", code).await;
        let (mut link, _) = peer.welcome().await;
        let (id, send) = link.send().await;
        assert_eq!(send.text, "sound");
        link.reply(id, sent(send, 1)).await;
        within_timeout("the answer", sound).await.expect("sent");
        let client_id = poison.client_id;
        let Err(SendError::Refused(error)) = within_timeout("the answer", poison).await else { panic!("it was sent") };
        assert_eq!(error.code, u32::from(code));
        let failed = next(&mut events).await;
        assert!(matches!(failed, Event::SendFailed { client_id: id, .. } if id == client_id), "{failed:?}");
        assert_eq!(client.failed_sends().iter().map(|failed| failed.client_id).collect::<Vec<_>>(), [client_id]);
    }
}

#[tokio::test]
async fn no_message_fails_because_of_lost_connections() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let pending = client.send(ConversationId::new(), "one");
    for code in [4000, 4001, 1011, 4000] {
        close_after_message(&peer, "one", code).await;
    }
    let (mut link, _) = peer.welcome().await;
    let (id, send) = link.send().await;
    link.reply(id, sent(send, 1)).await;
    within_timeout("the answer", pending).await.expect("sent");
    assert_eq!(client.failed_sends(), []);
}

#[tokio::test]
async fn failed_messages_are_known_with_their_reasons_after_a_restart() {
    let temp_file = TempFile::new();
    let (peer, conversation) = (Peer::new().await, ConversationId::new());
    let config = || {
        let mut config = peer.config();
        config.outbox_store = Some(Arc::new(FileOutbox::open(&temp_file.0).expect("opened")));
        config
    };
    let refusal = wire::Error { code: 254, name: "closed".into(), message: "it was ended".into(), ..Default::default() };
    let client = Client::connect(config());
    let (mut link, _) = peer.welcome().await;
    let (refused, poison) = (client.send(conversation, "refused"), client.send(ConversationId::new(), "poison"));
    let ids = [refused.client_id, poison.client_id];
    let (id, _) = link.send().await;
    link.reply(id, Answer::Error(refusal.clone())).await;
    within_timeout("the answer", refused).await.expect_err("refused");
    assert_eq!(link.send().await.1.text, "poison");
    link.close(4500, "malformed").await;
    // The message is suspected and sent once more. The program ends before the reply.
    let (mut link, _) = peer.welcome().await;
    link.send().await;
    client.close().await;
    drop(link);

    // The store has the first close, so one more close is enough.
    let (client, mut events) = Client::connect_with_events(config());
    let failed = next(&mut events).await;
    let error = SendError::Refused(refusal.clone());
    assert_eq!(failed, Event::SendFailed { conversation, client_id: ids[0], error });
    close_after_message(&peer, "poison", 4500).await;
    assert!(matches!(next(&mut events).await, Event::SendFailed { client_id, .. } if client_id == ids[1]));
    client.close().await;

    let client = Client::connect(config());
    let (mut link, _) = peer.welcome().await;
    let sound = client.send(conversation, "sound");
    let (id, send) = link.send().await;
    assert_eq!(send.text, "sound");
    link.reply(id, sent(send, 1)).await;
    within_timeout("the answer", sound).await.expect("sent");
    let failed = client.failed_sends();
    assert_eq!(failed.iter().map(|failed| failed.client_id).collect::<Vec<_>>(), ids);
    assert_eq!(failed[0].failed, Some(refusal));
    // One failed message is retried, the other is discarded.
    assert!(client.discard(ids[1]) && !client.discard(ids[1]));
    let again = client.retry(ids[0]).expect("it failed");
    let (id, send) = link.send().await;
    assert_eq!((send.text.as_str(), send.client_id), ("refused", ids[0].to_string()));
    link.reply(id, Answer::Error(wire::Error { code: 254, ..Default::default() })).await;
    within_timeout("the answer", again).await.expect_err("refused again");
    let again = client.retry(ids[0]).expect("it failed again");
    let (id, send) = link.send().await;
    link.reply(id, sent(send, 2)).await;
    within_timeout("the answer", again).await.expect("sent");
    assert_eq!((client.failed_sends(), client.unsent()), (vec![], 0));
    client.close().await;
    assert_eq!(FileOutbox::open(&temp_file.0).expect("opened").load().expect("loaded"), []);
}

#[tokio::test]
async fn a_command_that_breaks_the_servers_rules_is_not_sent() {
    let peer = Peer::new().await;
    let client = Client::connect(peer.config());
    let (mut link, _) = peer.welcome().await;
    let conversation = ConversationId::new();
    for (text, name) in [("x".repeat(16_385).as_str(), "too_large"), ("a\u{92}b", "invalid"), (" \n", "invalid")] {
        let Err(SendError::Refused(error)) = within_timeout("the answer", client.send(conversation, text)).await else {
            panic!("`{}` was sent", &text[..2])
        };
        assert_eq!((error.name.as_str(), error.field.as_str()), (name, "sendMessage.text"));
    }
    let refused = within_timeout("the answer", client.rename(conversation, "x".repeat(513))).await.expect_err("too long");
    assert!(matches!(refused, Error::Refused(error) if error.field == "renameConversation.subject"));
    // None of the refused commands was on the wire, and nothing waits.
    let largest = client.send(conversation, "x".repeat(16_384));
    let (id, send) = link.send().await;
    assert_eq!(send.text.len(), 16_384);
    link.reply(id, sent(send, 1)).await;
    within_timeout("the answer", largest).await.expect("sent");
    assert_eq!((client.failed_sends(), client.unsent()), (vec![], 0));
}
