//! The order of events when a user joins a conversation: `conversationJoined` names a version, and each later change follows
//! as one event, in order.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use causerie_client::{
    ClientId, Encoding,
    wire::{self, event::Kind, reply, request::Command, server_frame::Body},
};
use futures::future::{join, join_all};

use super::everywhere;
use crate::harness::{Cluster, Node, Proxy, Raw, Settings, within};

const PAIRS: usize = 60;
/// Messages sent right after a start.
const SENDS: u32 = 3;

fn by_name(external_id: &str) -> wire::Recipient {
    wire::Recipient { by: Some(wire::recipient::By::ExternalId(external_id.to_owned())) }
}

fn send(conversation_id: &str, text: String) -> Command {
    let client_id = ClientId::new().to_string();
    Command::SendMessage(wire::SendMessage { conversation_id: conversation_id.to_owned(), client_id, text })
}

async fn start(raw: &mut Raw, start: wire::StartConversation) -> wire::Conversation {
    match raw.ask(Command::StartConversation(start)).await {
        reply::Result::ConversationStarted(started) => started.conversation.expect("it is told"),
        other => panic!("not started: {other:?}"),
    }
}

/// The conversation of an event; `None` if the event belongs to no conversation.
fn conversation_of(kind: &Kind) -> Option<String> {
    match kind {
        Kind::MessageSent(event) | Kind::MessageEdited(event) | Kind::MessageDeleted(event) => {
            Some(event.message.as_ref()?.conversation_id.clone())
        }
        Kind::ConversationChanged(changed) => Some(changed.conversation_id.clone()),
        Kind::CapabilitiesChanged(changed) => Some(changed.conversation_id.clone()),
        Kind::ReadStateChanged(changed) => Some(changed.read_state.as_ref()?.conversation_id.clone()),
        Kind::MemberRead(read) => Some(read.conversation_id.clone()),
        Kind::Typing(typing) => Some(typing.conversation_id.clone()),
        _ => None,
    }
}

fn version_of(kind: &Kind) -> Option<u32> {
    match kind {
        Kind::MessageSent(event) | Kind::MessageEdited(event) | Kind::MessageDeleted(event) => {
            Some(event.message.as_ref()?.version)
        }
        Kind::ConversationChanged(changed) => Some(changed.version),
        _ => None,
    }
}

/// State that the listeners and the writer of a conversation share.
struct SharedProgress {
    /// The listeners stop at this message. 0 until the writer has sent its last message.
    last_seq: AtomicU32,
    /// The number of listeners that received a message as an event.
    listeners_that_heard: AtomicUsize,
}

impl Default for SharedProgress {
    fn default() -> Self {
        Self { last_seq: u32::MAX.into(), listeners_that_heard: 0.into() }
    }
}

/// Listens until the last message arrived, in `conversationJoined` or as an event, and checks the order. Returns the text of
/// each message that came as an event. A change that was no message may be missing if `Gap` reports it: a change that did
/// not reach this node in time is found in the database, which does not say what kind of change it was.
async fn receive_until_last(listener: &mut Raw, course: &SharedProgress) -> Vec<String> {
    let (mut joined, mut told): (Option<wire::Conversation>, Vec<String>) = (None, Vec::new());
    let (mut version, mut seq, mut is_gap_due) = (0, 0, false);
    while joined.is_none() || seq < course.last_seq.load(Relaxed) || is_gap_due {
        let Some(Body::Event(wire::Event { kind: Some(kind) })) = listener.next_frame().await.body else { continue };
        if let Kind::ConversationJoined(event) = kind {
            let conversation = event.conversation.expect("it is told");
            assert!(joined.is_none(), "joined twice");
            (version, seq) = (conversation.version, conversation.last_seq);
            joined = Some(conversation);
            continue;
        }
        is_gap_due &= !matches!(kind, Kind::Gap(_));
        let Some(about) = conversation_of(&kind) else { continue };
        let Some(joined) = &joined else { panic!("before the joining came {kind:?}") };
        assert_eq!(about, joined.id);
        let Some(next) = version_of(&kind) else { continue };
        assert!(next > version, "each change comes once, in order: {kind:?}, joined at {}", joined.version);
        is_gap_due |= next > version + 1;
        version = next;
        if let Kind::MessageSent(event) = kind {
            let message = event.message.expect("it is told");
            assert_eq!(message.seq, seq + 1, "joined at {}", joined.last_seq);
            seq = message.seq;
            if told.is_empty() {
                course.listeners_that_heard.fetch_add(1, Relaxed);
            }
            told.push(message.text);
        }
    }
    told
}

