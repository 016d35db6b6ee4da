//! Reach: all users or groups on which the principal may perform an action. It evaluates the same rules as check, by
//! following the generators from the principal instead of testing every pair.
//!
//! With n users in the world, r rules and m users that the generators lead to, a reach costs O(m + r * n / 64): the members
//! of the principal's groups are inserted into a bitset, and bitsets are combined word by word. If a condition of a rule
//! can't be evaluated as a set, the rule also costs one check of each user that its other conditions leave.

use std::borrow::Cow;

use super::{
    check::Evaluation,
    generators::{self, EdgeUse},
};
use crate::{
    action::{Action, Resource},
    decision::RuleIx,
    facts::{GroupIx, RelationId, RelationState, UserIx, World, bitset::Bitset},
    ir::{Candidates, Condition, Rule, Variable},
    policy::Policy,
};

/// A set of users of one world.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    pub(super) users: Bitset,
}

impl Reach {
    /// Whether the user is in the set.
    #[must_use]
    pub fn contains(&self, user: UserIx) -> bool {
        self.users.contains(user.0)
    }

    /// The users in ascending order of their indexes.
    pub fn iter(&self) -> impl Iterator<Item = UserIx> {
        self.users.iter().map(UserIx)
    }

    /// Number of users. O(n / 64).
    #[must_use]
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }
}

impl Policy {
    /// The active users on whom [`Policy::decide`] allows the principal to perform the action.
    #[must_use]
    pub fn reach(&self, world: &World, principal: UserIx, action: Action) -> Reach {
        let Some(evaluation) = Evaluation::new(self, world, action, principal, Resource::None) else {
            return Reach::default();
        };
        Reach { users: evaluation.reach() }
    }

    /// The active users for whom [`Policy::decide`] allows this action of the principal on this relation.
    #[must_use]
    pub fn relation_reach(&self, world: &World, principal: UserIx, action: Action, relation: RelationId) -> Reach {
        let Some(evaluation) = Evaluation::new(self, world, action, principal, Resource::None) else {
            return Reach::default();
        };
        Reach { users: Evaluation { relation: Some(relation), ..evaluation }.reach() }
    }

    /// The groups on which [`Policy::decide`] allows the principal to perform the action, in ascending order. Each group
    /// that a rule leads to is checked.
    #[must_use]
    pub fn group_reach(&self, world: &World, principal: UserIx, action: Action) -> Vec<GroupIx> {
        let Some(evaluation) = Evaluation::new(self, world, action, principal, Resource::None) else { return Vec::new() };
        let mut groups: Vec<GroupIx> = Vec::new();
        for (_, rule) in self.rules_at(&self.plan.rules_of(action).allow) {
            if rule.candidates == Candidates::Groups {
                evaluation.add_candidate_groups(rule, &mut groups);
            }
        }
        groups.sort_unstable();
        groups.dedup();
        groups.retain(|group| self.decide(world, action, principal, Resource::Group(*group)).is_allowed());
        groups
    }

    /// The rules with these indexes, each with its index.
    pub(super) fn rules_at(&self, indexes: &[RuleIx]) -> impl Iterator<Item = (RuleIx, &Rule)> {
        indexes.iter().filter_map(|rule_ix| Some((*rule_ix, self.rules.get(usize::from(rule_ix.0))?)))
    }
}

impl<'a> Evaluation<'a> {
    /// The active users towards whom the policy allows the action. `self.them` must be `None`.
    pub fn reach(&self) -> Bitset {
        let active = self.world.active();
        let rules = self.policy.plan.rules_of(self.action);
        let mut users = self.matching(&rules.allow, active);
        users.intersect(active);
        let denied = self.matching(&rules.deny, &users);
        users.subtract(&denied);
        self.remove_denied(&mut users);
        users
    }

    /// Returns the users in `among` that match at least one of the rules. The result may contain users outside `among`:
    /// removing them would need another pass over the bits. `self.them` must be `None`.
    fn matching(&self, rules: &[RuleIx], among: &Bitset) -> Bitset {
        let mut users = Bitset::default();
        let mut to_test = Vec::new();
        for (rule_ix, rule) in self.policy.rules_at(rules) {
            if rule.candidates == Candidates::Users
                && let Some(candidates) = self.add_matching(rule, &mut users)
            {
                to_test.push((rule_ix, rule, candidates));
            }
        }
        // A check of each candidate is the expensive part, so users whom another rule matches are skipped.
        for (rule_ix, rule, mut candidates) in to_test {
            candidates.intersect(among);
            candidates.subtract(&users);
            candidates.retain(|number| {
                let them = UserIx(number);
                let evaluation = Self { them: self.world.user_record(them).map(|user| (them, user)), ..*self };
                evaluation.matches(rule_ix, rule).is_some()
            });
            users.unite(&candidates);
        }
        users
    }

