//! Messages that wait for an answer of the server.
//!
//! A message enters the outbox when the program sends it, and leaves it when the server answers with the message or with a
//! permanent refusal. Until then the client repeats it over any number of connections, always with the same client id. The
//! server keeps client ids for ever, so a repetition never becomes a second message. Only one message of each conversation
//! is in flight at a time, because a later message could overtake a repeated one. With an [`OutboxStore`], messages survive
//! a restart of the program; a message is stored before it is sent first.
//!
//! A server that closes the connection over a frame does not name the frame. All messages in flight at that moment become
//! suspected: from then on each of them is sent while no other message is in flight. If the server closes over a suspected
//! message again, the message has failed. Failed messages are kept with their reason until the program retries or discards
//! them.

use std::{
    collections::{HashMap, VecDeque},
    io,
    time::Instant,
};

use causerie_protocol::{ClientId, ConversationId, wire};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::{backoff::Backoff, error::SendError};

/// A message that waits to be sent, or that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredMessage {
    /// The conversation to send it to.
    pub conversation: ConversationId,
    /// Made once; each repetition carries it.
    pub client_id: ClientId,
    /// The text of the message.
    pub text: String,
    /// How often the server closed the connection while this message was in flight.
    #[serde(default)]
    pub closes: u32,
    /// Why the message failed. A failed message is not sent. See [`crate::Client::failed_sends`].
    #[serde(default)]
    pub failed: Option<wire::Error>,
}

impl StoredMessage {
    /// A message that was not sent yet.
    #[must_use]
    pub fn new(conversation: ConversationId, client_id: ClientId, text: impl Into<String>) -> Self {
        Self { conversation, client_id, text: text.into(), closes: 0, failed: None }
    }

    /// Whether the server closed the connection while it was in flight.
    fn is_suspected(&self) -> bool {
        self.closes > 0
    }
}

/// After this many closes, a message has failed.
const CLOSES_MAX: u32 = 2;

/// Keeps unsent messages over restarts. The client calls it on a thread that may block, one call at a time.
pub trait OutboxStore: Send + Sync + 'static {
    /// The messages that an earlier run left, oldest first.
    ///
    /// # Errors
    /// If the store can't be read. The client logs the error and starts without these messages.
    fn load(&self) -> io::Result<Vec<StoredMessage>>;

    /// Stores a message, or replaces the one with the same client id. The message must be durable on return.
    ///
    /// # Errors
    /// If the message can't be stored. The send fails and nothing is sent.
    fn put(&self, message: &StoredMessage) -> io::Result<()>;

    /// Removes an answered message. This need not be durable: a message that is sent again is not doubled.
    ///
    /// # Errors
    /// If the removal can't be written. The client logs the error and goes on.
    fn remove(&self, client_id: ClientId) -> io::Result<()>;
}

pub(crate) type SendResult = Result<wire::Message, SendError>;

pub(crate) struct Entry {
    pub message: StoredMessage,
    /// Absent for a message of an earlier run.
    pub answer: Option<oneshot::Sender<SendResult>>,
    /// Increases with each message: lower numbers are sent first.
    number: u64,
    backoff: Backoff,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Waiting,
    InFlight,
    /// The server refused it temporarily; it is sent again at this instant.
    RetryAt(Instant),
}

/// All unanswered messages by conversation, oldest first. No queue is empty.
pub(crate) struct Outbox {
    queues: HashMap<ConversationId, VecDeque<Entry>>,
    pushed: u64,
    backoff: Backoff,
}

impl Outbox {
    /// `backoff` paces the repetitions of each message.
    pub fn new(backoff: Backoff) -> Self {
        Self { queues: HashMap::new(), pushed: 0, backoff }
    }

    pub fn push(&mut self, message: StoredMessage, answer: Option<oneshot::Sender<SendResult>>) {
        self.pushed += 1;
        let (number, backoff) = (self.pushed, self.backoff.clone());
        let entry = Entry { message, answer, number, backoff, stage: Stage::Waiting };
        self.queues.entry(entry.message.conversation).or_default().push_back(entry);
    }

