//! What other rules would do to a tenant's people, before they are put in force: every action, for whom, and which
//! conversations of today come to a stop.

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
        queries::{conversations::DirectConversation, facts::groups, people},
    },
};

/// Conversations per query.
const PAGE: u32 = 5_000;
/// At most so many conversations are looked at.
const CONVERSATIONS_MAX: u64 = 200_000;
/// At most so many examples of conversations.
const EXAMPLES_MAX: usize = 20;
/// A comparison may hold a second copy of a tenant's facts in memory: one at a time.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);
/// How long a caller waits for the comparison before its own.
const PATIENCE: Duration = Duration::from_secs(2);

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PolicyDifference")]
pub struct Comparison {
    /// Active people of the tenant.
    pub people: u64,
    /// So many of them were compared, some of each kind. If these are not all, counts are estimates.
    pub compared: u64,
    /// Every action.
    pub actions: Vec<ActionChange>,
    /// Direct conversations in which a member may write now, and may not then.
    pub frozen: Conversations,
    /// Direct conversations in which a member may not write now, and may then.
    pub thawed: Conversations,
    /// Direct conversations that a member may read now, and may not then.
    pub hidden: Conversations,
    /// Direct conversations that a member may not read now, and may then.
    pub shown: Conversations,
    /// Direct conversations that were looked at.
    pub conversations_compared: u64,
    /// There are more direct conversations than were looked at.
    pub conversations_left_out: bool,
    /// What is odd about the new rules.
    pub warnings: Vec<String>,
    /// All of it in sentences, in the language that was asked for.
    pub report: String,
}

/// What changes of one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ActionDifference")]
pub struct ActionChange {
    #[serde(skip)]
    which: Action,
    /// `start`.
    #[schemars(extend("enum" = ACTIONS.map(|(name, _)| name)))]
    pub action: &'static str,
    /// What it is for.
    #[schemars(with = "String", extend("enum" = Sense::ALL))]
    pub sense: Sense,
    /// What it does, in the language that was asked for.
    pub title: &'static str,
    /// People who can do it then where they can't now.
    pub gaining: u64,
    /// People who can do it now where they can't then.
    pub losing: u64,
    /// The situations in which something changes.
    pub situations: Vec<SituationChange>,
}

/// What changes of one action in one situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SituationDifference")]
pub struct SituationChange {
    /// Where, in the language that was asked for.
    pub title: String,
    /// What `before`, `gained` and `lost` count: `pairs` or `people`.
    #[schemars(extend("enum" = ["pairs", "people"]))]
    pub counts: &'static str,
    /// It supposes a relation that people do not have today.
    pub supposed: bool,
    /// Those that can now.
    pub before: u64,
    /// Those that can then, and can't now.
    pub gained: u64,
    /// Those that can now, and can't then.
    pub lost: u64,
    /// People who gain something.
    pub gaining: u64,
    /// People who lose something.
    pub losing: u64,
    /// The same for people of each role.
    pub roles: Vec<RoleChange>,
    /// Some, spread over people and roles.
    pub gained_examples: Vec<Example>,
    /// Some, spread over people and roles.
    pub lost_examples: Vec<Example>,
    #[serde(skip)]
    has_groups: bool,
}

/// What changes for people of one role in groups of one kind. A person with several is counted with each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(missing_docs)] // as in [`SituationChange`]
#[schemars(rename = "RoleDifference")]
pub struct RoleChange {
    /// Empty for people without any.
    pub role: String,
    /// Empty for a role in the tenant.
    pub kind: String,
    /// Both, in the language that was asked for.
    pub title: String,
    /// People who hold it.
    pub people: u64,
    pub before: u64,
    pub gained: u64,
    pub lost: u64,
    pub gaining: u64,
    pub losing: u64,
}

/// A person who acts, and a person or a group: by name, and by the product's id (`group:…` for a group).
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

