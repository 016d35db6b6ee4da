//! Why, rule by rule, in words: for administrators. People are told a decision's public code alone.

use super::check::Question;
use crate::{
    action::{About, Action},
    decision::{RuleIx, Witness},
    facts::{UserIx, World},
    lang::print::{duration, written},
    policy::Policy,
    program::{Atom, Condition, Direction, Limit, Rule, Who},
    vocabulary::Vocabulary,
};

/// What one rule says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which rule.
    pub rule: RuleIx,
    /// What it says.
    pub finding: Finding,
}

/// Whether a rule matches, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It matches.
    Matched {
        /// What made it.
        witness: Witness,
        /// What else it asks for, as it says it: `setting(messaging)=off`.
        holds: Vec<String>,
        /// What would except it, as it says it, and does not hold.
        lacks: Vec<String>,
    },
    /// It does not: this is the first of its conditions that does not hold.
    Missing(String),
    /// It does not, because this exception of it holds, as the rule writes it.
    Excepted(String),
}

impl Policy {
    /// What each rule says that speaks of this action and of such a thing: denials, then what allows, then what names the
    /// code, in the order in which [`Policy::decide`] goes through them. Empty where it asks none: for one who is not
    /// active, one without a seat in the conversation, or for what the world does not know.
    #[must_use]
    pub fn explain(&self, world: &World, action: Action, me: UserIx, about: About) -> Vec<Reason> {
        let Some(question) = Question::new(self, world, action, me, about) else { return Vec::new() };
        if question.lacks_a_seat() {
            return Vec::new();
        }
        let lines = self.plan.lines(action);
        [&lines.deny, &lines.allow, &lines.otherwise]
            .into_iter()
            .flat_map(|lines| self.rules_at(lines))
            .filter(|(at, rule)| question.concerns(*at, rule))
            .map(|(at, rule)| {
                let words = |condition| in_words(world.vocabulary(), condition, question.group.is_some());
                let as_written = |condition| written(world.vocabulary(), condition, rule.subject);
                let missing = rule.conditions.iter().find(|condition| question.holds(condition).is_none());
                let excepted = rule.unless.iter().find(|condition| question.holds(condition).is_some());
                let finding = match (question.matches(at, rule), missing, excepted) {
                    (Some(witness), ..) => question.matched(rule, witness),
                    (None, Some(condition), _) => Finding::Missing(format!("would need {}", words(condition))),
                    (None, None, condition) => Finding::Excepted(condition.map(as_written).unwrap_or_default()),
                };
                Reason { rule: at, finding }
            })
            .collect()
    }
}

impl Question<'_> {
    fn matched(&self, rule: &Rule, witness: Witness) -> Finding {
        let words = |condition: &Condition| written(self.world.vocabulary(), condition, rule.subject);
        let made_it = |condition: &&Condition| witness != Witness::Everyone && self.holds(condition) == Some(witness);
        let made_by = rule.conditions.iter().find(made_it);
        let others = rule
            .conditions
            .iter()
            .filter(|condition| **condition != Condition::Everyone && made_by.is_none_or(|made_by| made_by != *condition));
        Finding::Matched { witness, holds: others.map(words).collect(), lacks: rule.unless.iter().map(words).collect() }
    }
}

