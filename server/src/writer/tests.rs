//! Tests of batches: a batch that runs again, and a request that depends on earlier requests of its batch.

use std::sync::Arc;

use causerie_protocol::{ClientId, ConversationId, NodeId, TenantId, command::Draft};
use sea_orm::{ConnectionTrait as _, Statement};
use tokio::sync::oneshot;

use super::{
    Member, Mutation, OutgoingMessage, Start, WriteRequest, WriteResult, WriterDeps,
    batch::{self, Written},
    queue::{Batch, Queued},
};
use crate::{
    audit::Refusals,
    auth::{Caller, Credential},
    clock::Clock,
    domain::{ConversationKind, MemberRole, User},
    facts::{Facts, policy_gate::PolicyGate},
    fanout::{Checks, FanoutDeps, Hub, bus::LocalHub},
    store::{
        Store,
        lookups::Lookups,
        queries::{
            append::NewConversation,
            tenants,
            users::{self, Profile},
        },
    },
    tasks::Tasks,
    telemetry::Metrics,
    testing::{NOW_MS, TestClock, on_each_database},
};

/// The writer of a server with one tenant, whose policy is `open`.
struct Fixture {
    deps: WriterDeps,
    tenant: TenantId,
    lea: User,
    tom: User,
}

impl Fixture {
    async fn new(store: &Store) -> Self {
        let tenant = tenants::create(store, "acme", "Acme", NOW_MS).await.expect("stores").id;
        let profiles = ["lea", "tom"].map(|id| Profile { external_id: id.to_owned(), ..Profile::default() });
        let users = users::upsert(store, tenant, &profiles, NOW_MS).await.expect("stores");
        let [lea, tom] = users.try_into().expect("two users");

        let clock: Arc<dyn Clock> = TestClock::new();
        let (tasks, metrics, lookups) = (Tasks::default(), Arc::new(Metrics::new()), Lookups::start(store));
        let facts = Facts::new(store, &lookups, &clock);
        let gate = PolicyGate::new(&metrics, &Refusals::start(&tasks, store, &clock, &metrics));
        let node = NodeId::new();
        let (bus, events) = LocalHub::default().join(node);
        let very_long = std::time::Duration::from_secs(3_600);
        let fanout_deps = FanoutDeps {
            node,
            store: store.clone(),
            lookups,
            facts: facts.clone(),
            bus,
            events,
            clock: Arc::clone(&clock),
            metrics: Arc::clone(&metrics),
            checks: Checks { recent: very_long, all: very_long, bus_away: very_long, recent_window: very_long },
        };
        let hub = Hub::start(&tasks, fanout_deps);
        // The first batch of a tenant whose facts are not loaded is not written.
        facts.latest(tenant).await.expect("reads");
        Self { deps: WriterDeps { store: store.clone(), hub, facts, gate, metrics, clock }, tenant, lea, tom }
    }

    fn caller(&self, user: &User) -> Caller {
        Caller { tenant: self.tenant, user: user.id, credential: Credential::Token { issued_at_s: NOW_MS / 1_000 } }
    }

    /// A start by Léa with Tom as the other member.
    fn start(&self, kind: ConversationKind, first_message: Option<&str>) -> WriteRequest<Start> {
        let member = |user: &User, role| Member { user: user.id, role, is_copy: false, is_named: true };
        let new = NewConversation {
            id: ConversationId::new(),
            tenant: self.tenant,
            kind,
            subject: String::new(),
            start_key: "a key".to_owned(),
            member_count: 2,
            created_by: self.lea.id,
            in_reply_to: None,
        };
        let mutation = Start {
            new,
            members: vec![member(&self.lea, MemberRole::Owner), member(&self.tom, MemberRole::Member)],
            addressees: Vec::new(),
            groups: Vec::new(),
            first_message: first_message.map(outgoing),
            checks: Vec::new(),
            exists: false,
        };
        WriteRequest { caller: self.caller(&self.lea), mutation }
    }

    /// Writes a batch, which must succeed.
    async fn write(&self, batch: &Batch) -> Written {
        batch::write(&self.deps, NOW_MS, batch).await.ok().expect("is written")
    }

    /// A group of Léa, who owns it, and Tom.
    async fn group(&self) -> ConversationId {
        let written = self.write(&starts([self.start(ConversationKind::Group, None)])).await;
        written.started[0].as_ref().expect("is allowed").conversation
    }

    /// The number in the only row of the result of a query.
    async fn number(&self, sql: &str) -> i64 {
        let store = &self.deps.store;
        let row = store.reader().query_one_raw(Statement::from_string(store.backend(), sql)).await;
        row.expect("reads").expect("a row").try_get_by_index(0).expect("a number")
    }
}

fn outgoing(text: &str) -> OutgoingMessage {
    OutgoingMessage::new(Draft { client_id: ClientId::new(), text: text.to_owned() })
}

fn starts<const N: usize>(requests: [WriteRequest<Start>; N]) -> Batch {
    Batch { starts: requests.map(queued).into(), mutations: Vec::new() }
}

fn mutations<const N: usize>(requests: [(Caller, Mutation); N]) -> Batch {
    let requests = requests.map(|(caller, mutation)| queued(WriteRequest { caller, mutation }));
    Batch { starts: Vec::new(), mutations: requests.into() }
}

