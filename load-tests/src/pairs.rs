//! People in pairs who write when it is due and record when they were answered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use causerie_protocol::wire;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use hdrhistogram::Histogram;
use tokio::{sync::mpsc, task::JoinSet, time::Instant};
use uuid::Uuid;
use wire::{reply::Result as Answer, request::Command, server_frame::Body};

use crate::{
    Outcome,
    crowd::{self, Crowd},
    scenario::latency_histogram,
    socket::Socket,
};

/// Conversations started at once.
const STARTING: usize = 64;

/// A message to be sent.
struct Due {
    at: Instant,
    tally: Arc<Tally>,
    measured: bool,
}

/// What became of the messages of one rate.
pub struct Tally {
    counts: Mutex<Counts>,
}

/// See [`Tally`].
pub struct Counts {
    /// Handed to a sender.
    pub due: u64,
    /// Acknowledged.
    pub acknowledged: u64,
    /// Acknowledged, and due after the warm-up.
    pub measured: u64,
    /// Refused, and by what.
    pub refused: u64,
    /// From due to acknowledged, in microseconds; the warm-up is not in it.
    pub latencies: Histogram<u64>,
}

impl Tally {
    /// Of a rate that begins.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let counts = Counts { due: 0, acknowledged: 0, measured: 0, refused: 0, latencies: latency_histogram() };
        Arc::new(Self { counts: Mutex::new(counts) })
    }

    /// Looks at the counts, or changes them.
    pub fn with<T>(&self, look: impl FnOnce(&mut Counts) -> T) -> T {
        look(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answered(&self, due: &Due, answer: &Answer) {
        let took_us = u64::try_from(due.at.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.with(|counts| {
            if !matches!(answer, Answer::MessageSent(_)) {
                counts.refused += 1;
                return;
            }
            counts.acknowledged += 1;
            if due.measured {
                counts.measured += 1;
                counts.latencies.saturating_record(took_us);
            }
        });
    }
}

/// Everyone, connected.
pub struct Pairs {
    senders: Vec<mpsc::UnboundedSender<Due>>,
    tasks: JoinSet<Outcome<()>>,
    next: usize,
}

impl Pairs {
    /// Everyone comes, and each pair starts its conversation.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn enter(crowd: &Crowd<'_>, pairs: usize, text_bytes: usize) -> Outcome<Self> {
        crowd.introduce(0..2 * pairs).await?;
        let text = "x".repeat(text_bytes);
        let mut all = Self { senders: Vec::new(), tasks: JoinSet::new(), next: 0 };
        let couples: Vec<_> = stream::iter((0..pairs).map(async |pair| {
            let (mut one, other) = (crowd.arrive(2 * pair).await?, crowd.arrive(2 * pair + 1).await?);
            let conversation = crowd::direct(&mut one, 2 * pair + 1).await?;
            Outcome::Ok((conversation, [one, other]))
        }))
        .buffered(STARTING)
        .try_collect()
        .await?;
        for (conversation, sockets) in couples {
            for socket in sockets {
                let (sender, due) = mpsc::unbounded_channel();
                all.senders.push(sender);
                all.tasks.spawn(person(socket, conversation.clone(), text.clone(), due));
            }
        }
        Ok(all)
    }

    /// The next sender in turn is to send.
    ///
    /// # Errors
    /// When a connection ended.
    pub fn send(&mut self, at: Instant, tally: &Arc<Tally>, measured: bool) -> Outcome<()> {
        let sender = self.next % self.senders.len();
        self.next += 1;
        tally.with(|counts| counts.due += 1);
        let due = Due { at, tally: Arc::clone(tally), measured };
        if self.senders[sender].send(due).is_err() {
            let why = self.tasks.try_join_next().map_or_else(String::new, |ended| format!("{ended:?}"));
            return Err(format!("a sender's connection ended: {why}").into());
        }
        Ok(())
    }

    /// Everyone leaves.
    pub async fn leave(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Sends what is due at once, whatever is unanswered: the schedule is open.
async fn person(
    mut socket: Socket,
    conversation_id: String,
    text: String,
    mut due: mpsc::UnboundedReceiver<Due>,
) -> Outcome<()> {
    let (mut id, mut waiting) = (0_u32, HashMap::new());
    loop {
        tokio::select! {
            body = socket.next() => {
                if let Body::Reply(wire::Reply { id, result: Some(answer) }) = body?
                    && let Some(due) = waiting.remove(&id)
                {
                    let due: Due = due;
                    due.tally.answered(&due, &answer);
                }
            }
            Some(due) = due.recv() => {
                id += 1;
                waiting.insert(id, due);
                let client_id = Uuid::now_v7().to_string();
                let send = wire::SendMessage { conversation_id: conversation_id.clone(), client_id, text: text.clone() };
                socket.send(id, Command::SendMessage(send)).await?;
            }
        }
    }
}
