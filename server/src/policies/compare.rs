//! What other rules would do to a tenant's people, before they are put in force: who reaches whom, and which conversations
//! come to a stop.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use causerie_policy::{About, Action, Difference, Key, Pair, Policy, action_name, diff};
use causerie_protocol::{GroupId, UserId};
use serde::Serialize;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::spawn_blocking,
    time::timeout,
};
use uuid::Uuid;

use crate::{
    facts::Snapshot,
    store::{
        Store, StoreError,
        queries::{conversations::DirectConversation, facts::groups, people},
    },
};

/// The actions that lead from one to another.
const COMPARED: [Action; 3] = [Action::Find, Action::Start, Action::AddressGroup];
/// Conversations per query.
const PAGE: u32 = 5_000;
/// At most so many examples each way.
const EXAMPLES: usize = 20;
/// A comparison may hold a second copy of a tenant's facts in memory: one at a time.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);
/// How long one of many who ask waits for the one before.
const PATIENCE: Duration = Duration::from_secs(2);

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Who reaches whom, action by action.
    pub reach: Vec<Reach>,
    /// Direct conversations in which someone may write now, and may not then.
    pub frozen: Conversations,
    /// Direct conversations in which someone may not write now, and may then.
    pub thawed: Conversations,
}

/// What changes of one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reach {
    /// `start`.
    pub action: &'static str,
    /// Pairs that can then, and can't now.
    pub gained: u64,
    /// Pairs that can now, and can't then.
    pub lost: u64,
    /// The first few.
    pub gained_examples: Vec<Example>,
    /// The first few.
    pub lost_examples: Vec<Example>,
}

/// One who acts, and a person or a group, by the product's ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Example {
    pub from: String,
    pub to: String,
}

/// Some conversations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Conversations {
    /// How many.
    pub count: u64,
    /// The first few: the conversation, who is concerned, and the other one.
    pub examples: Vec<ConversationExample>,
}

/// A conversation, by the server's id, and those in it, by the product's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct ConversationExample {
    pub id: Uuid,
    pub from: String,
    pub to: String,
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
pub async fn compare(store: &Store, old: Arc<Snapshot>, new: Arc<Policy>, now_ms: i64) -> Result<Comparison, StoreError> {
    let alone = ONE_AT_A_TIME.acquire().await.map_err(|_| StoreError::too_slow())?;
    compare_alone(store, old, new, now_ms, alone).await
}

/// [`compare`] for one of many who ask: nobody waits in line for long, nor keeps the processors for longer than `limit`.
///
/// # Errors
/// [`NotCompared`].
pub async fn compare_within(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    limit: Duration,
) -> Result<Comparison, NotCompared> {
    let Ok(Ok(alone)) = timeout(PATIENCE, ONE_AT_A_TIME.acquire()).await else { return Err(NotCompared::Busy) };
    let compared = timeout(limit, compare_alone(store, old, new, now_ms, alone)).await;
    compared.map_err(|_| NotCompared::TooLong)?.map_err(NotCompared::Failed)
}

async fn compare_alone(
    store: &Store,
    old: Arc<Snapshot>,
    new: Arc<Policy>,
    now_ms: i64,
    alone: SemaphorePermit<'static>,
) -> Result<Comparison, StoreError> {
    let asker = Asker(Arc::new(UnderWay { _alone: alone, given_up: AtomicBool::new(false) }));
    let new = Arc::new(old.under(store, new, now_ms).await?);
    let (before, after, under_way) = (Arc::clone(&old), Arc::clone(&new), Arc::clone(&asker.0));
    let reach = joined(spawn_blocking(move || differences(&before, &after, &under_way.given_up)).await)?;
    let (frozen, thawed) = conversations(store, &old, &new, &asker.0).await?;

    let pairs = reach.iter().flat_map(|(_, found)| found.gained_examples.iter().chain(&found.lost_examples));
    let stopped = frozen.examples.iter().chain(&thawed.examples).map(|(_, pair)| pair);
    let keys: Vec<Key> = pairs.chain(stopped).flat_map(|pair| [pair.me, pair.them]).collect();
    let names = Names::read(store, &old, keys).await?;
    Ok(Comparison {
        reach: reach.into_iter().map(|(action, difference)| names.reach(action, difference)).collect(),
        frozen: names.conversations(frozen),
        thawed: names.conversations(thawed),
    })
}

fn differences(old: &Snapshot, new: &Snapshot, given_up: &AtomicBool) -> Vec<(Action, Difference)> {
    let mut found: Vec<(Action, Difference)> = Vec::with_capacity(COMPARED.len());
    for action in COMPARED {
        // Most rules speak of finding and starting alike, and then so does what changes.
        let alike = |(other, _): &&(Action, Difference)| {
            action != Action::AddressGroup && [old, new].iter().all(|side| side.policy.reach_alike(*other, action))
        };
        let same = found.iter().find(alike).map(|(_, difference)| difference.clone());
        let difference = || diff(&old.world, &old.policy, &new.world, &new.policy, action, given_up);
        let difference = same.unwrap_or_else(difference);
        found.push((action, difference));
    }
    found
}

