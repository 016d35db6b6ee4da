//! R10: rights are revoked while messages are being sent. After the answer to the revocation, no node accepts a message that
//! needs the right, with or without the bus.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use causerie_client::{Client, ClientId, ConversationId, Event, Events, SendError, State, wire::Capability};
use futures::future::join_all;
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

use super::stored_messages;
use crate::{
    harness::{http::Request, within},
    scenarios::{
        Row, System, User,
        facts::{member, relation, setting, user},
        s0_school, s4_lms, system,
    },
};

/// How often each right is revoked and restored.
const ROUNDS: usize = 4;
/// The number of sends of each affected user on each node before and after a revocation. It is large enough to make the
/// absence of an accepted message significant.
const SENDS: usize = 20;

#[derive(Debug, Clone)]
struct Attempt {
    conversation: ConversationId,
    author: &'static str,
    client_id: ClientId,
    /// The time before the first byte is sent.
    invoked: Instant,
    /// The time when the outcome was known.
    ended: Instant,
    acknowledged: bool,
}

/// A time during which some users did not have a right.
#[derive(Debug, Clone)]
struct Revocation {
    what: &'static str,
    conversation: ConversationId,
    authors: &'static [&'static str],
    /// A time before the last messages that the authors were allowed to send.
    began: Instant,
    /// The time when the answer to the revocation arrived.
    answered: Instant,
    /// The time right before the right was restored.
    restored: Option<Instant>,
}

/// A message that must not have been accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Violation {
    /// The server acknowledged the message.
    Acknowledged { what: &'static str, client_id: ClientId, late: Duration },
    /// The server did not acknowledge the message but stored it.
    Stored { what: &'static str, client_id: ClientId, late: Duration },
}

impl Revocation {
    /// Whether the whole send lies within the revocation. A send that began before the answer may have been committed first,
    /// and a send that ended after the restoration may have been committed last.
    fn covers(&self, attempt: &Attempt) -> bool {
        self.conversation == attempt.conversation
            && self.authors.contains(&attempt.author)
            && attempt.invoked > self.answered
            && self.restored.is_none_or(|restored| attempt.ended < restored)
    }
}

fn check(attempts: &[Attempt], stored: &HashSet<ClientId>, revocations: &[Revocation]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for attempt in attempts {
        let client_id = attempt.client_id;
        for revocation in revocations.iter().filter(|revocation| revocation.covers(attempt)) {
            let (what, late) = (revocation.what, attempt.invoked - revocation.answered);
            if attempt.acknowledged {
                violations.push(Violation::Acknowledged { what, client_id, late });
            } else if stored.contains(&client_id) {
                violations.push(Violation::Stored { what, client_id, late });
            }
        }
    }
    violations
}

/// The number of sends of a speaker by outcome.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    acknowledged: usize,
    refused: usize,
}

/// A user who sends without pause until stopped, even if the messages are refused.
struct Speaker {
    name: &'static str,
    user: User,
    progress: watch::Receiver<Progress>,
    stop: watch::Sender<bool>,
    speaking: JoinHandle<()>,
}

type Ledger = Arc<Mutex<Vec<Attempt>>>;

impl Speaker {
    async fn start(system: &System<'_>, name: &'static str, conversation: ConversationId, ledger: &Ledger) -> Self {
        let user = system.user(name).await;
        let (progress, stop) = (watch::Sender::new(Progress::default()), watch::Sender::new(false));
        let seen = progress.subscribe();
        let client = Client::clone(&user);
        let speaking =
            tokio::spawn(send_until_stopped(client, name, conversation, Arc::clone(ledger), progress, stop.subscribe()));
        Self { name, user, progress: seen, stop, speaking }
    }

    /// Waits for `more` further acknowledgements.
    async fn until_acknowledged(&self, more: usize) {
        let enough = self.progress.borrow().acknowledged + more;
        let mut progress = self.progress.clone();
        let taken = progress.wait_for(|now| now.acknowledged >= enough);
        let _ = within(&format!("acknowledgements for {}", self.name), taken).await.expect("it speaks");
    }

    /// Waits for `more` further refusals.
    async fn until_refused(&self, more: usize) {
        let enough = self.progress.borrow().refused + more;
        let mut progress = self.progress.clone();
        let refused = progress.wait_for(|now| now.refused >= enough);
        let _ = within(&format!("refusals for {}", self.name), refused).await.expect("it speaks");
    }

    async fn end(self) {
        self.stop.send_replace(true);
        within("a last answer", self.speaking).await.expect("the speaker does not panic");
        self.user.close().await;
    }
}

