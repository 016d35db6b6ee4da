//! Difference: what another policy would change over the same facts, for every action in every situation that the rules
//! distinguish.
//!
//! An action on a user is compared for all pairs of users, an action on a group for all pairs of a user and a group. An
//! action in a direct conversation is compared for the pairs of users in which one may find, see or start with the other
//! under either policy, whether they have a conversation or not. An action in any other conversation is compared for single
//! users. Rules about a relation (`block`) are also compared as if each pair of users had the relation, so that a tenant in
//! which no user has blocked another sees what a block would do.
//!
//! For n users and s situations the comparison costs O(n * s) reaches, divided among all processors. If this would exceed a
//! budget of processor time, a sample of the users of each combination of roles is compared, and the counts are estimates.

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
    situation::{Resolved, deny_and_allow_rules, required_actions},
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

/// The largest estimated processor time of a comparison in microseconds, for an optimised build. If the comparison of all
/// users would take longer, a sample is compared.
const BUDGET_US: usize = 10_000_000;
/// The smallest number of users in a sample.
const ACTORS_MIN: usize = 1_000;
/// An example of a user is chosen from the first pairs of the user that change; this is the largest number of them.
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

/// The changes of one action in one situation. The counts are pairs or users, see [`SituationKind::has_pairs`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SituationDifference {
    /// The action.
    pub action: Action,
    /// The situation.
    pub situation: Situation,
    /// Number of pairs or users for which the old policy allows the action.
    pub before: u64,
    /// Number for which the new policy allows the action and the old policy denies it.
    pub gained: u64,
    /// Number for which the old policy allows the action and the new policy denies it.
    pub lost: u64,
    /// Number of principals who gain the action.
    pub gaining: u64,
    /// Number of principals who lose the action.
    pub losing: u64,
    /// The same counts by role of the principal; a user with several roles is counted for each. The largest change comes
    /// first.
    pub roles: Vec<RoleDifference>,
    /// Examples of gains, of various principals and roles. If users are counted, both users of a pair are the same.
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
/// The users are divided among the processors of the machine. When `cancelled` becomes true, the function returns early with
/// the differences found so far.
#[must_use]
pub fn diff(old: Side<'_>, new: Side<'_>, cancelled: &AtomicBool) -> Differences {
    let sides = [old, new];
    let (same, changed): (Vec<Action>, Vec<Action>) =
        ACTIONS.iter().map(|(_, action)| *action).partition(|action| same_rules(sides, *action));
    let tasks: Vec<Task> = changed
        .iter()
        .flat_map(|action| {
            situation::situations_of(*action, sides).into_iter().map(|situation| Task::new(*action, situation, sides))
        })
        .collect();
    let sample = Sample::new(sides, actors_max(old.world, &tasks));
    let counting =
        Counting { sides, tasks: &tasks, sample: &sample, index_map: &IndexMap::new(old.world, new.world), cancelled };
    let mut counted = counting.count_all();

    let mut actions: Vec<ActionDifference> = Vec::with_capacity(ACTIONS.len());
    let mut tallies = tasks.into_iter().zip(counted.tallies.drain(..)).peekable();
    for (_, action) in ACTIONS {
        let mut rows = Vec::new();
        while let Some((task, tally)) = tallies.next_if(|(task, _)| task.action == action) {
            rows.push(tally.into_row(action, task.situation, &sample));
        }
        let (mut assumed, rows): (Vec<SituationDifference>, Vec<SituationDifference>) =
            rows.into_iter().partition(|row| row.situation.assumed.is_some());
        assumed.retain(|row| row.differs_from_base(&rows));
        let [gaining, losing] = counted.users.get(action as usize).copied().unwrap_or_default();
        let (gaining, losing) = (gaining.round() as u64, losing.round() as u64);
        actions.push(ActionDifference { action, same_rules: same.contains(&action), gaining, losing, rows, assumed });
    }
    Differences { users: sample.all as u64, compared: sample.actors.len() as u64, actions }
}

impl SituationDifference {
    /// Whether the assumed relation makes a difference to the changes.
    fn differs_from_base(&self, rows: &[Self]) -> bool {
        let base = Situation { assumed: None, ..self.situation.clone() };
        let is_unchanged = |row: &&Self| row.situation == base && (row.gained, row.lost) == (self.gained, self.lost);
        self.gained + self.lost > 0 && !rows.iter().any(|row| is_unchanged(&row))
    }
}

