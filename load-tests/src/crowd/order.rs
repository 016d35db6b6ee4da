//! The protocol between the first process and the worker processes of the crowd: one JSON value per line, orders over stdin,
//! updates over stdout. Users and conversations have numbers that are the same in all processes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{check::Check, mail::MailSpec, seen::StreamSeen};
use crate::{
    measure::{saturation::Usage, schedule::Pace},
    world::{place::Place, token::Issuer},
};

/// An order for a worker process.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// The number of the order. Its updates have the same number.
    pub id: u64,
    /// The operation. Operations may overlap.
    pub what: Operation,
}

/// An update about an order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Update {
    /// The number of the order.
    pub id: u64,
    /// The status. Each status except [`Status::Progress`] is the last status of the order.
    pub status: Status,
}

/// The status of an order in an [`Update`].
#[derive(Debug, Serialize, Deserialize)]
pub enum Status {
    /// This number of steps is done. More updates follow.
    Progress(u64),
    /// The order is carried out.
    Done(Answer),
    /// The order failed, with the reason.
    Failed(String),
}

/// The operations that can be ordered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Operation {
    /// Configures the process. This is the first order, and it is sent once.
    Configure(Configure),
    /// Sets the servers: user `p` connects to server `p % n`.
    Places(Vec<Place>),
    /// Each user connects and closes, so that the server knows them.
    Introduce(UserSet),
    /// Starts conversations. The first member of each conversation starts it.
    Start(Vec<Start>),
    /// Adds conversations, before their members connect.
    Know(Vec<KnownConversation>),
    /// Connects users, who stay connected.
    Connect(UserSet),
    /// Ends connections at one instant, without close frames.
    Disconnect(UserSet, Disconnect, At),
    /// Reconnects users at one instant. They resume with the versions that they hold.
    Reconnect(UserSet, At, Patience),
    /// Makes the users stop reading.
    StopReading(UserSet),
    /// Closes the connections of the users with close frames.
    Leave(UserSet),
    /// Carries out this process's share of a load.
    Load(Box<LoadShare>),
    /// Stops the load of this number.
    Halt(u64),
    /// Waits until each reading user has received all messages, and returns the results of streams.
    Complete(Complete),
}

/// The answers to orders.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// The operation has no result.
    Done,
    /// The answer to [`Operation::Start`], in its order.
    Started(Vec<Started>),
    /// The answer to [`Operation::Connect`] and [`Operation::Reconnect`].
    ConnectSummary(Box<ConnectSummary>),
    /// The answer to [`Operation::Load`] once all actions have a reply or are given up: the last message of each
    /// conversation.
    Handed(Vec<LastMessage>),
    /// The answer to [`Operation::Complete`].
    Completed(Box<Completed>),
}

/// A set of users.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserSet {
    /// All users.
    #[default]
    All,
    /// Users from the first number up to, not including, the second.
    Span(u32, u32),
    /// Users by number.
    These(Vec<u32>),
}

impl UserSet {
    /// Whether a user belongs to the set.
    #[must_use]
    pub fn has(&self, user: u32) -> bool {
        match self {
            Self::All => true,
            Self::Span(from, to) => (*from..*to).contains(&user),
            Self::These(users) => users.contains(&user),
        }
    }
}

/// An instant of the shared clock in µs; 0 is now.
pub type At = u64;
/// A time limit in ms.
pub type Patience = u64;

/// The configuration of a worker process.
#[derive(Clone, Serialize, Deserialize)]
pub struct Configure {
    /// The number of its first user.
    pub from: u32,
    /// The number after its last user.
    pub to: u32,
    /// The number of the process.
    pub number: usize,
    /// The offset of the clock that all processes share, in µs.
    pub clock_offset_us: u64,
    /// Signs the tokens of all users.
    pub issuer: Issuer,
    /// The beginning of all external ids.
    pub prefix: String,
}

impl std::fmt::Debug for Configure {
    // Not derived, so that the key is not printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settle({}..{})", self.from, self.to)
    }
}

/// A conversation that its first member starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    /// All members.
    pub members: Vec<u32>,
    /// Whether it is a direct conversation of two instead of a group.
    pub direct: bool,
}

/// A conversation that was started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Started {
    /// The id that the server gave to it.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// The seq of its last message.
    pub last_seq: u32,
}

/// A conversation as a worker process knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KnownConversation {
    /// Its number from 0, the same in all processes.
    pub number: u32,
    /// Its id, version and last seq.
    pub started: Started,
    /// Its members in this process.
    pub members: Vec<u32>,
    /// Whether this process sends the messages of a load to it.
    pub leads: bool,
}

/// How a connection is ended without a close frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disconnect {
    /// With a TCP reset.
    Reset,
    /// With the end of the TCP stream.
    Shutdown,
}

/// A load: what users do for a time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Load {
    /// The streams of the load; they run at the same time.
    pub streams: Vec<Stream>,
    /// The measured time in seconds.
    pub seconds: f64,
    /// The warm-up before it in seconds.
    pub warm_up_s: f64,
    /// The longest wait for replies and deliveries at the end, in seconds.
    pub late_s: f64,
    /// The folder in which each process writes when the last member of a conversation read each message. The files are
    /// `reads-0`, `reads-1`, …, with lines of conversation id, seq, due and read (both in µs).
    pub reads_in: Option<PathBuf>,
}

/// Actions of one kind at their own pace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// The name of the stream in reports, for instance `send`.
    pub name: String,
    /// The action.
    pub action: Action,
    /// The pace of the action.
    pub pace: Pace,
}

