//! Clients that read slowly or not at all. They lose no message, and other clients do not wait for them.

use std::time::{Duration, Instant};

use causerie_client::{
    Encoding,
    wire::{self, event::Kind, reply, request::Command, server_frame::Body},
};
use uuid::Uuid;

use crate::harness::{Cluster, Proxy, Raw, Received, eventually, http};

/// The length of the longest allowed message. A few messages of this length fill the network buffers.
const TEXT: usize = 16 * 1024;
/// More bytes than Linux buffers for a client that does not read: at most 4 MiB in the send buffer, and the receive buffer.
const NETWORK_BYTES_MAX: usize = 12 * 1024 * 1024;

async fn cluster(heartbeat_ms: u32) -> Cluster {
    Cluster::embedded_with(|settings| {
        settings
            .set("heartbeat.interval_ms", heartbeat_ms)
            .set("limits.outbox_bytes_max", 65_536)
            .set("limits.sends_per_second", 10_000)
            .set("limits.sends_burst", 10_000)
            .set("limits.frames_per_second", 10_000)
            .set("limits.frames_burst", 10_000)
    })
    .await
}

fn send(conversation: &str, text: String) -> Command {
    let client_id = Uuid::now_v7().to_string();
    Command::SendMessage(wire::SendMessage { conversation_id: conversation.to_owned(), client_id, text })
}

async fn direct(raw: &mut Raw, with: &str) -> wire::Conversation {
    let with = wire::Recipient { by: Some(wire::recipient::By::ExternalId(with.to_owned())) };
    let start =
        wire::StartConversation { kind: wire::ConversationKind::Direct as i32, with: vec![with], ..Default::default() };
    match raw.ask(Command::StartConversation(start)).await {
        reply::Result::ConversationStarted(started) => started.conversation.expect("it is told"),
        other => panic!("not started: {other:?}"),
    }
}

async fn say(raw: &mut Raw, conversation: &str, text: String) -> wire::Message {
    match raw.ask(send(conversation, text)).await {
        reply::Result::MessageSent(sent) => sent.message.expect("it is told"),
        other => panic!("not sent: {other:?}"),
    }
}

async fn metrics(cluster: &Cluster) -> String {
    http::Request::get("/metrics").send(cluster.nodes[0].internal()).await.text().to_owned()
}

// Multi-threaded: the proxy must forward bytes while the test sends.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_slow_reader_gets_a_gap_and_resumes() {
    let cluster = cluster(25_000).await;
    let node = cluster.nodes[0].public();
    let link = Proxy::to(node).await;
    let (mut slow, _) = Raw::hello(link.address(), Encoding::Json, &cluster.tenant.token("slow")).await;
    let (mut writer, _) = Raw::hello(node, Encoding::Proto, &cluster.tenant.token("writer")).await;
    let conversation = direct(&mut writer, "slow").await;
    let id = conversation.id.clone();
    let mut last = say(&mut writer, &id, "first".to_owned()).await;
    let epoch = loop {
        match slow.ask(Command::ListConversations(wire::ListConversations::default())).await {
            reply::Result::ConversationPage(page) if !page.conversations.is_empty() => break page.epoch,
            reply::Result::ConversationPage(_) => {}
            other => panic!("no list: {other:?}"),
        }
    };

    link.freeze();
    // The network buffers fill first, then the outbox, until the gap.
    for _ in 0..NETWORK_BYTES_MAX / TEXT {
        last = say(&mut writer, &id, "x".repeat(TEXT)).await;
    }
    link.resume();

    // All frames before the gap, in order, then the gap, and nothing after it.
    let mut version = 0;
    loop {
        match slow.next_frame().await.body {
            Some(Body::Event(wire::Event { kind: Some(Kind::MessageSent(sent)) })) => {
                let message = sent.message.expect("it is told");
                assert!(version == 0 || message.version == version + 1, "{} after {version}", message.version);
                version = message.version;
            }
            Some(Body::Event(wire::Event { kind: Some(Kind::Gap(_)) })) => break,
            _ => {}
        }
    }
    assert!(version < last.version, "it was parted in the middle");
    assert!(metrics(&cluster).await.contains("\ncauserie_slow_readers_total 1\n"));

    let held = vec![wire::Held { conversation_id: id.clone(), version }];
    let resume = wire::Resume { epoch, inbox_version: 1, held };
    let reply::Result::Resumed(resumed) = slow.ask(Command::Resume(resume)).await else { panic!("not resumed") };
    let changes = &resumed.changes[0];
    let told = changes.conversation.as_ref().expect("it is told").version;
    assert!(changes.reload || changes.messages.last().is_some_and(|message| message.version == last.version));
    assert!(told >= last.version);

    let again = say(&mut writer, &id, "are you back?".to_owned()).await;
    loop {
        let body = slow.next_frame().await.body;
        if let Some(Body::Event(wire::Event { kind: Some(Kind::MessageSent(sent)) })) = body {
            let message = sent.message.expect("it is told");
            if message.version == again.version {
                break;
            }
        }
    }
}

