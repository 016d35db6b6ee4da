//! What the first process and those of the crowd say to each other: one JSON value per line, orders over stdin, words over
//! stdout. People and conversations are numbers in it, the same for all processes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{check::Check, mail::Letter, seen::StreamSeen};
use crate::{
    measure::{saturation::Usage, schedule::Pace},
    world::{place::Place, token::Issuer},
};

/// Something to do, and by which number it is answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// Of the answer as well.
    pub id: u64,
    /// To be done while orders given before may still be under way.
    pub what: What,
}

/// What became of an order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Word {
    /// The order's.
    pub id: u64,
    /// The last word, unless it is [`Said::So`].
    pub said: Said,
}

/// See [`Word`].
#[derive(Debug, Serialize, Deserialize)]
pub enum Said {
    /// So far so many are done; more words follow.
    So(u64),
    /// Done.
    Done(Answer),
    /// It could not be done.
    Failed(String),
}

/// What can be ordered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum What {
    /// These people live here. Once, before all else.
    Settle(Settle),
    /// Where servers are now; person `p` connects to number `p % n`.
    Places(Vec<Place>),
    /// Each comes and leaves, which makes them known.
    Introduce(Who),
    /// The first of each starts the conversation.
    Start(Vec<Start>),
    /// There are these conversations. Before its members enter.
    Know(Vec<Known>),
    /// They come and stay.
    Enter(Who),
    /// They are cut off at one instant.
    Cut(Who, Cut, At),
    /// They come back all at once, with the positions they hold.
    Return(Who, At, Patience),
    /// They stop reading.
    StopReading(Who),
    /// They leave in order.
    Leave(Who),
    /// Load of this number, with this process's part of each stream.
    Load(Box<Share>),
    /// The load of this number is not continued.
    Halt(u64),
    /// Waits until everyone who reads has everything, and tells what streams saw.
    Complete(Complete),
}

/// Answers of an order done.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// To most.
    Done,
    /// To [`What::Start`], in its order.
    Started(Vec<Started>),
    /// To [`What::Enter`] and [`What::Return`].
    Came(Box<Came>),
    /// To [`What::Load`], once all is answered, or nothing more is waited for: the last message of each conversation.
    Handed(Vec<Reached>),
    /// To [`What::Complete`].
    Completed(Box<Completed>),
}

/// Some of all people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// Everyone.
    #[default]
    All,
    /// From the first to before the second.
    Span(u32, u32),
    /// These.
    These(Vec<u32>),
}

impl Who {
    /// Whether a person is among them.
    #[must_use]
    pub fn has(&self, person: u32) -> bool {
        match self {
            Self::All => true,
            Self::Span(from, to) => (*from..*to).contains(&person),
            Self::These(people) => people.contains(&person),
        }
    }
}

/// An instant of the shared clock in microseconds; 0 for now.
pub type At = u64;
/// How long something may take, in milliseconds.
pub type Patience = u64;

/// Who lives in a process, and what it needs to know of the world.
#[derive(Clone, Serialize, Deserialize)]
pub struct Settle {
    /// First of its people.
    pub from: u32,
    /// One beyond the last.
    pub to: u32,
    /// Which process it is.
    pub number: usize,
    /// Of all processes' shared clock.
    pub clock_offset_us: u64,
    /// Signs for everyone.
    pub issuer: Issuer,
    /// What names begin with.
    pub prefix: String,
}

impl std::fmt::Debug for Settle {
    // Not derived: the key is not printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settle({}..{})", self.from, self.to)
    }
}

/// A conversation to be started by the first of its members.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    /// All of them.
    pub members: Vec<u32>,
    /// The direct conversation of two, instead of a group.
    pub direct: bool,
}

/// A conversation that was started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Started {
    /// By the server's name.
    pub id: String,
    /// As it is now.
    pub version: u32,
    /// Number of its last message.
    pub last_seq: u32,
}

/// A conversation as a process has to know it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Known {
    /// Counted from 0, the same in all processes.
    pub number: u32,
    /// What the server calls it, and where it stands.
    pub started: Started,
    /// Those of this process.
    pub members: Vec<u32>,
    /// This process sends what is to be sent to it.
    pub leads: bool,
}

/// How a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cut {
    /// The peer is told by a reset.
    Reset,
    /// The peer is told of the end of the stream, without a goodbye.
    Shutdown,
}

/// What people do, for a while.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Load {
    /// All at the same time.
    pub streams: Vec<Stream>,
    /// How long it is measured.
    pub seconds: f64,
    /// How long it runs before.
    pub warm_up_s: f64,
    /// How long answers and deliveries are waited for at the end.
    pub late_s: f64,
    /// Where each process writes when the last member of each conversation read each message: `reads-0` and so on in this folder,
    /// lines of conversation id, seq, due and read in microseconds.
    pub reads_in: Option<PathBuf>,
}