/// Two connected users: a listener and a writer.
async fn pair(cluster: &Cluster, other: usize, number: usize) -> (Raw, Raw) {
    let encoding = [Encoding::Proto, Encoding::Json][number % 2];
    let (listens, writes) = (format!("listener-{number}"), format!("writer-{number}"));
    let (listener, _) = Raw::hello(cluster.nodes[0].public(), encoding, &cluster.tenant.token(&listens)).await;
    let (writer, _) = Raw::hello(cluster.nodes[other].public(), encoding, &cluster.tenant.token(&writes)).await;
    (listener, writer)
}

/// The writer starts a conversation and sends at once; the listener listens.
async fn start_and_receive((mut listener, mut writer): (Raw, Raw), number: usize) {
    let (listens, first) = (format!("listener-{number}"), number / 2 % 2 == 1);
    let draft = wire::Draft { client_id: ClientId::new().to_string(), text: "first".to_owned() };
    let direct = wire::StartConversation {
        kind: wire::ConversationKind::Direct.into(),
        with: vec![by_name(&listens)],
        first_message: first.then_some(draft),
        ..Default::default()
    };
    let last_seq = SENDS + u32::from(first);
    let write = async {
        let here = start(&mut writer, direct).await;
        for at in 0..SENDS {
            writer.request(send(&here.id, format!("m{at}"))).await;
        }
    };
    let course = SharedProgress { last_seq: last_seq.into(), ..Default::default() };
    let (told, ()) = join(receive_until_last(&mut listener, &course), write).await;
    let sent: Vec<String> = (0..SENDS).map(|at| format!("m{at}")).collect();
    let sent = [if first { vec!["first".to_owned()] } else { Vec::new() }, sent].concat();
    assert!(sent.ends_with(&told), "pair {number}: {told:?} of {sent:?}");
}

#[tokio::test]
async fn a_join_event_names_a_position_and_each_later_message_comes_once() {
    everywhere(async |cluster, other| {
        let pairs = join_all((0..PAIRS).map(|number| pair(cluster, other, number))).await;
        join_all(pairs.into_iter().enumerate().map(|(number, pair)| start_and_receive(pair, number))).await;
    })
    .await;
}

/// A group whose writer keeps sending while other users are added.
struct BusyGroup {
    writer: Raw,
    id: String,
    sent: u32,
}

impl BusyGroup {
    async fn start(mut writer: Raw, with: &str) -> Self {
        let group = wire::StartConversation {
            kind: wire::ConversationKind::Group.into(),
            with: vec![by_name(with)],
            subject: "busy".to_owned(),
            client_id: ClientId::new().to_string(),
            ..Default::default()
        };
        let id = start(&mut writer, group).await.id;
        Self { writer, id, sent: 0 }
    }

    /// Sends `messages` messages at once, after a request to add a user, and waits for all answers.
    async fn send(&mut self, messages: u32, adding: Option<&str>) {
        let mut open = HashSet::new();
        if let Some(external_id) = adding {
            let by = wire::user_ref::By::ExternalId(external_id.to_owned());
            let users = vec![wire::UserRef { by: Some(by) }];
            let add = wire::AddMembers { conversation_id: self.id.clone(), users };
            open.insert(self.writer.request(Command::AddMembers(add)).await);
        }
        for _ in 0..messages {
            self.sent += 1;
            open.insert(self.writer.request(send(&self.id, self.sent.to_string())).await);
        }
        while !open.is_empty() {
            if let Some(Body::Reply(reply)) = self.writer.next_frame().await.body {
                assert!(!matches!(reply.result, Some(reply::Result::Error(_))), "refused: {reply:?}");
                open.remove(&reply.id);
            }
        }
    }
}