    /// The messages to send now, at most one per conversation, oldest first. They are in flight from here on. A suspected
    /// message is returned only while no other is in flight.
    pub fn take_ready(&mut self, now: Instant) -> Vec<StoredMessage> {
        let mut heads: Vec<_> = self.queues.values_mut().filter_map(VecDeque::front_mut).collect();
        let is_under_way = |head: &Entry| head.stage == Stage::InFlight;
        if heads.iter().any(|head| is_under_way(head) && head.message.is_suspected()) {
            return Vec::new();
        }
        let is_idle = !heads.iter().any(|head| is_under_way(head));
        heads.retain(|head| match head.stage {
            Stage::Waiting => true,
            Stage::RetryAt(at) => at <= now,
            Stage::InFlight => false,
        });
        heads.sort_by_key(|head| (head.message.is_suspected(), head.number));
        let sound = heads.iter().filter(|head| !head.message.is_suspected()).count();
        heads.truncate(if sound == 0 && is_idle { 1 } else { sound });
        let send = heads.into_iter().map(|head| {
            head.stage = Stage::InFlight;
            head.message.clone()
        });
        send.collect()
    }

    /// The server closed the connection over a frame. Returns the messages in flight that are now suspected, and removes and
    /// returns those that failed.
    pub fn suspect(&mut self) -> (Vec<StoredMessage>, Vec<Entry>) {
        let (mut suspected, mut failed) = (Vec::new(), Vec::new());
        for queue in self.queues.values_mut() {
            let Some(head) = queue.front_mut().filter(|head| head.stage == Stage::InFlight) else { continue };
            head.message.closes += 1;
            if head.message.closes < CLOSES_MAX {
                suspected.push(head.message.clone());
            } else {
                failed.extend(queue.pop_front());
            }
        }
        self.queues.retain(|_, queue| !queue.is_empty());
        (suspected, failed)
    }

    /// When the next temporarily refused message is due.
    pub fn next_due(&self) -> Option<Instant> {
        let heads = self.queues.values().filter_map(VecDeque::front);
        heads
            .filter_map(|head| match head.stage {
                Stage::RetryAt(at) => Some(at),
                Stage::Waiting | Stage::InFlight => None,
            })
            .min()
    }

    /// The server answered the message in flight of this conversation finally: removes it.
    pub fn finish(&mut self, conversation: ConversationId) -> Option<Entry> {
        let queue = self.queues.get_mut(&conversation)?;
        let entry = if queue.front()?.stage == Stage::InFlight { queue.pop_front() } else { None };
        if queue.is_empty() {
            self.queues.remove(&conversation);
        }
        entry
    }

    /// Repeats the message in flight of this conversation, `floor_ms` milliseconds from now at the earliest.
    pub fn retry_later(&mut self, conversation: ConversationId, floor_ms: u32, now: Instant) {
        let head = self.queues.get_mut(&conversation).and_then(VecDeque::front_mut);
        if let Some(head) = head.filter(|head| head.stage == Stage::InFlight) {
            let floor = std::time::Duration::from_millis(floor_ms.into());
            head.stage = Stage::RetryAt(now + head.backoff.next_delay().max(floor));
        }
    }

    /// All messages in flight are to be sent again on the next connection.
    pub fn connection_lost(&mut self) {
        for head in self.queues.values_mut().filter_map(VecDeque::front_mut) {
            if head.stage == Stage::InFlight {
                head.stage = Stage::Waiting;
            }
        }
    }

