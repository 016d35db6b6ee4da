//! R10: rights are taken away while sends fly. Once the answer to that is here, no node takes a message any more, whether
//! the bus tells it or not.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use causerie_client::{Client, ClientId, ConversationId, Event, Events, SendError, State, wire::Capability};
use futures::future::join_all;
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

use super::log_of;
use crate::{
    harness::{http::Request, within},
    scenarios::{
        Person, Row, System,
        facts::{member, relation, setting, user},
        s0_school, s4_lms, system,
    },
};

/// Each right is taken and given back so often.
const ROUNDS: usize = 4;
/// Sends that each person affected tries on each node before and after, so that "none was accepted" says something.
const SENDS: usize = 20;

/// One send.
#[derive(Debug, Clone)]
struct Attempt {
    conversation: ConversationId,
    author: &'static str,
    client_id: ClientId,
    /// Before anything went out.
    invoked: Instant,
    /// When its outcome was known.
    ended: Instant,
    acknowledged: bool,
}

/// A right that some people did not have for a while.
#[derive(Debug, Clone)]
struct Revocation {
    what: &'static str,
    conversation: ConversationId,
    authors: &'static [&'static str],
    /// Before the last messages that the authors were allowed to send.
    began: Instant,
    /// When the answer was here.
    answered: Instant,
    /// When the right was about to be given back.
    lifted: Option<Instant>,
}

/// A message that must not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Violation {
    /// Its sender was told that it was taken.
    Acknowledged { what: &'static str, client_id: ClientId, late: Duration },
    /// Its sender was not, and the database has it.
    Stored { what: &'static str, client_id: ClientId, late: Duration },
}

impl Revocation {
    /// The whole send lies within it. One that began before the answer may have been first, one that ended after the right
    /// was given back may have been last.
    fn covers(&self, attempt: &Attempt) -> bool {
        self.conversation == attempt.conversation
            && self.authors.contains(&attempt.author)
            && attempt.invoked > self.answered
            && self.lifted.is_none_or(|lifted| attempt.ended < lifted)
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

/// How many sends of one speaker had which end.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    acknowledged: usize,
    refused: usize,
}

/// Someone who says one thing after another, whatever is answered, until told to stop.
struct Speaker {
    name: &'static str,
    person: Person,
    progress: watch::Receiver<Progress>,
    stop: watch::Sender<bool>,
    speaking: JoinHandle<()>,
}

type Ledger = Arc<Mutex<Vec<Attempt>>>;

impl Speaker {
    async fn begin(system: &System<'_>, name: &'static str, conversation: ConversationId, ledger: &Ledger) -> Self {
        let person = system.person(name).await;
        let (progress, stop) = (watch::Sender::new(Progress::default()), watch::Sender::new(false));
        let seen = progress.subscribe();
        let client = Client::clone(&person);
        let speaking = tokio::spawn(speak(client, name, conversation, Arc::clone(ledger), progress, stop.subscribe()));
        Self { name, person, progress: seen, stop, speaking }
    }

    /// Waits for so many acknowledgements more than there are now.
    async fn is_taken(&self, more: usize) {
        let enough = self.progress.borrow().acknowledged + more;
        let mut progress = self.progress.clone();
        let taken = progress.wait_for(|now| now.acknowledged >= enough);
        let _ = within(&format!("acknowledgements for {}", self.name), taken).await.expect("it speaks");
    }

    /// Waits for so many refusals more than there are now.
    async fn is_refused(&self, more: usize) {
        let enough = self.progress.borrow().refused + more;
        let mut progress = self.progress.clone();
        let refused = progress.wait_for(|now| now.refused >= enough);
        let _ = within(&format!("refusals for {}", self.name), refused).await.expect("it speaks");
    }

    async fn end(self) {
        self.stop.send_replace(true);
        within("a last answer", self.speaking).await.expect("nobody panics while speaking");
        self.person.close().await;
    }
}

async fn speak(
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
            // Whoever was removed is sent away.
            Err(SendError::Closed(_)) => return,
            Err(other) => panic!("neither taken nor refused: {other:?}"),
        }
    }
}

/// Two people, each on both nodes, who talk without pause.
struct Chat<'a> {
    system: &'a System<'a>,
    conversation: ConversationId,
    speakers: Vec<Speaker>,
}

impl<'a> Chat<'a> {
    async fn between(system: &'a System<'a>, one: &'static str, other: &'static str, ledger: &Ledger) -> Self {
        let conversation = system.person(one).await.starts_with(other).await.expect("within reach");
        let mut speakers = Vec::new();
        for name in [one, one, other, other] {
            speakers.push(Speaker::begin(system, name, conversation, ledger).await);
        }
        Self { system, conversation, speakers }
    }

    fn of<'b>(&'b self, authors: &'b [&str]) -> impl Iterator<Item = &'b Speaker> {
        self.speakers.iter().filter(|speaker| authors.contains(&speaker.name))
    }

    async fn all_are_taken(&self) {
        join_all(self.speakers.iter().map(|speaker| speaker.is_taken(SENDS))).await;
    }

