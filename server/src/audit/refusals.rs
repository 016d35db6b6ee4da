//! Writes the denials of the policy into the audit log.
//!
//! The queue is bounded: if denials arrive faster than the database stores them, denials are dropped and counted. Each node
//! writes at most about thirty per user and minute, so that no user can fill the disk.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use causerie_policy::{Action, Code, ConversationKind, action_name, code_name};
use causerie_protocol::{ConversationId, GroupId, TenantId, UserId};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::{Map, json};
use tokio::sync::mpsc;

use super::{Entry, Outcome};
use crate::{
    clock::Clock,
    store::{
        Store, StoreError,
        queries::{audit, facts::groups, users},
    },
    tasks::Tasks,
    telemetry::Metrics,
};

/// The maximum number of denials in the queue: as many as a thousand users at their limit cause in half a minute.
const WAITING_MAX: usize = 16_384;
/// The maximum number of entries per statement.
const BATCH_MAX: usize = 500;
/// The denials of one user that may be written at once. With [`PER_MINUTE`], at most 30 are written in any minute.
const BURST: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// The denials of one user that may be written per minute after the burst.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// After each of this many denials, the rate limiter forgets the users without recent denials.
const SWEEP_EVERY: u32 = 4_096;

/// The queue of denials that wait to be written to the audit log. Cheap to clone.
#[derive(Clone)]
pub struct Refusals(Arc<Inner>);

struct Inner {
    queue: mpsc::Sender<Refused>,
    rate_limit: DefaultKeyedRateLimiter<UserId>,
    received: AtomicU32,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

/// A denial: a rule denied the action, no rule allowed it, or the tenant does not have the user or group that the request
/// named.
#[derive(Debug, Clone)]
pub struct Denied {
    /// The tenant of the user.
    pub tenant: TenantId,
    /// The user who was denied.
    pub user: UserId,
    /// The action that the user requested.
    pub action: Action,
    /// The object of the action; `None` for a conversation that does not exist yet.
    pub target: Option<Target>,
    /// The name of the rule that denied the action; empty if no rule decided.
    pub rule: String,
    /// The reason for the denial.
    pub code: Code,
    /// The kind of the conversation that the action concerned; `None` if it concerned no conversation.
    pub conversation: Option<ConversationKind>,
    /// The version of the tenant's policy that denied the action.
    pub policy_version: u64,
}

/// The object of an action.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Target {
    User(UserId),
    Group(GroupId),
    Conversation(ConversationId),
    /// A user or group that the request named and the tenant does not have: `user:…` or `group:…`, as written in the audit.
    Unknown(String),
}

/// A denial with its time, to be queued for the audit log.
#[derive(Debug)]
pub struct Refused {
    at_ms: i64,
    denied: Denied,
}

impl Refusals {
    /// Starts the task that writes the queue.
    #[must_use]
    pub fn start(tasks: &Tasks, store: &Store, clock: &Arc<dyn Clock>, metrics: &Arc<Metrics>) -> Self {
        let (queue, receiver) = mpsc::channel(WAITING_MAX);
        let rate_limit = RateLimiter::keyed(Quota::per_minute(PER_MINUTE).allow_burst(BURST));
        let (clock, metrics) = (Arc::clone(clock), Arc::clone(metrics));
        tasks.spawn_vital("audit", run(store.clone(), receiver, Arc::clone(&metrics), tasks.stopping()));
        Self(Arc::new(Inner { queue, rate_limit, received: AtomicU32::new(0), clock, metrics }))
    }

    /// An entry for a denial that happens now; it is not queued yet.
    #[must_use]
    pub fn describe(&self, denied: Denied) -> Refused {
        Refused { at_ms: self.0.clock.now_ms(), denied }
    }

    /// Queues an entry. Drops it if the user exceeded the rate limit or the queue is full.
    pub fn take(&self, refused: Refused) {
        let Inner { queue, rate_limit, received, metrics, .. } = &*self.0;
        if received.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            rate_limit.retain_recent();
        }
        if rate_limit.check_key(&refused.denied.user).is_err() || queue.try_send(refused).is_err() {
            metrics.audit_dropped.inc();
        }
    }
}

