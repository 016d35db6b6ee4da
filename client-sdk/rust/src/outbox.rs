//! Sends that wait for an answer.
//!
//! A message enters the outbox when it is sent and leaves it when the server answered: with the message, or with a
//! permanent refusal. Until then it is repeated, over any number of connections, always with the client id it came with;
//! the server knows a client id for ever, so a repetition is never a second message. Order is kept per conversation by
//! having one send of each conversation on the way at a time: a later one could otherwise overtake one that is repeated.
//! With an [`OutboxStore`] what waits survives a restart of the program; a message is stored before it is first sent.
//!
//! A server that closes the connection over a frame does not say which one it was. Every message that was under way then is
//! suspected, and from there on sent while no other is: one over which the server closes a second time has failed. Failed
//! messages are kept with their reason, until the program tries them again or discards them.

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
    /// Where it goes.
    pub conversation: ConversationId,
    /// Made once, repeated with every try.
    pub client_id: ClientId,
    /// What is said.
    pub text: String,
    /// How often the server closed the connection while it was under way.
    #[serde(default)]
    pub closes: u32,
    /// Why it failed; it is not sent then. See [`crate::Client::failed_sends`].
    #[serde(default)]
    pub failed: Option<wire::Error>,
}

impl StoredMessage {
    /// A message that was not sent yet.
    #[must_use]
    pub fn new(conversation: ConversationId, client_id: ClientId, text: impl Into<String>) -> Self {
        Self { conversation, client_id, text: text.into(), closes: 0, failed: None }
    }

    /// The server closed the connection over it, or over what was sent with it.
    fn is_suspected(&self) -> bool {
        self.closes > 0
    }
}

/// Closed over this often, a message has failed.
const CLOSES_MAX: u32 = 2;

/// Keeps unanswered sends over restarts. Called from a thread that may block, one call at a time.
pub trait OutboxStore: Send + Sync + 'static {
    /// What an earlier run left, oldest first.
    ///
    /// # Errors
    /// When it can't be read. The client starts without it and logs why.
    fn load(&self) -> io::Result<Vec<StoredMessage>>;

    /// Keeps a message, in place of an earlier one with its client id; durable when this returns.
    ///
    /// # Errors
    /// When it can't be kept: the send fails, nothing is sent.
    fn put(&self, message: &StoredMessage) -> io::Result<()>;

    /// Forgets an answered message. Need not be durable: a message sent again is not doubled.
    ///
    /// # Errors
    /// When it can't be written. The client logs why and goes on.
    fn remove(&self, client_id: ClientId) -> io::Result<()>;
}

/// How a send ends.
pub(crate) type SendResult = Result<wire::Message, SendError>;

/// A message in the outbox.
pub(crate) struct Entry {
    pub message: StoredMessage,
    /// Absent for a message of an earlier run.
    pub answer: Option<oneshot::Sender<SendResult>>,
    /// Counts up: older ones are sent first.
    number: u64,
    backoff: Backoff,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Waiting,
    OnTheWay,
    /// Refused for now.
    Again(Instant),
}

/// All sends that wait, by conversation, oldest first. No queue is empty.
pub(crate) struct Outbox {
    queues: HashMap<ConversationId, VecDeque<Entry>>,
    pushed: u64,
    backoff: Backoff,
}

impl Outbox {
    /// `backoff` paces the repetitions of each send.
    pub fn new(backoff: Backoff) -> Self {
        Self { queues: HashMap::new(), pushed: 0, backoff }
    }

    pub fn push(&mut self, message: StoredMessage, answer: Option<oneshot::Sender<SendResult>>) {
        self.pushed += 1;
        let (number, backoff) = (self.pushed, self.backoff.clone());
        let entry = Entry { message, answer, number, backoff, stage: Stage::Waiting };
        self.queues.entry(entry.message.conversation).or_default().push_back(entry);
    }