/// Whether both policies have the same vocabulary and the same deny and allow rules for the action.
fn same_rules(sides: [Side<'_>; 2], action: Action) -> bool {
    let [old, new] = sides;
    if old.policy.vocabulary() != new.policy.vocabulary() {
        return false;
    }
    let is_same_rule = |(old_rule, new_rule): (&Rule, &Rule)| {
        (old_rule.effect, old_rule.candidates, &old_rule.conditions, &old_rule.unless)
            == (new_rule.effect, new_rule.candidates, &new_rule.conditions, &new_rule.unless)
    };
    let rules = |side| deny_and_allow_rules(side, action).collect::<Vec<_>>();
    let (before, after) = (rules(old), rules(new));
    let tests_may_start = before
        .iter()
        .flat_map(|rule| rule.conditions.iter().chain(&rule.unless))
        .any(|condition| *condition == Condition::MayStart);
    before.len() == after.len()
        && before.into_iter().zip(after).all(is_same_rule)
        && (!tests_may_start || same_rules(sides, Action::Start))
        && required_actions(action, sides).all(|required| same_rules(sides, required))
}

/// The number of users that can be compared within the budget; at least [`ACTORS_MIN`].
fn actors_max(world: &World, tasks: &[Task]) -> usize {
    let pairs = tasks.iter().filter(|task| task.situation.kind.has_pairs()).count();
    let single_users = tasks.len() - pairs;
    // Measured with a school: a reach takes 1 µs plus a pass over the bits of all users, 20 µs at 100,000 users.
    let reach_ns = 1_000 + world.users().len() / 5;
    let actor_ns = 2 * (pairs * reach_ns + single_users * 300) + 1_000;
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
    index_map: &'a IndexMap,
    cancelled: &'a AtomicBool,
}

/// The counts of one thread.
struct Counts {
    tallies: Vec<Tally>,
    /// By action: the number of users who gain the action, and the number of users who lose it.
    users: Vec<[f64; 2]>,
}

impl<'a> Counting<'a> {
    /// Counts the changes of all compared users, on all processors.
    fn count_all(self) -> Counts {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let mut all = self.empty_counts();
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

    /// Counts of zero.
    fn empty_counts(self) -> Counts {
        let tallies = self.tasks.iter().map(|_| Tally::new(self.sample)).collect();
        Counts { tallies, users: vec![[0.0; 2]; ACTIONS.len()] }
    }

    /// Counts the changes of these users, until the comparison is cancelled.
    fn count(self, actors: &[Actor]) -> Counts {
        let mut counted = self.empty_counts();
        let needs_peers = self.tasks.iter().any(|task| task.situation.kind == SituationKind::Direct);
        for actor in actors {
            if self.cancelled.load(Ordering::Relaxed) {
                break;
            }
            let me = self.sides.map(|side| side.world.user(actor.key));
            let peers = if needs_peers { self.peers(me) } else { Bitset::default() };
            let mut changes_by_action = vec![[false; 2]; ACTIONS.len()];
            for (task, tally) in self.tasks.iter().zip(&mut counted.tallies) {
                let change = self.change(task, actor, me, &peers);
                tally.count(self.sample, actor, &change);
                if task.situation.assumed.is_none()
                    && let Some([gains, loses]) = changes_by_action.get_mut(task.action as usize)
                {
                    *gains |= change.gained > 0;
                    *loses |= change.lost > 0;
                }
            }
            for (sums, changes) in counted.users.iter_mut().zip(changes_by_action) {
                for (sum, is_changed) in sums.iter_mut().zip(changes) {
                    *sum += if is_changed { actor.weight } else { 0.0 };
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
                peers.unite(&if side == 0 { reach } else { self.index_map.in_old(reach) });
            }
        }
        peers
    }

    /// The changes of one user in one task.
    fn change(self, task: &Task, actor: &Actor, me: [Option<UserIx>; 2], peers: &Bitset) -> ActorChange {
        let seed = actor.key as u64 ^ (actor.key >> 64) as u64;
        match task.situation.kind {
            SituationKind::User | SituationKind::Direct => {
                let [before, after] = [0, 1].map(|side| {
                    let users =
                        self.evaluation(task, side, me[side]).map(|evaluation| evaluation.reach()).unwrap_or_default();
                    let mut users = if side == 0 { users } else { self.index_map.in_old(users) };
                    if task.situation.kind == SituationKind::Direct {
                        users.intersect(peers);
                    }
                    // A pair consists of two different users.
                    if let Some(number) = self.index_map.old_index_of(self.sides[0].world, actor.key) {
                        users.remove(number);
                    }
                    users
                });
                self.changed_users(&before, &after, seed)
            }
            SituationKind::Group => {
                let [before, after] = [0, 1].map(|side| {
                    let Side { world, policy } = self.sides[side];
                    let groups = me[side].map(|me| policy.group_reach(world, me, task.action)).unwrap_or_default();
                    groups.into_iter().map(|group| world.group_key(group)).collect::<BTreeSet<EntityKey>>()
                });
                changed_groups(&before, &after, seed)
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
                    gained_example: (after && !before).then_some(actor.key),
                    lost_example: (before && !after).then_some(actor.key),
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

    /// The changes between two sets of users, as indexes of the old world. `seed` selects the examples.
    fn changed_users(self, before: &Bitset, after: &Bitset, seed: u64) -> ActorChange {
        let example = |more: &Bitset, less: &Bitset, count: u64| {
            let index = seed % count.clamp(1, EXAMPLE_CHOICE);
            let number = more.iter().filter(|number| !less.contains(*number)).nth(index as usize)?;
            Some(self.index_map.key(self.sides[0].world, number))
        };
        let (gained, lost) = (after.len_without(before), before.len_without(after));
        ActorChange {
            before: before.len() as u64,
            gained,
            lost,
            gained_example: if gained > 0 { example(after, before, gained) } else { None },
            lost_example: if lost > 0 { example(before, after, lost) } else { None },
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

/// The changes between two sets of groups. `seed` selects the examples.
fn changed_groups(before: &BTreeSet<EntityKey>, after: &BTreeSet<EntityKey>, seed: u64) -> ActorChange {
    let count_and_example = |more: &BTreeSet<EntityKey>, less: &BTreeSet<EntityKey>| {
        let changed: Vec<&EntityKey> = more.difference(less).collect();
        let index = seed % (changed.len() as u64).clamp(1, EXAMPLE_CHOICE);
        (changed.len() as u64, changed.get(index as usize).map(|key| **key))
    };
    let ((gained, gained_example), (lost, lost_example)) =
        (count_and_example(after, before), count_and_example(before, after));
    ActorChange { before: before.len() as u64, gained, lost, gained_example, lost_example }
}

/// Maps user indexes of the new world to indexes of the old world. Users that only the new world has get indexes after the
/// last index of the old world.
struct IndexMap {
    /// The index in the old world, by index in the new world. `None` if the indexes of both worlds are equal, as they are
    /// when only rules differ.
    in_old: Option<Vec<u32>>,
    /// The users that only the new world has.
    added: Vec<EntityKey>,
}

impl IndexMap {
    fn new(old: &World, new: &World) -> Self {
        let mut added = Vec::new();
        let first_added = old.users().len() as u32;
        let in_old: Vec<u32> = new
            .users()
            .map(|user| {
                let key = new.user_key(user);
                old.user(key).map_or_else(
                    || {
                        added.push(key);
                        first_added + added.len() as u32 - 1
                    },
                    |user| user.0,
                )
            })
            .collect();
        let equal_indexes = (0u32..).zip(&in_old).all(|(number, in_old)| number == *in_old);
        Self { in_old: (!equal_indexes).then_some(in_old), added }
    }

    /// The users of the new world as indexes of the old world.
    fn in_old(&self, users: Bitset) -> Bitset {
        let Some(in_old) = &self.in_old else { return users };
        let mut mapped = Bitset::default();
        mapped.extend(users.iter().filter_map(|number| in_old.get(number as usize).copied()));
        mapped
    }

    /// The key of a user, from an index of the old world.
    fn key(&self, old: &World, number: u32) -> EntityKey {
        let added_index = (number as usize).checked_sub(old.users().len());
        match added_index {
            Some(index) => self.added.get(index).copied().unwrap_or_default(),
            None => old.user_key(UserIx(number)),
        }
    }

    /// The index of the user in the old world, or after the users of the old world.
    fn old_index_of(&self, old: &World, key: EntityKey) -> Option<u32> {
        let added_index = || self.added.iter().position(|added_index| *added_index == key);
        old.user(key).map(|user| user.0).or_else(|| Some(old.users().len() as u32 + added_index()? as u32))
    }
}