/// Writes queued entries, until all senders are dropped or the server stops and the queue is empty.
async fn run(
    store: Store,
    mut queue: mpsc::Receiver<Refused>,
    metrics: Arc<Metrics>,
    stop: tokio_util::sync::CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        tokio::select! {
            biased;
            received = queue.recv_many(&mut batch, BATCH_MAX) => if received == 0 { return },
            () = stop.cancelled() => return,
        }
        let lines = batch.len();
        if let Err(error) = write(&store, std::mem::take(&mut batch)).await {
            metrics.audit_dropped.inc_by(lines as u64);
            tracing::error!(%error, lines, "refusals could not be written to the audit");
        }
    }
}

async fn write(store: &Store, batch: Vec<Refused>) -> Result<(), StoreError> {
    let mut by_tenant: HashMap<TenantId, Vec<Refused>> = HashMap::new();
    for refused in batch {
        by_tenant.entry(refused.denied.tenant).or_default().push(refused);
    }
    let mut entries = Vec::new();
    for (tenant, refused) in by_tenant {
        let names = Names::read(store, tenant, &refused).await?;
        entries.extend(refused.into_iter().map(|refused| (tenant, names.entry(refused))));
    }
    audit::append(store.writer(), &entries).await
}

/// The names of users and groups in the audit, such as `user:lea`. They contain the external ids.
struct Names(HashMap<Target, String>);

impl Names {
    async fn read(store: &Store, tenant: TenantId, refused: &[Refused]) -> Result<Self, StoreError> {
        let targets =
            refused.iter().flat_map(|Refused { denied, .. }| [Some(Target::User(denied.user)), denied.target.clone()]);
        let (mut users, mut groups) = (Vec::new(), Vec::new());
        for target in targets.flatten().collect::<HashSet<_>>() {
            match target {
                Target::User(user) => users.push(user),
                Target::Group(group) => groups.push(group),
                Target::Conversation(_) | Target::Unknown(_) => {}
            }
        }
        let users = users::find(store.reader(), tenant, &users).await?;
        let groups = groups::find(store.reader(), tenant, &groups).await?;
        let users = users.into_iter().map(|user| (Target::User(user.id), format!("user:{}", user.external_id)));
        let groups = groups.into_iter().map(|group| (Target::Group(group.id), format!("group:{}", group.external_id)));
        Ok(Self(users.chain(groups).collect()))
    }

    fn name_of(&self, target: Target) -> String {
        self.0.get(&target).cloned().unwrap_or_else(|| match target {
            Target::User(user) => format!("user:{user}"),
            Target::Group(group) => format!("group:{group}"),
            Target::Conversation(conversation) => format!("conversation:{conversation}"),
            Target::Unknown(name) => name,
        })
    }

    fn entry(&self, Refused { at_ms, denied }: Refused) -> Entry {
        let mut detail = Map::from_iter([
            ("code".to_owned(), json!(code_name(denied.code))),
            ("policyVersion".to_owned(), json!(denied.policy_version)),
        ]);
        if matches!(denied.target, Some(Target::Unknown(_))) {
            detail.insert("unknown".to_owned(), json!(true));
        }
        if let Some(kind) = denied.conversation {
            let kind = match kind {
                ConversationKind::NoteToSelf => "note_to_self",
                ConversationKind::Direct => "direct",
                ConversationKind::Group => "group",
                ConversationKind::Mail => "mail",
            };
            detail.insert("conversation".to_owned(), json!(kind));
        }
        Entry {
            at_ms,
            actor: self.name_of(Target::User(denied.user)),
            action: action_name(denied.action).to_owned(),
            target: denied.target.map(|target| self.name_of(target)).unwrap_or_default(),
            outcome: Outcome::Refused,
            rule: denied.rule,
            detail,
        }
    }
}
