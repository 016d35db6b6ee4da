//! What rules refused to people, on its way into the audit.
//!
//! The queue is bounded: when the database is slower than people are refused, refusals are dropped and counted. Of one person
//! some thirty are written per minute at most, on each node, so that nobody fills the disk.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use causerie_policy::{About, Action, Code, Kind, action_name, code_name};
use causerie_protocol::{ConversationId, GroupId, TenantId, UserId};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::{Map, json};
use tokio::{sync::mpsc, time::interval};
use uuid::Uuid;

use super::{Entry, Outcome};
use crate::{
    clock::Clock,
    facts::Snapshot,
    lifecycle::Tasks,
    store::{
        Store, StoreError,
        queries::{audit, facts::groups, people},
    },
    telemetry::Metrics,
};

/// Refusals that may wait: half a minute of a thousand people at their limit.
const WAITING_MAX: usize = 16_384;
/// Lines per statement.
const BATCH_MAX: usize = 500;
/// At once, and then per minute: together the 30 of any one minute.
const BURST: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// After so many refusals, people who were not refused lately are forgotten.
const SWEEP_EVERY: u32 = 4_096;
/// How often old lines are removed.
const PRUNE_EVERY: Duration = Duration::from_secs(86_400);

/// Takes refusals. Cheap to clone.
#[derive(Clone)]
pub struct Refusals(Arc<Inner>);

struct Inner {
    waiting: mpsc::Sender<Refused>,
    pace: DefaultKeyedRateLimiter<UserId>,
    taken: AtomicU32,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

/// What a rule refused, or what no rule allowed.
#[derive(Debug, Clone, Copy)]
pub struct Denied<'a> {
    /// What was asked.
    pub action: Action,
    /// By whom.
    pub me: UserId,
    /// Of what.
    pub about: About,
    /// Where; `None` where it is no conversation, or one still to be made.
    pub conversation: Option<ConversationId>,
    /// The rule that said no.
    pub rule: Option<&'a str>,
    /// Why.
    pub code: Code,
}

/// One refusal, on its way.
#[derive(Debug)]
pub struct Refused {
    tenant: TenantId,
    at_ms: i64,
    me: UserId,
    action: Action,
    target: Option<Target>,
    rule: String,
    code: Code,
    conversation: Option<Kind>,
    policy_version: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Target {
    Person(UserId),
    Group(GroupId),
    Conversation(ConversationId),
    /// What a request named and the tenant does not know, as the audit writes it.
    Unknown(String),
}

impl Refusals {
    /// Starts writing. Lines older than `keep_days` are removed once a day.
    #[must_use]
    pub fn start(tasks: &Tasks, store: &Store, clock: &Arc<dyn Clock>, metrics: &Arc<Metrics>, keep_days: u32) -> Self {
        let (waiting, refused) = mpsc::channel(WAITING_MAX);
        let pace = RateLimiter::keyed(Quota::per_minute(PER_MINUTE).allow_burst(BURST));
        let (clock, metrics) = (Arc::clone(clock), Arc::clone(metrics));
        tasks.spawn_vital("audit", run(store.clone(), refused, Arc::clone(&metrics), tasks.stopping()));
        let stop = tasks.stopping();
        let pruning = prune(store.clone(), Arc::clone(&clock), keep_days);
        tasks.spawn_vital("audit, pruning", async move {
            stop.run_until_cancelled(pruning).await;
        });
        Self(Arc::new(Inner { waiting, pace, taken: AtomicU32::new(0), clock, metrics }))
    }

    /// Notes that a person asked for somebody or something that the tenant does not know: `user:…` or `group:…`, by the id in the
    /// request. A person who tries ids in turn is seen in the audit.
    pub fn take_unknown(&self, facts: &Snapshot, action: Action, me: UserId, named: String) {
        self.take(Refused {
            tenant: facts.tenant,
            at_ms: self.0.clock.now_ms(),
            me,
            action,
            target: Some(Target::Unknown(named)),
            rule: String::new(),
            code: Code::NotFound,
            conversation: None,
            policy_version: facts.policy_version,
        });
    }

    /// A line about what was refused by these facts; nothing is written yet.
    #[must_use]
    pub fn describe(&self, facts: &Snapshot, denied: &Denied<'_>) -> Refused {
        let Denied { action, me, about, rule, code, .. } = *denied;
        let person = |user| Target::Person(UserId(Uuid::from_u128(facts.world.user_key(user))));
        let conversation = match about {
            About::Conversation(conversation) | About::Message { conversation, .. } => Some(conversation),
            _ => None,
        };
        let target = match about {
            About::Person(them) | About::Relation(them, _) => Some(person(them)),
            About::Group(group) => Some(Target::Group(GroupId(Uuid::from_u128(facts.world.group_key(group))))),
            // One with a person is told by the person.
            _ => conversation
                .and_then(|conversation| conversation.peer)
                .map(person)
                .or(denied.conversation.map(Target::Conversation)),
        };
        Refused {
            tenant: facts.tenant,
            at_ms: self.0.clock.now_ms(),
            me,
            action,
            target,
            rule: rule.unwrap_or_default().to_owned(),
            code,
            conversation: conversation.map(|conversation| conversation.kind),
            policy_version: facts.policy_version,
        }
    }