/// A condition as a phrase that goes on from "would need".
fn in_words(vocabulary: &Vocabulary, condition: &Condition, of_group: bool) -> String {
    let words = Words(vocabulary);
    match *condition {
        Condition::Everyone => "nothing".to_owned(),
        Condition::Same => "them to be the same user as me".to_owned(),
        Condition::InCommon(mine, theirs) => {
            format!("a group in which I am {} and they are {}", words.atom(mine), words.atom(theirs))
        }
        Condition::Edge(mine, _) if of_group => format!("an edge from {} to the group", words.atom(mine)),
        Condition::Edge(mine, theirs) => format!("an edge from {} to {}", words.atom(mine), words.atom(theirs)),
        Condition::Barrier(mine, _) if of_group => format!("a barrier from {} to the group", words.atom(mine)),
        Condition::Barrier(mine, theirs) => format!("a barrier from {} to {}", words.atom(mine), words.atom(theirs)),
        Condition::InGroup(mine) => format!("to be {} in the group", words.atom(mine)),
        Condition::Related(relation, direction) => {
            let name = vocabulary.relations.get(usize::from(relation.0)).map_or("?", |(name, _)| name);
            match direction {
                Direction::Out => format!("the relation `{name}` from me to them"),
                Direction::In => format!("the relation `{name}` from them to me"),
                Direction::Both => format!("an accepted relation `{name}` between me and them"),
            }
        }
        Condition::Role(who, role) => format!("{} to have the role {}", person(who), words.role(role.0)),
        Condition::Status(who, status) => format!("{} to be {}", person(who), format!("{status:?}").to_lowercase()),
        Condition::WritableBy(who, writable_by) => {
            format!("{} to be writable by {}", person(who), format!("{writable_by:?}").to_lowercase())
        }
        Condition::Is(who, atom) => format!("{} to be {}", person(who), words.atom(atom)),
        Condition::Setting(setting, value) => {
            let word = vocabulary.settings.get(usize::from(setting.0));
            let value = word.and_then(|word| word.values.get(usize::from(value))).map_or("?", |value| value);
            format!("the setting `{}` to be `{value}`", word.map_or("?", |word| &word.name))
        }
        Condition::GroupKind(kind) => format!("the group to be a {}", words.kind(kind.0)),
        Condition::GroupState(state) => format!("the group to be {}", format!("{state:?}").to_lowercase()),
        Condition::GroupLarger(limit) => {
            format!("the group to have more active users than {}", words.limit(limit, |number| number.to_string()))
        }
        Condition::GroupDelivers => "the group to be open to messages as a whole".to_owned(),
        Condition::Holder => "a seat in the conversation".to_owned(),
        Condition::Owner => "to own the conversation".to_owned(),
        Condition::ConversationKind(kind) => {
            format!("the conversation to be of the kind {}", format!("{kind:?}").to_lowercase())
        }
        Condition::ConversationState(state) => {
            format!("the conversation to be {}", format!("{state:?}").to_lowercase())
        }
        Condition::MayStart => "the right to start a conversation with them".to_owned(),
        Condition::Author => "to be the author of the message".to_owned(),
        Condition::Younger(limit) => format!("a message younger than {}", words.limit(limit, duration)),
        Condition::Asked => "a pending request from them".to_owned(),
        Condition::RelationIs(relation) => {
            let name = vocabulary.relations.get(usize::from(relation.0)).map_or("?", |(name, _)| name);
            format!("the relation to be `{name}`")
        }
    }
}

fn person(who: Who) -> &'static str {
    match who {
        Who::Me => "me",
        Who::Them => "them",
    }
}

struct Words<'a>(&'a Vocabulary);

impl Words<'_> {
    fn role(&self, role: u8) -> &str {
        self.0.roles.get(usize::from(role)).map_or("?", |name| name)
    }

    fn kind(&self, kind: u8) -> &str {
        self.0.kinds.get(usize::from(kind)).map_or("?", |name| name)
    }

    fn atom(&self, atom: Atom) -> String {
        let role = atom.role.map_or("*", |role| self.role(role.0));
        let kind = atom.kind.map_or("*", |kind| self.kind(kind.0));
        format!("{role}@{kind}")
    }

    fn limit(&self, limit: Limit, in_words: fn(i64) -> String) -> String {
        match limit {
            Limit::Number(number) => in_words(number),
            Limit::Setting(setting) => {
                let name = self.0.settings.get(usize::from(setting.0)).map_or("?", |word| &word.name);
                format!("the setting `{name}`")
            }
        }
    }
}