async fn send_until_stopped(
    client: Client,
    author: &'static str,
    conversation: ConversationId,
    ledger: Ledger,
    progress: watch::Sender<Progress>,
    stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let (client_id, invoked) = (ClientId::new(), Instant::now());
        let answer = within("an answer to a send", client.send_with_id(conversation, client_id, author)).await;
        let attempt =
            Attempt { conversation, author, client_id, invoked, ended: Instant::now(), acknowledged: answer.is_ok() };
        ledger.lock().expect("no panic holds it").push(attempt);
        match answer {
            Ok(_) => progress.send_modify(|now| now.acknowledged += 1),
            Err(SendError::Refused(_)) => progress.send_modify(|now| now.refused += 1),
            // A removed user's connection is closed.
            Err(SendError::Closed(_)) => return,
            Err(other) => panic!("neither taken nor refused: {other:?}"),
        }
    }
}

/// Two users, each on both nodes, who send without pause.
struct Chat<'a> {
    system: &'a System<'a>,
    conversation: ConversationId,
    speakers: Vec<Speaker>,
}

impl<'a> Chat<'a> {
    async fn between(system: &'a System<'a>, first: &'static str, second: &'static str, ledger: &Ledger) -> Self {
        let conversation = system.user(first).await.starts_with(second).await.expect("within reach");
        let mut speakers = Vec::new();
        for name in [first, first, second, second] {
            speakers.push(Speaker::start(system, name, conversation, ledger).await);
        }
        Self { system, conversation, speakers }
    }

    fn speakers_of<'b>(&'b self, authors: &'b [&str]) -> impl Iterator<Item = &'b Speaker> {
        self.speakers.iter().filter(|speaker| authors.contains(&speaker.name))
    }

    async fn until_all_acknowledged(&self) {
        join_all(self.speakers.iter().map(|speaker| speaker.until_acknowledged(SENDS))).await;
    }

