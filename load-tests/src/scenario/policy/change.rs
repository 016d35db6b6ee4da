//! How soon all nodes apply a changed fact: two users who may write to each other only by one membership keep
//! writing while the membership is removed and added again.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use causerie_protocol::wire;
use serde_json::json;
use tokio::time::{Instant, sleep};
use uuid::Uuid;
use wire::{reply::Result as Answer, request::Command};

use super::super::provision::rows;
use crate::{
    Outcome,
    crowd::{name, socket::Socket},
    measure::{Latencies, clock},
    scenario::Stage,
    world::{Server, World, http},
};

/// The rules of the measurement: the preset that has to examine most memberships.
const RULES: &str = "school";
const IMPORT: &str = "/v1/import";
/// The class by which the two users may write to each other.
const BRIDGE: &str = "bridge";
/// The error for a user who is out of reach.
const REFUSED: &str = "not_found";
/// How often the membership is removed and added again.
const TIMES: usize = 20;
/// The pause between two attempts to write.
const PAUSE: Duration = Duration::from_millis(1);
/// How long a node may take to load all facts. It is asked at intervals in the meantime.
const FIRST: Duration = Duration::from_secs(120);
const AGAIN: Duration = Duration::from_millis(500);
/// A change that is not applied within this time is reported with this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// The results.
#[derive(Default)]
pub struct Visible {
    /// The number of nodes.
    pub nodes: usize,
    /// The number of import rows with a membership.
    pub memberships: usize,
    /// The duration of the import of all users, in seconds.
    pub imported_s: f64,
    /// The time from sending a change to the first answer that applied it, of the slower node.
    pub took: Latencies,
    /// The time from sending a change to its answer.
    pub answered: Latencies,
    /// Messages that were sent after the end of the membership was acknowledged, and were accepted all the same.
    pub too_late: u64,
}

/// A user who writes.
struct Writer {
    socket: Socket,
    conversation: String,
}

/// Imports all users and changes facts.
///
/// # Errors
/// When a server refuses or ends, or the run is stopped.
pub async fn measure(stage: &Stage, users: u32) -> Outcome<Visible> {
    let world = stage.world().await?;
    world.choose_rules(RULES).await?;
    let key = world.api_key("provision").await?;
    let mut nodes = vec![world.serve_as(0, &[]).await?];
    if world.redis.is_some() {
        nodes.push(world.serve_as(1, &[]).await?);
    }
    let file = world.path().join("rows.ndjson");
    let written = rows::write(&file, world.prefix(), users)?;
    let began_us = clock::now_us();
    let import = http::post_file(nodes[0].http()?, IMPORT, &key, &file);
    check_import(&stage.doing("everyone is brought in", import).await?)?;
    let mut visible = Visible { nodes: nodes.len(), memberships: written.memberships, ..Default::default() };
    visible.imported_s = since(began_us) as f64 / 1e6;

    // Two users in addition to all others; the first connects to the first node, the second to the second node.
    let two = [users.next_multiple_of(2), users.next_multiple_of(2) + 1];
    check_import(&http::post(nodes[0].http()?, IMPORT, &key, &class_rows(&world, two)).await?)?;
    let mut writers = stage.doing("two users meet", connect_pair(stage, &world, &nodes, two)).await?;
    for turn in 0..2 * TIMES {
        let node = &nodes[turn / 2 % nodes.len()];
        let row = membership(&world, two[1], turn % 2 == 0);
        let change = stage.stop.guard(change(node, &key, row, turn % 2 == 1, &mut writers, &mut visible));
        change.await?;
    }
    for node in nodes {
        node.stop().await?;
    }
    Ok(visible)
}

/// The rows of the two users and of their class.
fn class_rows(world: &World, two: [u32; 2]) -> String {
    let group = json!({ "type": "group", "id": BRIDGE, "name": "Bridge", "kind": "class" }).to_string();
    let user = |user| {
        let id = name(world.prefix(), user);
        json!({ "type": "user", "id": id, "name": id }).to_string()
    };
    let rows = [group, user(two[0]), user(two[1]), membership(world, two[0], false), membership(world, two[1], false)];
    rows.join("\n") + "\n"
}

fn membership(world: &World, user: u32, deleted: bool) -> String {
    let user = name(world.prefix(), user);
    json!({ "type": "membership", "user": user, "group": BRIDGE, "role": "learner", "deleted": deleted }).to_string()
}

