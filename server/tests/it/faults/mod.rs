//! Faults under load, and the guarantees that must hold through them.
//!
//! A [`crowd::Crowd`] sends all the time and records what it sent and received. After the fault, [`checker`] compares these
//! records with the database. Each file is an experiment named after its row in the table of guarantees (R1, R2, …).

mod busy_writer;
mod checker;
mod crowd;
mod planted;
mod r10_revocation;
mod r1_node_killed;
mod r2_failover;
mod r2_redis;
mod r4_sqlite_killed;
mod r5_network;
mod r9_races;
mod slow_facts;

use std::time::{Duration, Instant};

use causerie_client::{ClientId, ConversationId, Event, MessageId, UserId, wire};
use causerie_server::store::Store;
use checker::Entry;
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use uuid::Uuid;

use crate::harness::{Database, Peer};

/// A direct conversation that both users have joined. A user who joins late finds earlier messages in the history and gets
/// no events for them.
async fn direct_between(starter: &Peer, other: &mut Peer) -> ConversationId {
    let id = starter.direct_with(other).await;
    let is_joined = |event| matches!(event, Event::Joined(joined) if joined.id == id.to_string()).then_some(());
    other.until("the conversation", is_joined).await;
    id
}

/// The time from a send until the next message is received, which must be the message sent.
async fn measure_delivery(conversation: ConversationId, from: &Peer, to: &mut Peer) -> Duration {
    let start = Instant::now();
    let sent = from.say(conversation, "are you there?").await;
    let received = to.next_message().await;
    assert_eq!(received.seq, sent.seq, "each once, in order");
    start.elapsed()
}

/// All messages of the database, by conversation and `seq`.
pub async fn stored_messages(database: &Database) -> Vec<Entry> {
    let sql = "SELECT conversation_id, seq, id, author_id, client_id, text FROM messages ORDER BY conversation_id, seq";
    let entry = |row: &QueryResult| Entry {
        conversation: ConversationId(column(row, "conversation_id")),
        seq: u32::try_from(column::<i64>(row, "seq")).expect("a small number"),
        id: MessageId(column(row, "id")),
        author: UserId(column(row, "author_id")),
        client_id: ClientId(column(row, "client_id")),
        text: column(row, "text"),
    };
    rows(database, sql).await.iter().map(entry).collect()
}

/// The number of conversations in the database.
async fn conversations_in(database: &Database) -> i64 {
    column(&rows(database, "SELECT count(*) AS count FROM conversations").await[0], "count")
}

async fn rows(database: &Database, sql: &str) -> Vec<QueryResult> {
    let store = Store::connect(&database.to_connect()).await.expect("the database opens");
    let rows = store.reader().query_all_raw(Statement::from_string(store.backend(), sql)).await;
    // Pools close in the background. The database can be dropped only after that.
    for pool in [store.writer(), store.reader()] {
        pool.close_by_ref().await.expect("the pool closes");
    }
    rows.expect("the database can be read")
}

fn column<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> T {
    row.try_get("", name).expect("a column of this type")
}

/// A received message as an [`Entry`].
fn entry(message: wire::Message) -> Entry {
    let id = |text: &str| -> Uuid { text.parse().expect("ids are UUIDs") };
    Entry {
        conversation: ConversationId(id(&message.conversation_id)),
        seq: message.seq,
        id: MessageId(id(&message.id)),
        author: UserId(id(&message.author_id)),
        client_id: ClientId(id(&message.client_id)),
        text: message.text,
    }
}
