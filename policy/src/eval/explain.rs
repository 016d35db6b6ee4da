//! Explain: the outcome of each rule for one request, in words, for administrators. A user receives only the public code of
//! a decision.
//!
//! Each rule of the action is evaluated up to three times: O(r) conditions for r rules, as in check.

use super::check::Evaluation;
use crate::{
    action::{Action, Resource},
    decision::{RuleIx, Witness},
    facts::{UserIx, World},
    ir::{Condition, Direction, RolePattern, Rule, Threshold, Variable},
    lang::print::{duration, print_condition},
    policy::Policy,
    vocabulary::Vocabulary,
};

/// The outcome of one rule for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleEvaluation {
    /// The rule.
    pub rule: RuleIx,
    /// Whether the rule matched, and why.
    pub outcome: RuleOutcome,
}

/// Whether a rule matched, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleOutcome {
    /// The rule matched.
    Matched {
        /// The fact that made it match.
        witness: Witness,
        /// The other conditions after `when`, as the rule writes them: `setting(messaging)=off`.
        holds: Vec<String>,
        /// The conditions after `unless`, as the rule writes them. None of them holds.
        lacks: Vec<String>,
    },
    /// The rule did not match: the first condition after `when` that does not hold, as a phrase "would need …".
    Missing(String),
    /// The rule did not match because this condition after `unless` holds, as the rule writes it.
    Excepted(String),
}

impl Policy {
    /// The outcome of each rule that is about this action and resource: deny rules, then allow rules, then `otherwise`
    /// rules, in the order in which [`Policy::decide`] evaluates them. Empty if it evaluates none: for a principal who is
    /// not active or not a member of the conversation, and for a resource that the world does not have.
    #[must_use]
    pub fn explain(&self, world: &World, action: Action, principal: UserIx, resource: Resource) -> Vec<RuleEvaluation> {
        let Some(evaluation) = Evaluation::new(self, world, action, principal, resource) else { return Vec::new() };
        if evaluation.is_not_a_member() {
            return Vec::new();
        }
        let rules = self.plan.rules_of(action);
        [&rules.deny, &rules.allow, &rules.otherwise]
            .into_iter()
            .flat_map(|indexes| self.rules_at(indexes))
            .filter(|(rule_ix, rule)| evaluation.concerns(*rule_ix, rule))
            .map(|(rule_ix, rule)| {
                let requirement = |condition| requirement_text(world.vocabulary(), condition, evaluation.group.is_some());
                let printed = |condition| print_condition(world.vocabulary(), condition, rule.candidates);
                let missing = rule.conditions.iter().find(|condition| evaluation.holds(condition).is_none());
                let excepted = rule.unless.iter().find(|condition| evaluation.holds(condition).is_some());
                let outcome = match (evaluation.matches(rule_ix, rule), missing, excepted) {
                    (Some(witness), ..) => evaluation.matched(rule, witness),
                    (None, Some(condition), _) => RuleOutcome::Missing(format!("would need {}", requirement(condition))),
                    (None, None, condition) => RuleOutcome::Excepted(condition.map(printed).unwrap_or_default()),
                };
                RuleEvaluation { rule: rule_ix, outcome }
            })
            .collect()
    }
}

impl Evaluation<'_> {
    /// The outcome of a rule that matched with this witness.
    fn matched(&self, rule: &Rule, witness: Witness) -> RuleOutcome {
        let printed = |condition: &Condition| print_condition(self.world.vocabulary(), condition, rule.candidates);
        let is_witness = |condition: &&Condition| witness != Witness::Everyone && self.holds(condition) == Some(witness);
        let witness_condition = rule.conditions.iter().find(is_witness);
        let others = rule.conditions.iter().filter(|condition| {
            **condition != Condition::Everyone
                && witness_condition.is_none_or(|witness_condition| witness_condition != *condition)
        });
        RuleOutcome::Matched {
            witness,
            holds: others.map(printed).collect(),
            lacks: rule.unless.iter().map(printed).collect(),
        }
    }
}