/// One kind of action, at its own pace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// What figures of it are called: `send`.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// When.
    pub pace: Pace,
}

/// What a person can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Sends a text.
    Send {
        /// At least 24, for the time it was due.
        text_bytes: usize,
        /// From the first to before the second, in turn; all if `None`.
        conversations: Option<(u32, u32)>,
        /// So many of its members write in turn, the first ones; 0 for all.
        senders: u32,
    },
    /// Writes a mail, each a conversation of its own.
    Mail {
        /// At least 24, for the time it was due.
        text_bytes: usize,
        /// In turn. Their writers and readers live in one process.
        letters: Vec<Letter>,
    },
    /// Opens the list of conversations.
    List {
        /// In turn.
        people: Who,
        /// Conversations per page.
        limit: u32,
    },
    /// Opens a page of messages of one of their conversations.
    History {
        /// In turn.
        people: Who,
        /// Messages per page.
        limit: u32,
        /// At a random place instead of the newest.
        anywhere: bool,
    },
    /// Has read one of their conversations up to its end.
    MarkRead {
        /// In turn.
        people: Who,
    },
    /// Begins to write in one of their conversations.
    Typing {
        /// In turn.
        people: Who,
    },
    /// Looks for people.
    Search {
        /// In turn.
        people: Who,
        /// What they type.
        query: String,
    },
}

/// One process's part of a load.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    /// Of the load.
    pub number: u64,
    /// Of its first stream, among all streams of the crowd's life.
    pub first_stream: u16,
    /// When it begins.
    pub begin_us: u64,
    /// All of it.
    pub load: Load,
    /// Of each stream, the part done here.
    pub parts: Vec<f64>,
    /// See [`Pace::share`].
    pub phase: f64,
}

/// The last message of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Which.
    pub conversation: u32,
    /// Its number.
    pub last_seq: u32,
}

/// What everyone is to have.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Complete {
    /// Of all conversations that something was sent to.
    pub expected: Vec<Reached>,
    /// How long it is waited for.
    pub patience_ms: Patience,
    /// The streams to tell of, from the first to before the second, which end with it.
    pub streams: (u16, u16),
}

/// What became of people who came.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Came {
    /// From the instant ordered to being live and complete.
    pub took: crate::measure::Latencies,
    /// Those who are there.
    pub came: u64,
    /// Those who had to load at least one conversation anew, since what they missed was too much to tell.
    pub reloaded: u64,
    /// Those whose first attempt to connect failed.
    pub tried_again: u64,
    /// Those who are not there in the end, and why, the first few.
    pub failed: u64,
    /// See `failed`.
    pub reasons: Vec<String>,
}

/// What a load ended with.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Completed {
    /// As asked for.
    pub streams: Vec<StreamSeen>,
    /// Of all since this process began.
    pub check: Check,
    /// Since the last load began.
    pub usage: Usage,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Latencies;

    fn again<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        let line = serde_json::to_string(value).expect("serializes");
        assert!(!line.contains('\n'), "one line: {line}");
        serde_json::from_str(&line).expect("deserializes")
    }

    #[test]
    fn orders_come_through() {
        let send = Action::Send { text_bytes: 256, conversations: Some((0, 7)), senders: 0 };
        let stream =
            Stream { name: "send".into(), action: send, pace: Pace::Bursts { count: 200, within_ms: 50, every_s: 5.0 } };
        let load = Load { streams: vec![stream.clone()], seconds: 3.5, ..Default::default() };
        let share = Share { number: 3, first_stream: 12, begin_us: u64::MAX, load, parts: vec![0.25], phase: 0.5 };
        let Order { id: 9, what: What::Load(share) } = again(&Order { id: 9, what: What::Load(Box::new(share)) }) else {
            panic!("another order")
        };
        assert_eq!((share.load.streams, share.begin_us, share.parts), (vec![stream], u64::MAX, vec![0.25]));
        let What::Cut(who, Cut::Reset, 5) = again(&What::Cut(Who::These(vec![4, 8]), Cut::Reset, 5)) else {
            panic!("another")
        };
        assert!(who.has(8) && !who.has(5));
    }

    #[test]
    fn words_come_through() {
        let mut took = Latencies::new();
        took.record(12_345);
        let usage = Usage { cpu_s: 1.0, elapsed_s: 2.0, cores: 1, ticks: took.clone() };
        let mut stream = StreamSeen { due: 7, delivery: took.clone(), ..Default::default() };
        stream.refused.insert("rate_limited".into(), 2);
        let completed =
            Completed { streams: vec![stream.clone()], check: Check { doubled: 1, ..Default::default() }, usage };
        let word = Word { id: 1, said: Said::Done(Answer::Completed(Box::new(completed))) };
        let Word { id: 1, said: Said::Done(Answer::Completed(completed)) } = again(&word) else { panic!("another word") };
        assert_eq!((&completed.streams[0], completed.check.doubled, completed.usage.ticks), (&stream, 1, took));
    }
}
