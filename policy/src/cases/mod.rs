//! Tests of a policy as tables. A table has lines that build a small world, and lines with the expected decisions.
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
//! The lines are applied in order: each expectation is evaluated with the facts of the lines above it. The code is the
//! public code. The name of the rule is optional; a name that is given must be the name of a rule.

mod facts;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::{
    action::{Action, ConversationContext, ConversationKind, ConversationState, MemberRole, Resource},
    decision::{Code, Decision, RuleIx},
    facts::{EntityKey, FactChange, RelationId, World},
    lang::{Problem, action_name, code_name},
    policy::Policy,
};

/// The result of running a table of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// Number of `expect` lines.
    pub cases: usize,
    /// The expectations that failed, in the order of their lines.
    pub failures: Vec<FailedCase>,
}

/// An expectation that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCase {
    /// Line in the table, counted from 1.
    pub line: u32,
    /// The expectation and the actual decision.
    pub message: String,
}

impl fmt::Display for FailedCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Policy {
    /// Runs a table of cases, in the format that `docs/rules.md` describes.
    ///
    /// # Errors
    /// Returns the mistakes in the table itself, in the order of their lines, at most 100. A failed expectation is not an
    /// error.
    pub fn test(&self, cases: &str) -> Result<TestReport, Vec<Problem>> {
        let (names, steps) = read::parse(self, cases)?;
        let mut world = World::new(self.vocabulary.clone());
        let mut report = TestReport { cases: 0, failures: Vec::new() };
        for step in steps {
            match step {
                Step::Facts(changes) => world.apply_all(&changes),
                Step::Expect(case) => {
                    report.cases += 1;
                    if let Some(actual) = self.mismatch(&world, &names, &case) {
                        let message = format!("expected `{}`, but {actual}", case.text);
                        report.failures.push(FailedCase { line: case.line, message });
                    }
                }
            }
        }
        Ok(report)
    }

    /// The actual decision in words, if it is not the expected decision.
    fn mismatch(&self, world: &World, names: &NameTable, case: &Case) -> Option<String> {
        let Some((principal, resource)) = world.user(case.principal).zip(case.resource.resolve(world)) else {
            return Some("who or what it is about is gone".to_owned());
        };
        match &case.expected {
            Expectation::Only(keys) => {
                let users = self.reach(world, principal, case.action);
                let groups = self.group_reach(world, principal, case.action);
                let users = users.iter().map(|user| world.user_key(user));
                let mut reached: Vec<EntityKey> =
                    users.chain(groups.into_iter().map(|group| world.group_key(group))).collect();
                reached.sort_unstable();
                (reached != *keys).then(|| {
                    let reached: Vec<&str> = reached.iter().filter_map(|key| names.name(*key)).collect();
                    let list = if reached.is_empty() { "nobody".to_owned() } else { reached.join(" ") };
                    format!("{} is possible with: {list}", action_name(case.action))
                })
            }
            Expectation::One(expected) => {
                let decision = self.decide(world, case.action, principal, resource);
                (!expected.matches(self, decision)).then(|| self.describe(decision))
            }
        }
    }

    /// A phrase that says how the action was decided.
    fn describe(&self, decision: Decision) -> String {
        let rule_name = |rule: RuleIx| self.rule_name(rule);
        match decision {
            Decision::Allow { rule, .. } => format!("it is allowed by `{}`", rule_name(rule)),
            Decision::Deny { rule, public_code, .. } => {
                let deciding_rule = rule.map_or("by no rule".to_owned(), |rule| format!("by `{}`", rule_name(rule)));
                format!("it is denied as {} {deciding_rule}", code_name(public_code))
            }
        }
    }
}

/// A line that is not empty.
enum Step {
    Facts(Vec<FactChange>),
    Expect(Case),
}

/// An `expect` line.
struct Case {
    line: u32,
    /// The line without `expect`.
    text: String,
    principal: EntityKey,
    action: Action,
    resource: ResourceSpec,
    expected: Expectation,
}

/// What an `expect` line expects.
enum Expectation {
    /// All users and groups in reach of the action, sorted.
    Only(Vec<EntityKey>),
    /// The decision about one resource.
    One(ExpectedDecision),
}

/// An expected decision, with the name of the rule if the line gives it.
enum ExpectedDecision {
    Allow(Option<String>),
    Deny(Code, Option<String>),
}

impl ExpectedDecision {
    /// Whether the decision is the expected decision.
    fn matches(&self, policy: &Policy, decision: Decision) -> bool {
        let has_name = |name: &Option<String>, rule: Option<RuleIx>| {
            name.as_deref().is_none_or(|name| rule.is_some_and(|rule| policy.rule_name(rule) == name))
        };
        match (self, decision) {
            (Self::Allow(name), Decision::Allow { rule, .. }) => has_name(name, Some(rule)),
            (Self::Deny(code, name), Decision::Deny { rule, public_code, .. }) => {
                public_code == *code && has_name(name, rule)
            }
            _ => false,
        }
    }
}

/// A [`Resource`] with keys in place of indexes. The indexes are known only when the world is built.
enum ResourceSpec {
    None,
    User(EntityKey),
    Relation(EntityKey, RelationId),
    Group(EntityKey),
    Conversation(ConversationSpec),
    Message { conversation: ConversationSpec, is_author: bool, age_ms: i64 },
}

/// A [`ConversationContext`] with keys in place of indexes.
#[derive(Clone, Copy)]
struct ConversationSpec {
    kind: ConversationKind,
    state: ConversationState,
    role: Option<MemberRole>,
    peer: Option<EntityKey>,
}

impl ResourceSpec {
    /// The resource with the indexes of this world; `None` if the world does not have it.
    fn resolve(&self, world: &World) -> Option<Resource> {
        let resolve_conversation = |spec: ConversationSpec| ConversationContext {
            kind: spec.kind,
            state: spec.state,
            role: spec.role,
            peer: spec.peer.and_then(|peer| world.user(peer)),
        };
        Some(match *self {
            Self::None => Resource::None,
            Self::User(them) => Resource::User(world.user(them)?),
            Self::Relation(them, relation) => Resource::Relation(world.user(them)?, relation),
            Self::Group(group) => Resource::Group(world.group(group)?),
            Self::Conversation(spec) => Resource::Conversation(resolve_conversation(spec)),
            Self::Message { conversation, is_author, age_ms } => {
                Resource::Message { conversation: resolve_conversation(conversation), is_author, age_ms }
            }
        })
    }
}

/// The names of the users and groups of a table.
#[derive(Default)]
struct NameTable {
    /// The key of a name is its index plus 1, so that no key is 0.
    entries: Vec<(String, NameKind)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameKind {
    User,
    Group,
}

impl NameTable {
    fn find(&self, name: &str) -> Option<(EntityKey, NameKind)> {
        let index = self.entries.iter().position(|(known, _)| known == name)?;
        Some((index as EntityKey + 1, self.entries[index].1))
    }

    fn name(&self, key: EntityKey) -> Option<&str> {
        let index = usize::try_from(key.checked_sub(1)?).ok()?;
        self.entries.get(index).map(|(name, _)| name.as_str())
    }
}
