//! Compares the actions and received messages of all clients with the rows of the database.
//!
//! A sender records each attempt before it sends, and its outcome when the sender knows it. A listener records each message
//! that it receives, per conversation. The checker compares these records with the rows: no acknowledged message is lost, no
//! message is stored twice or without a send, sequence numbers have no holes, and each client received the whole
//! conversation once, in the order of the rows. The tests in `planted.rs` show that each check finds its violation.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    time::Instant,
};

use causerie_client::{ClientId, ConversationId, MessageId, UserId};

/// A message, as a row of the database or as a client received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub conversation: ConversationId,
    /// The position in the conversation.
    pub seq: u32,
    pub id: MessageId,
    pub author: UserId,
    /// The client id that the sender chose.
    pub client_id: ClientId,
    pub text: String,
}

/// One send with its retries, which have the same client id.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub conversation: ConversationId,
    pub client_id: ClientId,
    pub text: String,
    /// The time before the first byte is sent.
    pub invoked: Instant,
    pub outcome: Outcome,
}

/// The outcome of a send, named as in Jepsen's histories.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The server acknowledged the message.
    Ok {
        /// When the acknowledgement arrived.
        at: Instant,
        /// The acknowledged position.
        seq: u32,
        /// The acknowledged id.
        id: MessageId,
    },
    /// The server refused the message permanently, so it must not be stored.
    Fail,
    /// The outcome is unknown. The message may be stored, at most once.
    Info,
}

/// Everything that one client did and received.
#[derive(Debug, Clone)]
pub struct History {
    /// A name for reports.
    pub name: String,
    pub user: UserId,
    /// The sends, in their order.
    pub attempts: Vec<Attempt>,
    /// The received messages in order, for each conversation of which the client was a member for the whole test.
    pub streams: BTreeMap<ConversationId, Vec<Entry>>,
}

/// A broken guarantee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// An acknowledged message is not stored at the acknowledged position.
    Lost { name: String, client_id: ClientId },
    /// One send has more than one row.
    Doubled { client_id: ClientId, rows: usize },
    /// A message that was refused permanently is stored.
    Refused { name: String, client_id: ClientId },
    /// A row has no send, or another author, conversation or text than its send.
    Unasked { client_id: ClientId },
    /// The sequence numbers of a conversation have a hole or a repetition.
    NotDense { conversation: ConversationId, expected: u32, found: u32 },
    /// A client received a message whose position is not after that of the message before.
    Reordered { name: String, conversation: ConversationId, after: u32, seq: u32 },
    /// A client did not receive the messages between these positions.
    Hole { name: String, conversation: ConversationId, after: u32, seq: u32 },
    /// A client did not receive the last messages.
    Unseen { name: String, conversation: ConversationId, told: u32, last: u32 },
    /// A client received a message that differs from its row.
    Misread { name: String, conversation: ConversationId, seq: u32 },
    /// A later message of a sender has an earlier position in the same conversation.
    SenderOrder { name: String, conversation: ConversationId, seq: u32, after: u32 },
    /// A message was sent after another message had been acknowledged, and has an earlier position.
    RealTime { conversation: ConversationId, seq: u32 },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// All broken guarantees. `log` holds the rows of the database, sorted by conversation and `seq`.
pub fn check(histories: &[History], log: &[Entry]) -> Vec<Violation> {
    let mut violations = Vec::new();
    check_sends(histories, log, &mut violations);
    let conversations = by_conversation(log);
    for (conversation, rows) in &conversations {
        check_no_holes(*conversation, rows, &mut violations);
        check_order_of_acknowledgements(*conversation, rows, histories, &mut violations);
    }
    for history in histories {
        check_order_of_sender(history, log, &mut violations);
        for (conversation, received) in &history.streams {
            let rows = conversations.get(conversation).map_or(&[][..], Vec::as_slice);
            check_received(&history.name, *conversation, received, rows, &mut violations);
        }
    }
    violations
}

fn by_conversation(log: &[Entry]) -> BTreeMap<ConversationId, Vec<&Entry>> {
    let mut conversations: BTreeMap<_, Vec<&Entry>> = BTreeMap::new();
    for row in log {
        conversations.entry(row.conversation).or_default().push(row);
    }
    conversations
}