    /// The back end revokes a right, waits until all affected users were refused often enough and received the new
    /// capabilities, and restores the right.
    async fn revoke(
        &self,
        what: &'static str,
        authors: &'static [&'static str],
        removed: &[Row],
        added: &[Row],
    ) -> Revocation {
        let began = Instant::now();
        self.until_all_acknowledged().await;
        let mut devices: Vec<Events> = self.speakers_of(authors).map(|speaker| speaker.user.events()).collect();
        self.system.import_all(removed).await;
        let answered = Instant::now();
        join_all(self.speakers_of(authors).map(|speaker| speaker.until_refused(SENDS))).await;
        for device in &mut devices {
            self.until_capability(device, false).await;
        }
        let restored = Some(Instant::now());
        self.system.import_all(added).await;
        for device in &mut devices {
            self.until_capability(device, true).await;
        }
        Revocation { what, conversation: self.conversation, authors, began, answered, restored }
    }

    /// Waits until the events of a device say that its user may send, or may not.
    async fn until_capability(&self, device: &mut Events, may: bool) {
        let shown = async {
            while let Some(event) = device.next().await {
                if let Event::Capabilities { conversation, capabilities, .. } = event
                    && conversation == self.conversation
                    && capabilities.contains(&Capability::Send) == may
                {
                    return;
                }
            }
            panic!("the connection ended");
        };
        within(&format!("a screen that says {may}"), shown).await;
    }

    async fn end(self) {
        for speaker in self.speakers {
            speaker.end().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_is_accepted_after_a_revocation_was_answered() {
    let cluster = system::two_nodes().await;
    let school = System::with_preset(&cluster, "school", &s0_school::facts()).await;
    let lms = System::with_preset(&cluster, "lms", &s4_lms::facts()).await;
    let ledger = Ledger::default();
    let class = Chat::between(&school, "lea", "lou", &ledger).await;
    let course = Chat::between(&lms, "lia", "ivo", &ledger).await;
    let began = Instant::now();

    let mut revocations = Vec::new();
    for round in 0..ROUNDS {
        if round == ROUNDS / 2 {
            // From here on a node must ask the database: a node that trusts its cache is found.
            cluster.redis.as_ref().expect("two nodes have one").freeze();
        }
        let block = relation("lou", "block", "lea");
        let unblock = block.clone().removed();
        revocations.push(class.revoke("blocked", &["lea"], &[block], &[unblock]).await);
        let assigned = member("lea", "learner", "class-a");
        let unassigned = assigned.clone().removed();
        revocations.push(class.revoke("unassigned", &["lea", "lou"], &[unassigned], &[assigned]).await);
        let (off, on) = (setting("messaging", "off"), setting("messaging", "on"));
        revocations.push(course.revoke("switched off", &["lia", "ivo"], &[off], &[on]).await);
    }
    revocations.push(remove_lou(&class).await);
    class.end().await;
    course.end().await;

    let attempts = std::mem::take(&mut *ledger.lock().expect("no panic holds it"));
    let stored: HashSet<ClientId> =
        stored_messages(&cluster.database).await.into_iter().map(|entry| entry.client_id).collect();
    let violations = check(&attempts, &stored, &revocations);
    assert!(violations.is_empty(), "{} messages too late, the first: {:?}", violations.len(), violations.first());
    for revocation in &revocations {
        // Counter-check: with an earlier answer time, the last allowed messages count as violations.
        let earlier = Revocation { answered: revocation.began, ..revocation.clone() };
        assert!(!check(&attempts, &stored, &[earlier]).is_empty(), "the checker is blind for {}", revocation.what);
    }
    let refused = attempts.iter().filter(|attempt| !attempt.acknowledged).count();
    let rate = attempts.len() as f64 / began.elapsed().as_secs_f64();
    println!("R10: {} rights revoked under {rate:.0} sends/s, {refused} refused, none too late", revocations.len());
}

/// Removes one of the two users. The sends of the other user are refused. The removed user is disconnected.
async fn remove_lou(class: &Chat<'_>) -> Revocation {
    let began = Instant::now();
    class.until_all_acknowledged().await;
    class.system.import_all(&[user("lou").with("status", "removed")]).await;
    let answered = Instant::now();
    let send = json!({ "clientId": ClientId::new().to_string(), "text": "still here?" });
    let messages = format!("/v1/conversations/{}/messages", class.conversation);
    for node in [0, 1] {
        let answer = class.system.http_at(node, "lou", Request::new("POST", &messages).json(&send)).await;
        assert_eq!(answer.status, 401, "node {node}: {}", answer.text());
    }
    join_all(class.speakers_of(&["lea"]).map(|speaker| speaker.until_refused(SENDS))).await;
    for speaker in class.speakers_of(&["lou"]) {
        speaker.user.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
    }
    let (conversation, authors) = (class.conversation, &["lea", "lou"]);
    Revocation { what: "removed", conversation, authors, began, answered, restored: None }
}

/// A revocation from 100 ms to 200 ms, and a send from `invoked_ms` to `ended_ms`.
fn example(invoked_ms: u64, ended_ms: u64) -> (Attempt, Revocation) {
    let (start, conversation) = (Instant::now(), ConversationId::new());
    let at = |ms| start + Duration::from_millis(ms);
    let (invoked, ended) = (at(invoked_ms), at(ended_ms));
    let attempt = Attempt { conversation, author: "lea", client_id: ClientId::new(), invoked, ended, acknowledged: true };
    let restored = Some(at(200));
    (attempt, Revocation { what: "blocked", conversation, authors: &["lea"], began: start, answered: at(100), restored })
}

#[test]
fn a_message_accepted_during_a_revocation_is_found() {
    let (attempt, revocation) = example(101, 150);
    let late = Duration::from_millis(1);
    let (what, client_id) = ("blocked", attempt.client_id);
    let found = |attempt: &Attempt, stored: &[ClientId]| {
        check(std::slice::from_ref(attempt), &stored.iter().copied().collect(), std::slice::from_ref(&revocation))
    };
    assert_eq!(found(&attempt, &[client_id]), [Violation::Acknowledged { what, client_id, late }]);
    let refused = Attempt { acknowledged: false, ..attempt.clone() };
    assert_eq!(found(&refused, &[client_id]), [Violation::Stored { what, client_id, late }]);
    assert_eq!(found(&refused, &[]), [], "refused and not there: as promised");
    assert_eq!(found(&Attempt { author: "lou", ..attempt.clone() }, &[client_id]), [], "not revoked for everyone");
    assert_eq!(found(&Attempt { conversation: ConversationId::new(), ..attempt }, &[client_id]), [], "nor everywhere");
}

#[test]
fn a_message_at_the_edge_of_a_revocation_is_no_violation() {
    for (invoked_ms, ended_ms) in [(50, 150), (99, 199), (150, 250), (210, 220)] {
        let (attempt, revocation) = example(invoked_ms, ended_ms);
        let stored = HashSet::from([attempt.client_id]);
        assert_eq!(check(&[attempt], &stored, &[revocation]), [], "from {invoked_ms} to {ended_ms} ms");
    }
}
