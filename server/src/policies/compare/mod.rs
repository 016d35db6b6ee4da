//! Compares a new policy with the policy in force before the new policy is set: which users gain or lose each action, and in
//! which existing conversations writing or reading stops.

mod report;
mod words;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use causerie_policy::{
    ACTIONS, Action, ActionDifference, Differences, EntityKey, ExamplePair, Policy, Resource, RoleDifference, Side,
    SituationDifference, SituationKind, action_name, diff,
};
use causerie_protocol::{GroupId, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::spawn_blocking,
    time::timeout,
};
use uuid::Uuid;

pub use self::words::Sense;
use crate::{
    facts::Snapshot,
    language::Language,
    store::{
        Store, StoreError,
        queries::{conversations::DirectConversation, facts::groups, users},
    },
};

/// The number of conversations per query.
const PAGE: u32 = 5_000;
/// The maximum number of conversations that are compared.
const CONVERSATIONS_MAX: u64 = 200_000;
/// The maximum number of example conversations per list.
const EXAMPLES_MAX: usize = 20;
/// The permit that a comparison holds while it runs. There is one permit, because a comparison may hold a second copy of a
/// tenant's facts in memory.
static COMPARISON_PERMIT: Semaphore = Semaphore::const_new(1);
/// The maximum time for which a caller of [`compare_within`] waits while another comparison runs.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// What a new policy would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PolicyDifference")]
pub struct Comparison {
    /// Active users of the tenant.
    pub users: u64,
    /// How many of these users were compared, some of each kind. If fewer than `users`, the counts are estimates.
    pub compared: u64,
    /// The change of every action.
    pub actions: Vec<ActionChange>,
    /// Direct conversations in which a member may write under the present policy and may not under the new one.
    pub frozen: Conversations,
    /// Direct conversations in which a member may not write under the present policy and may under the new one.
    pub thawed: Conversations,
    /// Direct conversations that a member may read under the present policy and may not under the new one.
    pub hidden: Conversations,
    /// Direct conversations that a member may not read under the present policy and may under the new one.
    pub shown: Conversations,
    /// How many direct conversations were compared.
    pub conversations_compared: u64,
    /// Whether there are more direct conversations than were compared.
    pub conversations_left_out: bool,
    /// Warnings about the new policy.
    pub warnings: Vec<String>,
    /// The whole comparison in sentences, in the requested language.
    pub report: String,
}

/// How one action changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ActionDifference")]
pub struct ActionChange {
    #[serde(skip)]
    policy_action: Action,
    /// The name of the action: `start`.
    #[schemars(extend("enum" = ACTIONS.map(|(name, _)| name)))]
    pub action: &'static str,
    /// The purpose of the action.
    #[schemars(with = "String", extend("enum" = Sense::ALL))]
    pub sense: Sense,
    /// What the action does, in the requested language.
    pub title: &'static str,
    /// Users who could do it in some case under the new policy and can't now.
    pub gaining: u64,
    /// Users who can do it in some case now and could not under the new policy.
    pub losing: u64,
    /// The situations in which something changes.
    pub situations: Vec<SituationChange>,
}

/// How one action changes in one situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SituationDifference")]
pub struct SituationChange {
    /// The situation, in the requested language.
    pub title: String,
    /// What `before`, `gained` and `lost` count: `pairs` or `users`.
    #[schemars(extend("enum" = ["pairs", "users"]))]
    pub counts: &'static str,
    /// Whether the situation supposes a relation that the users do not have today.
    pub supposed: bool,
    /// Pairs or users that are allowed now.
    pub before: u64,
    /// Pairs or users that would be allowed and are not allowed now.
    pub gained: u64,
    /// Pairs or users that are allowed now and would not be allowed.
    pub lost: u64,
    /// Users who gain something.
    pub gaining: u64,
    /// Users who lose something.
    pub losing: u64,
    /// The same counts for the users of each role.
    pub roles: Vec<RoleChange>,
    /// Examples of gains, spread over users and roles.
    pub gained_examples: Vec<Example>,
    /// Examples of losses, spread over users and roles.
    pub lost_examples: Vec<Example>,
    #[serde(skip)]
    has_groups: bool,
}