/// Checks that each attempt has the rows that its outcome allows, and that each row has an attempt.
fn check_sends(histories: &[History], log: &[Entry], violations: &mut Vec<Violation>) {
    let mut rows: HashMap<ClientId, Vec<&Entry>> = HashMap::new();
    for row in log {
        rows.entry(row.client_id).or_default().push(row);
    }
    for history in histories {
        let name = || history.name.clone();
        for attempt in &history.attempts {
            let client_id = attempt.client_id;
            let found = rows.remove(&client_id).unwrap_or_default();
            match &attempt.outcome {
                Outcome::Ok { seq, id, .. } if !found.iter().any(|row| (row.seq, row.id) == (*seq, *id)) => {
                    violations.push(Violation::Lost { name: name(), client_id });
                }
                Outcome::Fail if !found.is_empty() => violations.push(Violation::Refused { name: name(), client_id }),
                Outcome::Ok { .. } | Outcome::Fail | Outcome::Info => {}
            }
            if found.len() > 1 {
                violations.push(Violation::Doubled { client_id, rows: found.len() });
            }
            let matches_attempt = |row: &&Entry| {
                (row.author, row.conversation, &row.text) == (history.user, attempt.conversation, &attempt.text)
            };
            if !found.iter().all(matches_attempt) {
                violations.push(Violation::Unasked { client_id });
            }
        }
    }
    violations.extend(rows.into_keys().map(|client_id| Violation::Unasked { client_id }));
}

/// Checks that the `seq`s of a conversation are 1, 2, 3, … without a hole.
fn check_no_holes(conversation: ConversationId, rows: &[&Entry], violations: &mut Vec<Violation>) {
    for (expected, row) in (1..).zip(rows) {
        if row.seq != expected {
            violations.push(Violation::NotDense { conversation, expected, found: row.seq });
            return;
        }
    }
}

/// Checks that a message that was sent after an acknowledgement has a later position than the acknowledged message.
fn check_order_of_acknowledgements(
    conversation: ConversationId,
    rows: &[&Entry],
    histories: &[History],
    violations: &mut Vec<Violation>,
) {
    let attempts = histories.iter().flat_map(|history| &history.attempts);
    let attempts: HashMap<ClientId, &Attempt> = attempts.map(|attempt| (attempt.client_id, attempt)).collect();
    let mut acknowledged: Option<Instant> = None;
    for row in rows.iter().rev() {
        let Some(attempt) = attempts.get(&row.client_id) else { continue };
        if acknowledged.is_some_and(|at| at < attempt.invoked) {
            violations.push(Violation::RealTime { conversation, seq: row.seq });
        }
        if let Outcome::Ok { at, .. } = attempt.outcome {
            acknowledged = Some(acknowledged.map_or(at, |earliest| earliest.min(at)));
        }
    }
}

/// Checks that the messages of a sender are stored in the order of their sends.
fn check_order_of_sender(history: &History, log: &[Entry], violations: &mut Vec<Violation>) {
    let positions: HashMap<ClientId, u32> = log.iter().map(|row| (row.client_id, row.seq)).collect();
    let mut last: HashMap<ConversationId, u32> = HashMap::new();
    for Attempt { conversation, client_id, .. } in &history.attempts {
        let Some(&seq) = positions.get(client_id) else { continue };
        if let Some(after) = last.insert(*conversation, seq)
            && seq <= after
        {
            let (name, conversation) = (history.name.clone(), *conversation);
            violations.push(Violation::SenderOrder { name, conversation, seq, after });
        }
    }
}

/// Checks that the messages of one conversation that a client received equal the rows of the database.
fn check_received(
    name: &str,
    conversation: ConversationId,
    received: &[Entry],
    log: &[&Entry],
    violations: &mut Vec<Violation>,
) {
    let name = || name.to_owned();
    let rows: HashMap<u32, &Entry> = log.iter().map(|row| (row.seq, *row)).collect();
    let mut after = 0;
    for entry in received {
        let seq = entry.seq;
        if seq <= after {
            violations.push(Violation::Reordered { name: name(), conversation, after, seq });
        } else if seq > after + 1 {
            violations.push(Violation::Hole { name: name(), conversation, after, seq });
        }
        if rows.get(&seq).is_none_or(|row| *row != entry) {
            violations.push(Violation::Misread { name: name(), conversation, seq });
        }
        after = after.max(seq);
    }
    let last = log.last().map_or(0, |row| row.seq);
    if after < last {
        violations.push(Violation::Unseen { name: name(), conversation, told: after, last });
    }
}
