//! Messages that wait for an answer of the server.
//!
//! A message enters the outbox when the program sends it, and leaves it when the server answers with the message or with a
//! permanent refusal. Until then the client repeats it over any number of connections, always with the same client id. The
//! server keeps client ids for ever, so a repetition never becomes a second message. Only one message of each conversation
//! is in flight at a time, because a later message could overtake a repeated message. An [`OutboxStore`] keeps messages over
//! a restart of the program; a message is stored before it is sent for the first time.
//!
//! A server that closes the connection over a frame does not name the frame. All messages in flight at that moment become
//! suspected: from then on each of them is sent while no other message is in flight. If the server closes the connection
//! over a suspected message again, the message has failed. Failed messages are kept with their reason until the program
//! retries or discards them.

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
    /// The conversation to send the message to.
    pub conversation: ConversationId,
    /// The client id of the message. Each repetition has the same client id.
    pub client_id: ClientId,
    /// The text of the message.
    pub text: String,
    /// How often the server closed the connection over a frame while this message was in flight.
    #[serde(default)]
    pub closes: u32,
    /// The reason of the failure, if the message failed. A failed message is not sent. See [`crate::Client::failed_sends`].
    #[serde(default)]
    pub failed: Option<wire::Error>,
}

impl StoredMessage {
    /// A message that was not sent yet and has not failed.
    #[must_use]
    pub fn new(conversation: ConversationId, client_id: ClientId, text: impl Into<String>) -> Self {
        Self { conversation, client_id, text: text.into(), closes: 0, failed: None }
    }

    /// Whether the server closed the connection over a frame while the message was in flight.
    fn is_suspected(&self) -> bool {
        self.closes > 0
    }
}

/// The number of closes after which a message has failed.
const CLOSES_MAX: u32 = 2;

/// Keeps unsent and failed messages over restarts of the program. The client calls the store on a thread that may block, one
/// call at a time.
pub trait OutboxStore: Send + Sync + 'static {
    /// Reads the messages that an earlier run left, oldest first.
    ///
    /// # Errors
    /// An [`io::Error`] if the store can't be read. The client logs the error and starts without these messages.
    fn load(&self) -> io::Result<Vec<StoredMessage>>;

    /// Stores a message, or replaces the message with the same client id. The message must be durable on return.
    ///
    /// # Errors
    /// An [`io::Error`] if the message can't be stored. A new message then fails with [`SendError::Store`] and is not sent.
    fn put(&self, message: &StoredMessage) -> io::Result<()>;

    /// Removes a message. The removal need not be durable: the server stores a message that is sent again only once.
    ///
    /// # Errors
    /// An [`io::Error`] if the removal can't be written. The client logs the error and continues.
    fn remove(&self, client_id: ClientId) -> io::Result<()>;
}

pub(crate) type SendResult = Result<wire::Message, SendError>;

/// A message in the outbox.
pub(crate) struct Entry {
    pub message: StoredMessage,
    /// The channel for the result. `None` for a message of an earlier run.
    pub answer: Option<oneshot::Sender<SendResult>>,
    /// The number of the message in the order of the calls. Messages with lower numbers are sent first.
    number: u64,
    backoff: Backoff,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Waiting,
    InFlight,
    /// The server refused the message temporarily. The message is sent again at this instant.
    RetryAt(Instant),
}

/// All unanswered messages by conversation, oldest first. No queue is empty.
pub(crate) struct Outbox {
    queues: HashMap<ConversationId, VecDeque<Entry>>,
    /// The number of messages that were ever pushed.
    pushed: u64,
    backoff: Backoff,
}

impl Outbox {
    /// An empty outbox. `backoff` computes the waits before a message is repeated.
    pub fn new(backoff: Backoff) -> Self {
        Self { queues: HashMap::new(), pushed: 0, backoff }
    }

    /// Adds a message behind the other messages of its conversation.
    pub fn push(&mut self, message: StoredMessage, answer: Option<oneshot::Sender<SendResult>>) {
        self.pushed += 1;
        let (number, backoff) = (self.pushed, self.backoff.clone());
        let entry = Entry { message, answer, number, backoff, stage: Stage::Waiting };
        self.queues.entry(entry.message.conversation).or_default().push_back(entry);
    }