/// The change for the users of one role in groups of one kind. A user with several roles is counted with each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(missing_docs)] // as in [`SituationChange`]
#[schemars(rename = "RoleDifference")]
pub struct RoleChange {
    /// The role; empty for users without any role.
    pub role: String,
    /// The kind of group; empty for a role in the tenant as a whole.
    pub kind: String,
    /// Role and kind, in the requested language.
    pub title: String,
    /// Users who hold the role.
    pub users: u64,
    pub before: u64,
    pub gained: u64,
    pub lost: u64,
    pub gaining: u64,
    pub losing: u64,
}

/// A user who acts, and a user or group that the action is about: by name, and by the product's id (`group:…` for a group).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
#[schemars(rename = "PairExample")]
pub struct Example {
    pub from: String,
    pub to: String,
    pub from_id: String,
    pub to_id: String,
}

/// Conversations in which something changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(rename = "ConversationExamples")]
pub struct Conversations {
    /// How many conversations.
    pub count: u64,
    /// The first of these conversations, each with the member concerned (`from`) and the other member (`to`).
    pub examples: Vec<ConversationExample>,
}

/// A conversation by the server's id, and its members by name and by the product's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct ConversationExample {
    pub id: Uuid,
    pub from: String,
    pub to: String,
    pub from_id: String,
    pub to_id: String,
}

impl SituationChange {
    fn counts_pairs(&self) -> bool {
        self.counts == "pairs"
    }
}

/// The reason why there is no comparison.
#[derive(Debug)]
pub enum NotCompared {
    /// Another comparison is running.
    Busy,
    /// The comparison took longer than the limit.
    TooLong,
    /// The database does not answer or refused a statement.
    Failed(StoreError),
}

/// A running comparison, held by its caller and by its threads. The next comparison begins when all of these have ended.
struct RunningComparison {
    _permit: SemaphorePermit<'static>,
    /// Whether the caller no longer waits.
    cancelled: AtomicBool,
}

/// Held by the caller that waits for the comparison. When it is dropped, the threads of the comparison stop soon.
struct CancelOnDrop(Arc<RunningComparison>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }
}

/// Compares the policy in force with another policy over the facts of this snapshot. There is no time limit.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement, or if the comparison panicked.
pub async fn compare(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    language: Language,
) -> Result<Comparison, StoreError> {
    let permit = COMPARISON_PERMIT.acquire().await.map_err(|_| StoreError::too_slow())?;
    compare_with_permit(store, old, new, now_ms, language, permit).await
}

/// [`compare`] for HTTP, where many callers may request a comparison: a caller waits at most 2 s while another comparison
/// runs, and a comparison takes at most `limit`.
///
/// # Errors
/// [`NotCompared::Busy`] if another comparison runs for longer than 2 s; [`NotCompared::TooLong`] if the comparison takes
/// longer than `limit`; [`NotCompared::Failed`] with the errors of [`compare`].
pub async fn compare_within(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    language: Language,
    limit: Duration,
) -> Result<Comparison, NotCompared> {
    let Ok(Ok(permit)) = timeout(WAIT_MAX, COMPARISON_PERMIT.acquire()).await else { return Err(NotCompared::Busy) };
    let compared = timeout(limit, compare_with_permit(store, old, new, now_ms, language, permit)).await;
    compared.map_err(|_| NotCompared::TooLong)?.map_err(NotCompared::Failed)
}

async fn compare_with_permit(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    language: Language,
    permit: SemaphorePermit<'static>,
) -> Result<Comparison, StoreError> {
    let cancel_on_drop = CancelOnDrop(Arc::new(RunningComparison { _permit: permit, cancelled: AtomicBool::new(false) }));
    let new = Arc::new(old.under(store, new, now_ms).await?);
    let (before, after, running) = (Arc::clone(&old), Arc::clone(&new), Arc::clone(&cancel_on_drop.0));
    let differences = thread_result(spawn_blocking(move || differences(&before, &after, &running.cancelled)).await)?;
    let conversations = conversations(store, &old, &new, &cancel_on_drop.0).await?;

    let rows = differences.actions.iter().flat_map(|action| action.rows.iter().chain(&action.assumed));
    let pairs = rows.flat_map(|row| row.gained_examples.iter().chain(&row.lost_examples));
    let found = [&conversations.frozen, &conversations.thawed, &conversations.hidden, &conversations.shown];
    let conversation_pairs = found.into_iter().flat_map(|found| found.examples.iter().map(|(_, pair)| pair));
    let mut keys: Vec<EntityKey> = pairs.chain(conversation_pairs).flat_map(|pair| [pair.principal, pair.other]).collect();
    keys.sort_unstable();
    keys.dedup();
    let names = Names::read(store, &old, keys).await?;
    let mut comparison = Comparison {
        users: differences.users,
        compared: differences.compared,
        actions: differences.actions.iter().map(|action| names.action(action, language)).collect(),
        frozen: names.conversations(conversations.frozen),
        thawed: names.conversations(conversations.thawed),
        hidden: names.conversations(conversations.hidden),
        shown: names.conversations(conversations.shown),
        conversations_compared: conversations.compared,
        conversations_left_out: conversations.left_out,
        warnings: new.policy.warnings().iter().map(ToString::to_string).collect(),
        report: String::new(),
    };
    comparison.report = report::write_report(&comparison, language);
    Ok(comparison)
}