/// Some conversations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(rename = "ConversationExamples")]
pub struct Conversations {
    /// How many.
    pub count: u64,
    /// The first few: the conversation, the member concerned, and the other one.
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

/// Why there is no comparison.
#[derive(Debug)]
pub enum NotCompared {
    /// Another one is under way.
    Busy,
    /// It took longer than it may.
    TooLong,
    /// The database failed.
    Failed(StoreError),
}

/// A comparison under way, held by its asker and by its threads: the next one begins when all of them have ended.
struct UnderWay {
    _alone: SemaphorePermit<'static>,
    given_up: AtomicBool,
}

/// Who waits for a comparison. Without them it ends soon.
struct Asker(Arc<UnderWay>);

impl Drop for Asker {
    fn drop(&mut self) {
        self.0.given_up.store(true, Ordering::Relaxed);
    }
}

/// Compares the rules in force with others, over the facts of now. However long it takes.
///
/// # Errors
/// When the database fails.
pub async fn compare(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    language: Language,
) -> Result<Comparison, StoreError> {
    let alone = ONE_AT_A_TIME.acquire().await.map_err(|_| StoreError::too_slow())?;
    compare_alone(store, old, new, now_ms, language, alone).await
}

/// [`compare`] for one of many callers: none waits in line for long, nor keeps the processors for longer than `limit`.
///
/// # Errors
/// [`NotCompared`].
pub async fn compare_within(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    language: Language,
    limit: Duration,
) -> Result<Comparison, NotCompared> {
    let Ok(Ok(alone)) = timeout(PATIENCE, ONE_AT_A_TIME.acquire()).await else { return Err(NotCompared::Busy) };
    let compared = timeout(limit, compare_alone(store, old, new, now_ms, language, alone)).await;
    compared.map_err(|_| NotCompared::TooLong)?.map_err(NotCompared::Failed)
}

async fn compare_alone(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    language: Language,
    alone: SemaphorePermit<'static>,
) -> Result<Comparison, StoreError> {
    let asker = Asker(Arc::new(UnderWay { _alone: alone, given_up: AtomicBool::new(false) }));
    let new = Arc::new(old.under(store, new, now_ms).await?);
    let (before, after, under_way) = (Arc::clone(&old), Arc::clone(&new), Arc::clone(&asker.0));
    let differences = joined(spawn_blocking(move || differences(&before, &after, &under_way.given_up)).await)?;
    let conversations = conversations(store, &old, &new, &asker.0).await?;

    let rows = differences.actions.iter().flat_map(|action| action.rows.iter().chain(&action.assumed));
    let pairs = rows.flat_map(|row| row.gained_examples.iter().chain(&row.lost_examples));
    let found = [&conversations.frozen, &conversations.thawed, &conversations.hidden, &conversations.shown];
    let stopped = found.into_iter().flat_map(|found| found.examples.iter().map(|(_, pair)| pair));
    let mut keys: Vec<EntityKey> = pairs.chain(stopped).flat_map(|pair| [pair.principal, pair.other]).collect();
    keys.sort_unstable();
    keys.dedup();
    let names = Names::read(store, &old, keys).await?;
    let mut comparison = Comparison {
        people: differences.users,
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
    comparison.report = report::written(&comparison, language);
    Ok(comparison)
}

fn differences(old: &Snapshot, new: &Snapshot, given_up: &AtomicBool) -> Differences {
    let (before, after) = (Side { world: &old.world, policy: &old.policy }, Side { world: &new.world, policy: &new.policy });
    diff(before, after, given_up)
}

/// Conversations found so far.
#[derive(Default)]
struct Found {
    count: u64,
    examples: Vec<(Uuid, ExamplePair)>,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        let room = EXAMPLES_MAX - self.examples.len();
        self.examples.extend(other.examples.into_iter().take(room));
    }

    fn note(&mut self, id: Uuid, pair: Option<ExamplePair>) {
        let Some(pair) = pair else { return };
        self.count += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push((id, pair));
        }
    }
}

/// Conversations in which something changes.
#[derive(Default)]
struct Changed {
    compared: u64,
    left_out: bool,
    frozen: Found,
    thawed: Found,
    hidden: Found,
    shown: Found,
}

impl Changed {
    fn add(&mut self, other: Self) {
        self.compared += other.compared;
        self.frozen.add(other.frozen);
        self.thawed.add(other.thawed);
        self.hidden.add(other.hidden);
        self.shown.add(other.shown);
    }
}

