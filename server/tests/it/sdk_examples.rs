//! The examples of the Rust SDK, run against a real server. This test compiles the source files of the examples.

use std::sync::{Arc, Mutex};

use causerie_client::{ConversationId, Event, FileOutbox, wire};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::harness::{Cluster, Peer, TempDir, eventually, within};

#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../../client-sdk/rust/examples/bot.rs"]
mod bot;
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../../client-sdk/rust/examples/bridge.rs"]
mod bridge;
#[allow(dead_code, clippy::duplicate_mod)]
#[path = "../../../client-sdk/rust/examples/terminal.rs"]
mod terminal;

/// Settings of an example, with a token from a shell command as the examples describe it.
fn config(cluster: &Cluster, user: &str) -> causerie_client::Config {
    let url = format!("ws://{}/v1/ws", cluster.nodes[0].public());
    let command = format!("echo {}", cluster.tenant.token(user));
    causerie_client::Config::new(&url, bot::support::tokens_of(command)).expect("an address")
}

/// The texts of a conversation, in order.
async fn texts(peer: &Peer, conversation: ConversationId) -> Vec<String> {
    let page = within("the history", peer.history(conversation, causerie_client::HistoryRange::Newest, 0)).await;
    page.expect("readable").messages.into_iter().map(|message| message.text).collect()
}

fn id(conversation: &wire::Conversation) -> ConversationId {
    conversation.id.parse().expect("a UUID")
}

#[tokio::test]
async fn the_bot_answers_each_direct_message_once_also_after_a_restart() {
    let cluster = Cluster::embedded().await;
    let folder = TempDir::new();
    let run = || -> JoinHandle<Result<(), bot::support::Failure>> {
        let mut config = config(&cluster, "bot");
        config.outbox_store = Some(Arc::new(FileOutbox::open(folder.path().join("outbox")).expect("opened")));
        tokio::spawn(bot::run(config))
    };
    let first = run();
    let mut lea = cluster.client(0, "lea").await;
    // The user `bot` exists from its first connection on.
    let with_bot = eventually("the bot", async || {
        let reference = causerie_client::UserRef::ExternalId("bot".to_owned());
        lea.start_direct(reference).await.ok().and_then(|started| started.conversation)
    })
    .await;
    let here = id(&with_bot);
    lea.say(here, "hello").await;
    until_text(&mut lea, "You wrote: hello").await;
    first.abort();
    let _ = first.await;

    for text in ["one", "two"] {
        lea.say(here, text).await;
    }
    let second = run();
    until_text(&mut lea, "You wrote: two").await;
    assert_eq!(texts(&lea, here).await, ["hello", "You wrote: hello", "one", "two", "You wrote: one", "You wrote: two"]);
    second.abort();
}

#[tokio::test]
async fn the_bridge_copies_messages_in_both_directions_and_never_twice() {
    let (here, there) = (Cluster::embedded().await, Cluster::embedded().await);
    let (mut lea, mut mia) = (here.client(0, "lea").await, there.client(0, "mia").await);
    let (left_bridge, right_bridge) = (here.client(0, "bridge").await, there.client(0, "bridge").await);
    let (left, right) = (lea.direct_with(&left_bridge).await, mia.direct_with(&right_bridge).await);
    let ends = ((config(&here, "bridge"), left), (config(&there, "bridge"), right));
    let bridging = tokio::spawn(bridge::run(ends.0, ends.1));
    // The message is sent again until the bridge is connected: the bridge copies only messages that are sent after that.
    let mut said = 0;
    eventually("the bridge", async || {
        said += 1;
        lea.say(left, &format!("ready {said}")).await;
        texts(&mia, right).await.first().cloned()
    })
    .await;
    lea.say(left, "from the left").await;
    until_text(&mut mia, "lea: from the left").await;
    mia.say(right, "from the right").await;
    until_text(&mut lea, "mia: from the right").await;
    let copied = texts(&mia, right).await.into_iter().filter(|text| text == "lea: from the left").count();
    assert_eq!(copied, 1, "the bridge does not copy its own messages back");
    bridging.abort();
}

#[tokio::test]
async fn the_terminal_sends_its_lines_and_shows_messages() {
    let cluster = Cluster::embedded().await;
    let mut tom = cluster.client(0, "tom").await;
    let (keyboard, lines) = mpsc::unbounded_channel();
    let shown: Arc<Mutex<Vec<String>>> = Arc::default();
    let screen = Arc::clone(&shown);
    let show = move |line| screen.lock().expect("no panic holds it").push(line);
    let program = tokio::spawn(terminal::run(config(&cluster, "lea"), lines, show));
    let types = |line: &str| keyboard.send(line.to_owned()).expect("it reads");

    types("too early");
    types("/with nobody");
    types("/with tom");
    types("hello Tom");
    let message = tom.next_message().await;
    assert_eq!(message.text, "hello Tom");
    tom.say(message.conversation_id.parse().expect("a UUID"), "hello Lea").await;
    types(&"x".repeat(20_000));
    let expected = |lines: &[String]| {
        let begins = [
            "-- choose a user first",
            "-- nobody: ",
            "-- with tom",
            "lea: hello Tom",
            "tom: hello Lea",
            "-- not sent: too_large",
        ];
        begins.iter().all(|begin| lines.iter().any(|line| line.starts_with(begin)))
    };
    eventually("what is shown", async || expected(&shown.lock().expect("no panic holds it")).then_some(())).await;
    drop(keyboard);
    within("the end", program).await.expect("no panic").expect("the input ended");
}

/// Waits for a message with this text.
async fn until_text(peer: &mut Peer, text: &str) {
    let is_it = |event| match event {
        Event::MessageSent(message) if message.text == text => Some(()),
        _ => None,
    };
    peer.until(text, is_it).await;
}
