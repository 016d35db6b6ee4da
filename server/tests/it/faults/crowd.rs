//! Users who send without pause and record what they sent and received.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use causerie_client::{
    Client, ClientId, ConversationId, Encoding, Event, Events, HistoryRange, SendError, State, UserId, UserRef,
};
use futures::future::join_all;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use super::{
    checker::{Attempt, Entry, History, Outcome, check},
    entry, stored_messages,
};
use crate::harness::{Cluster, Peer, Proxy, WAIT_MAX, within};

/// The pause between two sends of a user. The rate is well below the default limit of 20 per second, which an outbox may
/// reach after an outage.
const PAUSE: Duration = Duration::from_millis(150);

type Streams = BTreeMap<ConversationId, Vec<Entry>>;

/// All users of a test and their conversations.
pub struct Crowd {
    /// The users, in the order in which they connected.
    pub members: Vec<Member>,
    is_sending: watch::Sender<bool>,
    acknowledged: watch::Sender<usize>,
    started_at: Instant,
}

/// A user of the crowd.
pub struct Member {
    /// The client and its link.
    pub peer: Peer,
    /// The node that this user connects to while it runs.
    pub home: usize,
    user: UserId,
    /// The conversations of this user.
    conversations: Vec<ConversationId>,
    received: watch::Receiver<Streams>,
    ledger: Arc<Mutex<Vec<Attempt>>>,
    recording_task: JoinHandle<()>,
    sending_task: Option<JoinHandle<()>>,
}

/// Figures of a run, for a line in the report.
pub struct Summary {
    /// The number of acknowledged messages, all of which were found.
    pub acknowledged: usize,
    /// The longest wait for an acknowledgement.
    pub slowest: Duration,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} messages acknowledged, the slowest after {:?}", self.acknowledged, self.slowest)
    }
}

impl Crowd {
    /// Connects users to all nodes in turn, puts each user in two of the conversations, and waits until all of them joined.
    pub async fn connect_users(cluster: &Cluster, users: usize, conversations: usize) -> Self {
        let join = async |number: usize| {
            let home = number % cluster.nodes.len();
            let encoding = if number.is_multiple_of(3) { Encoding::Json } else { Encoding::Proto };
            let link = Proxy::to(cluster.nodes[home].public()).await;
            Member::connect(Peer::connect(link, &cluster.tenant, &format!("user{number}"), encoding), home).await
        };
        let mut crowd = Self {
            members: join_all((0..users).map(join)).await,
            is_sending: watch::Sender::new(true),
            acknowledged: watch::Sender::new(0),
            started_at: Instant::now(),
        };
        for number in 0..conversations {
            let is_in = |user: &usize| [number, (number + 1) % conversations].contains(&(user % conversations));
            let members: Vec<usize> = (0..users).filter(is_in).collect();
            let with: Vec<UserRef> = members[1..].iter().map(|index| crowd.members[*index].peer.reference()).collect();
            let started = crowd.members[members[0]].peer.start_group(with, format!("group {number}"), ClientId::new());
            let started = within("a group", started).await.expect("it starts").conversation.expect("it is told");
            let id = started.id.parse().expect("a UUID");
            for (nth, index) in members.into_iter().enumerate() {
                let member = &mut crowd.members[index];
                member.conversations.push(id);
                // The member who started the conversation knows it from the answer and gets no event.
                if nth > 0 {
                    member.until_received("the group", |streams| streams.contains_key(&id)).await;
                }
            }
        }
        for member in &mut crowd.members {
            member.start_sending(crowd.is_sending.subscribe(), crowd.acknowledged.clone());
        }
        crowd
    }