fn queued<M, R>(request: WriteRequest<M>) -> Queued<M, R> {
    let (answer, _) = oneshot::channel();
    Queued { request, answer }
}

/// A commit without an answer may have been executed. The lane then runs the same batch again.
#[tokio::test]
async fn a_batch_that_was_committed_without_an_answer_changes_nothing_when_it_runs_again() {
    on_each_database(|store| async move {
        let fixture = Fixture::new(&store).await;
        let batch = starts([fixture.start(ConversationKind::Direct, Some("hello"))]);
        let first = fixture.write(&batch).await;
        let started = first.started[0].as_ref().expect("is allowed");
        assert!(started.created);
        assert_eq!((first.counts.accepted, first.counts.repeated), (1, 0));

        // Before the batch runs again, the other member reads the message.
        let conversation = started.conversation;
        let read = mutations([(fixture.caller(&fixture.tom), Mutation::MarkRead { conversation, seq: 1 })]);
        fixture.write(&read).await.mutated[0].as_ref().expect("is allowed");

        let second = fixture.write(&batch).await;
        let found = second.started[0].as_ref().expect("is allowed");
        assert_eq!((found.conversation, found.created), (conversation, true), "the answer is that of the first run");
        assert_eq!(found.first_message, started.first_message);
        assert_eq!((second.counts.accepted, second.counts.repeated), (1, 0), "only this run's counts are used");
        assert_eq!(fixture.number("SELECT COUNT(*) FROM messages").await, 1);
        assert_eq!(fixture.number("SELECT MIN(read_seq) FROM members").await, 1, "read positions stay");
        assert_eq!(fixture.number("SELECT MAX(inbox_version) FROM users").await, 1, "nobody joins again");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_a_client_sends_again_is_counted_as_repeated() {
    on_each_database(|store| async move {
        let fixture = Fixture::new(&store).await;
        let conversation = fixture.group().await;
        let draft = Draft { client_id: ClientId::new(), text: "hello".to_owned() };
        let send = || {
            let message = OutgoingMessage::new(draft.clone());
            mutations([(fixture.caller(&fixture.lea), Mutation::Send { conversation, message })])
        };
        let first = fixture.write(&send()).await;
        assert_eq!((first.counts.accepted, first.counts.repeated), (1, 0));
        let second = fixture.write(&send()).await;
        assert_eq!((second.counts.accepted, second.counts.repeated), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_user_who_leaves_and_is_added_again_in_a_batch_can_write_in_the_same_batch() {
    on_each_database(|store| async move {
        let fixture = Fixture::new(&store).await;
        let conversation = fixture.group().await;
        let (lea, tom) = (fixture.caller(&fixture.lea), fixture.caller(&fixture.tom));
        let leave = Mutation::RemoveMember { conversation, user: fixture.tom.id };
        let add = Mutation::AddMembers { conversation, users: vec![fixture.tom.clone()], checks: Vec::new() };
        let send = Mutation::Send { conversation, message: outgoing("I am back") };
        let written = fixture.write(&mutations([(tom, leave), (lea, add), (tom, send)])).await;
        assert!(matches!(written.mutated[2], Ok(WriteResult::Sent(_))), "{:?}", written.mutated);
        assert_eq!(fixture.number("SELECT COUNT(*) FROM members WHERE left_at IS NULL").await, 2);
    })
    .await;
}

/// A newer server may know states that this program does not know.
#[tokio::test]
async fn an_unknown_state_of_a_conversation_is_kept_when_the_conversation_changes() {
    on_each_database(|store| async move {
        let fixture = Fixture::new(&store).await;
        let conversation = fixture.group().await;
        let unknown = 9;
        store.writer().execute_unprepared(&format!("UPDATE conversations SET state = {unknown}")).await.expect("writes");
        let leave = Mutation::RemoveMember { conversation, user: fixture.tom.id };
        let written = fixture.write(&mutations([(fixture.caller(&fixture.tom), leave)])).await;
        assert!(written.mutated[0].is_ok(), "{:?}", written.mutated);
        assert_eq!(fixture.number("SELECT member_count FROM conversations").await, 1);
        assert_eq!(fixture.number("SELECT CAST(state AS BIGINT) FROM conversations").await, 9);

        let send = Mutation::Send { conversation, message: outgoing("hello") };
        let written = fixture.write(&mutations([(fixture.caller(&fixture.lea), send)])).await;
        assert!(written.mutated[0].is_err(), "an unknown state counts as locked");
    })
    .await;
}

/// `seq` and versions are assigned from the stored counters, so a counter that was read wrongly would be assigned twice.
#[tokio::test]
async fn a_stored_version_that_is_too_large_is_an_error() {
    on_each_database(|store| async move {
        let fixture = Fixture::new(&store).await;
        let conversation = fixture.group().await;
        store.writer().execute_unprepared("UPDATE conversations SET version = 4294967296").await.expect("writes");
        let send = Mutation::Send { conversation, message: outgoing("hello") };
        let batch = mutations([(fixture.caller(&fixture.lea), send)]);
        assert!(batch::write(&fixture.deps, NOW_MS, &batch).await.is_err());
        assert_eq!(fixture.number("SELECT version FROM conversations").await, 4_294_967_296);
        assert_eq!(fixture.number("SELECT COUNT(*) FROM messages").await, 0);
    })
    .await;
}
