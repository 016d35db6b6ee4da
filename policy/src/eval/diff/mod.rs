//! Difference: what another policy would change over the same facts, for every action in every situation that the rules distinguish.
//!
//! An action on a user is compared for all pairs of users, an action on a group for all pairs of a user and a group. An action in a
//! direct conversation is compared for the pairs of users in which one may find, see or start with the other under either policy, whether they have a
//! conversation or not. An action in any other conversation is compared for single users. Rules about a relation (`block`) are also
//! compared as if each pair of users had the relation, so that a tenant in which no user has blocked another sees what a block would do.
//!
//! For n users and s situations the comparison costs O(n * s) reaches, shared out over all processors. Above a budget of processor time, a
//! sample of the users of each combination of roles is compared, and the counts are estimates.

mod cohort;
mod situation;
mod tally;

use std::{
    collections::BTreeSet,
    num::NonZero,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

pub use self::{
    cohort::RoleLabel,
    situation::{AssumedBy, AssumedRelation, Situation, SituationKind},
};
use self::{
    cohort::{Actor, Sample},
    situation::{Resolved, decisive, others},
    tally::{ActorChange, Tally},
};
use super::check::Evaluation;
use crate::{
    action::{Action, Resource},
    facts::{EntityKey, UserIx, World, bitset::Bitset},
    ir::{Condition, Rule},
    lang::ACTIONS,
    policy::Policy,
};

/// Estimated processor time of a comparison in microseconds, for an optimised build. If all users do not fit, a sample is compared.
const BUDGET_US: usize = 10_000_000;
/// The smallest number of users in a sample.
const ACTORS_MIN: usize = 1_000;
/// An example is chosen among this many of the first changed pairs of a user.
const EXAMPLE_CHOICE: u64 = 64;

/// One of the two compared policies, with the facts in its vocabulary.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Side<'a> {
    pub world: &'a World,
    pub policy: &'a Policy,
}

/// The result of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differences {
    /// Number of active users.
    pub users: u64,
    /// Number of compared users. If it is smaller than `users`, all counts are estimates.
    pub compared: u64,
    /// One entry for each action, in the order of [`ACTIONS`].
    pub actions: Vec<ActionDifference>,
}

/// The changes of one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionDifference {
    /// The action.
    pub action: Action,
    /// Whether both policies have the same rules for the action. If so, nothing was counted.
    pub same_rules: bool,
    /// Number of users who gain the action in some situation.
    pub gaining: u64,
    /// Number of users who lose the action in some situation.
    pub losing: u64,
    /// All compared situations without an assumed relation, also situations in which nothing changes.
    pub rows: Vec<SituationDifference>,
    /// Situations with an assumed relation whose changes differ from the changes without it.
    pub assumed: Vec<SituationDifference>,
}

/// What changes of one action in one situation. What is counted is pairs or users: [`SituationKind::has_pairs`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SituationDifference {
    /// The action.
    pub action: Action,
    /// The situation.
    pub situation: Situation,
    /// Allowed under the old policy.
    pub before: u64,
    /// Allowed under the new policy, denied under the old policy.
    pub gained: u64,
    /// Allowed under the old policy, denied under the new policy.
    pub lost: u64,
    /// Number of principals who gain.
    pub gaining: u64,
    /// Number of principals who lose.
    pub losing: u64,
    /// The same counts by role of the principal; a user with several roles is counted for each. The largest change comes first.
    pub roles: Vec<RoleDifference>,
    /// Examples of gains, spread over principals and roles. If users are counted, both ends of a pair are the same user.
    pub gained_examples: Vec<ExamplePair>,
    /// Examples of losses.
    pub lost_examples: Vec<ExamplePair>,
}

/// The changes for the users with one role; the counts are as in [`SituationDifference`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RoleDifference {
    /// The role; `None` for users without a role.
    pub role: Option<RoleLabel>,
    /// Number of users with the role.
    pub users: u64,
    pub before: u64,
    pub gained: u64,
    pub lost: u64,
    pub gaining: u64,
    pub losing: u64,
}

/// An example: the principal, and a user or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ExamplePair {
    pub principal: EntityKey,
    pub other: EntityKey,
}