    /// The back end takes a right away; when all whom it concerns were refused often enough and their screens changed, it
    /// gives it back.
    async fn revoke(&self, what: &'static str, authors: &'static [&'static str], take: &[Row], give: &[Row]) -> Revocation {
        let began = Instant::now();
        self.all_are_taken().await;
        let mut screens: Vec<Events> = self.of(authors).map(|speaker| speaker.person.events()).collect();
        self.system.learns(take).await;
        let answered = Instant::now();
        join_all(self.of(authors).map(|speaker| speaker.is_refused(SENDS))).await;
        for screen in &mut screens {
            self.shows(screen, false).await;
        }
        let lifted = Some(Instant::now());
        self.system.learns(give).await;
        for screen in &mut screens {
            self.shows(screen, true).await;
        }
        Revocation { what, conversation: self.conversation, authors, began, answered, lifted }
    }

    /// Waits until an open screen is told that one may write, or may not.
    async fn shows(&self, screen: &mut Events, may: bool) {
        let shown = async {
            while let Some(event) = screen.next().await {
                if let Event::Capabilities { conversation, capabilities } = event
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
    let school = System::of(&cluster, "school", &s0_school::facts()).await;
    let lms = System::of(&cluster, "lms", &s4_lms::facts()).await;
    let ledger = Ledger::default();
    let class = Chat::between(&school, "lea", "lou", &ledger).await;
    let course = Chat::between(&lms, "lia", "ivo", &ledger).await;
    let began = Instant::now();

    let mut revocations = Vec::new();
    for round in 0..ROUNDS {
        if round == ROUNDS / 2 {
            // From now on a node hears of nothing but by asking: one that trusts what it holds is seen to.
            cluster.redis.as_ref().expect("two nodes have one").freeze();
        }
        let block = relation("lou", "block", "lea");
        let unblock = block.clone().gone();
        revocations.push(class.revoke("blocked", &["lea"], &[block], &[unblock]).await);
        let assigned = member("lea", "learner", "class-a");
        let unassigned = assigned.clone().gone();
        revocations.push(class.revoke("unassigned", &["lea", "lou"], &[unassigned], &[assigned]).await);
        let (off, on) = (setting("messaging", "off"), setting("messaging", "on"));
        revocations.push(course.revoke("switched off", &["lia", "ivo"], &[off], &[on]).await);
    }
    revocations.push(remove_lou(&class).await);
    class.end().await;
    course.end().await;

    let attempts = std::mem::take(&mut *ledger.lock().expect("no panic holds it"));
    let stored: HashSet<ClientId> = log_of(&cluster.database).await.into_iter().map(|entry| entry.client_id).collect();
    let violations = check(&attempts, &stored, &revocations);
    assert!(violations.is_empty(), "{} messages too late, the first: {:?}", violations.len(), violations.first());
    for revocation in &revocations {
        // The same notes, had it been answered before the last messages: then they were accepted in spite of it.
        let earlier = Revocation { answered: revocation.began, ..revocation.clone() };
        assert!(!check(&attempts, &stored, &[earlier]).is_empty(), "the checker is blind for {}", revocation.what);
    }
    let refused = attempts.iter().filter(|attempt| !attempt.acknowledged).count();
    let rate = attempts.len() as f64 / began.elapsed().as_secs_f64();
    println!("R10: {} rights revoked under {rate:.0} sends/s, {refused} refused, none too late", revocations.len());
}

/// Removes one of the two for good. The other one is refused; the one removed is sent away, and can do nothing anywhere.
async fn remove_lou(class: &Chat<'_>) -> Revocation {
    let began = Instant::now();
    class.all_are_taken().await;
    class.system.learns(&[user("lou").with("status", "removed")]).await;
    let answered = Instant::now();
    let send = json!({ "clientId": ClientId::new().to_string(), "text": "still here?" });
    let messages = format!("/v1/conversations/{}/messages", class.conversation);
    for node in [0, 1] {
        let answer = class.system.http_at(node, "lou", Request::new("POST", &messages).json(&send)).await;
        assert_eq!(answer.status, 401, "node {node}: {}", answer.text());
    }
    join_all(class.of(&["lea"]).map(|speaker| speaker.is_refused(SENDS))).await;
    for speaker in class.of(&["lou"]) {
        speaker.person.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
    }
    let (conversation, authors) = (class.conversation, &["lea", "lou"]);
    Revocation { what: "removed", conversation, authors, began, answered, lifted: None }
}

/// A right taken at 100 ms and given back at 200 ms, and a send from one moment to another.
fn scene(invoked_ms: u64, ended_ms: u64) -> (Attempt, Revocation) {
    let (start, conversation) = (Instant::now(), ConversationId::new());
    let at = |ms| start + Duration::from_millis(ms);
    let (invoked, ended) = (at(invoked_ms), at(ended_ms));
    let attempt = Attempt { conversation, author: "lea", client_id: ClientId::new(), invoked, ended, acknowledged: true };
    let lifted = Some(at(200));
    (attempt, Revocation { what: "blocked", conversation, authors: &["lea"], began: start, answered: at(100), lifted })
}

#[test]
fn a_message_taken_in_spite_of_it_is_found() {
    let (attempt, revocation) = scene(101, 150);
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
fn a_message_that_may_have_been_first_or_last_is_none() {
    for (invoked_ms, ended_ms) in [(50, 150), (99, 199), (150, 250), (210, 220)] {
        let (attempt, revocation) = scene(invoked_ms, ended_ms);
        let stored = HashSet::from([attempt.client_id]);
        assert_eq!(check(&[attempt], &stored, &[revocation]), [], "from {invoked_ms} to {ended_ms} ms");
    }
}