    /// What to send now, at most one of each conversation, oldest first; from here on it is on the way. A suspected message
    /// goes while no other is on the way.
    pub fn take_ready(&mut self, now: Instant) -> Vec<StoredMessage> {
        let mut heads: Vec<_> = self.queues.values_mut().filter_map(VecDeque::front_mut).collect();
        let is_under_way = |head: &Entry| head.stage == Stage::OnTheWay;
        if heads.iter().any(|head| is_under_way(head) && head.message.is_suspected()) {
            return Vec::new();
        }
        let is_idle = !heads.iter().any(|head| is_under_way(head));
        heads.retain(|head| match head.stage {
            Stage::Waiting => true,
            Stage::Again(at) => at <= now,
            Stage::OnTheWay => false,
        });
        heads.sort_by_key(|head| (head.message.is_suspected(), head.number));
        let sound = heads.iter().filter(|head| !head.message.is_suspected()).count();
        heads.truncate(if sound == 0 && is_idle { 1 } else { sound });
        let send = heads.into_iter().map(|head| {
            head.stage = Stage::OnTheWay;
            head.message.clone()
        });
        send.collect()
    }

    /// The server closed the connection over some frame: gives the suspected messages to be kept as such, and takes out those
    /// that failed with it.
    pub fn suspect(&mut self) -> (Vec<StoredMessage>, Vec<Entry>) {
        let (mut suspected, mut failed) = (Vec::new(), Vec::new());
        for queue in self.queues.values_mut() {
            let Some(head) = queue.front_mut().filter(|head| head.stage == Stage::OnTheWay) else { continue };
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

    /// When something that was refused for now is due.
    pub fn next_due(&self) -> Option<Instant> {
        let heads = self.queues.values().filter_map(VecDeque::front);
        heads
            .filter_map(|head| match head.stage {
                Stage::Again(at) => Some(at),
                Stage::Waiting | Stage::OnTheWay => None,
            })
            .min()
    }

    /// The send on the way in this conversation was answered for good: takes it out.
    pub fn finish(&mut self, conversation: ConversationId) -> Option<Entry> {
        let queue = self.queues.get_mut(&conversation)?;
        let entry = if queue.front()?.stage == Stage::OnTheWay { queue.pop_front() } else { None };
        if queue.is_empty() {
            self.queues.remove(&conversation);
        }
        entry
    }

    /// The send on the way in this conversation is to be repeated, not before `floor_ms` milliseconds.
    pub fn repeat(&mut self, conversation: ConversationId, floor_ms: u32, now: Instant) {
        let head = self.queues.get_mut(&conversation).and_then(VecDeque::front_mut);
        if let Some(head) = head.filter(|head| head.stage == Stage::OnTheWay) {
            let floor = std::time::Duration::from_millis(floor_ms.into());
            head.stage = Stage::Again(now + head.backoff.next_delay().max(floor));
        }
    }

    /// All that was on the way is to be sent again on the next connection.
    pub fn connection_lost(&mut self) {
        for head in self.queues.values_mut().filter_map(VecDeque::front_mut) {
            if head.stage == Stage::OnTheWay {
                head.stage = Stage::Waiting;
            }
        }
    }

    /// Empties the outbox.
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
    fn one_send_of_each_conversation_is_on_the_way() {
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
    fn a_lost_connection_repeats_with_the_same_client_id() {
        let (mut outbox, conversation, now) = (outbox(), ConversationId::new(), Instant::now());
        outbox.push(message(conversation, "hi"), None);
        let first = outbox.take_ready(now);
        outbox.connection_lost();
        assert_eq!(outbox.take_ready(now), first);
    }

    #[test]
    fn a_temporary_refusal_waits_and_keeps_the_order() {
        let (mut outbox, conversation, now) = (outbox(), ConversationId::new(), Instant::now());
        outbox.push(message(conversation, "1"), None);
        outbox.push(message(conversation, "2"), None);
        outbox.take_ready(now);
        outbox.repeat(conversation, 0, now);
        assert_eq!(outbox.next_due(), Some(now + Duration::from_millis(100)));
        assert!(outbox.take_ready(now).is_empty());
        assert_eq!(texts(&outbox.take_ready(now + Duration::from_millis(100))), ["1"]);
        outbox.repeat(conversation, 5_000, now);
        assert_eq!(outbox.next_due(), Some(now + Duration::from_secs(5)));
        // A connection lost meanwhile does not shorten the wait the server asked for.
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
        // What is not suspected goes first.
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
    fn only_what_is_on_the_way_can_be_answered() {
        let (mut outbox, conversation) = (outbox(), ConversationId::new());
        outbox.push(message(conversation, "1"), None);
        assert!(outbox.finish(conversation).is_none());
        assert!(outbox.finish(ConversationId::new()).is_none());
        outbox.take_ready(Instant::now());
        assert!(outbox.finish(conversation).is_some());
        assert!(outbox.queues.is_empty());
    }
}