/// Compares two policies over the same facts. Each side has the facts in its own vocabulary.
///
/// The users are shared out over the processors of the machine. When `given_up` becomes true, the function returns early with the
/// differences found so far.
#[must_use]
pub fn diff(old: Side<'_>, new: Side<'_>, given_up: &AtomicBool) -> Differences {
    let sides = [old, new];
    let (same, changed): (Vec<Action>, Vec<Action>) =
        ACTIONS.iter().map(|(_, action)| *action).partition(|action| same_rules(sides, *action));
    let tasks: Vec<Task> = changed
        .iter()
        .flat_map(|action| situation::of(*action, sides).into_iter().map(|situation| Task::new(*action, situation, sides)))
        .collect();
    let sample = Sample::new(sides, actors_max(old.world, &tasks));
    let counting =
        Counting { sides, tasks: &tasks, sample: &sample, numbers: &IndexMap::new(old.world, new.world), given_up };
    let mut counted = counting.all();

    let mut actions: Vec<ActionDifference> = Vec::with_capacity(ACTIONS.len());
    let mut tallies = tasks.into_iter().zip(counted.tallies.drain(..)).peekable();
    for (_, action) in ACTIONS {
        let mut rows = Vec::new();
        while let Some((task, tally)) = tallies.next_if(|(task, _)| task.action == action) {
            rows.push(tally.into_row(action, task.situation, &sample));
        }
        let (mut assumed, rows): (Vec<SituationDifference>, Vec<SituationDifference>) =
            rows.into_iter().partition(|row| row.situation.assumed.is_some());
        assumed.retain(|row| row.adds_to(&rows));
        let [gaining, losing] = counted.users.get(action as usize).copied().unwrap_or_default();
        let (gaining, losing) = (gaining.round() as u64, losing.round() as u64);
        actions.push(ActionDifference { action, same_rules: same.contains(&action), gaining, losing, rows, assumed });
    }
    Differences { users: sample.all as u64, compared: sample.actors.len() as u64, actions }
}

impl SituationDifference {
    /// Whether the assumed relation makes a difference to the changes.
    fn adds_to(&self, rows: &[Self]) -> bool {
        let base = Situation { assumed: None, ..self.situation.clone() };
        let same = |row: &&Self| row.situation == base && (row.gained, row.lost) == (self.gained, self.lost);
        self.gained + self.lost > 0 && !rows.iter().any(|row| same(&row))
    }
}