#[tokio::test]
async fn requests_of_a_client_that_does_not_read_are_executed() {
    let cluster = cluster(300).await;
    let node = cluster.nodes[0].public();
    let (mut raw, _) = Raw::hello(node, Encoding::Json, &cluster.tenant.token("ada")).await;
    let (mut writer, _) = Raw::hello(node, Encoding::Proto, &cluster.tenant.token("writer")).await;
    let conversation = direct(&mut writer, "ada").await;
    let mut asked = Vec::new();
    for _ in 0..NETWORK_BYTES_MAX / TEXT {
        say(&mut writer, &conversation.id, "x".repeat(TEXT)).await;
        asked.push(raw.request(Command::Ping(wire::Ping {})).await);
    }
    // The socket is full now. For longer than the silence limit, the client reads nothing, not even pings, but sends
    // requests.
    let full = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    while full.elapsed() < Duration::from_millis(1_500) {
        ticks.tick().await;
        asked.push(raw.request(Command::Ping(wire::Ping {})).await);
    }
    let (mut answered, mut gaps) = (Vec::new(), 0);
    while answered.len() < asked.len() {
        match raw.next_frame().await.body {
            Some(Body::Reply(reply)) => answered.push(reply.id),
            Some(Body::Event(wire::Event { kind: Some(Kind::Gap(_)) })) => gaps += 1,
            _ => {}
        }
    }
    assert_eq!(answered, asked);
    assert!(gaps <= 1, "it is told once");
}

#[tokio::test]
async fn large_answers_reach_a_client_that_sends_many_requests_before_reading() {
    let cluster = cluster(25_000).await;
    let node = cluster.nodes[0].public();
    let (mut raw, _) = Raw::hello(node, Encoding::Json, &cluster.tenant.token("ada")).await;
    Raw::hello(node, Encoding::Proto, &cluster.tenant.token("bob")).await;
    let conversation = direct(&mut raw, "bob").await;
    for _ in 0..60 {
        say(&mut raw, &conversation.id, "\"".repeat(TEXT)).await;
    }
    // Each answer is larger than a batch, and together they are larger than all buffers.
    let history = wire::GetHistory { conversation_id: conversation.id, limit: 60, ..Default::default() };
    let mut asked = Vec::new();
    for _ in 0..30 {
        asked.push(raw.request(Command::GetHistory(history.clone())).await);
    }
    let mut answered = Vec::new();
    while answered.len() < asked.len() {
        if let Some(Body::Reply(reply)) = raw.next_frame().await.body {
            let Some(reply::Result::MessagePage(page)) = reply.result else { panic!("no page: {reply:?}") };
            assert!(!page.messages.is_empty());
            answered.push(reply.id);
        }
    }
    answered.sort_unstable();
    assert_eq!(answered, asked);
}

// Multi-threaded: the proxy must forward bytes while the test waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_client_that_does_not_read_does_not_delay_the_stop_of_a_node() {
    let mut cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let link = Proxy::to(node).await;
    let (mut stuck, _) = Raw::hello(link.address(), Encoding::Json, &cluster.tenant.token("stuck")).await;
    let (mut writer, _) = Raw::hello(node, Encoding::Proto, &cluster.tenant.token("writer")).await;
    let conversation = direct(&mut writer, "stuck").await;
    for _ in 0..60 {
        say(&mut writer, &conversation.id, "x".repeat(TEXT)).await;
    }
    let history = wire::GetHistory { conversation_id: conversation.id, limit: 60, ..Default::default() };
    for _ in 0..30 {
        stuck.request(Command::GetHistory(history.clone())).await;
    }
    eventually("answers under way", async || {
        let metrics = metrics(&cluster).await;
        let written = metrics.lines().find_map(|line| line.strip_prefix("causerie_sent_bytes_total ")?.parse::<u64>().ok());
        (written? > 2 * 1024 * 1024).then_some(())
    })
    .await;
    link.freeze();
    cluster.nodes[0].terminate();
    assert_eq!(writer.closed().await, Received::Closed(4001, "going_away".to_owned()));
    assert!(cluster.nodes[0].wait().await.success(), "leaving is no failure");
    drop(stuck);
}

#[tokio::test]
async fn a_client_that_only_listens_to_a_busy_conversation_gets_pings_and_stays() {
    let cluster = cluster(400).await;
    let node = cluster.nodes[0].public();
    let (mut listener, _) = Raw::hello(node, Encoding::Proto, &cluster.tenant.token("listener")).await;
    let (mut writer, _) = Raw::hello(node, Encoding::Proto, &cluster.tenant.token("writer")).await;
    let conversation = direct(&mut writer, "listener").await;
    // Unread counts wait in the outbox most of this time. Pings must be sent at once and must not be dropped. The first
    // messages may come with `conversationJoined`.
    let received = tokio::spawn(async move {
        let mut last_seq = 0;
        while last_seq < 12 {
            match listener.next_frame().await.body {
                Some(Body::Event(wire::Event { kind: Some(Kind::ConversationJoined(joined)) })) => {
                    last_seq = joined.conversation.expect("it is told").last_seq;
                }
                Some(Body::Event(wire::Event { kind: Some(Kind::MessageSent(sent)) })) => {
                    last_seq = sent.message.expect("it is told").seq;
                }
                _ => {}
            }
        }
    });
    for _ in 0..12 {
        say(&mut writer, &conversation.id, "hello".to_owned()).await;
        tokio::time::sleep(Duration::from_millis(260)).await;
    }
    received.await.expect("the connection stays open");
}
