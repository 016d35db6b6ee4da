//! A second, simpler evaluation of rules about pairs of users. It reads only the rows of [`Tables`]: it uses no index, no
//! shortcut and no code of `eval/`.

use std::sync::Arc;

use super::tables::Tables;
use crate::{
    Action, Delivers, EdgeEffect, EntityKey, FactChange, GroupState, Policy, RelationOrigin, RelationState, RoleId, Rule,
    RuleEffect, SettingId, UserStatus, Vocabulary,
    ir::{Candidates, Condition, Direction, RolePattern, Variable},
};

/// Two users of the tenant whose rows are `tables`, at one time.
pub struct Pair<'a> {
    pub tables: &'a Tables,
    pub now_ms: i64,
    pub me: EntityKey,
    pub them: EntityKey,
}

impl Pair<'_> {
    /// Whether the rules allow `me` the action with `them`.
    pub fn allows(&self, policy: &Policy, action: Action) -> bool {
        let vocabulary = policy.vocabulary();
        let any_matches = |effect: RuleEffect| {
            let rules = policy.rules().iter().filter(|rule| rule.effect == effect && rule.candidates == Candidates::Users);
            rules.filter(|rule| rule.actions.contains(&action)).any(|rule| self.matches(vocabulary, rule))
        };
        let active = |key| matches!(self.tables.users.get(&key), Some(FactChange::User { status: UserStatus::Active, .. }));
        active(self.me) && active(self.them) && any_matches(RuleEffect::Allow) && !any_matches(RuleEffect::Deny)
    }

    fn matches(&self, vocabulary: &Arc<Vocabulary>, rule: &Rule) -> bool {
        let holds = |condition: &Condition| self.holds(vocabulary, condition);
        rule.conditions.iter().all(holds) && !rule.unless.iter().any(holds)
    }

    fn holds(&self, vocabulary: &Arc<Vocabulary>, condition: &Condition) -> bool {
        match *condition {
            Condition::Everyone => true,
            Condition::Same => self.me == self.them,
            Condition::InCommon(mine, theirs) => self
                .memberships(vocabulary, self.me, mine)
                .any(|(group, _)| self.memberships(vocabulary, self.them, theirs).any(|(other, _)| other == group)),
            Condition::Edge(mine, theirs) => {
                self.edge(vocabulary, mine, theirs, EdgeEffect::Allow, &[Delivers::People, Delivers::Both])
            }
            Condition::Barrier(mine, theirs) => {
                let any = [Delivers::People, Delivers::Group, Delivers::Both, Delivers::None];
                self.edge(vocabulary, mine, theirs, EdgeEffect::Deny, &any)
            }
            Condition::Related(relation, direction) => {
                let accepted = |from, to| {
                    let row = self.tables.relations.get(&(from, to, relation));
                    matches!(row, Some(FactChange::Relation { state: RelationState::Accepted, .. }))
                };
                let (out, back) = (accepted(self.me, self.them), accepted(self.them, self.me));
                match (vocabulary.origin(relation), direction) {
                    (RelationOrigin::Mutual, _) | (_, Direction::Both) => out || back,
                    (_, Direction::Out) => out,
                    (_, Direction::In) => back,
                }
            }
            Condition::Role(variable, role) => {
                let declared = usize::from(role.0) < vocabulary.roles.len();
                let row = self.tables.users.get(&self.key(variable));
                declared && matches!(row, Some(FactChange::User { roles, .. }) if roles.0 & (1 << role.0) != 0)
            }
            Condition::Status(variable, expected) => {
                let row = self.tables.users.get(&self.key(variable));
                matches!(row, Some(FactChange::User { status, .. }) if *status == expected)
            }
            Condition::WritableBy(variable, expected) => {
                let row = self.tables.users.get(&self.key(variable));
                matches!(row, Some(FactChange::User { writable_by, .. }) if *writable_by == expected)
            }
            Condition::HasRole(variable, pattern) => {
                self.memberships(vocabulary, self.key(variable), pattern).next().is_some()
            }
            Condition::Setting(setting, expected) => self.choice(vocabulary, setting) == Some(expected),
            // All other conditions are about a group, a conversation, a message or a relation, and this evaluation has none.
            _ => false,
        }
    }

    fn key(&self, variable: Variable) -> EntityKey {
        match variable {
            Variable::Me => self.me,
            Variable::Them => self.them,
        }
    }

    /// The active groups in which a user has a role of the pattern now, each with the role.
    fn memberships(
        &self,
        vocabulary: &Arc<Vocabulary>,
        user_key: EntityKey,
        pattern: RolePattern,
    ) -> impl Iterator<Item = (EntityKey, RoleId)> {
        let roles = vocabulary.roles.len();
        self.tables.memberships.values().filter_map(move |row| {
            let FactChange::Membership { user, group, role, from_ms, until_ms } = row else { return None };
            let is_valid = from_ms.is_none_or(|from_ms| from_ms <= self.now_ms)
                && until_ms.is_none_or(|until_ms| self.now_ms < until_ms);
            let has_role =
                *user == user_key && usize::from(role.0) < roles && pattern.role.is_none_or(|expected| expected == *role);
            (is_valid && has_role && self.is_active(*group, pattern)).then_some((*group, *role))
        })
    }

    fn is_active(&self, group: EntityKey, pattern: RolePattern) -> bool {
        let row = self.tables.groups.get(&group);
        matches!(row, Some(FactChange::Group { state: GroupState::Active, kind, .. })
            if pattern.kind.is_none_or(|expected| expected == *kind))
    }

    /// Whether an edge leads from a membership of `me` to a membership of `them`.
    fn edge(
        &self,
        vocabulary: &Arc<Vocabulary>,
        mine: RolePattern,
        theirs: RolePattern,
        expected: EdgeEffect,
        edge_delivers: &[Delivers],
    ) -> bool {
        self.tables.edges.values().any(|row| {
            let FactChange::Edge { from, from_role, to, to_role, effect, delivers } = row else { return false };
            let has_end = |user_key, pattern, expected_group: EntityKey, edge_role: Option<RoleId>| {
                let mut memberships = self.memberships(vocabulary, user_key, pattern);
                memberships
                    .any(|(group, role)| group == expected_group && edge_role.is_none_or(|edge_role| edge_role == role))
            };
            *effect == expected
                && edge_delivers.contains(delivers)
                && has_end(self.me, mine, *from, *from_role)
                && has_end(self.them, theirs, *to, *to_role)
        })
    }

    /// The index of a setting's value among the values that the policy declares; 0 if the tenant did not set a declared
    /// value.
    fn choice(&self, vocabulary: &Arc<Vocabulary>, setting: SettingId) -> Option<u8> {
        let values = &vocabulary.settings.get(usize::from(setting.0))?.values;
        let stored = match self.tables.settings.get(&setting.0) {
            Some(FactChange::Setting { value, .. }) => value.as_ref(),
            _ => None,
        };
        let value_index = stored.and_then(|stored| values.iter().position(|value| value == stored));
        u8::try_from(value_index.unwrap_or(0)).ok()
    }
}