    pub fn drain(&mut self) -> impl Iterator<Item = Entry> {
        std::mem::take(&mut self.queues).into_values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;

    fn outbox() -> Outbox {
        Outbox::new(Backoff::new(Duration::from_millis(100), Duration::from_secs(1), Arc::new(|| 1.0)))
    }

    fn message(conversation: ConversationId, text: &str) -> StoredMessage {
        StoredMessage::new(conversation, ClientId::new(), text)
    }

    fn texts(messages: &[StoredMessage]) -> Vec<&str> {
        messages.iter().map(|message| message.text.as_str()).collect()
    }

    #[test]
    fn one_message_of_each_conversation_is_in_flight() {
        let (mut outbox, one, other, now) = (outbox(), ConversationId::new(), ConversationId::new(), Instant::now());
        outbox.push(message(one, "1"), None);
        outbox.push(message(one, "2"), None);
        outbox.push(message(other, "3"), None);
        assert_eq!(texts(&outbox.take_ready(now)), ["1", "3"]);
        assert!(outbox.take_ready(now).is_empty());
        assert_eq!(outbox.finish(one).map(|entry| entry.message.text).as_deref(), Some("1"));
        assert_eq!(texts(&outbox.take_ready(now)), ["2"]);
    }

    #[test]
    fn a_message_is_repeated_with_the_same_client_id_after_a_lost_connection() {
        let (mut outbox, conversation, now) = (outbox(), ConversationId::new(), Instant::now());
        outbox.push(message(conversation, "hi"), None);
        let first = outbox.take_ready(now);
        outbox.connection_lost();
        assert_eq!(outbox.take_ready(now), first);
    }

    #[test]
    fn a_temporarily_refused_message_waits_and_keeps_its_place() {
        let (mut outbox, conversation, now) = (outbox(), ConversationId::new(), Instant::now());
        outbox.push(message(conversation, "1"), None);
        outbox.push(message(conversation, "2"), None);
        outbox.take_ready(now);
        outbox.retry_later(conversation, 0, now);
        assert_eq!(outbox.next_due(), Some(now + Duration::from_millis(100)));
        assert!(outbox.take_ready(now).is_empty());
        assert_eq!(texts(&outbox.take_ready(now + Duration::from_millis(100))), ["1"]);
        outbox.retry_later(conversation, 5_000, now);
        assert_eq!(outbox.next_due(), Some(now + Duration::from_secs(5)));
        // A lost connection does not shorten the wait that the server asked for.
        outbox.connection_lost();
        assert_eq!(outbox.next_due(), Some(now + Duration::from_secs(5)));
    }

    #[test]
    fn suspected_messages_are_sent_alone_and_fail_at_the_second_close() {
        let (mut outbox, one, other, now) = (outbox(), ConversationId::new(), ConversationId::new(), Instant::now());
        outbox.push(message(one, "poison"), None);
        outbox.push(message(one, "after it"), None);
        outbox.push(message(other, "elsewhere"), None);
        assert_eq!(texts(&outbox.take_ready(now)), ["poison", "elsewhere"]);
        let (suspected, failed) = outbox.suspect();
        assert_eq!((suspected.len(), failed.len()), (2, 0));
        outbox.connection_lost();
        let sound = ConversationId::new();
        outbox.push(message(sound, "sound"), None);
        // Messages that are not suspected go first.
        assert_eq!(texts(&outbox.take_ready(now)), ["sound"]);
        assert!(outbox.take_ready(now).is_empty());
        outbox.finish(sound);
        assert_eq!(texts(&outbox.take_ready(now)), ["poison"]);
        assert!(outbox.take_ready(now).is_empty());
        let (suspected, failed) = outbox.suspect();
        assert_eq!((suspected.len(), failed[0].message.text.as_str()), (0, "poison"));
        outbox.connection_lost();
        assert_eq!(texts(&outbox.take_ready(now)), ["after it"]);
        outbox.finish(one);
        assert_eq!(texts(&outbox.take_ready(now)), ["elsewhere"]);
    }

    #[test]
    fn only_a_message_in_flight_can_be_answered() {
        let (mut outbox, conversation) = (outbox(), ConversationId::new());
        outbox.push(message(conversation, "1"), None);
        assert!(outbox.finish(conversation).is_none());
        assert!(outbox.finish(ConversationId::new()).is_none());
        outbox.take_ready(Instant::now());
        assert!(outbox.finish(conversation).is_some());
        assert!(outbox.queues.is_empty());
    }
}
