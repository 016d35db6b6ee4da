//! What other rules would change, over the same facts: every action, in every situation that the rules tell apart.
//!
//! Actions on people are compared over all pairs of people; actions on groups over pairs of a person and a group. An action in
//! a direct conversation is compared over the pairs that find, see or may write to each other under either policy, whether or
//! not they have a conversation today, and an action in another conversation over people. Rules about a relation (`block`) are
//! also compared as if each pair had that relation: a tenant in which nobody blocked anybody yet learns what blocking would do.

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
    cohort::Label,
    situation::{Place, Situation, Supposed, SupposedBy},
};
use self::{
    cohort::{Actor, People},
    situation::{Resolved, decisive, others},
    tally::{Change, Tally},
};
use super::check::Question;
use crate::{
    action::{About, Action},
    facts::{Key, UserIx, World, bits::Bits},
    lang::ACTIONS,
    policy::Policy,
    program::{Condition, Rule},
};

/// Processor time a comparison may take, about, in microseconds of an optimised build. Of more people than fit, some of each kind
/// are compared.
const BUDGET_US: usize = 10_000_000;
/// At least so many people are compared.
const ACTORS_MIN: usize = 1_000;
/// An example is one of the first so many of a person's pairs that change.
const CHOICE: u64 = 64;

/// One of the two policies, with the facts in its words.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Side<'a> {
    pub world: &'a World,
    pub policy: &'a Policy,
}

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differences {
    /// Active people.
    pub people: u64,
    /// Of these so many were compared, some of each kind; if they are not all, counts are estimates.
    pub compared: u64,
    /// Every action, in the order of [`ACTIONS`].
    pub actions: Vec<ActionDifference>,
}

/// What changes of one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionDifference {
    /// Which.
    pub action: Action,
    /// Both policies have the same rules for it. Nothing changes then, and nothing was counted.
    pub same_rules: bool,
    /// People who can do it in some situation in which they can't today.
    pub gaining: u64,
    /// People who can do it today in some situation in which they then can't.
    pub losing: u64,
    /// Situations that occur: all that were compared, also those in which nothing changes.
    pub rows: Vec<Row>,
    /// Situations that suppose a relation, where what changes is not what changes without it.
    pub supposed: Vec<Row>,
}

/// What changes of one action in one situation. What is counted is pairs or people: [`Place::has_pairs`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which action.
    pub action: Action,
    /// Where.
    pub situation: Situation,
    /// Those that can today.
    pub before: u64,
    /// Those that can then, and can't today.
    pub gained: u64,
    /// Those that can today, and can't then.
    pub lost: u64,
    /// People who gain something.
    pub gaining: u64,
    /// People who lose something.
    pub losing: u64,
    /// The same by what the acting people are; a person who is several things is counted with each. What changes most comes first.
    pub labels: Vec<LabelChange>,
    /// Some that can then, spread over people and kinds of people. Where people are counted, both are the same person.
    pub gained_examples: Vec<Pair>,
    /// Some that then can't.
    pub lost_examples: Vec<Pair>,
}

/// What changes for people of one kind; the counts are those of [`Row`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct LabelChange {
    /// What they are; `None` for those who hold no role.
    pub label: Option<Label>,
    /// How many they are.
    pub people: u64,
    pub before: u64,
    pub gained: u64,
    pub lost: u64,
    pub gaining: u64,
    pub losing: u64,
}

/// A person who acts, and a person or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Pair {
    pub me: Key,
    pub them: Key,
}

/// Compares two policies over the same facts, each with the facts in its own words.
///
/// People are shared out over the machine's processors. Once `given_up` is true it ends soon, with some of the differences.
#[must_use]
pub fn diff(old: Side<'_>, new: Side<'_>, given_up: &AtomicBool) -> Differences {
    let sides = [old, new];
    let (same, changed): (Vec<Action>, Vec<Action>) =
        ACTIONS.iter().map(|(_, action)| *action).partition(|action| same_rules(sides, *action));
    let tasks: Vec<Task> = changed
        .iter()
        .flat_map(|action| situation::of(*action, sides).into_iter().map(|situation| Task::new(*action, situation, sides)))
        .collect();
    let people = People::new(sides, actors_max(old.world, &tasks));
    let counting =
        Counting { sides, tasks: &tasks, people: &people, numbers: &Numbers::new(old.world, new.world), given_up };
    let mut counted = counting.all();

    let mut actions: Vec<ActionDifference> = Vec::with_capacity(ACTIONS.len());
    let mut tallies = tasks.into_iter().zip(counted.tallies.drain(..)).peekable();
    for (_, action) in ACTIONS {
        let mut rows = Vec::new();
        while let Some((task, tally)) = tallies.next_if(|(task, _)| task.action == action) {
            rows.push(tally.into_row(action, task.situation, &people));
        }
        let (mut supposed, rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.situation.supposed.is_some());
        supposed.retain(|row| row.tells_more_than(&rows));
        let [gaining, losing] = counted.people.get(action as usize).copied().unwrap_or_default();
        let (gaining, losing) = (gaining.round() as u64, losing.round() as u64);
        actions.push(ActionDifference { action, same_rules: same.contains(&action), gaining, losing, rows, supposed });
    }
    Differences { people: people.all as u64, compared: people.actors.len() as u64, actions }
}

