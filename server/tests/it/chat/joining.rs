//! The order of joining, on the wire: `conversationJoined` tells a position, and every later change comes as an event, in
//! order, once.

use causerie_client::{
    ClientId, Encoding,
    wire::{self, event::Kind, reply, request::Command, server_frame::Body},
};
use futures::future::{join, join_all};

use super::everywhere;
use crate::harness::{Cluster, Raw};

const PAIRS: usize = 60;
/// Messages sent right behind a start.
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

/// The conversation an event is about; `None` for what is about none.
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

/// Listens until the message with this number was told, by the joining or by its event, and checks the order on the way;
/// answers the text of each message told by an event.
async fn hear_joining(listener: &mut Raw, last_seq: u32) -> Vec<String> {
    let (mut joined, mut told): (Option<wire::Conversation>, Vec<String>) = (None, Vec::new());
    let mut version = 0;
    let mut seq = 0;
    while joined.is_none() || seq < last_seq {
        let Some(Body::Event(wire::Event { kind: Some(kind) })) = listener.next_frame().await.body else { continue };
        if let Kind::ConversationJoined(event) = kind {
            let conversation = event.conversation.expect("it is told");
            assert!(joined.is_none(), "joined twice");
            (version, seq) = (conversation.version, conversation.last_seq);
            joined = Some(conversation);
            continue;
        }
        let Some(about) = conversation_of(&kind) else { continue };
        let Some(joined) = &joined else { panic!("before the joining came {kind:?}") };
        assert_eq!(about, joined.id);
        let Some(next) = version_of(&kind) else { continue };
        assert_eq!(next, version + 1, "each change comes once, in order: {kind:?}, joined at {}", joined.version);
        version = next;
        if let Kind::MessageSent(event) = kind {
            let message = event.message.expect("it is told");
            assert_eq!(message.seq, seq + 1);
            seq = message.seq;
            told.push(message.text);
        }
    }
    told
}

/// Two people who listen and write.
async fn pair(cluster: &Cluster, other: usize, number: usize) -> (Raw, Raw) {
    let encoding = [Encoding::Proto, Encoding::Json][number % 2];
    let (listens, writes) = (format!("listener-{number}"), format!("writer-{number}"));
    let (listener, _) = Raw::hello(cluster.nodes[0].public(), encoding, &cluster.tenant.token(&listens)).await;
    let (writer, _) = Raw::hello(cluster.nodes[other].public(), encoding, &cluster.tenant.token(&writes)).await;
    (listener, writer)
}

/// The writer starts and sends at once; the listener hears of it.
async fn meet((mut listener, mut writer): (Raw, Raw), number: usize) {
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
    let (told, ()) = join(hear_joining(&mut listener, last_seq), write).await;
    let sent: Vec<String> = (0..SENDS).map(|at| format!("m{at}")).collect();
    let sent = [if first { vec!["first".to_owned()] } else { Vec::new() }, sent].concat();
    assert!(sent.ends_with(&told), "pair {number}: {told:?} of {sent:?}");
}

#[tokio::test]
async fn a_joining_tells_a_position_and_each_later_message_comes_once() {
    everywhere(async |cluster, other| {
        let pairs = join_all((0..PAIRS).map(|number| pair(cluster, other, number))).await;
        join_all(pairs.into_iter().enumerate().map(|(number, pair)| meet(pair, number))).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_joins_a_busy_group_misses_nothing_of_it() {
    everywhere(async |cluster, other| {
        let hello = async |node: usize, name: &str| {
            Raw::hello(cluster.nodes[node].public(), Encoding::Proto, &cluster.tenant.token(name)).await
        };
        let ((mut writer, _), _member) = (hello(other, "writer").await, hello(0, "member").await);
        let group = wire::StartConversation {
            kind: wire::ConversationKind::Group.into(),
            with: vec![by_name("member")],
            subject: "busy".to_owned(),
            client_id: ClientId::new().to_string(),
            ..Default::default()
        };
        let here = start(&mut writer, group).await;
        const JOINING: u32 = 8;
        const EACH: u32 = 12;
        let mut listeners = Vec::new();
        for number in 0..JOINING {
            // On both nodes in turn.
            listeners.push(hello(number as usize % 2 * other, &format!("listener-{number}")).await);
        }
        let listening = join_all(listeners.iter_mut().map(|(listener, _)| hear_joining(listener, JOINING * EACH)));
        let write = async {
            for number in 0..JOINING {
                for at in 0..EACH {
                    if at == EACH / 2 {
                        let by = wire::user_ref::By::ExternalId(format!("listener-{number}"));
                        let users = vec![wire::UserRef { by: Some(by) }];
                        let add = wire::AddMembers { conversation_id: here.id.clone(), users };
                        writer.request(Command::AddMembers(add)).await;
                    }
                    writer.ask(send(&here.id, format!("{number} {at}"))).await;
                }
            }
        };
        let (told, ()) = join(listening, write).await;
        // How much comes as events depends on how soon each joining is told; the first listener has seven rounds for it.
        assert!(!told[0].is_empty(), "{:?}", told.iter().map(Vec::len));
    })
    .await;
}