/// A condition as a phrase that follows the words "would need".
fn requirement_text(vocabulary: &Vocabulary, condition: &Condition, about_group: bool) -> String {
    let phrases = Phrases(vocabulary);
    match *condition {
        Condition::Everyone => "nothing".to_owned(),
        Condition::Same => "them to be the same user as me".to_owned(),
        Condition::InCommon(mine, theirs) => {
            format!("a group in which I am {} and they are {}", phrases.pattern(mine), phrases.pattern(theirs))
        }
        Condition::Edge(mine, _) if about_group => format!("an edge from {} to the group", phrases.pattern(mine)),
        Condition::Edge(mine, theirs) => format!("an edge from {} to {}", phrases.pattern(mine), phrases.pattern(theirs)),
        Condition::Barrier(mine, _) if about_group => format!("a barrier from {} to the group", phrases.pattern(mine)),
        Condition::Barrier(mine, theirs) => {
            format!("a barrier from {} to {}", phrases.pattern(mine), phrases.pattern(theirs))
        }
        Condition::InGroup(mine) => format!("to be {} in the group", phrases.pattern(mine)),
        Condition::Related(relation, direction) => {
            let name = vocabulary.relations.get(usize::from(relation.0)).map_or("?", |(name, _)| name);
            match direction {
                Direction::Out => format!("the relation `{name}` from me to them"),
                Direction::In => format!("the relation `{name}` from them to me"),
                Direction::Both => format!("an accepted relation `{name}` between me and them"),
            }
        }
        Condition::Role(variable, role) => format!("{} to have the role {}", name_of(variable), phrases.role(role.0)),
        Condition::Status(variable, status) => {
            format!("{} to be {}", name_of(variable), format!("{status:?}").to_lowercase())
        }
        Condition::WritableBy(variable, writable_by) => {
            format!("{} to be writable by {}", name_of(variable), format!("{writable_by:?}").to_lowercase())
        }
        Condition::HasRole(variable, pattern) => format!("{} to be {}", name_of(variable), phrases.pattern(pattern)),
        Condition::Setting(setting, value) => {
            let declaration = vocabulary.settings.get(usize::from(setting.0));
            let value =
                declaration.and_then(|declaration| declaration.values.get(usize::from(value))).map_or("?", |value| value);
            format!("the setting `{}` to be `{value}`", declaration.map_or("?", |declaration| &declaration.name))
        }
        Condition::GroupKind(kind) => format!("the group to be a {}", phrases.kind(kind.0)),
        Condition::GroupState(state) => format!("the group to be {}", format!("{state:?}").to_lowercase()),
        Condition::GroupLarger(threshold) => {
            format!("the group to have more active users than {}", phrases.threshold(threshold, |number| number.to_string()))
        }
        Condition::GroupDelivers => "the group to be open to messages as a whole".to_owned(),
        Condition::Holder => "to be a member of the conversation".to_owned(),
        Condition::Owner => "to own the conversation".to_owned(),
        Condition::ConversationKind(kind) => {
            format!("the conversation to be of the kind {}", format!("{kind:?}").to_lowercase())
        }
        Condition::ConversationState(state) => {
            format!("the conversation to be {}", format!("{state:?}").to_lowercase())
        }
        Condition::MayStart => "the right to start a conversation with them".to_owned(),
        Condition::Author => "to be the author of the message".to_owned(),
        Condition::Younger(threshold) => format!("a message younger than {}", phrases.threshold(threshold, duration)),
        Condition::Asked => "a pending request from them".to_owned(),
        Condition::RelationIs(relation) => {
            let name = vocabulary.relations.get(usize::from(relation.0)).map_or("?", |(name, _)| name);
            format!("the relation to be `{name}`")
        }
    }
}

fn name_of(variable: Variable) -> &'static str {
    match variable {
        Variable::Me => "me",
        Variable::Them => "them",
    }
}

/// Phrases about the words of a policy. A word that the vocabulary does not have is `?`.
struct Phrases<'a>(&'a Vocabulary);

impl Phrases<'_> {
    fn role(&self, role: u8) -> &str {
        self.0.roles.get(usize::from(role)).map_or("?", |name| name)
    }

    fn kind(&self, kind: u8) -> &str {
        self.0.kinds.get(usize::from(kind)).map_or("?", |name| name)
    }

    fn pattern(&self, pattern: RolePattern) -> String {
        let role = pattern.role.map_or("*", |role| self.role(role.0));
        let kind = pattern.kind.map_or("*", |kind| self.kind(kind.0));
        format!("{role}@{kind}")
    }

    fn threshold(&self, threshold: Threshold, print_number: fn(i64) -> String) -> String {
        match threshold {
            Threshold::Number(number) => print_number(number),
            Threshold::Setting(setting) => {
                let name = self.0.settings.get(usize::from(setting.0)).map_or("?", |declaration| &declaration.name);
                format!("the setting `{name}`")
            }
        }
    }
}