    /// Marks the messages to send now as in flight and returns them: at most one message per conversation, oldest first. A
    /// suspected message is returned only while no other message is in flight.
    pub fn take_ready(&mut self, now: Instant) -> Vec<StoredMessage> {
        let mut heads: Vec<_> = self.queues.values_mut().filter_map(VecDeque::front_mut).collect();
        let is_in_flight = |head: &Entry| head.stage == Stage::InFlight;
        if heads.iter().any(|head| is_in_flight(head) && head.message.is_suspected()) {
            return Vec::new();
        }
        let is_idle = !heads.iter().any(|head| is_in_flight(head));
        heads.retain(|head| match head.stage {
            Stage::Waiting => true,
            Stage::RetryAt(instant) => instant <= now,
            Stage::InFlight => false,
        });
        heads.sort_by_key(|head| (head.message.is_suspected(), head.number));
        let unsuspected_count = heads.iter().filter(|head| !head.message.is_suspected()).count();
        heads.truncate(if unsuspected_count == 0 && is_idle { 1 } else { unsuspected_count });
        let messages = heads.into_iter().map(|head| {
            head.stage = Stage::InFlight;
            head.message.clone()
        });
        messages.collect()
    }

    /// Handles the close of a connection over a frame. Returns the messages in flight that are now suspected, and the
    /// messages in flight that failed, which leave the outbox.
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

    /// The instant at which the next temporarily refused message is due.
    pub fn next_due(&self) -> Option<Instant> {
        let heads = self.queues.values().filter_map(VecDeque::front);
        heads
            .filter_map(|head| match head.stage {
                Stage::RetryAt(instant) => Some(instant),
                Stage::Waiting | Stage::InFlight => None,
            })
            .min()
    }

    /// Removes and returns the message in flight of this conversation, after the server answered it with the stored message
    /// or with a permanent refusal.
    pub fn finish(&mut self, conversation: ConversationId) -> Option<Entry> {
        let queue = self.queues.get_mut(&conversation)?;
        let entry = if queue.front()?.stage == Stage::InFlight { queue.pop_front() } else { None };
        if queue.is_empty() {
            self.queues.remove(&conversation);
        }
        entry
    }

    /// Schedules the repetition of the message in flight of this conversation, `min_wait_ms` milliseconds from now at the
    /// earliest.
    pub fn retry_later(&mut self, conversation: ConversationId, min_wait_ms: u32, now: Instant) {
        let head = self.queues.get_mut(&conversation).and_then(VecDeque::front_mut);
        if let Some(head) = head.filter(|head| head.stage == Stage::InFlight) {
            let min_wait = std::time::Duration::from_millis(min_wait_ms.into());
            head.stage = Stage::RetryAt(now + head.backoff.next_delay().max(min_wait));
        }
    }

    /// Marks all messages in flight as waiting, so that the next connection sends them again.
    pub fn connection_lost(&mut self) {
        for head in self.queues.values_mut().filter_map(VecDeque::front_mut) {
            if head.stage == Stage::InFlight {
                head.stage = Stage::Waiting;
            }
        }
    }

    /// Removes and returns all messages.
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
        let (mut outbox, first, second, now) = (outbox(), ConversationId::new(), ConversationId::new(), Instant::now());
        outbox.push(message(first, "1"), None);
        outbox.push(message(first, "2"), None);
        outbox.push(message(second, "3"), None);
        assert_eq!(texts(&outbox.take_ready(now)), ["1", "3"]);
        assert!(outbox.take_ready(now).is_empty());
        assert_eq!(outbox.finish(first).map(|entry| entry.message.text).as_deref(), Some("1"));
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
        let (mut outbox, first, second, now) = (outbox(), ConversationId::new(), ConversationId::new(), Instant::now());
        outbox.push(message(first, "poison"), None);
        outbox.push(message(first, "after it"), None);
        outbox.push(message(second, "elsewhere"), None);
        assert_eq!(texts(&outbox.take_ready(now)), ["poison", "elsewhere"]);
        let (suspected, failed) = outbox.suspect();
        assert_eq!((suspected.len(), failed.len()), (2, 0));
        outbox.connection_lost();
        let third = ConversationId::new();
        outbox.push(message(third, "sound"), None);
        // Messages that are not suspected go first.
        assert_eq!(texts(&outbox.take_ready(now)), ["sound"]);
        assert!(outbox.take_ready(now).is_empty());
        outbox.finish(third);
        assert_eq!(texts(&outbox.take_ready(now)), ["poison"]);
        assert!(outbox.take_ready(now).is_empty());
        let (suspected, failed) = outbox.suspect();
        assert_eq!((suspected.len(), failed[0].message.text.as_str()), (0, "poison"));
        outbox.connection_lost();
        assert_eq!(texts(&outbox.take_ready(now)), ["after it"]);
        outbox.finish(first);
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