/// An action of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Send a message.
    Send {
        /// The length of the text in bytes, at least 24: it holds the instant when it was due.
        text_bytes: usize,
        /// The conversations from the first number up to, not including, the second, in turn; `None` for all.
        conversations: Option<(u32, u32)>,
        /// The number of members who send in turn, counted from the first member. 0 for all members.
        senders: u32,
    },
    /// Send a mail; each starts a conversation.
    Mail {
        /// The length of the text in bytes, at least 24: it holds the instant when it was due.
        text_bytes: usize,
        /// The mails, in turn. The sender and the readers of a mail must belong to one process.
        mail_specs: Vec<MailSpec>,
    },
    /// Load a page of the list of conversations.
    List {
        /// The users, in turn.
        users: UserSet,
        /// Conversations per page.
        limit: u32,
    },
    /// Load a page of the history of one of the user's conversations.
    History {
        /// The users, in turn.
        users: UserSet,
        /// Messages per page.
        limit: u32,
        /// Whether the page is at a random place instead of the newest messages.
        anywhere: bool,
    },
    /// Mark one of the user's conversations as read.
    MarkRead {
        /// The users, in turn.
        users: UserSet,
    },
    /// Set the typing notice in one of the user's conversations.
    Typing {
        /// The users, in turn.
        users: UserSet,
    },
    /// Search the directory.
    Search {
        /// The users, in turn.
        users: UserSet,
        /// The search text.
        query: String,
    },
}

/// The share of a load that one process carries out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LoadShare {
    /// The number of the load.
    pub number: u64,
    /// The number of its first stream; numbers are unique in the crowd.
    pub first_stream: u16,
    /// The instant when the warm-up begins, in µs.
    pub begin_us: u64,
    /// The whole load.
    pub load: Load,
    /// This process's part of each stream, from 0 to 1.
    pub parts: Vec<f64>,
    /// See [`Pace::share`].
    pub phase: f64,
}

/// The last message of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMessage {
    /// The number of the conversation.
    pub conversation: u32,
    /// The seq of the message.
    pub last_seq: u32,
}

/// The messages that users must have.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Complete {
    /// The last message of each conversation that a load sent to.
    pub expected: Vec<LastMessage>,
    /// The longest wait for these messages.
    pub patience_ms: Patience,
    /// The streams whose results are returned, from the first number up to, not including, the second. These streams end.
    pub streams: (u16, u16),
}

/// The result of connecting users.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ConnectSummary {
    /// The time from the ordered instant until a user is connected and has all missed messages.
    pub took: crate::measure::Latencies,
    /// The number of connected users.
    pub connected: u64,
    /// Users who had to reload a conversation, because the server did not list all missed changes.
    pub reloaded: u64,
    /// Users whose first attempt failed.
    pub tried_again: u64,
    /// Users who are not connected in the end.
    pub failed: u64,
    /// The first few reasons of `failed`.
    pub reasons: Vec<String>,
}

/// The results of a load.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Completed {
    /// The requested streams.
    pub streams: Vec<StreamSeen>,
    /// Counts since the process started.
    pub check: Check,
    /// Resource usage since the last load began.
    pub usage: Usage,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Latencies;

    fn encode_and_decode<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        let line = serde_json::to_string(value).expect("serializes");
        assert!(!line.contains('\n'), "one line: {line}");
        serde_json::from_str(&line).expect("deserializes")
    }

    #[test]
    fn an_order_is_equal_after_encoding_and_decoding() {
        let send = Action::Send { text_bytes: 256, conversations: Some((0, 7)), senders: 0 };
        let stream =
            Stream { name: "send".into(), action: send, pace: Pace::Bursts { count: 200, within_ms: 50, every_s: 5.0 } };
        let load = Load { streams: vec![stream.clone()], seconds: 3.5, ..Default::default() };
        let share = LoadShare { number: 3, first_stream: 12, begin_us: u64::MAX, load, parts: vec![0.25], phase: 0.5 };
        let Order { id: 9, what: Operation::Load(share) } =
            encode_and_decode(&Order { id: 9, what: Operation::Load(Box::new(share)) })
        else {
            panic!("another order")
        };
        assert_eq!((share.load.streams, share.begin_us, share.parts), (vec![stream], u64::MAX, vec![0.25]));
        let Operation::Disconnect(users, Disconnect::Reset, 5) =
            encode_and_decode(&Operation::Disconnect(UserSet::These(vec![4, 8]), Disconnect::Reset, 5))
        else {
            panic!("another")
        };
        assert!(users.has(8) && !users.has(5));
    }

    #[test]
    fn an_update_is_equal_after_encoding_and_decoding() {
        let mut took = Latencies::new();
        took.record(12_345);
        let usage = Usage { cpu_s: 1.0, elapsed_s: 2.0, cores: 1, ticks: took.clone() };
        let mut stream = StreamSeen { due: 7, delivery: took.clone(), ..Default::default() };
        stream.refused.insert("rate_limited".into(), 2);
        let completed =
            Completed { streams: vec![stream.clone()], check: Check { doubled: 1, ..Default::default() }, usage };
        let update = Update { id: 1, status: Status::Done(Answer::Completed(Box::new(completed))) };
        let Update { id: 1, status: Status::Done(Answer::Completed(completed)) } = encode_and_decode(&update) else {
            panic!("another word")
        };
        assert_eq!((&completed.streams[0], completed.check.doubled, completed.usage.ticks), (&stream, 1, took));
    }
}