impl Row {
    /// Whether a supposed relation changes something that does not change without it.
    fn tells_more_than(&self, rows: &[Self]) -> bool {
        let base = Situation { supposed: None, ..self.situation.clone() };
        let same = |row: &&Self| row.situation == base && (row.gained, row.lost) == (self.gained, self.lost);
        self.gained + self.lost > 0 && !rows.iter().any(|row| same(&row))
    }
}

/// Whether both have the same words and the same rules that decide about an action.
fn same_rules(sides: [Side<'_>; 2], action: Action) -> bool {
    let [old, new] = sides;
    if old.policy.vocabulary() != new.policy.vocabulary() {
        return false;
    }
    let alike = |(one, other): (&Rule, &Rule)| {
        (one.effect, one.subject, &one.conditions, &one.unless)
            == (other.effect, other.subject, &other.conditions, &other.unless)
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

/// So many people can be compared within the budget.
fn actors_max(world: &World, tasks: &[Task]) -> usize {
    let pairs = tasks.iter().filter(|task| task.situation.place.has_pairs()).count();
    let others = tasks.len() - pairs;
    // Measured with a school: a reach takes 1 µs and the passing of all people's bits, 20 µs at 100,000 people.
    let reach_ns = 1_000 + world.users().len() / 5;
    let actor_ns = 2 * (pairs * reach_ns + others * 300) + 1_000;
    (BUDGET_US * 1_000 / actor_ns).max(ACTORS_MIN)
}

/// One action in one situation, in the numbers of each side.
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

/// What all threads share.
#[derive(Clone, Copy)]
struct Counting<'a> {
    sides: [Side<'a>; 2],
    tasks: &'a [Task],
    people: &'a People,
    numbers: &'a Numbers,
    given_up: &'a AtomicBool,
}

/// What one thread counted.
struct Counted {
    tallies: Vec<Tally>,
    /// People who gain and who lose, by action.
    people: Vec<[f64; 2]>,
}

impl<'a> Counting<'a> {
    fn all(self) -> Counted {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let mut all = self.nothing();
        thread::scope(|scope| {
            let parts = self.people.actors.chunks(self.people.actors.len().div_ceil(threads).max(1));
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

    fn nothing(self) -> Counted {
        let tallies = self.tasks.iter().map(|_| Tally::new(self.people)).collect();
        Counted { tallies, people: vec![[0.0; 2]; ACTIONS.len()] }
    }

    fn count(self, actors: &[Actor]) -> Counted {
        let mut counted = self.nothing();
        let asks_peers = self.tasks.iter().any(|task| task.situation.place == Place::Direct);
        for actor in actors {
            if self.given_up.load(Ordering::Relaxed) {
                break;
            }
            let me = self.sides.map(|side| side.world.user(actor.key));
            let peers = if asks_peers { self.peers(me) } else { Bits::default() };
            let mut of_actions = vec![[false; 2]; ACTIONS.len()];
            for (task, tally) in self.tasks.iter().zip(&mut counted.tallies) {
                let change = self.change(task, actor, me, &peers);
                tally.count(self.people, actor, &change);
                if task.situation.supposed.is_none()
                    && let Some([gains, loses]) = of_actions.get_mut(task.action as usize)
                {
                    *gains |= change.gained > 0;
                    *loses |= change.lost > 0;
                }
            }
            for (sums, of_action) in counted.people.iter_mut().zip(of_actions) {
                for (sum, concerns) in sums.iter_mut().zip(of_action) {
                    *sum += if concerns { actor.weight } else { 0.0 };
                }
            }
        }
        counted
    }

    /// Those with whom a person may have a direct conversation under either policy, in old numbers.
    fn peers(self, me: [Option<UserIx>; 2]) -> Bits {
        let mut peers = Bits::default();
        for action in [Action::Find, Action::SeeProfile, Action::Start] {
            for (side, me) in [0, 1].into_iter().zip(me) {
                let Some(me) = me else { continue };
                let Side { world, policy } = self.sides[side];
                let reach = policy.reach(world, me, action).people;
                peers.unite(&if side == 0 { reach } else { self.numbers.in_old(reach) });
            }
        }
        peers
    }

    fn change(self, task: &Task, actor: &Actor, me: [Option<UserIx>; 2], peers: &Bits) -> Change {
        let pick = actor.key as u64 ^ (actor.key >> 64) as u64;
        match task.situation.place {
            Place::Person | Place::Direct => {
                let [before, after] = [0, 1].map(|side| {
                    let people = self.question(task, side, me[side]).map(|question| question.reach()).unwrap_or_default();
                    let mut people = if side == 0 { people } else { self.numbers.in_old(people) };
                    if task.situation.place == Place::Direct {
                        people.intersect(peers);
                    }
                    // A pair is two people.
                    if let Some(number) = self.numbers.of(self.sides[0].world, actor.key) {
                        people.remove(number);
                    }
                    people
                });
                self.of_people(&before, &after, pick)
            }
            Place::Group => {
                let [before, after] = [0, 1].map(|side| {
                    let Side { world, policy } = self.sides[side];
                    let groups = me[side].map(|me| policy.group_reach(world, me, task.action)).unwrap_or_default();
                    groups.into_iter().map(|group| world.group_key(group)).collect::<BTreeSet<Key>>()
                });
                of_groups(&before, &after, pick)
            }
            place => {
                let [before, after] = [0, 1].map(|side| {
                    self.question(task, side, me[side]).is_some_and(|question| {
                        let peer = (place == Place::NoteToSelf).then_some((question.me, question.mine));
                        Question { them: peer, ..question }.decide().is_allowed()
                    })
                });
                Change {
                    before: u64::from(before),
                    gained: u64::from(after && !before),
                    lost: u64::from(before && !after),
                    gained_one: (after && !before).then_some(actor.key),
                    lost_one: (before && !after).then_some(actor.key),
                }
            }
        }
    }

    /// The task's question of one person, about nobody yet; `None` for a person who may do nothing.
    fn question(self, task: &Task, side: usize, me: Option<UserIx>) -> Option<Question<'a>> {
        let (Side { world, policy }, resolved) = (self.sides[side], task.resolved[side]?);
        let question = Question::new(policy, world, task.action, me?, About::Nothing)?;
        let Resolved { conversation, author, age_ms, relation, supposed } = resolved;
        Some(Question { conversation, author, age_ms, relation, supposed, ..question })
    }

    fn of_people(self, before: &Bits, after: &Bits, pick: u64) -> Change {
        let one = |more: &Bits, less: &Bits, count: u64| {
            let at = pick % count.clamp(1, CHOICE);
            let number = more.iter().filter(|number| !less.contains(*number)).nth(at as usize)?;
            Some(self.numbers.key(self.sides[0].world, number))
        };
        let (gained, lost) = (after.len_without(before), before.len_without(after));
        Change {
            before: before.len() as u64,
            gained,
            lost,
            gained_one: if gained > 0 { one(after, before, gained) } else { None },
            lost_one: if lost > 0 { one(before, after, lost) } else { None },
        }
    }
}

impl Counted {
    fn add(&mut self, other: Self) {
        for (mine, theirs) in self.tallies.iter_mut().zip(other.tallies) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.people.iter_mut().flatten().zip(other.people.iter().flatten()) {
            *mine += theirs;
        }
    }
}

fn of_groups(before: &BTreeSet<Key>, after: &BTreeSet<Key>, pick: u64) -> Change {
    let one = |more: &BTreeSet<Key>, less: &BTreeSet<Key>| {
        let changed: Vec<&Key> = more.difference(less).collect();
        let at = pick % (changed.len() as u64).clamp(1, CHOICE);
        (changed.len() as u64, changed.get(at as usize).map(|key| **key))
    };
    let ((gained, gained_one), (lost, lost_one)) = (one(after, before), one(before, after));
    Change { before: before.len() as u64, gained, lost, gained_one, lost_one }
}

/// People of the new world by their numbers in the old one; newcomers have numbers after it.
struct Numbers {
    /// By number in the new world; `None` where both worlds number alike, as they do when only rules changed.
    in_old: Option<Vec<u32>>,
    newcomers: Vec<Key>,
}

impl Numbers {
    fn new(old: &World, new: &World) -> Self {
        let mut newcomers = Vec::new();
        let first = old.users().len() as u32;
        let in_old: Vec<u32> = new
            .users()
            .map(|user| {
                let key = new.user_key(user);
                old.user(key).map_or_else(
                    || {
                        newcomers.push(key);
                        first + newcomers.len() as u32 - 1
                    },
                    |user| user.0,
                )
            })
            .collect();
        let alike = (0u32..).zip(&in_old).all(|(number, in_old)| number == *in_old);
        Self { in_old: (!alike).then_some(in_old), newcomers }
    }

    fn in_old(&self, people: Bits) -> Bits {
        let Some(in_old) = &self.in_old else { return people };
        let mut there = Bits::default();
        there.extend(people.iter().filter_map(|number| in_old.get(number as usize).copied()));
        there
    }

    fn key(&self, old: &World, number: u32) -> Key {
        let newcomer = (number as usize).checked_sub(old.users().len());
        match newcomer {
            Some(at) => self.newcomers.get(at).copied().unwrap_or_default(),
            None => old.user_key(UserIx(number)),
        }
    }

    fn of(&self, old: &World, key: Key) -> Option<u32> {
        let newcomer = || self.newcomers.iter().position(|newcomer| *newcomer == key);
        old.user(key).map(|user| user.0).or_else(|| Some(old.users().len() as u32 + newcomer()? as u32))
    }
}