/// Conversations found so far.
#[derive(Default)]
struct Found {
    count: u64,
    examples: Vec<(Uuid, Pair)>,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        let room = EXAMPLES - self.examples.len();
        self.examples.extend(other.examples.into_iter().take(room));
    }
}

/// Direct conversations that stop, and those that go on again.
async fn conversations(
    store: &Store,
    old: &Arc<Snapshot>,
    new: &Arc<Snapshot>,
    under_way: &Arc<UnderWay>,
) -> Result<(Found, Found), StoreError> {
    let (mut frozen, mut thawed) = (Found::default(), Found::default());
    let mut after = String::new();
    loop {
        let page = store.all_direct_conversations(old.tenant, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok((frozen, thawed)) };
        after.clone_from(&last.start_key);
        let (old, new, under_way) = (Arc::clone(old), Arc::clone(new), Arc::clone(under_way));
        let page = spawn_blocking(move || {
            let _under_way = under_way;
            changed(&old, &new, &page)
        });
        let (fewer, more) = joined(page.await)?;
        frozen.add(fewer);
        thawed.add(more);
    }
}

fn changed(old: &Snapshot, new: &Snapshot, page: &[DirectConversation]) -> (Found, Found) {
    let (mut frozen, mut thawed) = (Found::default(), Found::default());
    for conversation in page {
        let (mut loses, mut gains) = (None, None);
        for (me, facts) in conversation.sides() {
            let may = |snapshot: &Snapshot| {
                let about = About::Conversation(snapshot.conversation(me, &facts));
                snapshot.decide(Action::Send, me, about).is_some_and(|decision| decision.is_allowed())
            };
            let pair = facts.peer.map(|peer| Pair { me: me.0.as_u128(), them: peer.0.as_u128() });
            match (may(old), may(new)) {
                (true, false) => loses = loses.or(pair),
                (false, true) => gains = gains.or(pair),
                _ => {}
            }
        }
        for (pair, found) in [(loses, &mut frozen), (gains, &mut thawed)] {
            if let Some(pair) = pair {
                found.count += 1;
                if found.examples.len() < EXAMPLES {
                    found.examples.push((conversation.id.0, pair));
                }
            }
        }
    }
    (frozen, thawed)
}

/// The product's ids behind the keys of examples.
struct Names(HashMap<Key, String>);

impl Names {
    async fn read(store: &Store, facts: &Snapshot, keys: Vec<Key>) -> Result<Self, StoreError> {
        let (users, groups): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(|key| facts.world.user(*key).is_some());
        let users: Vec<UserId> = users.into_iter().map(|key| UserId(Uuid::from_u128(key))).collect();
        let groups: Vec<GroupId> = groups.into_iter().map(|key| GroupId(Uuid::from_u128(key))).collect();
        let people = people::find(store.reader(), facts.tenant, &users).await?;
        let groups = groups::find(store.reader(), facts.tenant, &groups).await?;
        let people = people.into_iter().map(|user| (user.id.0.as_u128(), user.external_id));
        let groups = groups.into_iter().filter_map(|group| {
            let id = Uuid::parse_str(&group.id).ok()?;
            Some((id.as_u128(), format!("group:{}", group.external_id)))
        });
        Ok(Self(people.chain(groups).collect()))
    }

    fn of(&self, key: Key) -> String {
        self.0.get(&key).cloned().unwrap_or_else(|| Uuid::from_u128(key).to_string())
    }

    fn examples(&self, pairs: &[Pair]) -> Vec<Example> {
        pairs.iter().map(|pair| Example { from: self.of(pair.me), to: self.of(pair.them) }).collect()
    }

    fn reach(&self, action: Action, difference: Difference) -> Reach {
        Reach {
            action: action_name(action),
            gained: difference.gained,
            lost: difference.lost,
            gained_examples: self.examples(&difference.gained_examples),
            lost_examples: self.examples(&difference.lost_examples),
        }
    }

    fn conversations(&self, found: Found) -> Conversations {
        let examples = found.examples.into_iter().map(|(id, pair)| ConversationExample {
            id,
            from: self.of(pair.me),
            to: self.of(pair.them),
        });
        Conversations { count: found.count, examples: examples.collect() }
    }
}

/// A panic of a comparison is one of ours, and none of the server's.
fn joined<T>(outcome: Result<T, tokio::task::JoinError>) -> Result<T, StoreError> {
    outcome.map_err(|error| sea_orm::DbErr::Custom(format!("a comparison died: {error}")).into())
}
