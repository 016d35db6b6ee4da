//! Policies tested by tables: a small world told line by line, and what is expected of it.
//!
//! ```text
//! group   6a    class
//! user    lea   learner@6a
//! user    tom   teacher@6a writable_by=contacts
//! user    ada   admin                            # a role in the product as a whole
//! relation lea -friend- tom
//! edge    teacher@6a -> 6a delivers=group
//! setting messaging off
//!
//! expect  lea start tom           allow teacher
//! expect  lea send direct/tom     deny messaging_off off
//! expect  lea find                only tom
//!
//! no member tom teacher@6a
//! expect  lea start tom           deny cannot_start
//! ```
//!
//! Lines tell one story from top to bottom: facts change, and what is expected is asked of the world as it is by then. The
//! code is the one the person is told. The name of the rule may be left out; one that is given must be a rule's.

mod facts;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::{
    action::{About, Action, Conversation, Kind, Seat, State},
    decision::{Code, Decision, RuleIx},
    facts::{Change, Key, Relation, World},
    lang::{Problem, action_name, code_name},
    policy::Policy,
};

/// What became of a table of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// How many lines expected something.
    pub cases: usize,
    /// Those whose expectation was not met.
    pub failures: Vec<Failure>,
}

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its line, counted from 1.
    pub line: u32,
    /// What was expected, and what was answered.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Policy {
    /// Tests these rules by a table of cases.
    ///
    /// # Errors
    /// Everything that is wrong with the table itself, by line.
    pub fn test(&self, cases: &str) -> Result<Tested, Vec<Problem>> {
        let (names, steps) = read::read(self, cases)?;
        let mut world = World::new(self.vocabulary.clone());
        let mut tested = Tested { cases: 0, failures: Vec::new() };
        for step in steps {
            match step {
                Step::Facts(changes) => world.apply_all(&changes),
                Step::Expect(expected) => {
                    tested.cases += 1;
                    if let Some(answer) = self.contradicts(&world, &names, &expected) {
                        let message = format!("expected `{}`, but {answer}", expected.text);
                        tested.failures.push(Failure { line: expected.line, message });
                    }
                }
            }
        }
        Ok(tested)
    }

    /// What is answered instead of what is expected.
    fn contradicts(&self, world: &World, names: &Names, expected: &Expected) -> Option<String> {
        let Some((me, about)) = world.user(expected.me).zip(expected.asked.about(world)) else {
            return Some("who or what it is about is gone".to_owned());
        };
        match &expected.answer {
            Answer::Only(keys) => {
                let people = self.reach(world, me, expected.action);
                let groups = self.group_reach(world, me, expected.action);
                let people = people.iter().map(|user| world.user_key(user));
                let mut reached: Vec<Key> = people.chain(groups.into_iter().map(|group| world.group_key(group))).collect();
                reached.sort_unstable();
                (reached != *keys).then(|| {
                    let reached: Vec<&str> = reached.iter().filter_map(|key| names.name(*key)).collect();
                    let list = if reached.is_empty() { "nobody".to_owned() } else { reached.join(" ") };
                    format!("{} is possible with: {list}", action_name(expected.action))
                })
            }
            Answer::One(answer) => {
                let decision = self.decide(world, expected.action, me, about);
                (!answer.is(self, decision)).then(|| self.in_words(decision))
            }
        }
    }

    fn in_words(&self, decision: Decision) -> String {
        let by = |rule: RuleIx| self.rule_name(rule);
        match decision {
            Decision::Allow { rule, .. } => format!("it is allowed by `{}`", by(rule)),
            Decision::Deny { rule, public_code, .. } => {
                let by = rule.map_or("by no rule".to_owned(), |rule| format!("by `{}`", by(rule)));
                format!("it is denied as {} {by}", code_name(public_code))
            }
        }
    }
}

/// One line that says something.
enum Step {
    Facts(Vec<Change>),
    Expect(Expected),
}

/// An `expect` line.
struct Expected {
    line: u32,
    /// As it was written.
    text: String,
    me: Key,
    action: Action,
    asked: Asked,
    answer: Answer,
}

enum Answer {
    /// Everyone and every group the action reaches, sorted.
    Only(Vec<Key>),
    One(One),
}

/// A decision; the rule by name.
enum One {
    Allow(Option<String>),
    Deny(Code, Option<String>),
}

impl One {
    fn is(&self, policy: &Policy, decision: Decision) -> bool {
        let named = |name: &Option<String>, rule: Option<RuleIx>| {
            name.as_deref().is_none_or(|name| rule.is_some_and(|rule| policy.rule_name(rule) == name))
        };
        match (self, decision) {
            (Self::Allow(name), Decision::Allow { rule, .. }) => named(name, Some(rule)),
            (Self::Deny(code, name), Decision::Deny { rule, public_code, .. }) => public_code == *code && named(name, rule),
            _ => false,
        }
    }
}

/// [`About`] with keys: numbers are known once the world is.
enum Asked {
    Nothing,
    Person(Key),
    Relation(Key, Relation),
    Group(Key),
    Conversation(Place),
    Message { place: Place, mine: bool, age_ms: i64 },
}

#[derive(Clone, Copy)]
struct Place {
    kind: Kind,
    state: State,
    seat: Option<Seat>,
    peer: Option<Key>,
}

impl Asked {
    fn about(&self, world: &World) -> Option<About> {
        let conversation = |place: Place| Conversation {
            kind: place.kind,
            state: place.state,
            seat: place.seat,
            peer: place.peer.and_then(|peer| world.user(peer)),
        };
        Some(match *self {
            Self::Nothing => About::Nothing,
            Self::Person(them) => About::Person(world.user(them)?),
            Self::Relation(them, relation) => About::Relation(world.user(them)?, relation),
            Self::Group(group) => About::Group(world.group(group)?),
            Self::Conversation(place) => About::Conversation(conversation(place)),
            Self::Message { place, mine, age_ms } => About::Message { conversation: conversation(place), mine, age_ms },
        })
    }
}

/// Who is meant by a name.
#[derive(Default)]
struct Names {
    /// A key is the name's place here, from 1: no key is 0.
    all: Vec<(String, Named)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    User,
    Group,
}

impl Names {
    fn find(&self, name: &str) -> Option<(Key, Named)> {
        let at = self.all.iter().position(|(known, _)| known == name)?;
        Some((at as Key + 1, self.all[at].1))
    }

    fn name(&self, key: Key) -> Option<&str> {
        let at = usize::try_from(key.checked_sub(1)?).ok()?;
        self.all.get(at).map(|(name, _)| name.as_str())
    }
}