fn differences(old: &Snapshot, new: &Snapshot, cancelled: &AtomicBool) -> Differences {
    let (before, after) = (Side { world: &old.world, policy: &old.policy }, Side { world: &new.world, policy: &new.policy });
    diff(before, after, cancelled)
}

/// The number of conversations with one kind of change, and examples of them.
#[derive(Default)]
struct ConversationCounts {
    count: u64,
    examples: Vec<(Uuid, ExamplePair)>,
}

impl ConversationCounts {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        let room = EXAMPLES_MAX - self.examples.len();
        self.examples.extend(other.examples.into_iter().take(room));
    }

    fn record(&mut self, id: Uuid, pair: Option<ExamplePair>) {
        let Some(pair) = pair else { return };
        self.count += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push((id, pair));
        }
    }
}

/// The conversations in which something changes, by the kind of change.
#[derive(Default)]
struct ChangedConversations {
    compared: u64,
    left_out: bool,
    frozen: ConversationCounts,
    thawed: ConversationCounts,
    hidden: ConversationCounts,
    shown: ConversationCounts,
}

impl ChangedConversations {
    fn add(&mut self, other: Self) {
        self.compared += other.compared;
        self.frozen.add(other.frozen);
        self.thawed.add(other.thawed);
        self.hidden.add(other.hidden);
        self.shown.add(other.shown);
    }
}