    /// Adds the users that match the rule to `users`, if each condition can be evaluated as a set. Otherwise adds no user,
    /// and returns a superset of the users that match; the caller then checks each user of it.
    fn add_matching(&self, rule: &Rule, users: &mut Bitset) -> Option<Bitset> {
        let (about_them, not_about_them): (Vec<&Condition>, Vec<&Condition>) =
            rule.conditions.iter().partition(|condition| condition.refers_to_them());
        let (unless_them, unless_not_about_them): (Vec<&Condition>, Vec<&Condition>) =
            rule.unless.iter().partition(|condition| condition.refers_to_them());
        // Conditions that do not read `them` have the same result for all users.
        if not_about_them.iter().any(|condition| self.holds(condition).is_none())
            || unless_not_about_them.iter().any(|condition| self.holds(condition).is_some())
        {
            return None;
        }
        if let ([only], []) = (&*about_them, &*unless_them)
            && self.add_generated(only, users)
        {
            return None;
        }
        let mut candidates: Option<Cow<'_, Bitset>> = None;
        let mut needs_check = false;
        for condition in about_them {
            match (self.users_with(condition), &mut candidates) {
                (Some(set), None) => candidates = Some(set),
                (Some(set), Some(candidates)) => candidates.to_mut().intersect(&set),
                (None, _) => needs_check = true,
            }
        }
        let mut candidates = candidates.unwrap_or(Cow::Borrowed(self.world.active())).into_owned();
        for condition in unless_them {
            match self.users_with(condition) {
                Some(set) => candidates.subtract(&set),
                None => needs_check = true,
            }
        }
        if needs_check {
            return Some(candidates);
        }
        users.unite(&candidates);
        None
    }

    /// All users that meet the condition; `None` if the condition must be checked for each user.
    fn users_with(&self, condition: &Condition) -> Option<Cow<'a, Bitset>> {
        let sets = self.world.sets();
        match *condition {
            Condition::Role(Variable::Them, role) => Some(Cow::Borrowed(sets.role(role))),
            Condition::Status(Variable::Them, status) => Some(Cow::Borrowed(sets.status(status))),
            Condition::WritableBy(Variable::Them, writable_by) => Some(Cow::Borrowed(sets.writable_by(writable_by))),
            _ => {
                let mut set = Bitset::default();
                self.add_generated(condition, &mut set).then_some(Cow::Owned(set))
            }
        }
    }

    /// Adds all users that the condition names, starting from the principal. Returns `false` if the condition names no
    /// users.
    fn add_generated(&self, condition: &Condition, users: &mut Bitset) -> bool {
        let world = self.world;
        match *condition {
            Condition::Same => {
                users.insert(self.principal.0);
            }
            Condition::InCommon(mine, theirs) => {
                for (_, group) in generators::active_roles(world, self.me, mine) {
                    users.extend(generators::members(group, theirs).map(|user| user.0));
                }
            }
            Condition::Edge(mine, theirs) | Condition::Barrier(mine, theirs) => {
                let barrier = matches!(condition, Condition::Barrier(..));
                let edge_use = if barrier { EdgeUse::Barrier } else { EdgeUse::ToUsers };
                for (_, edge, to) in generators::edges(world, self.me, mine, theirs, edge_use) {
                    let target = crate::ir::RolePattern { role: edge.target_role(theirs), ..theirs };
                    users.extend(generators::members(to, target).map(|user| user.0));
                }
            }
            Condition::Related(relation, direction) if self.assumes(relation, direction) => users.unite(world.active()),
            Condition::Related(relation, direction) => {
                users.extend(generators::related_users(world, self.me, relation, direction).map(|user| user.0));
            }
            Condition::Asked if self.assumes_request() => users.unite(world.active()),
            Condition::Asked => {
                let relations = self.relation.into_iter().flat_map(|relation| self.me.relations_of(relation, false));
                let pending = relations.filter(|entry| entry.state == RelationState::Pending);
                users.extend(pending.map(|entry| entry.other.0));
            }
            Condition::MayStart if self.conversation.is_some() => users.unite(&self.for_start().reach()),
            _ => return false,
        }
        true
    }

    /// Adds a superset of the groups that the rule matches: the groups of its first generator, or all groups.
    fn add_candidate_groups(&self, rule: &Rule, groups: &mut Vec<GroupIx>) {
        for condition in &rule.conditions {
            match *condition {
                Condition::InGroup(mine) => {
                    groups.extend(generators::active_roles(self.world, self.me, mine).map(|(held, _)| held.group()));
                    return;
                }
                Condition::Edge(mine, theirs) => {
                    let edges = generators::edges(self.world, self.me, mine, theirs, EdgeUse::ToGroup);
                    groups.extend(edges.map(|(_, edge, _)| edge.to));
                    return;
                }
                _ => {}
            }
        }
        groups.extend(self.world.groups());
    }
}
