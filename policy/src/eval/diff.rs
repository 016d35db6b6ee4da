//! What a change of rules or facts does, before it goes live.

use std::{
    collections::BTreeSet,
    num::NonZero,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use crate::{
    action::Action,
    facts::{Key, UserIx, World, bits::Bits},
    policy::Policy,
};

/// At most so many examples each way: enough to see what kind of people it concerns.
const EXAMPLES: usize = 20;

/// Who reaches whom, and did not before; and the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Pairs.
    pub gained: u64,
    /// Pairs.
    pub lost: u64,
    /// The first few who can, and with whom.
    pub gained_examples: Vec<Pair>,
    /// The first few who can no longer.
    pub lost_examples: Vec<Pair>,
}

/// One who acts, and a person or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Pair {
    pub me: Key,
    pub them: Key,
}

/// Compares an action ([`Action::Start`], [`Action::Find`]: people; [`Action::AddressGroup`]: groups) under two policies,
/// each with a world in its own vocabulary.
///
/// Each person is looked at by itself, so the work is shared out over the machine's processors: some 20 µs for each of two
/// reaches are seconds for 100,000 people. Once `given_up` is true it ends soon, with the difference of some of the people.
#[must_use]
pub fn diff(
    old_world: &World,
    old: &Policy,
    new_world: &World,
    new: &Policy,
    action: Action,
    given_up: &AtomicBool,
) -> Difference {
    let numbers = Numbers::new(old_world, new_world);
    let added = new_world.users().map(|user| new_world.user_key(user)).filter(|key| old_world.user(*key).is_none());
    let people: Vec<Key> = old_world.users().map(|user| old_world.user_key(user)).chain(added).collect();
    let sides = Sides { old_world, old, new_world, new, action, numbers: &numbers, given_up };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut difference = Difference::default();
    thread::scope(|scope| {
        let parts = people.chunks(people.len().div_ceil(threads).max(1));
        let parts: Vec<_> = parts.map(|part| scope.spawn(move || sides.compare(part))).collect();
        for part in parts {
            match part.join() {
                Ok(part) => difference.add(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    difference
}

impl Policy {
    /// Whether one action reaches whom another does, whoever asks: the same rules allow and deny both.
    #[must_use]
    pub fn reach_alike(&self, one: Action, other: Action) -> bool {
        let (one, other) = (self.plan.lines(one), self.plan.lines(other));
        one.deny == other.deny && one.allow == other.allow
    }
}

/// What is compared.
#[derive(Clone, Copy)]
struct Sides<'a> {
    old_world: &'a World,
    old: &'a Policy,
    new_world: &'a World,
    new: &'a Policy,
    action: Action,
    numbers: &'a Numbers,
    given_up: &'a AtomicBool,
}

impl Sides<'_> {
    fn compare(self, people: &[Key]) -> Difference {
        let Self { old_world, old, new_world, new, action, numbers, given_up } = self;
        let mut difference = Difference::default();
        for me in people {
            if given_up.load(Ordering::Relaxed) {
                break;
            }
            let (before, after) = (old_world.user(*me), new_world.user(*me));
            if action == Action::AddressGroup {
                difference.compare_groups(
                    *me,
                    &keys_of_groups(old_world, old, before, action),
                    &keys_of_groups(new_world, new, after, action),
                );
            } else {
                let before = before.map_or_else(Bits::default, |me| old.reach(old_world, me, action).people);
                let after = after.map_or_else(Bits::default, |me| numbers.in_old(new.reach(new_world, me, action).people));
                difference.compare(*me, &before, &after, |number| numbers.key(old_world, number));
            }
        }
        difference
    }
}

impl Difference {
    /// That of further people.
    fn add(&mut self, other: Self) {
        for (examples, more) in
            [(&mut self.gained_examples, other.gained_examples), (&mut self.lost_examples, other.lost_examples)]
        {
            examples.extend(more.into_iter().take(EXAMPLES - examples.len()));
        }
        self.gained += other.gained;
        self.lost += other.lost;
    }

    fn compare(&mut self, me: Key, before: &Bits, after: &Bits, key: impl Fn(u32) -> Key) {
        for (more, less, count, examples) in [
            (after, before, &mut self.gained, &mut self.gained_examples),
            (before, after, &mut self.lost, &mut self.lost_examples),
        ] {
            let pairs = more.len_without(less);
            if pairs > 0 && examples.len() < EXAMPLES {
                let them = more.iter().filter(|number| !less.contains(*number)).take(EXAMPLES - examples.len());
                examples.extend(them.map(|number| Pair { me, them: key(number) }));
            }
            *count += pairs;
        }
    }

    fn compare_groups(&mut self, me: Key, before: &BTreeSet<Key>, after: &BTreeSet<Key>) {
        for (more, less, count, examples) in [
            (after, before, &mut self.gained, &mut self.gained_examples),
            (before, after, &mut self.lost, &mut self.lost_examples),
        ] {
            for them in more.difference(less) {
                *count += 1;
                if examples.len() < EXAMPLES {
                    examples.push(Pair { me, them: *them });
                }
            }
        }
    }
}

fn keys_of_groups(world: &World, policy: &Policy, me: Option<UserIx>, action: Action) -> BTreeSet<Key> {
    let groups = me.map(|me| policy.group_reach(world, me, action)).unwrap_or_default();
    groups.into_iter().map(|group| world.group_key(group)).collect()
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
}