/// Settings with rate limits that the groups of this file do not reach.
fn without_limits(settings: Settings) -> Settings {
    let keys = ["limits.sends_per_second", "limits.sends_burst", "limits.frames_per_second", "limits.frames_burst"];
    keys.into_iter().fold(settings, |settings, key| settings.set(key, 1_000_000))
}

#[tokio::test]
async fn a_user_added_to_a_busy_group_gets_each_message_once() {
    const LISTENERS: usize = 8;
    const EACH: u32 = 12;
    let clusters = [(Cluster::embedded_with(without_limits).await, 0), (Cluster::start_with(2, without_limits).await, 1)];
    for (cluster, other) in &clusters {
        let hello = async |node: usize, name: &str| {
            Raw::hello(cluster.nodes[node].public(), Encoding::Proto, &cluster.tenant.token(name)).await.0
        };
        let (writer, _member) = (hello(*other, "writer").await, hello(0, "member").await);
        let mut group = BusyGroup::start(writer, "member").await;
        let mut listeners = Vec::new();
        for number in 0..LISTENERS {
            // On both nodes in turn.
            listeners.push(hello(number % 2 * other, &format!("listener-{number}")).await);
        }
        let course = SharedProgress::default();
        let listening = join_all(listeners.iter_mut().map(|listener| receive_until_last(listener, &course)));
        let write = async {
            for number in 0..LISTENERS {
                group.send(EACH, Some(&format!("listener-{number}"))).await;
            }
            // The writer stops only after each listener received an event, however slow the machine is.
            let all_heard = async {
                while course.listeners_that_heard.load(Relaxed) < LISTENERS {
                    group.send(1, None).await;
                }
            };
            within("a message as an event for each listener", all_heard).await;
            course.last_seq.store(group.sent + 1, Relaxed);
            group.send(1, None).await;
        };
        let (told, ()) = join(listening, write).await;
        for told in told {
            let sent: Vec<String> = (group.sent - told.len() as u32 + 1..=group.sent).map(|at| at.to_string()).collect();
            assert_eq!(told, sent);
        }
    }
}

// Multi-threaded: the proxy in front of the database must close its connection while the database waits to be dropped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_join_event_arrives_although_the_group_changes_faster_than_the_database_answers() {
    const AT_ONCE: u32 = 200;
    let mut cluster = Cluster::start_with(1, without_limits).await;
    let (before, after) = cluster.database.url().rsplit_once('@').expect("a user");
    let (address, name) = after.split_once('/').expect("a database");
    let link = Proxy::to(address.parse().expect("an address")).await;
    let slow = cluster.settings().clone().set("database.url", format!("{before}@{}/{name}", link.address()));
    cluster.nodes.push(Node::start(slow).await);
    let hello = async |node: usize, name: &str| {
        Raw::hello(cluster.nodes[node].public(), Encoding::Proto, &cluster.tenant.token(name)).await.0
    };
    let (writer, _member, mut listener) = (hello(0, "writer").await, hello(1, "member").await, hello(1, "listener").await);
    let mut group = BusyGroup::start(writer, "member").await;
    group.send(AT_ONCE, None).await;

    link.delay(Duration::from_millis(300));
    let is_told = AtomicBool::new(false);
    let listen = async {
        let joined = async {
            loop {
                if let Some(Body::Event(wire::Event { kind: Some(Kind::ConversationJoined(joined)) })) =
                    listener.next_frame().await.body
                {
                    return joined.conversation.expect("it is told");
                }
            }
        };
        let joined = within("the joining", joined).await;
        is_told.store(true, Relaxed);
        joined
    };
    let id = group.id.clone();
    let write = async {
        group.send(AT_ONCE, Some("listener")).await;
        while !is_told.load(Relaxed) {
            group.send(AT_ONCE, None).await;
        }
    };
    let (joined, ()) = join(listen, write).await;
    assert_eq!(joined.id, id);
    let unread = joined.read_state.expect("it is told").unread;
    assert!(unread <= joined.last_seq, "{unread} unread of {}", joined.last_seq);
    link.resume();
    assert!(group.sent > 2 * AT_ONCE, "the group went on");
}