/// Finds the direct conversations in which a member gains or loses `send` or `read`.
async fn conversations(
    store: &Store,
    old: &Arc<Snapshot>,
    new: &Arc<Snapshot>,
    running: &Arc<RunningComparison>,
) -> Result<ChangedConversations, StoreError> {
    let mut all = ChangedConversations::default();
    let mut after = String::new();
    loop {
        let page = store.all_direct_conversations(old.tenant, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        if all.compared >= CONVERSATIONS_MAX {
            all.left_out = true;
            return Ok(all);
        }
        after.clone_from(&last.start_key);
        let (old, new, running) = (Arc::clone(old), Arc::clone(new), Arc::clone(running));
        let page = spawn_blocking(move || {
            let _running = running;
            changed(&old, &new, &page)
        });
        all.add(thread_result(page.await)?);
    }
}

/// Compares the decisions of the two policies about one page of conversations.
fn changed(old: &Snapshot, new: &Snapshot, page: &[DirectConversation]) -> ChangedConversations {
    let mut all = ChangedConversations { compared: page.len() as u64, ..ChangedConversations::default() };
    for conversation in page {
        for (action, lost, gained) in
            [(Action::Send, &mut all.frozen, &mut all.thawed), (Action::Read, &mut all.hidden, &mut all.shown)]
        {
            let (mut loses, mut gains) = (None, None);
            for (user, context) in conversation.members_with_contexts() {
                let may = |snapshot: &Snapshot| {
                    let resource = Resource::Conversation(snapshot.conversation(user, &context));
                    snapshot.decide(action, user, resource).is_some_and(|decision| decision.is_allowed())
                };
                let pair = context.peer.map(|peer| ExamplePair { principal: user.0.as_u128(), other: peer.0.as_u128() });
                match (may(old), may(new)) {
                    (true, false) => loses = loses.or(pair),
                    (false, true) => gains = gains.or(pair),
                    _ => {}
                }
            }
            lost.record(conversation.id.0, loses);
            gained.record(conversation.id.0, gains);
        }
    }
    all
}

/// The names and external ids of the users and groups in examples.
struct Names(HashMap<EntityKey, (String, String)>);

impl Names {
    async fn read(store: &Store, facts: &Snapshot, keys: Vec<EntityKey>) -> Result<Self, StoreError> {
        let (users, groups): (Vec<EntityKey>, Vec<EntityKey>) =
            keys.into_iter().partition(|key| facts.world.user(*key).is_some());
        let users: Vec<UserId> = users.into_iter().map(|key| UserId(Uuid::from_u128(key))).collect();
        let groups: Vec<GroupId> = groups.into_iter().map(|key| GroupId(Uuid::from_u128(key))).collect();
        let found = users::find(store.reader(), facts.tenant, &users).await?;
        let groups = groups::find(store.reader(), facts.tenant, &groups).await?;
        let users = found.into_iter().map(|user| (user.id.0.as_u128(), (user.name, user.external_id)));
        let groups =
            groups.into_iter().map(|group| (group.id.0.as_u128(), (group.name, format!("group:{}", group.external_id))));
        Ok(Self(users.chain(groups).collect()))
    }

    /// A name and an external id. A user or group without a name gets its external id as the name.
    fn name_and_id(&self, key: EntityKey) -> (String, String) {
        match self.0.get(&key) {
            Some((name, id)) if name.is_empty() => (id.clone(), id.clone()),
            Some(found) => found.clone(),
            None => (Uuid::from_u128(key).to_string(), Uuid::from_u128(key).to_string()),
        }
    }

    fn examples(&self, pairs: &[ExamplePair]) -> Vec<Example> {
        let example = |pair: &ExamplePair| {
            let ((from, from_id), (to, to_id)) = (self.name_and_id(pair.principal), self.name_and_id(pair.other));
            Example { from, to, from_id, to_id }
        };
        pairs.iter().map(example).collect()
    }

    fn action(&self, difference: &ActionDifference, language: Language) -> ActionChange {
        let rows = difference.rows.iter().chain(&difference.assumed).filter(|row| row.gained + row.lost > 0);
        ActionChange {
            policy_action: difference.action,
            action: action_name(difference.action),
            sense: Sense::of(difference.action),
            title: words::action(difference.action, language),
            gaining: difference.gaining,
            losing: difference.losing,
            situations: rows.map(|row| self.situation(row, language)).collect(),
        }
    }

    fn situation(&self, row: &SituationDifference, language: Language) -> SituationChange {
        SituationChange {
            title: words::situation(&row.situation, language),
            counts: if row.situation.kind.has_pairs() { "pairs" } else { "users" },
            supposed: row.situation.assumed.is_some(),
            before: row.before,
            gained: row.gained,
            lost: row.lost,
            gaining: row.gaining,
            losing: row.losing,
            roles: row.roles.iter().map(|change| role(change, language)).collect(),
            gained_examples: self.examples(&row.gained_examples),
            lost_examples: self.examples(&row.lost_examples),
            has_groups: row.situation.kind == SituationKind::Group,
        }
    }

    fn conversations(&self, found: ConversationCounts) -> Conversations {
        let examples = found.examples.into_iter().map(|(id, pair)| {
            let ((from, from_id), (to, to_id)) = (self.name_and_id(pair.principal), self.name_and_id(pair.other));
            ConversationExample { id, from, to, from_id, to_id }
        });
        Conversations { count: found.count, examples: examples.collect() }
    }
}

fn role(change: &RoleDifference, language: Language) -> RoleChange {
    let (role, kind) = change.role.clone().map_or_else(Default::default, |label| (label.role, label.kind));
    RoleChange {
        role,
        kind,
        title: words::label(change.role.as_ref(), language),
        users: change.users,
        before: change.before,
        gained: change.gained,
        lost: change.lost,
        gaining: change.gaining,
        losing: change.losing,
    }
}

/// The result of a comparison thread. A panic of the thread becomes an error, so that it ends only the comparison.
fn thread_result<T>(outcome: Result<T, tokio::task::JoinError>) -> Result<T, StoreError> {
    outcome.map_err(|error| sea_orm::DbErr::Custom(format!("a comparison died: {error}")).into())
}
