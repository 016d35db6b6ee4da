//! Compares what clients did and were told with what the database keeps.
//!
//! Whoever sends writes down each attempt before it goes out and its outcome when it is known; whoever listens writes down
//! each message as it is told, per conversation. Afterwards every promise is a question about these notes and the rows:
//! nothing acknowledged is lost, nothing is there twice or unasked, numbers are dense, and every client read the whole
//! conversation once, in the order of the log. `planted.rs` shows that each question finds what it asks for.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    time::Instant,
};

use causerie_client::{ClientId, ConversationId, MessageId, UserId};

/// A message, as the database keeps it or as a client was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: u32,
    /// The server's name for it.
    pub id: MessageId,
    /// Who sent it.
    pub author: UserId,
    /// The sender's name for it.
    pub client_id: ClientId,
    /// What was said.
    pub text: String,
}

/// One send, repetitions included: they carry the same client id.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Where.
    pub conversation: ConversationId,
    /// The sender's name for the message.
    pub client_id: ClientId,
    /// What was said.
    pub text: String,
    /// Before anything went out.
    pub invoked: Instant,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a send ended, in the words of Jepsen's histories.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Acknowledged.
    Ok {
        /// When the sender knew.
        at: Instant,
        /// As the acknowledgement says.
        seq: u32,
        /// As the acknowledgement says.
        id: MessageId,
    },
    /// Refused for good: it must not be there.
    Fail,
    /// Nobody knows: it may be there, once.
    Info,
}

/// What one client did and was told.
#[derive(Debug, Clone)]
pub struct History {
    /// For reports.
    pub name: String,
    /// Who it was.
    pub user: UserId,
    /// In the order they were made.
    pub attempts: Vec<Attempt>,
    /// Messages in the order they were told, for every conversation the client was in from its beginning to the end.
    pub streams: BTreeMap<ConversationId, Vec<Entry>>,
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// Acknowledged, and not in the database at the place that was acknowledged.
    Lost { name: String, client_id: ClientId },
    /// More than one row for one send.
    Doubled { client_id: ClientId, rows: usize },
    /// Refused for good, and in the database all the same.
    Refused { name: String, client_id: ClientId },
    /// A row nobody sent, or with another author, place or text than was sent.
    Unasked { client_id: ClientId },
    /// The numbers of a conversation do not run 1, 2, 3.
    NotDense { conversation: ConversationId, expected: u32, found: u32 },
    /// A client was told of a message that is not later than the one before.
    Reordered { name: String, conversation: ConversationId, after: u32, seq: u32 },
    /// A client was not told of messages between these.
    Hole { name: String, conversation: ConversationId, after: u32, seq: u32 },
    /// A client was not told of the last messages.
    Unseen { name: String, conversation: ConversationId, told: u32, last: u32 },
    /// A client was told something else than the database keeps.
    Misread { name: String, conversation: ConversationId, seq: u32 },
    /// A sender's later message has an earlier place in the same conversation.
    SenderOrder { name: String, conversation: ConversationId, seq: u32, after: u32 },
    /// A message was sent after another had been acknowledged, by anyone, and has an earlier place.
    RealTime { conversation: ConversationId, seq: u32 },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// All broken promises; `log` holds the rows of the database by conversation and seq.
pub fn check(histories: &[History], log: &[Entry]) -> Vec<Violation> {
    let mut violations = Vec::new();
    sends(histories, log, &mut violations);
    let conversations = by_conversation(log);
    for (conversation, rows) in &conversations {
        dense(*conversation, rows, &mut violations);
        real_time(*conversation, rows, histories, &mut violations);
    }
    for history in histories {
        sender_order(history, log, &mut violations);
        for (conversation, told) in &history.streams {
            let rows = conversations.get(conversation).map_or(&[][..], Vec::as_slice);
            stream(&history.name, *conversation, told, rows, &mut violations);
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

/// Every attempt has the rows its outcome promises, and every row its attempt.
fn sends(histories: &[History], log: &[Entry], violations: &mut Vec<Violation>) {
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
            let asked = |row: &&Entry| {
                (row.author, row.conversation, &row.text) == (history.user, attempt.conversation, &attempt.text)
            };
            if !found.iter().all(asked) {
                violations.push(Violation::Unasked { client_id });
            }
        }
    }
    violations.extend(rows.into_keys().map(|client_id| Violation::Unasked { client_id }));
}

fn dense(conversation: ConversationId, rows: &[&Entry], violations: &mut Vec<Violation>) {
    for (expected, row) in (1..).zip(rows) {
        if row.seq != expected {
            violations.push(Violation::NotDense { conversation, expected, found: row.seq });
            return;
        }
    }
}

/// Who sends after an acknowledgement comes after what was acknowledged: the log tells the order in which things happened.
fn real_time(conversation: ConversationId, rows: &[&Entry], histories: &[History], violations: &mut Vec<Violation>) {
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

fn sender_order(history: &History, log: &[Entry], violations: &mut Vec<Violation>) {
    let places: HashMap<ClientId, u32> = log.iter().map(|row| (row.client_id, row.seq)).collect();
    let mut last: HashMap<ConversationId, u32> = HashMap::new();
    for Attempt { conversation, client_id, .. } in &history.attempts {
        let Some(&seq) = places.get(client_id) else { continue };
        if let Some(after) = last.insert(*conversation, seq)
            && seq <= after
        {
            let (name, conversation) = (history.name.clone(), *conversation);
            violations.push(Violation::SenderOrder { name, conversation, seq, after });
        }
    }
}

/// What one client was told of one conversation is the log, whole and in order.
fn stream(name: &str, conversation: ConversationId, told: &[Entry], log: &[&Entry], violations: &mut Vec<Violation>) {
    let name = || name.to_owned();
    let rows: HashMap<u32, &Entry> = log.iter().map(|row| (row.seq, *row)).collect();
    let mut after = 0;
    for entry in told {
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