/// Connects each of the two users to a node of their own and starts their conversation. Both nodes have loaded all
/// facts then.
async fn connect_pair(stage: &Stage, world: &World, nodes: &[Server], two: [u32; 2]) -> Outcome<[Writer; 2]> {
    // Only these two users connect, and their connections are in this process.
    let crowd = stage.crowd(world, 1, 1).await?;
    crowd.connect_to(&nodes.iter().collect::<Vec<_>>()).await?;
    let mut sockets = [crowd.socket_of(two[0]).await?, crowd.socket_of(two[1]).await?];
    let with = wire::Recipient { by: Some(wire::recipient::By::ExternalId(name(world.prefix(), two[1]))) };
    let kind = wire::ConversationKind::Direct.into();
    let start = wire::StartConversation { kind, with: vec![with], ..Default::default() };
    let end = Instant::now() + FIRST;
    loop {
        match start_conversation(&mut sockets, &start).await {
            Ok(conversation) => {
                return Ok(sockets.map(|socket| Writer { socket, conversation: conversation.clone() }));
            }
            Err(error) if Instant::now() > end => return Err(error),
            Err(_) => sleep(AGAIN).await,
        }
    }
}

/// Starts or finds their conversation; both write. A server that has just started loads all facts first, and may refuse
/// in the meantime.
async fn start_conversation(sockets: &mut [Socket; 2], start: &wire::StartConversation) -> Outcome<String> {
    let Answer::ConversationStarted(started) = sockets[0].ask(Command::StartConversation(start.clone())).await? else {
        return Err("starting a conversation was answered with something else".into());
    };
    let conversation = started.conversation.ok_or("no conversation was started")?.id;
    for socket in sockets {
        if !write(socket, &conversation).await? {
            return Err("two users of a class may not write to each other".into());
        }
    }
    Ok(conversation)
}

/// Changes a fact while both users write, until both nodes apply it.
async fn change(
    node: &Server,
    key: &str,
    row: String,
    allows: bool,
    writers: &mut [Writer; 2],
    visible: &mut Visible,
) -> Outcome<()> {
    let (answered_us, began_us, place) = (AtomicU64::new(0), clock::now_us(), node.http()?);
    let asks = async {
        check_import(&http::post(place, IMPORT, key, &row).await?)?;
        answered_us.store(clock::now_us(), Ordering::Release);
        Outcome::Ok(since(began_us))
    };
    let [one, other] = writers;
    let (asked, one, other) = tokio::try_join!(asks, write_until(one, allows, &answered_us), write_until(other, allows, &answered_us))?;
    visible.answered.record(asked);
    visible.took.record(one.0.max(other.0).saturating_sub(began_us));
    visible.too_late += one.1 + other.1;
    Ok(())
}

/// Writes until the message is accepted (`allows`) or refused. Returns the time of that answer, and the number of
/// messages that were accepted although they should not have been.
async fn write_until(writer: &mut Writer, allows: bool, answered_us: &AtomicU64) -> Outcome<(u64, u64)> {
    let (end_us, mut too_late) = (clock::now_us() + clock::micros(PATIENCE), 0);
    loop {
        let (sent_us, answered_us) = (clock::now_us(), answered_us.load(Ordering::Acquire));
        let allowed = write(&mut writer.socket, &writer.conversation).await?;
        if allowed == allows || sent_us > end_us {
            return Ok((clock::now_us(), too_late));
        }
        too_late += u64::from(allowed && answered_us > 0);
        sleep(PAUSE).await;
    }
}

/// Sends a message. Returns whether it was accepted.
async fn write(socket: &mut Socket, conversation: &str) -> Outcome<bool> {
    let send = wire::SendMessage {
        conversation_id: conversation.to_owned(),
        client_id: Uuid::now_v7().to_string(),
        text: "load".to_owned(),
    };
    match socket.ask(Command::SendMessage(send)).await {
        Ok(_) => Ok(true),
        Err(error) if error.to_string().starts_with(REFUSED) => Ok(false),
        Err(error) => Err(error),
    }
}

fn check_import(answer: &str) -> Outcome<()> {
    let summary = answer.lines().next_back().unwrap_or_default();
    match summary.contains("\"refused\":0,") && summary.contains("\"stopped\":null") {
        true => Ok(()),
        false => Err(format!("an import was refused: {answer}").into()),
    }
}

fn since(began_us: u64) -> u64 {
    clock::now_us().saturating_sub(began_us)
}
