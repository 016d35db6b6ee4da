//! Applies changes of facts in the order of the tenant's log. The result equals a world that is built from the current
//! facts.

use std::sync::Arc;

use super::{
    Delivers, EdgeEffect, EntityKey, FactChange, GroupIx, GroupKindId, GroupState, RelationId, RelationState, RoleId,
    RoleSet, UserIx, UserStatus, World, WritableBy,
    group::{Edge, Group},
    name_index::{Entity, text_of},
    timed_memberships::TimedMembership,
    user::{HeldRole, User, UserRelation},
};
use crate::vocabulary::RelationOrigin;

impl World {
    /// Applies one change.
    pub fn apply(&mut self, change: &FactChange) {
        self.apply_one(change);
        self.merge_names(false);
    }

    /// Applies the changes of an import or of a whole tenant; merges the name index at the end.
    pub fn apply_all<'a>(&mut self, changes: impl IntoIterator<Item = &'a FactChange>) {
        for change in changes {
            self.apply_one(change);
            self.merge_names(true);
        }
        self.merge_names(false);
    }

    /// Advances the time to `now_ms`, in milliseconds since 1970 UTC: memberships begin and end. An earlier time has no
    /// effect.
    pub fn advance(&mut self, now_ms: i64) {
        self.now_ms = self.now_ms.max(now_ms);
        if self.timed.soonest_ms().is_none_or(|soonest_ms| self.now_ms < soonest_ms) {
            return;
        }
        for (user, membership) in Arc::make_mut(&mut self.timed).due(self.now_ms) {
            if membership.is_valid_at(self.now_ms) {
                self.add_role(user, membership.group, membership.role);
            } else {
                self.remove_role(user, membership.group, membership.role);
            }
        }
    }

    /// Merges the patch of the name index into its base, if the patch is large.
    fn merge_names(&mut self, importing: bool) {
        let (users, groups) = (&self.users, &self.groups);
        self.words.merge_if_large(importing, |entity| match entity {
            Entity::User(user) => users.get(user.0 as usize).map_or(0, |user| user.key),
            Entity::Group(group) => groups.get(group.0 as usize).map_or(0, |group| group.key),
        });
    }

    /// Applies one change without a merge of the name index.
    fn apply_one(&mut self, change: &FactChange) {
        match change {
            FactChange::User { key, status, roles, writable_by, words } => {
                self.set_user(*key, *status, *roles, *writable_by, &text_of(words));
            }
            FactChange::Group { key, kind, parent, state, delivers, words } => {
                self.set_group(*key, *kind, *parent, *state, *delivers, &text_of(words));
            }
            FactChange::GroupRemoved { key } => self.remove_group(*key),
            FactChange::Membership { user, group, role, from_ms, until_ms } => {
                self.set_membership(*user, *group, *role, *from_ms, *until_ms);
            }
            FactChange::MembershipRemoved { user, group, role } => {
                if let (Some(user), Some(group)) = (self.user(*user), self.group(*group)) {
                    self.remove_timed(user, *role, group);
                    self.remove_role(user, group, *role);
                }
            }
            FactChange::Relation { from, to, relation, state } => self.set_relation(*from, *to, *relation, Some(*state)),
            FactChange::RelationRemoved { from, to, relation } => self.set_relation(*from, *to, *relation, None),
            FactChange::Edge { from, from_role, to, to_role, effect, delivers } => {
                self.set_edge(*from, *from_role, *to, *to_role, Some((*effect, *delivers)));
            }
            FactChange::EdgeRemoved { from, from_role, to, to_role } => {
                self.set_edge(*from, *from_role, *to, *to_role, None);
            }
            FactChange::Setting { setting, value } => {
                Arc::make_mut(&mut self.settings).set(&self.vocabulary, *setting, value.as_deref());
            }
        }
    }

    fn set_user(&mut self, key: EntityKey, status: UserStatus, roles: RoleSet, writable_by: WritableBy, words: &str) {
        let user = self.user(key).unwrap_or_else(|| {
            // A tenant has far fewer than 2^32 users.
            let user = UserIx(self.users.len() as u32);
            let record = User::new(key);
            self.sets.insert(user, &record);
            self.users.push(record);
            Arc::make_mut(&mut self.timed).push();
            self.users_by_key.insert(key, user.0);
            user
        });
        let roles = RoleSet(roles.0 & self.declared_roles());
        let Some(record) = self.users.get_mut(user.0 as usize) else { return };
        let was_active = record.status == UserStatus::Active;
        self.sets.update(user, record, status, roles, writable_by);
        (record.status, record.writable_by, record.roles) = (status, writable_by, roles);
        self.words.change(key, Entity::User(user), &record.words, words);
        if *record.words != *words {
            record.words = Arc::from(words);
        }
        let is_active = status == UserStatus::Active;
        if was_active != is_active {
            let mut groups: Vec<GroupIx> = record.held.iter().map(|held| held.group()).collect();
            groups.sort_unstable();
            groups.dedup();
            for group in groups {
                if let Some(group) = self.groups.get_mut(group.0 as usize) {
                    group.active_members =
                        if is_active { group.active_members + 1 } else { group.active_members.saturating_sub(1) };
                }
            }
        }
    }

    /// The bits of the roles that the policy declares. Other bits are ignored.
    fn declared_roles(&self) -> u64 {
        1u64.checked_shl(self.vocabulary.roles.len() as u32).map_or(u64::MAX, |bit| bit - 1)
    }

    fn set_group(
        &mut self,
        key: EntityKey,
        kind: GroupKindId,
        parent: Option<EntityKey>,
        state: GroupState,
        delivers: Delivers,
        words: &str,
    ) {
        if usize::from(kind.0) >= self.vocabulary.kinds.len() {
            return;
        }
        let group_ix = self.group(key).unwrap_or_else(|| {
            let group = GroupIx(self.groups.len() as u32);
            self.groups.push(Group::new(key, kind));
            self.groups_by_key.insert(key, group.0);
            group
        });
        let Some(group) = self.groups.get_mut(group_ix.0 as usize) else { return };
        let old_kind = group.kind;
        (group.kind, group.parent, group.state, group.delivers) = (kind, parent, state, delivers);
        self.words.change(key, Entity::Group(group_ix), &group.words, words);
        if *group.words != *words {
            group.words = Arc::from(words);
        }
        if old_kind != kind {
            for (role, members) in &group.members {
                for user in members.iter() {
                    if let Some(record) = self.users.get_mut(user.0 as usize) {
                        record.remove_role(HeldRole::new(*role, old_kind, group_ix));
                        record.add_role(HeldRole::new(*role, kind, group_ix));
                    }
                }
            }
        }
    }

    fn remove_group(&mut self, key: EntityKey) {
        let Some(group_ix) = self.group(key) else { return };
        let Some(group) = self.groups.get_mut(group_ix.0 as usize) else { return };
        self.words.change(key, Entity::Group(group_ix), &group.words, "");
        for (role, members) in &group.members {
            for user in members.iter() {
                if let Some(record) = self.users.get_mut(user.0 as usize) {
                    record.remove_role(HeldRole::new(*role, group.kind, group_ix));
                }
            }
        }
        let barriers = group.edges.iter().filter(|edge| edge.effect == EdgeEffect::Deny).count();
        self.barriers = self.barriers.saturating_sub(u32::try_from(barriers).unwrap_or(u32::MAX));
        *group = Group { is_removed: true, ..Group::new(key, group.kind) };
        self.groups_by_key.remove(key);
    }

    fn set_membership(
        &mut self,
        user: EntityKey,
        group: EntityKey,
        role: RoleId,
        from_ms: Option<i64>,
        until_ms: Option<i64>,
    ) {
        let (Some(user), Some(group)) = (self.user(user), self.group(group)) else { return };
        if usize::from(role.0) >= self.vocabulary.roles.len() {
            return;
        }
        let membership =
            TimedMembership { group, role, from_ms: from_ms.unwrap_or(i64::MIN), until_ms: until_ms.unwrap_or(i64::MAX) };
        if from_ms.is_some() || until_ms.is_some() {
            Arc::make_mut(&mut self.timed).set(user, membership, self.now_ms);
        } else {
            self.remove_timed(user, role, group);
        }
        if membership.is_valid_at(self.now_ms) {
            self.add_role(user, group, role)
        } else {
            self.remove_role(user, group, role)
        }
    }

    fn remove_timed(&mut self, user: UserIx, role: RoleId, group: GroupIx) {
        // A lookup copies nothing, so the shared list is changed only if the membership is in it.
        if self.timed.of_user(user).iter().any(|membership| membership.is_of(role, group)) {
            Arc::make_mut(&mut self.timed).remove(user, role, group);
        }
    }

    fn add_role(&mut self, user: UserIx, group_ix: GroupIx, role: RoleId) {
        let Some(group) = self.groups.get(group_ix.0 as usize).filter(|group| !group.is_removed) else { return };
        let held = HeldRole::new(role, group.kind, group_ix);
        if self.user_record(user).is_none_or(|record| record.held.binary_search(&held).is_ok()) {
            return;
        }
        let (Some(record), Some(group)) = (self.users.get_mut(user.0 as usize), self.groups.get_mut(group_ix.0 as usize))
        else {
            return;
        };
        record.add_role(held);
        group.active_members += u32::from(record.status == UserStatus::Active && !group.has_member(user));
        group.members_with_mut(role).insert(user);
    }

    fn remove_role(&mut self, user: UserIx, group_ix: GroupIx, role: RoleId) {
        let Some(kind) = self.group_record(group_ix).map(|group| group.kind) else { return };
        if !self.user_record(user).is_some_and(|record| record.holds(role, kind, group_ix)) {
            return;
        }
        let (Some(record), Some(group)) = (self.users.get_mut(user.0 as usize), self.groups.get_mut(group_ix.0 as usize))
        else {
            return;
        };
        record.remove_role(HeldRole::new(role, kind, group_ix));
        group.members_with_mut(role).remove(user);
        group.members.retain(|(_, members)| !members.is_empty());
        if record.status == UserStatus::Active && !group.has_member(user) {
            group.active_members = group.active_members.saturating_sub(1);
        }
    }

    fn set_relation(&mut self, from: EntityKey, to: EntityKey, relation: RelationId, state: Option<RelationState>) {
        let (Some(from), Some(to)) = (self.user(from), self.user(to)) else { return };
        if usize::from(relation.0) >= self.vocabulary.relations.len() {
            return;
        }
        self.clear_relation(from, relation, to);
        // A mutual relation is stored in the direction in which it was requested first.
        if self.vocabulary.origin(relation) == RelationOrigin::Mutual {
            self.clear_relation(to, relation, from);
        }
        let Some(state) = state else { return };
        for (user_ix, out, other) in [(from, true, to), (to, false, from)] {
            if let Some(record) = self.users.get_mut(user_ix.0 as usize) {
                record.relations.insert(UserRelation { relation, out, other, state });
            }
        }
    }

    fn clear_relation(&mut self, from: UserIx, relation: RelationId, to: UserIx) {
        let Some(state) = self.user_record(from).and_then(|record| record.relation_state(relation, true, to)) else {
            return;
        };
        for (user_ix, out, other) in [(from, true, to), (to, false, from)] {
            if let Some(record) = self.users.get_mut(user_ix.0 as usize) {
                record.relations.remove(UserRelation { relation, out, other, state });
            }
        }
    }

    fn set_edge(
        &mut self,
        from: EntityKey,
        from_role: Option<RoleId>,
        to: EntityKey,
        to_role: Option<RoleId>,
        value: Option<(EdgeEffect, Delivers)>,
    ) {
        let (Some(from), Some(to)) = (self.group(from), self.group(to)) else { return };
        let Some(group) = self.groups.get_mut(from.0 as usize) else { return };
        let has_same_ends = |edge: &Edge| (edge.to, edge.from_role, edge.to_role) == (to, from_role, to_role);
        self.barriers -= u32::from(group.edges.iter().any(|edge| has_same_ends(edge) && edge.effect == EdgeEffect::Deny));
        group.edges.retain(|edge| !has_same_ends(edge));
        if let Some((effect, delivers)) = value {
            self.barriers += u32::from(effect == EdgeEffect::Deny);
            let edge = Edge { to, from_role, to_role, effect, delivers };
            group.edges.insert(group.edges.partition_point(|other| *other < edge), edge);
        }
    }
}