    /// Has a line written, unless the person had too many lately.
    pub fn take(&self, refused: Refused) {
        let Inner { waiting, pace, taken, metrics, .. } = &*self.0;
        if taken.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            pace.retain_recent();
        }
        if pace.check_key(&refused.me).is_err() || waiting.try_send(refused).is_err() {
            metrics.audit_dropped.inc();
        }
    }
}

/// Writes what waits, and what still waits when the server ends.
async fn run(
    store: Store,
    mut refused: mpsc::Receiver<Refused>,
    metrics: Arc<Metrics>,
    stop: tokio_util::sync::CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        tokio::select! {
            biased;
            taken = refused.recv_many(&mut batch, BATCH_MAX) => if taken == 0 { return },
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
        by_tenant.entry(refused.tenant).or_default().push(refused);
    }
    let mut entries = Vec::new();
    for (tenant, refused) in by_tenant {
        let names = Names::read(store, tenant, &refused).await?;
        entries.extend(refused.into_iter().map(|refused| (tenant, names.entry(refused))));
    }
    audit::append(store.writer(), &entries).await
}

/// People and groups by the product's ids.
struct Names(HashMap<Target, String>);

impl Names {
    async fn read(store: &Store, tenant: TenantId, refused: &[Refused]) -> Result<Self, StoreError> {
        let named = refused.iter().flat_map(|one| [Some(Target::Person(one.me)), one.target.clone()]).flatten();
        let (mut users, mut ids) = (Vec::new(), Vec::new());
        for target in named.collect::<HashSet<_>>() {
            match target {
                Target::Person(user) => users.push(user),
                Target::Group(group) => ids.push(group),
                Target::Conversation(_) | Target::Unknown(_) => {}
            }
        }
        let users = people::find(store.reader(), tenant, &users).await?;
        let found = groups::find(store.reader(), tenant, &ids).await?;
        let users = users.into_iter().map(|user| (Target::Person(user.id), format!("user:{}", user.external_id)));
        let found = found.into_iter().filter_map(|group| {
            let id = GroupId(Uuid::parse_str(&group.id).ok()?);
            Some((Target::Group(id), format!("group:{}", group.external_id)))
        });
        Ok(Self(users.chain(found).collect()))
    }

    fn of(&self, target: Target) -> String {
        self.0.get(&target).cloned().unwrap_or_else(|| match target {
            Target::Person(user) => format!("user:{user}"),
            Target::Group(group) => format!("group:{group}"),
            Target::Conversation(conversation) => format!("conversation:{conversation}"),
            Target::Unknown(named) => named,
        })
    }

    fn entry(&self, refused: Refused) -> Entry {
        let mut detail = Map::from_iter([
            ("code".to_owned(), json!(code_name(refused.code))),
            ("policyVersion".to_owned(), json!(refused.policy_version)),
        ]);
        if matches!(refused.target, Some(Target::Unknown(_))) {
            detail.insert("unknown".to_owned(), json!(true));
        }
        if let Some(kind) = refused.conversation {
            let kind = match kind {
                Kind::NoteToSelf => "note_to_self",
                Kind::Direct => "direct",
                Kind::Group => "group",
                Kind::Mail => "mail",
            };
            detail.insert("conversation".to_owned(), json!(kind));
        }
        Entry {
            at_ms: refused.at_ms,
            actor: self.of(Target::Person(refused.me)),
            action: action_name(refused.action).to_owned(),
            target: refused.target.map(|target| self.of(target)).unwrap_or_default(),
            outcome: Outcome::Refused,
            rule: refused.rule,
            detail,
        }
    }
}

/// Removes old lines, for ever.
async fn prune(store: Store, clock: Arc<dyn Clock>, keep_days: u32) {
    let mut day = interval(PRUNE_EVERY);
    loop {
        day.tick().await;
        let before_ms = clock.now_ms() - i64::from(keep_days) * 86_400_000;
        match audit::prune(&store, before_ms).await {
            Ok(0) => {}
            Ok(lines) => tracing::info!(lines, "old lines of the audit removed"),
            Err(error) => tracing::warn!(%error, "old lines of the audit could not be removed"),
        }
    }
}