    /// The users of this node.
    pub fn of_node(&self, node: usize) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.home == node)
    }

    /// The connection id of each user.
    pub fn connections(&self) -> Vec<String> {
        self.members.iter().map(Member::connection).collect()
    }

    /// Waits until `more` further sends are acknowledged.
    pub async fn until_acknowledged(&self, more: usize) {
        let mut acknowledged = self.acknowledged.subscribe();
        let enough = *acknowledged.borrow() + more;
        within("acknowledgements", acknowledged.wait_for(|count| *count >= enough)).await.expect("the crowd is here");
    }

    /// Waits until each user received all messages that are acknowledged now.
    pub async fn until_all_received(&self) {
        let newest = self.newest();
        let received = self.members.iter().map(|member| {
            member.until_received("all that was acknowledged", |streams| {
                member
                    .conversations
                    .iter()
                    .all(|conversation| last(streams, *conversation) >= newest.get(conversation).copied().unwrap_or(0))
            })
        });
        join_all(received).await;
    }

    /// Waits until each of these users has a new connection and received a message that was sent after the reconnection.
    /// Returns the time from `since` until the last of these users received it.
    pub async fn until_live_again(&self, members: impl Iterator<Item = (&Member, String)>, since: Instant) -> Duration {
        let live = members.map(async |(member, before)| {
            member.until_reconnected(&before).await;
            let newest = self.newest();
            member
                .until_received("something live", |streams| {
                    member
                        .conversations
                        .iter()
                        .any(|conversation| last(streams, *conversation) > newest.get(conversation).copied().unwrap_or(0))
                })
                .await;
            since.elapsed()
        });
        join_all(live).await.into_iter().max().unwrap_or_default()
    }

    /// The longest wait for an acknowledgement among the sends made after `since`, including sends that still wait.
    pub fn slowest_since(&self, since: Instant) -> Duration {
        let waits = self.members.iter().flat_map(|member| {
            let ledger = member.ledger.lock().expect("no panic holds it");
            let waits = ledger.iter().filter(|attempt| attempt.invoked >= since).map(|attempt| match attempt.outcome {
                Outcome::Ok { at, .. } => at - attempt.invoked,
                Outcome::Fail | Outcome::Info => attempt.invoked.elapsed(),
            });
            waits.collect::<Vec<_>>()
        });
        waits.max().unwrap_or_default()
    }

    /// The last acknowledged position of each conversation.
    fn newest(&self) -> HashMap<ConversationId, u32> {
        let mut newest = HashMap::new();
        for member in &self.members {
            for attempt in member.ledger.lock().expect("no panic holds it").iter() {
                if let Outcome::Ok { seq, .. } = attempt.outcome {
                    let known: &mut u32 = newest.entry(attempt.conversation).or_default();
                    *known = seq.max(*known);
                }
            }
        }
        newest
    }

    /// Each user finishes the current send, receives the remaining messages, reads every conversation again and disconnects.
    /// Then all records are compared with the database.
    ///
    /// # Panics
    /// If a guarantee is broken.
    pub async fn verify(self, cluster: &Cluster) -> Summary {
        self.verify_where(cluster, |_| true).await
    }

    /// [`Crowd::verify`] for a database that also holds messages of other users. `is_ours` selects the rows of the crowd.
    pub async fn verify_where(mut self, cluster: &Cluster, is_ours: impl Fn(&Entry) -> bool) -> Summary {
        self.is_sending.send_replace(false);
        for member in &mut self.members {
            let sending_task = member.sending_task.take().expect("it speaks until here");
            within("a last acknowledgement", sending_task).await.expect("the sender does not panic");
        }
        self.until_all_received().await;
        let log: Vec<Entry> = stored_messages(&cluster.database).await.into_iter().filter(is_ours).collect();
        let slowest = self.slowest_since(self.started_at);
        let mut histories = Vec::new();
        for member in self.members {
            histories.extend(member.finish().await);
        }
        let violations = check(&histories, &log);
        let (count, first) = (violations.len(), violations.iter().take(20));
        let first: Vec<String> = first.map(ToString::to_string).collect();
        assert!(violations.is_empty(), "{count} broken promises, the first of them:\n{}", first.join("\n"));
        let outcomes = histories.iter().flat_map(|history| &history.attempts).map(|attempt| &attempt.outcome);
        let (known, unknown): (Vec<_>, Vec<_>) = outcomes.partition(|outcome| matches!(outcome, Outcome::Ok { .. }));
        assert!(unknown.is_empty(), "{} sends have no happy end: {:?}", unknown.len(), unknown.first());
        Summary { acknowledged: known.len(), slowest }
    }
}

impl Member {
    async fn connect(peer: Peer, home: usize) -> Self {
        let user = peer.id().await;
        let sender = watch::Sender::new(Streams::new());
        let received = sender.subscribe();
        // A separate event queue, because tests read the peer's own queue.
        let recording_task = tokio::spawn(record_messages(Client::clone(&peer), peer.events(), sender));
        Self {
            peer,
            home,
            user,
            conversations: Vec::new(),
            received,
            ledger: Arc::default(),
            recording_task,
            sending_task: None,
        }
    }

    /// Starts the task that sends messages.
    fn start_sending(&mut self, is_sending: watch::Receiver<bool>, count: watch::Sender<usize>) {
        let sender = MessageSender {
            client: Client::clone(&self.peer),
            name: self.peer.external_id.clone(),
            conversations: self.conversations.clone(),
            ledger: Arc::clone(&self.ledger),
            count,
        };
        self.sending_task = Some(tokio::spawn(sender.send_until_stopped(is_sending)));
    }

    /// The id of the connection, from the last welcome.
    pub fn connection(&self) -> String {
        self.peer.welcome().expect("it was welcomed").connection_id.clone()
    }

    /// Waits for a welcome with another connection id than `before`.
    async fn until_reconnected(&self, before: &str) {
        let is_new = |state: &State| *state == State::Connected && self.connection() != before;
        self.peer.until_state(&format!("{} back", self.peer.external_id), is_new).await;
    }

    async fn until_received(&self, what: &str, accepts: impl Fn(&Streams) -> bool) {
        let mut received = self.received.clone();
        let what = format!("{what}, for {}", self.peer.external_id);
        let _ = within(&what, received.wait_for(|streams| accepts(streams))).await.expect("it listens");
    }