/// Whether both policies have the same vocabulary and the same deny and allow rules for the action.
fn same_rules(sides: [Side<'_>; 2], action: Action) -> bool {
    let [old, new] = sides;
    if old.policy.vocabulary() != new.policy.vocabulary() {
        return false;
    }
    let alike = |(one, other): (&Rule, &Rule)| {
        (one.effect, one.candidates, &one.conditions, &one.unless)
            == (other.effect, other.candidates, &other.conditions, &other.unless)
    };
    let rules = |side| decisive(side, action).collect::<Vec<_>>();
    let (before, after) = (rules(old), rules(new));
    let asks_start = before
        .iter()
        .flat_map(|rule| rule.conditions.iter().chain(&rule.unless))
        .any(|condition| *condition == Condition::MayStart);
    before.len() == after.len()
        && before.into_iter().zip(after).all(alike)
        && (!asks_start || same_rules(sides, Action::Start))
        && others(action, sides).all(|other| same_rules(sides, other))
}

/// How many users can be compared within the budget.
fn actors_max(world: &World, tasks: &[Task]) -> usize {
    let pairs = tasks.iter().filter(|task| task.situation.kind.has_pairs()).count();
    let others = tasks.len() - pairs;
    // Measured with a school: a reach takes 1 µs plus a pass over the bits of all users, 20 µs at 100,000 users.
    let reach_ns = 1_000 + world.users().len() / 5;
    let actor_ns = 2 * (pairs * reach_ns + others * 300) + 1_000;
    (BUDGET_US * 1_000 / actor_ns).max(ACTORS_MIN)
}

/// One action in one situation, with the indexes of each side.
struct Task {
    action: Action,
    situation: Situation,
    resolved: [Option<Resolved>; 2],
}

impl Task {
    fn new(action: Action, situation: Situation, sides: [Side<'_>; 2]) -> Self {
        let resolved = sides.map(|side| situation.resolved(side.policy.vocabulary(), action));
        Self { action, situation, resolved }
    }
}

/// The input that all threads share.
#[derive(Clone, Copy)]
struct Counting<'a> {
    sides: [Side<'a>; 2],
    tasks: &'a [Task],
    sample: &'a Sample,
    numbers: &'a IndexMap,
    given_up: &'a AtomicBool,
}

/// The counts of one thread.
struct Counts {
    tallies: Vec<Tally>,
    /// By action: number of users who gain, and who lose.
    users: Vec<[f64; 2]>,
}

impl<'a> Counting<'a> {
    fn all(self) -> Counts {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let mut all = self.nothing();
        thread::scope(|scope| {
            let parts = self.sample.actors.chunks(self.sample.actors.len().div_ceil(threads).max(1));
            let parts: Vec<_> = parts.map(|part| scope.spawn(move || self.count(part))).collect();
            for part in parts {
                match part.join() {
                    Ok(part) => all.add(part),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        all
    }

    fn nothing(self) -> Counts {
        let tallies = self.tasks.iter().map(|_| Tally::new(self.sample)).collect();
        Counts { tallies, users: vec![[0.0; 2]; ACTIONS.len()] }
    }

    fn count(self, actors: &[Actor]) -> Counts {
        let mut counted = self.nothing();
        let asks_peers = self.tasks.iter().any(|task| task.situation.kind == SituationKind::Direct);
        for actor in actors {
            if self.given_up.load(Ordering::Relaxed) {
                break;
            }
            let me = self.sides.map(|side| side.world.user(actor.key));
            let peers = if asks_peers { self.peers(me) } else { Bitset::default() };
            let mut of_actions = vec![[false; 2]; ACTIONS.len()];
            for (task, tally) in self.tasks.iter().zip(&mut counted.tallies) {
                let change = self.change(task, actor, me, &peers);
                tally.count(self.sample, actor, &change);
                if task.situation.assumed.is_none()
                    && let Some([gains, loses]) = of_actions.get_mut(task.action as usize)
                {
                    *gains |= change.gained > 0;
                    *loses |= change.lost > 0;
                }
            }
            for (sums, of_action) in counted.users.iter_mut().zip(of_actions) {
                for (sum, concerns) in sums.iter_mut().zip(of_action) {
                    *sum += if concerns { actor.weight } else { 0.0 };
                }
            }
        }
        counted
    }

    /// The users with whom the principal may have a direct conversation under either policy, as indexes of the old world.
    fn peers(self, me: [Option<UserIx>; 2]) -> Bitset {
        let mut peers = Bitset::default();
        for action in [Action::Find, Action::SeeProfile, Action::Start] {
            for (side, me) in [0, 1].into_iter().zip(me) {
                let Some(me) = me else { continue };
                let Side { world, policy } = self.sides[side];
                let reach = policy.reach(world, me, action).users;
                peers.unite(&if side == 0 { reach } else { self.numbers.in_old(reach) });
            }
        }
        peers
    }

    fn change(self, task: &Task, actor: &Actor, me: [Option<UserIx>; 2], peers: &Bitset) -> ActorChange {
        let pick = actor.key as u64 ^ (actor.key >> 64) as u64;
        match task.situation.kind {
            SituationKind::User | SituationKind::Direct => {
                let [before, after] = [0, 1].map(|side| {
                    let users =
                        self.evaluation(task, side, me[side]).map(|evaluation| evaluation.reach()).unwrap_or_default();
                    let mut users = if side == 0 { users } else { self.numbers.in_old(users) };
                    if task.situation.kind == SituationKind::Direct {
                        users.intersect(peers);
                    }
                    // A pair consists of two different users.
                    if let Some(number) = self.numbers.of(self.sides[0].world, actor.key) {
                        users.remove(number);
                    }
                    users
                });
                self.changed_users(&before, &after, pick)
            }
            SituationKind::Group => {
                let [before, after] = [0, 1].map(|side| {
                    let Side { world, policy } = self.sides[side];
                    let groups = me[side].map(|me| policy.group_reach(world, me, task.action)).unwrap_or_default();
                    groups.into_iter().map(|group| world.group_key(group)).collect::<BTreeSet<EntityKey>>()
                });
                changed_groups(&before, &after, pick)
            }
            kind => {
                let [before, after] = [0, 1].map(|side| {
                    self.evaluation(task, side, me[side]).is_some_and(|evaluation| {
                        let peer = (kind == SituationKind::NoteToSelf).then_some((evaluation.principal, evaluation.me));
                        Evaluation { them: peer, ..evaluation }.decide().is_allowed()
                    })
                });
                ActorChange {
                    before: u64::from(before),
                    gained: u64::from(after && !before),
                    lost: u64::from(before && !after),
                    gained_one: (after && !before).then_some(actor.key),
                    lost_one: (before && !after).then_some(actor.key),
                }
            }
        }
    }

    /// The evaluation of the task for one principal, with `them` unset; `None` if the principal is not active.
    fn evaluation(self, task: &Task, side: usize, me: Option<UserIx>) -> Option<Evaluation<'a>> {
        let (Side { world, policy }, resolved) = (self.sides[side], task.resolved[side]?);
        let evaluation = Evaluation::new(policy, world, task.action, me?, Resource::None)?;
        let Resolved { conversation, is_author, age_ms, relation, assumed } = resolved;
        Some(Evaluation { conversation, is_author, age_ms, relation, assumed, ..evaluation })
    }

    fn changed_users(self, before: &Bitset, after: &Bitset, pick: u64) -> ActorChange {
        let one = |more: &Bitset, less: &Bitset, count: u64| {
            let at = pick % count.clamp(1, EXAMPLE_CHOICE);
            let number = more.iter().filter(|number| !less.contains(*number)).nth(at as usize)?;
            Some(self.numbers.key(self.sides[0].world, number))
        };
        let (gained, lost) = (after.len_without(before), before.len_without(after));
        ActorChange {
            before: before.len() as u64,
            gained,
            lost,
            gained_one: if gained > 0 { one(after, before, gained) } else { None },
            lost_one: if lost > 0 { one(before, after, lost) } else { None },
        }
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        for (mine, theirs) in self.tallies.iter_mut().zip(other.tallies) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.users.iter_mut().flatten().zip(other.users.iter().flatten()) {
            *mine += theirs;
        }
    }
}

fn changed_groups(before: &BTreeSet<EntityKey>, after: &BTreeSet<EntityKey>, pick: u64) -> ActorChange {
    let one = |more: &BTreeSet<EntityKey>, less: &BTreeSet<EntityKey>| {
        let changed: Vec<&EntityKey> = more.difference(less).collect();
        let at = pick % (changed.len() as u64).clamp(1, EXAMPLE_CHOICE);
        (changed.len() as u64, changed.get(at as usize).map(|key| **key))
    };
    let ((gained, gained_one), (lost, lost_one)) = (one(after, before), one(before, after));
    ActorChange { before: before.len() as u64, gained, lost, gained_one, lost_one }
}

/// Maps user indexes of the new world to indexes of the old world. Users that only the new world has get indexes after the old ones.
struct IndexMap {
    /// By index in the new world; `None` if the indexes of both worlds are equal, as they are when only rules differ.
    in_old: Option<Vec<u32>>,
    added: Vec<EntityKey>,
}

impl IndexMap {
    fn new(old: &World, new: &World) -> Self {
        let mut added = Vec::new();
        let first = old.users().len() as u32;
        let in_old: Vec<u32> = new
            .users()
            .map(|user| {
                let key = new.user_key(user);
                old.user(key).map_or_else(
                    || {
                        added.push(key);
                        first + added.len() as u32 - 1
                    },
                    |user| user.0,
                )
            })
            .collect();
        let alike = (0u32..).zip(&in_old).all(|(number, in_old)| number == *in_old);
        Self { in_old: (!alike).then_some(in_old), added }
    }

    fn in_old(&self, users: Bitset) -> Bitset {
        let Some(in_old) = &self.in_old else { return users };
        let mut there = Bitset::default();
        there.extend(users.iter().filter_map(|number| in_old.get(number as usize).copied()));
        there
    }

    fn key(&self, old: &World, number: u32) -> EntityKey {
        let newcomer = (number as usize).checked_sub(old.users().len());
        match newcomer {
            Some(at) => self.added.get(at).copied().unwrap_or_default(),
            None => old.user_key(UserIx(number)),
        }
    }

    fn of(&self, old: &World, key: EntityKey) -> Option<u32> {
        let newcomer = || self.added.iter().position(|newcomer| *newcomer == key);
        old.user(key).map(|user| user.0).or_else(|| Some(old.users().len() as u32 + newcomer()? as u32))
    }
}
