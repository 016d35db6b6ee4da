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
    entry, log_of,
};
use crate::harness::{Cluster, PATIENCE, Peer, Proxy, within};

/// Between two sends of a user. Well below the default limit of 20 per second, which an outbox may use up after an outage.
const PAUSE: Duration = Duration::from_millis(150);

type Streams = BTreeMap<ConversationId, Vec<Entry>>;

/// All users of a test and their conversations.
pub struct Crowd {
    /// The users, in the order in which they connected.
    pub members: Vec<Member>,
    talking: watch::Sender<bool>,
    acknowledged: watch::Sender<usize>,
    gathered: Instant,
}

/// A user of the crowd.
pub struct Member {
    /// The client and its link.
    pub peer: Peer,
    /// The node that this user connects to while it runs.
    pub home: usize,
    user: UserId,
    /// The conversations of this user.
    places: Vec<ConversationId>,
    heard: watch::Receiver<Streams>,
    ledger: Arc<Mutex<Vec<Attempt>>>,
    listening: JoinHandle<()>,
    speaking: Option<JoinHandle<()>>,
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
            talking: watch::Sender::new(true),
            acknowledged: watch::Sender::new(0),
            gathered: Instant::now(),
        };
        for number in 0..conversations {
            let is_in = |user: &usize| [number, (number + 1) % conversations].contains(&(user % conversations));
            let members: Vec<usize> = (0..users).filter(is_in).collect();
            let with: Vec<UserRef> = members[1..].iter().map(|at| crowd.members[*at].peer.reference()).collect();
            let started = crowd.members[members[0]].peer.start_group(with, format!("group {number}"), ClientId::new());
            let started = within("a group", started).await.expect("it starts").conversation.expect("it is told");
            let id = started.id.parse().expect("a UUID");
            for (nth, at) in members.into_iter().enumerate() {
                let member = &mut crowd.members[at];
                member.places.push(id);
                // The starter learnt of the conversation from the answer.
                if nth > 0 {
                    member.until_heard("the group", |streams| streams.contains_key(&id)).await;
                }
            }
        }
        for member in &mut crowd.members {
            member.begin(crowd.talking.subscribe(), crowd.acknowledged.clone());
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
    pub async fn until_all_heard(&self) {
        let newest = self.newest();
        let heard = self.members.iter().map(|member| {
            member.until_heard("all that was acknowledged", |streams| {
                member.places.iter().all(|place| last(streams, *place) >= newest.get(place).copied().unwrap_or(0))
            })
        });
        join_all(heard).await;
    }

    /// Waits until each of these users has a new connection and received a message that was sent after the reconnection.
    /// Returns the time from `since` until the last of them did.
    pub async fn until_live_again(&self, them: impl Iterator<Item = (&Member, String)>, since: Instant) -> Duration {
        let live = them.map(async |(member, before)| {
            member.until_connected_anew(&before).await;
            let newest = self.newest();
            member
                .until_heard("something live", |streams| {
                    member.places.iter().any(|place| last(streams, *place) > newest.get(place).copied().unwrap_or(0))
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

    /// [`Crowd::verify`] for a database that also holds messages of other users. `ours` selects the rows of the crowd.
    pub async fn verify_where(mut self, cluster: &Cluster, ours: impl Fn(&Entry) -> bool) -> Summary {
        self.talking.send_replace(false);
        for member in &mut self.members {
            let speaking = member.speaking.take().expect("it speaks until here");
            within("a last acknowledgement", speaking).await.expect("the sender does not panic");
        }
        self.until_all_heard().await;
        let log: Vec<Entry> = log_of(&cluster.database).await.into_iter().filter(ours).collect();
        let slowest = self.slowest_since(self.gathered);
        let mut histories = Vec::new();
        for member in self.members {
            histories.extend(member.leave().await);
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
        let notes = watch::Sender::new(Streams::new());
        let heard = notes.subscribe();
        // A separate event queue, because tests read the peer's own queue.
        let listening = tokio::spawn(listen(Client::clone(&peer), peer.events(), notes));
        Self { peer, home, user, places: Vec::new(), heard, ledger: Arc::default(), listening, speaking: None }
    }

    /// Starts to send.
    fn begin(&mut self, talking: watch::Receiver<bool>, count: watch::Sender<usize>) {
        let speaker = Speaker {
            client: Client::clone(&self.peer),
            name: self.peer.external_id.clone(),
            places: self.places.clone(),
            ledger: Arc::clone(&self.ledger),
            count,
        };
        self.speaking = Some(tokio::spawn(speaker.speak(talking)));
    }

    /// The id of the connection, from the last welcome.
    pub fn connection(&self) -> String {
        self.peer.welcome().expect("it was welcomed").connection_id.clone()
    }

    /// Waits for a welcome with another connection id than `before`.
    async fn until_connected_anew(&self, before: &str) {
        let anew = |state: &State| *state == State::Connected && self.connection() != before;
        self.peer.until_state(&format!("{} back", self.peer.external_id), anew).await;
    }

    async fn until_heard(&self, what: &str, fits: impl Fn(&Streams) -> bool) {
        let mut heard = self.heard.clone();
        let what = format!("{what}, for {}", self.peer.external_id);
        let _ = within(&what, heard.wait_for(|streams| fits(streams))).await.expect("it listens");
    }

    /// Reads every conversation from its beginning, then disconnects. Returns two histories: received events, and messages
    /// read.
    async fn leave(self) -> [History; 2] {
        let mut read = Streams::new();
        for place in &self.places {
            read.insert(*place, read_after(&self.peer, *place, 0).await);
        }
        within("a goodbye", self.peer.close()).await;
        // The listener drains the queue and ends with the client.
        within("the last event", self.listening).await.expect("the listener does not panic");
        let attempts = self.ledger.lock().expect("no panic holds it").clone();
        let (name, mut streams) = (self.peer.external_id.clone(), self.heard.borrow().clone());
        for place in self.places {
            // An empty stream is recorded too, so that missing messages are found.
            streams.entry(place).or_default();
        }
        let reader = History { name: format!("{name} rereading"), user: self.user, attempts: Vec::new(), streams: read };
        [History { name, user: self.user, attempts, streams }, reader]
    }
}

/// The last received position of a conversation.
fn last(streams: &Streams, conversation: ConversationId) -> u32 {
    streams.get(&conversation).and_then(|told| told.last()).map_or(0, |entry| entry.seq)
}

/// Records every received message until the client ends.
async fn listen(client: Client, mut events: Events, notes: watch::Sender<Streams>) {
    // After a reload, events up to this position repeat messages that were read already.
    let mut read_up_to: HashMap<ConversationId, u32> = HashMap::new();
    while let Some(event) = events.next().await {
        match event {
            Event::Joined(conversation) => {
                let id = conversation.id.parse().expect("a UUID");
                notes.send_modify(|streams| {
                    streams.entry(id).or_default();
                });
            }
            Event::MessageSent(message) => {
                let entry = entry(message);
                if read_up_to.get(&entry.conversation).is_none_or(|seq| entry.seq > *seq) {
                    notes.send_modify(|streams| streams.entry(entry.conversation).or_default().push(entry));
                }
            }
            Event::Resynced { conversation, reload: true } => {
                let id = conversation.id.parse().expect("a UUID");
                let held = last(&notes.borrow(), id);
                let missed = read_after(&client, id, held).await;
                read_up_to.insert(id, missed.last().map_or(held, |entry| entry.seq));
                notes.send_modify(|streams| streams.entry(id).or_default().extend(missed));
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
struct Speaker {
    client: Client,
    name: String,
    places: Vec<ConversationId>,
    ledger: Arc<Mutex<Vec<Attempt>>>,
    count: watch::Sender<usize>,
}

impl Speaker {
    async fn speak(self, talking: watch::Receiver<bool>) {
        let mut pace = interval(PAUSE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for number in 0.. {
            pace.tick().await;
            if !*talking.borrow() {
                return;
            }
            self.say(self.places[number % self.places.len()], format!("{} {number}", self.name)).await;
        }
    }

    async fn say(&self, conversation: ConversationId, text: String) {
        let client_id = ClientId::new();
        let attempt =
            Attempt { conversation, client_id, text: text.clone(), invoked: Instant::now(), outcome: Outcome::Info };
        let place = {
            let mut ledger = self.ledger.lock().expect("no panic holds it");
            ledger.push(attempt);
            ledger.len() - 1
        };
        let sent = tokio::time::timeout(PATIENCE, self.client.send_with_id(conversation, client_id, text)).await;
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
        self.ledger.lock().expect("no panic holds it")[place].outcome = outcome;
    }
}