    /// Reads every conversation from its beginning, then disconnects. Returns two histories: received events, and messages
    /// read.
    async fn finish(self) -> [History; 2] {
        let mut read = Streams::new();
        for conversation in &self.conversations {
            read.insert(*conversation, read_after(&self.peer, *conversation, 0).await);
        }
        within("a goodbye", self.peer.close()).await;
        // The listener drains the queue and ends with the client.
        within("the last event", self.recording_task).await.expect("the listener does not panic");
        let attempts = self.ledger.lock().expect("no panic holds it").clone();
        let (name, mut streams) = (self.peer.external_id.clone(), self.received.borrow().clone());
        for conversation in self.conversations {
            // An empty stream is recorded too, so that missing messages are found.
            streams.entry(conversation).or_default();
        }
        let reader = History { name: format!("{name} rereading"), user: self.user, attempts: Vec::new(), streams: read };
        [History { name, user: self.user, attempts, streams }, reader]
    }
}

/// The last received position of a conversation.
fn last(streams: &Streams, conversation: ConversationId) -> u32 {
    streams.get(&conversation).and_then(|entries| entries.last()).map_or(0, |entry| entry.seq)
}

/// Records every received message until the client ends.
async fn record_messages(client: Client, mut events: Events, sender: watch::Sender<Streams>) {
    // After a reload, events up to this position repeat messages that were read from the history.
    let mut read_up_to: HashMap<ConversationId, u32> = HashMap::new();
    while let Some(event) = events.next().await {
        match event {
            Event::Joined(conversation) => {
                let id = conversation.id.parse().expect("a UUID");
                sender.send_modify(|streams| {
                    streams.entry(id).or_default();
                });
            }
            Event::MessageSent(message) => {
                let entry = entry(message);
                if read_up_to.get(&entry.conversation).is_none_or(|seq| entry.seq > *seq) {
                    sender.send_modify(|streams| streams.entry(entry.conversation).or_default().push(entry));
                }
            }
            Event::Resynced { conversation, reload: true } => {
                let id = conversation.id.parse().expect("a UUID");
                let held = last(&sender.borrow(), id);
                let missed = read_after(&client, id, held).await;
                read_up_to.insert(id, missed.last().map_or(held, |entry| entry.seq));
                sender.send_modify(|streams| streams.entry(id).or_default().extend(missed));
            }
            Event::MessageEdited(message) | Event::MessageDeleted(message) => panic!("unexpected change of {message:?}"),
            Event::Left(conversation) => panic!("unexpected leave of {conversation}"),
            Event::Lagged { missed } => panic!("a recorder must not miss {missed} events"),
            // The test knows which conversations to load, because users neither join nor leave while a crowd sends.
            _ => {}
        }
    }
}

/// The messages after a position, read page by page.
async fn read_after(client: &Client, conversation: ConversationId, mut after: u32) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let page = client.history(conversation, HistoryRange::After(after), 100);
        let page = within("a page of history", page).await.expect("a member may read");
        entries.extend(page.messages.into_iter().map(entry));
        if !page.more_after {
            return entries;
        }
        after = entries.last().map_or(after, |entry| entry.seq);
    }
}

/// Sends messages in sequence, each after the acknowledgement of the previous message.
struct MessageSender {
    client: Client,
    name: String,
    conversations: Vec<ConversationId>,
    ledger: Arc<Mutex<Vec<Attempt>>>,
    count: watch::Sender<usize>,
}

impl MessageSender {
    async fn send_until_stopped(self, is_sending: watch::Receiver<bool>) {
        let mut pace = interval(PAUSE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for number in 0.. {
            pace.tick().await;
            if !*is_sending.borrow() {
                return;
            }
            self.send(self.conversations[number % self.conversations.len()], format!("{} {number}", self.name)).await;
        }
    }

    async fn send(&self, conversation: ConversationId, text: String) {
        let client_id = ClientId::new();
        let attempt =
            Attempt { conversation, client_id, text: text.clone(), invoked: Instant::now(), outcome: Outcome::Info };
        let index = {
            let mut ledger = self.ledger.lock().expect("no panic holds it");
            ledger.push(attempt);
            ledger.len() - 1
        };
        let sent = tokio::time::timeout(WAIT_MAX, self.client.send_with_id(conversation, client_id, text)).await;
        let outcome = match sent {
            Ok(Ok(message)) => {
                let Entry { seq, id, .. } = entry(message);
                Outcome::Ok { at: Instant::now(), seq, id }
            }
            Ok(Err(SendError::Refused(_) | SendError::Full { .. })) => Outcome::Fail,
            Ok(Err(_)) | Err(_) => Outcome::Info,
        };
        if matches!(outcome, Outcome::Ok { .. }) {
            self.count.send_modify(|count| *count += 1);
        }
        self.ledger.lock().expect("no panic holds it")[index].outcome = outcome;
    }
}