/// Direct conversations that stop or can't be read any more, and those that go on again.
async fn conversations(
    store: &Store,
    old: &Arc<Snapshot>,
    new: &Arc<Snapshot>,
    under_way: &Arc<UnderWay>,
) -> Result<Changed, StoreError> {
    let mut all = Changed::default();
    let mut after = String::new();
    loop {
        let page = store.all_direct_conversations(old.tenant, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        if all.compared >= CONVERSATIONS_MAX {
            all.left_out = true;
            return Ok(all);
        }
        after.clone_from(&last.start_key);
        let (old, new, under_way) = (Arc::clone(old), Arc::clone(new), Arc::clone(under_way));
        let page = spawn_blocking(move || {
            let _under_way = under_way;
            changed(&old, &new, &page)
        });
        all.add(joined(page.await)?);
    }
}

fn changed(old: &Snapshot, new: &Snapshot, page: &[DirectConversation]) -> Changed {
    let mut all = Changed { compared: page.len() as u64, ..Changed::default() };
    for conversation in page {
        for (action, fewer, more) in
            [(Action::Send, &mut all.frozen, &mut all.thawed), (Action::Read, &mut all.hidden, &mut all.shown)]
        {
            let (mut loses, mut gains) = (None, None);
            for (me, facts) in conversation.sides() {
                let may = |snapshot: &Snapshot| {
                    let about = Resource::Conversation(snapshot.conversation(me, &facts));
                    snapshot.decide(action, me, about).is_some_and(|decision| decision.is_allowed())
                };
                let pair = facts.peer.map(|peer| ExamplePair { principal: me.0.as_u128(), other: peer.0.as_u128() });
                match (may(old), may(new)) {
                    (true, false) => loses = loses.or(pair),
                    (false, true) => gains = gains.or(pair),
                    _ => {}
                }
            }
            fewer.note(conversation.id.0, loses);
            more.note(conversation.id.0, gains);
        }
    }
    all
}

/// Names and the product's ids behind the keys of examples.
struct Names(HashMap<EntityKey, (String, String)>);

impl Names {
    async fn read(store: &Store, facts: &Snapshot, keys: Vec<EntityKey>) -> Result<Self, StoreError> {
        let (users, groups): (Vec<EntityKey>, Vec<EntityKey>) =
            keys.into_iter().partition(|key| facts.world.user(*key).is_some());
        let users: Vec<UserId> = users.into_iter().map(|key| UserId(Uuid::from_u128(key))).collect();
        let groups: Vec<GroupId> = groups.into_iter().map(|key| GroupId(Uuid::from_u128(key))).collect();
        let people = people::find(store.reader(), facts.tenant, &users).await?;
        let groups = groups::find(store.reader(), facts.tenant, &groups).await?;
        let people = people.into_iter().map(|user| (user.id.0.as_u128(), (user.name, user.external_id)));
        let groups = groups.into_iter().filter_map(|group| {
            let id = Uuid::parse_str(&group.id).ok()?;
            Some((id.as_u128(), (group.name, format!("group:{}", group.external_id))))
        });
        Ok(Self(people.chain(groups).collect()))
    }

    /// A name and the product's id; the id also for a name where there is none.
    fn of(&self, key: EntityKey) -> (String, String) {
        match self.0.get(&key) {
            Some((name, id)) if name.is_empty() => (id.clone(), id.clone()),
            Some(found) => found.clone(),
            None => (Uuid::from_u128(key).to_string(), Uuid::from_u128(key).to_string()),
        }
    }

    fn examples(&self, pairs: &[ExamplePair]) -> Vec<Example> {
        let example = |pair: &ExamplePair| {
            let ((from, from_id), (to, to_id)) = (self.of(pair.principal), self.of(pair.other));
            Example { from, to, from_id, to_id }
        };
        pairs.iter().map(example).collect()
    }

    fn action(&self, difference: &ActionDifference, language: Language) -> ActionChange {
        let rows = difference.rows.iter().chain(&difference.assumed).filter(|row| row.gained + row.lost > 0);
        ActionChange {
            which: difference.action,
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
            counts: if row.situation.kind.has_pairs() { "pairs" } else { "people" },
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

    fn conversations(&self, found: Found) -> Conversations {
        let examples = found.examples.into_iter().map(|(id, pair)| {
            let ((from, from_id), (to, to_id)) = (self.of(pair.principal), self.of(pair.other));
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
        people: change.users,
        before: change.before,
        gained: change.gained,
        lost: change.lost,
        gaining: change.gaining,
        losing: change.losing,
    }
}

/// A panic of a comparison is one of ours, and none of the server's.
fn joined<T>(outcome: Result<T, tokio::task::JoinError>) -> Result<T, StoreError> {
    outcome.map_err(|error| sea_orm::DbErr::Custom(format!("a comparison died: {error}")).into())
}
