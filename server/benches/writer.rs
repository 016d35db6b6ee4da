//! The cost of a batch of the writer: one lane, with 1, 16 or 256 messages to as many direct conversations, on a SQLite
//! file.
//!
//! The figure contains the queue, the decisions, the statements with the work of sqlx and SQLite, the commit, the answers,
//! and the publication to a hub without online users. It does not contain the time of the disk, because `synchronous` is
//! off. The file grows during the measurement, so the figure also contains the checkpoints of the write-ahead log.

use std::{path::PathBuf, sync::Arc, time::Duration};

use causerie_benches::{BatchSize, Benches};
use causerie_protocol::{ClientId, ConversationId, NodeId, UserId, command::Draft};
use causerie_server::{
    audit::Refusals,
    auth::{Caller, Credential},
    clock::{Clock, SystemClock},
    domain::{ConversationKind, MemberRole},
    facts::{Facts, policy_gate::PolicyGate},
    fanout::{Checks, FanoutDeps, Hub, bus::LocalHub},
    store::{
        Database, Store,
        lookups::Lookups,
        queries::{
            append::NewConversation,
            tenants,
            users::{self, Profile},
        },
    },
    tasks::Tasks,
    telemetry::Metrics,
    writer::{Member, Mutation, OutgoingMessage, Start, WriteRequest, WriteResult, Writer, WriterDeps},
};
use futures::future::try_join_all;
use sea_orm::ConnectionTrait as _;
use tokio::{runtime::Runtime, task::unconstrained};
use uuid::Uuid;

const CONVERSATIONS: usize = 256;
const TEXT: &str = "Rendez-vous à 14 h devant le musée, qui peut prendre deux élèves de plus ?";
/// Longer than any bench, so that the periodic checks never run.
const NEVER: Duration = Duration::from_secs(24 * 3600);

fn main() {
    let mut benches = Benches::from_env();
    for messages in [1, 16, CONVERSATIONS] {
        benches.bench_on(&format!("writer/send/{messages}"), BatchSize::SmallInput, || {
            let server = Server::start();
            let places = server.places.clone();
            let next = move || places[..messages].iter().map(|place| send(*place)).collect();
            (next, move |requests| server.write(requests).len())
        });
    }
    benches.finish();
}

fn send((caller, conversation): (Caller, ConversationId)) -> WriteRequest<Mutation> {
    let draft = Draft { client_id: ClientId::new(), text: TEXT.to_owned() };
    WriteRequest { caller, mutation: Mutation::Send { conversation, message: OutgoingMessage::new(draft) } }
}

/// The parts of a server that a message passes until it is stored.
struct Server {
    runtime: Runtime,
    writer: Writer,
    /// The callers, each with a conversation.
    places: Vec<(Caller, ConversationId)>,
    _folder: Folder,
}

impl Server {
    fn start() -> Self {
        // One thread, so that the requests of one call form one batch.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
        let folder = Folder::new();
        let (writer, callers) = runtime.block_on(open(folder.0.join("bench.sqlite")));
        let starts = callers.iter().map(|(caller, peer)| writer.start_conversation(start(*caller, *peer)));
        let started = runtime.block_on(unconstrained(try_join_all(starts))).expect("is allowed");
        let started = started.into_iter().map(|started| started.conversation);
        let places = callers.iter().map(|(caller, _)| *caller).zip(started).collect();
        Self { runtime, writer, places, _folder: folder }
    }

    /// Queues all requests before the lane runs, and waits for the answers.
    fn write(&self, requests: Vec<WriteRequest<Mutation>>) -> Vec<WriteResult> {
        self.runtime.block_on(unconstrained(async {
            let mut answers = Vec::with_capacity(requests.len());
            for request in requests {
                answers.push(self.writer.submit(request).await);
            }
            let mut done = Vec::with_capacity(answers.len());
            for answer in answers {
                done.push(answer.await.expect("is allowed"));
            }
            done
        }))
    }
}

/// A lane on a fresh database, and pairs of users of one tenant.
async fn open(file: PathBuf) -> (Writer, Vec<(Caller, UserId)>) {
    let store = Store::connect(&Database::Sqlite(file)).await.expect("opens");
    store.migrate().await.expect("migrates");
    store.writer().execute_unprepared("PRAGMA synchronous = OFF").await.expect("is a setting of SQLite");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let tenant = tenants::create(&store, "bench", "Bench", clock.now_ms()).await.expect("stores").id;
    let profile = |at| Profile { external_id: format!("user-{at}"), ..Profile::default() };
    let profiles: Vec<Profile> = (0..2 * CONVERSATIONS).map(profile).collect();
    let users = users::upsert(&store, tenant, &profiles, clock.now_ms()).await.expect("stores");

    let (tasks, metrics, lookups) = (Tasks::default(), Arc::new(Metrics::new()), Lookups::start(&store));
    let facts = Facts::new(&store, &lookups, &clock);
    let gate = PolicyGate::new(&metrics, &Refusals::start(&tasks, &store, &clock, &metrics));
    let node = NodeId::new();
    let (bus, events) = LocalHub::default().join(node);
    let checks = Checks { recent: NEVER, all: NEVER, bus_away: NEVER, recent_window: NEVER };
    let fanout_deps = FanoutDeps {
        node,
        store: store.clone(),
        lookups,
        facts: facts.clone(),
        bus,
        events,
        clock: Arc::clone(&clock),
        metrics: Arc::clone(&metrics),
        checks,
    };
    let hub = Hub::start(&tasks, fanout_deps);
    let writer_deps = WriterDeps {
        store: store.clone(),
        hub,
        facts: facts.clone(),
        gate,
        metrics: Arc::clone(&metrics),
        clock: Arc::clone(&clock),
    };
    let writer = Writer::start(&tasks, &writer_deps, 1, CONVERSATIONS);
    // Otherwise the first batch would wait until the facts are loaded.
    facts.latest(tenant).await.expect("reads");
    let issued_at_s = clock.now_s() + 1;
    let caller = |user| Caller { tenant, user, credential: Credential::Token { issued_at_s } };
    (writer, users.chunks(2).map(|pair| (caller(pair[0].id), pair[1].id)).collect())
}

fn start(caller: Caller, peer: UserId) -> WriteRequest<Start> {
    let member = |user| Member { user, role: MemberRole::Member, is_copy: false, is_named: true };
    let new = NewConversation {
        id: ConversationId::new(),
        tenant: caller.tenant,
        kind: ConversationKind::Direct,
        subject: String::new(),
        start_key: format!("pair:{}:{}", caller.user.min(peer), caller.user.max(peer)),
        member_count: 2,
        created_by: caller.user,
        in_reply_to: None,
    };
    let mutation = Start {
        new,
        members: vec![member(caller.user), member(peer)],
        addressees: Vec::new(),
        groups: Vec::new(),
        first_message: None,
        checks: Vec::new(),
        exists: false,
    };
    WriteRequest { caller, mutation }
}

/// A temporary folder that is deleted on drop.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("causerie-bench-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&path).expect("makes a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
