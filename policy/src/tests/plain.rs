//! Evaluates rules about pairs of users a second time, from the rows of [`Tables`] alone: without an index, a
//! shortcut or any code of `eval/`.

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
        let words = policy.vocabulary();
        let any = |effect: RuleEffect| {
            let rules = policy.rules().iter().filter(|rule| rule.effect == effect && rule.candidates == Candidates::Users);
            rules.filter(|rule| rule.actions.contains(&action)).any(|rule| self.matches(words, rule))
        };
        let active = |key| matches!(self.tables.users.get(&key), Some(FactChange::User { status: UserStatus::Active, .. }));
        active(self.me) && active(self.them) && any(RuleEffect::Allow) && !any(RuleEffect::Deny)
    }

    fn matches(&self, words: &Arc<Vocabulary>, rule: &Rule) -> bool {
        let holds = |condition: &Condition| self.holds(words, condition);
        rule.conditions.iter().all(holds) && !rule.unless.iter().any(holds)
    }

    fn holds(&self, words: &Arc<Vocabulary>, condition: &Condition) -> bool {
        match *condition {
            Condition::Everyone => true,
            Condition::Same => self.me == self.them,
            Condition::InCommon(mine, theirs) => self
                .memberships(words, self.me, mine)
                .any(|(group, _)| self.memberships(words, self.them, theirs).any(|(other, _)| other == group)),
            Condition::Edge(mine, theirs) => {
                self.edge(words, mine, theirs, EdgeEffect::Allow, &[Delivers::People, Delivers::Both])
            }
            Condition::Barrier(mine, theirs) => {
                let any = [Delivers::People, Delivers::Group, Delivers::Both, Delivers::None];
                self.edge(words, mine, theirs, EdgeEffect::Deny, &any)
            }
            Condition::Related(relation, direction) => {
                let accepted = |from, to| {
                    let row = self.tables.relations.get(&(from, to, relation));
                    matches!(row, Some(FactChange::Relation { state: RelationState::Accepted, .. }))
                };
                let (out, into) = (accepted(self.me, self.them), accepted(self.them, self.me));
                match (words.origin(relation), direction) {
                    (RelationOrigin::Mutual, _) | (_, Direction::Both) => out || into,
                    (_, Direction::Out) => out,
                    (_, Direction::In) => into,
                }
            }
            Condition::Role(who, role) => {
                let declared = usize::from(role.0) < words.roles.len();
                let row = self.tables.users.get(&self.key(who));
                declared && matches!(row, Some(FactChange::User { roles, .. }) if roles.0 & (1 << role.0) != 0)
            }
            Condition::Status(who, wanted) => {
                matches!(self.tables.users.get(&self.key(who)), Some(FactChange::User { status, .. }) if *status == wanted)
            }
            Condition::WritableBy(who, wanted) => {
                let row = self.tables.users.get(&self.key(who));
                matches!(row, Some(FactChange::User { writable_by, .. }) if *writable_by == wanted)
            }
            Condition::HasRole(who, atom) => self.memberships(words, self.key(who), atom).next().is_some(),
            Condition::Setting(setting, wanted) => self.choice(words, setting) == Some(wanted),
            // These conditions are about a group, a conversation, a message or a relation, and the question is about a
            // user.
            _ => false,
        }
    }

    fn key(&self, who: Variable) -> EntityKey {
        match who {
            Variable::Me => self.me,
            Variable::Them => self.them,
        }
    }

    /// The active groups in which a user has the atom's role now, with the role.
    fn memberships(
        &self,
        words: &Arc<Vocabulary>,
        of: EntityKey,
        atom: RolePattern,
    ) -> impl Iterator<Item = (EntityKey, RoleId)> {
        let roles = words.roles.len();
        self.tables.memberships.values().filter_map(move |row| {
            let FactChange::Membership { user, group, role, from_ms, until_ms } = row else { return None };
            let holds = from_ms.is_none_or(|from_ms| from_ms <= self.now_ms)
                && until_ms.is_none_or(|until_ms| self.now_ms < until_ms);
            let fits = *user == of && usize::from(role.0) < roles && atom.role.is_none_or(|wanted| wanted == *role);
            (holds && fits && self.is_active(*group, atom)).then_some((*group, *role))
        })
    }

    fn is_active(&self, group: EntityKey, atom: RolePattern) -> bool {
        let row = self.tables.groups.get(&group);
        matches!(row, Some(FactChange::Group { state: GroupState::Active, kind, .. }) if atom.kind.is_none_or(|wanted| wanted == *kind))
    }

    /// Whether an edge leads from a membership of `me` to a membership of `them`.
    fn edge(
        &self,
        words: &Arc<Vocabulary>,
        mine: RolePattern,
        theirs: RolePattern,
        wanted: EdgeEffect,
        along: &[Delivers],
    ) -> bool {
        self.tables.edges.values().any(|row| {
            let FactChange::Edge { from, from_role, to, to_role, effect, delivers } = row else { return false };
            let ends = |of, atom, at: EntityKey, named: Option<RoleId>| {
                let mut held = self.memberships(words, of, atom);
                held.any(|(group, role)| group == at && named.is_none_or(|named| named == role))
            };
            *effect == wanted
                && along.contains(delivers)
                && ends(self.me, mine, *from, *from_role)
                && ends(self.them, theirs, *to, *to_role)
        })
    }

    /// The index of a setting's value among the values that the policy declares; 0 if the tenant did not set a declared
    /// value.
    fn choice(&self, words: &Arc<Vocabulary>, setting: SettingId) -> Option<u8> {
        let values = &words.settings.get(usize::from(setting.0))?.values;
        let stored = match self.tables.settings.get(&setting.0) {
            Some(FactChange::Setting { value, .. }) => value.as_ref(),
            _ => None,
        };
        let place = stored.and_then(|stored| values.iter().position(|value| value == stored));
        u8::try_from(place.unwrap_or(0)).ok()
    }
}
