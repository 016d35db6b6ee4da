//! Changes, one by one in the order of the tenant's log. Whatever the order, a world is then equal to one built afresh from
//! the facts as they are.

use std::sync::Arc;

use super::{
    Change, Delivers, EdgeEffect, GroupIx, GroupState, Key, Kind, Relation, RelationState, Role, Roles, Status, UserIx,
    World, WritableBy,
    group::{Edge, Group},
    person::{Held, Person, Tie},
    spans::Span,
    words::{Entity, text_of},
};
use crate::vocabulary::How;

impl World {
    /// One change.
    pub fn apply(&mut self, change: &Change) {
        self.change(change);
        self.settle(false);
    }

    /// Many changes, of an import or of a whole tenant: the directory is put in order once at the end.
    pub fn apply_all<'a>(&mut self, changes: impl IntoIterator<Item = &'a Change>) {
        for change in changes {
            self.change(change);
            self.settle(true);
        }
        self.settle(false);
    }

    /// Lets time pass until `now_ms`, milliseconds since 1970 UTC: memberships begin and end. Time does not go back.
    pub fn advance(&mut self, now_ms: i64) {
        self.now_ms = self.now_ms.max(now_ms);
        if self.spans.soonest_ms().is_none_or(|soonest_ms| self.now_ms < soonest_ms) {
            return;
        }
        for (user, span) in Arc::make_mut(&mut self.spans).due(self.now_ms) {
            if span.holds(self.now_ms) {
                self.hold(user, span.group, span.role);
            } else {
                self.let_go(user, span.group, span.role);
            }
        }
    }

    fn settle(&mut self, importing: bool) {
        let (people, groups) = (&self.people, &self.groups);
        self.words.settle(importing, |entity| match entity {
            Entity::Person(user) => people.get(user.0 as usize).map_or(0, |person| person.key),
            Entity::Group(group) => groups.get(group.0 as usize).map_or(0, |group| group.key),
        });
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::User { key, status, roles, writable_by, words } => {
                self.set_user(*key, *status, *roles, *writable_by, &text_of(words));
            }
            Change::Group { key, kind, parent, state, deliver, words } => {
                self.set_group(*key, *kind, *parent, *state, *deliver, &text_of(words));
            }
            Change::GroupRemoved { key } => self.remove_group(*key),
            Change::Membership { user, group, role, from_ms, until_ms } => {
                self.set_membership(*user, *group, *role, *from_ms, *until_ms);
            }
            Change::MembershipRemoved { user, group, role } => {
                if let (Some(user), Some(group)) = (self.user(*user), self.group(*group)) {
                    self.forget_span(user, *role, group);
                    self.let_go(user, group, *role);
                }
            }
            Change::Relation { from, to, relation, state } => self.set_relation(*from, *to, *relation, Some(*state)),
            Change::RelationRemoved { from, to, relation } => self.set_relation(*from, *to, *relation, None),
            Change::Edge { from, from_role, to, to_role, effect, delivers } => {
                self.set_edge(*from, *from_role, *to, *to_role, Some((*effect, *delivers)));
            }
            Change::EdgeRemoved { from, from_role, to, to_role } => {
                self.set_edge(*from, *from_role, *to, *to_role, None);
            }
            Change::Setting { setting, value } => {
                Arc::make_mut(&mut self.settings).set(&self.vocabulary, *setting, value.as_deref());
            }
        }
    }

    fn set_user(&mut self, key: Key, status: Status, roles: Roles, writable_by: WritableBy, words: &str) {
        let user = self.user(key).unwrap_or_else(|| {
            // A tenant has far fewer than four thousand million people.
            let user = UserIx(self.people.len() as u32);
            let person = Person::new(key);
            self.sets.enter(user, &person);
            self.people.push(person);
            Arc::make_mut(&mut self.spans).push();
            self.people_by_key.insert(key, user.0);
            user
        });
        let roles = Roles(roles.0 & self.roles_known());
        let Some(person) = self.people.get_mut(user.0 as usize) else { return };
        let was_active = person.status == Status::Active;
        self.sets.change(user, person, status, roles, writable_by);
        (person.status, person.writable_by, person.roles) = (status, writable_by, roles);
        self.words.change(key, Entity::Person(user), &person.words, words);
        if *person.words != *words {
            person.words = Arc::from(words);
        }
        let is_active = status == Status::Active;
        if was_active != is_active {
            let mut groups: Vec<GroupIx> = person.held.iter().map(|held| held.group()).collect();
            groups.sort_unstable();
            groups.dedup();
            for group in groups {
                if let Some(group) = self.groups.get_mut(group.0 as usize) {
                    group.active = if is_active { group.active + 1 } else { group.active.saturating_sub(1) };
                }
            }
        }
    }

    /// Bits of the roles the policy declares; the others are inert.
    fn roles_known(&self) -> u64 {
        1u64.checked_shl(self.vocabulary.roles.len() as u32).map_or(u64::MAX, |bit| bit - 1)
    }

    fn set_group(&mut self, key: Key, kind: Kind, parent: Option<Key>, state: GroupState, deliver: Delivers, words: &str) {
        if usize::from(kind.0) >= self.vocabulary.kinds.len() {
            return;
        }
        let number = self.group(key).unwrap_or_else(|| {
            let group = GroupIx(self.groups.len() as u32);
            self.groups.push(Group::new(key, kind));
            self.groups_by_key.insert(key, group.0);
            group
        });
        let Some(group) = self.groups.get_mut(number.0 as usize) else { return };
        let old_kind = group.kind;
        (group.kind, group.parent, group.state, group.deliver) = (kind, parent, state, deliver);
        self.words.change(key, Entity::Group(number), &group.words, words);
        if *group.words != *words {
            group.words = Arc::from(words);
        }
        if old_kind != kind {
            for (role, members) in &group.members {
                for user in members.iter() {
                    if let Some(person) = self.people.get_mut(user.0 as usize) {
                        person.let_go(Held::new(*role, old_kind, number));
                        person.hold(Held::new(*role, kind, number));
                    }
                }
            }
        }
    }

    fn remove_group(&mut self, key: Key) {
        let Some(number) = self.group(key) else { return };
        let Some(group) = self.groups.get_mut(number.0 as usize) else { return };
        self.words.change(key, Entity::Group(number), &group.words, "");
        for (role, members) in &group.members {
            for user in members.iter() {
                if let Some(person) = self.people.get_mut(user.0 as usize) {
                    person.let_go(Held::new(*role, group.kind, number));
                }
            }
        }
        let barriers = group.edges.iter().filter(|edge| edge.effect == EdgeEffect::Deny).count();
        self.barriers = self.barriers.saturating_sub(u32::try_from(barriers).unwrap_or(u32::MAX));
        *group = Group { gone: true, ..Group::new(key, group.kind) };
        self.groups_by_key.remove(key);
    }

    fn set_membership(&mut self, user: Key, group: Key, role: Role, from_ms: Option<i64>, until_ms: Option<i64>) {
        let (Some(user), Some(group)) = (self.user(user), self.group(group)) else { return };
        if usize::from(role.0) >= self.vocabulary.roles.len() {
            return;
        }
        let span = Span { group, role, from_ms: from_ms.unwrap_or(i64::MIN), until_ms: until_ms.unwrap_or(i64::MAX) };
        if from_ms.is_some() || until_ms.is_some() {
            Arc::make_mut(&mut self.spans).set(user, span, self.now_ms);
        } else {
            self.forget_span(user, role, group);
        }
        if span.holds(self.now_ms) { self.hold(user, group, role) } else { self.let_go(user, group, role) }
    }

    fn forget_span(&mut self, user: UserIx, role: Role, group: GroupIx) {
        // Looked at first, for a look copies nothing.
        if self.spans.of(user).iter().any(|span| span.is(role, group)) {
            Arc::make_mut(&mut self.spans).remove(user, role, group);
        }
    }

    fn hold(&mut self, user: UserIx, number: GroupIx, role: Role) {
        let Some(group) = self.groups.get(number.0 as usize).filter(|group| !group.gone) else { return };
        let held = Held::new(role, group.kind, number);
        if self.person(user).is_none_or(|person| person.held.binary_search(&held).is_ok()) {
            return;
        }
        let (Some(person), Some(group)) = (self.people.get_mut(user.0 as usize), self.groups.get_mut(number.0 as usize))
        else {
            return;
        };
        person.hold(held);
        group.active += u32::from(person.status == Status::Active && !group.has_member(user));
        group.members_as_mut(role).insert(user);
    }

    fn let_go(&mut self, user: UserIx, number: GroupIx, role: Role) {
        let Some(kind) = self.group_at(number).map(|group| group.kind) else { return };
        if !self.person(user).is_some_and(|person| person.holds(role, kind, number)) {
            return;
        }
        let (Some(person), Some(group)) = (self.people.get_mut(user.0 as usize), self.groups.get_mut(number.0 as usize))
        else {
            return;
        };
        person.let_go(Held::new(role, kind, number));
        group.members_as_mut(role).remove(user);
        group.members.retain(|(_, members)| !members.is_empty());
        if person.status == Status::Active && !group.has_member(user) {
            group.active = group.active.saturating_sub(1);
        }
    }

    fn set_relation(&mut self, from: Key, to: Key, relation: Relation, state: Option<RelationState>) {
        let (Some(from), Some(to)) = (self.user(from), self.user(to)) else { return };
        if usize::from(relation.0) >= self.vocabulary.relations.len() {
            return;
        }
        self.untie(from, relation, to);
        // A mutual one is stored once, by whoever asked first.
        if self.vocabulary.how(relation) == How::Mutual {
            self.untie(to, relation, from);
        }
        let Some(state) = state else { return };
        for (one, out, other) in [(from, true, to), (to, false, from)] {
            if let Some(person) = self.people.get_mut(one.0 as usize) {
                person.ties.insert(Tie { relation, out, other, state });
            }
        }
    }

    fn untie(&mut self, from: UserIx, relation: Relation, to: UserIx) {
        let Some(state) = self.person(from).and_then(|person| person.tie(relation, true, to)) else { return };
        for (one, out, other) in [(from, true, to), (to, false, from)] {
            if let Some(person) = self.people.get_mut(one.0 as usize) {
                person.ties.remove(Tie { relation, out, other, state });
            }
        }
    }

    fn set_edge(
        &mut self,
        from: Key,
        from_role: Option<Role>,
        to: Key,
        to_role: Option<Role>,
        says: Option<(EdgeEffect, Delivers)>,
    ) {
        let (Some(from), Some(to)) = (self.group(from), self.group(to)) else { return };
        let Some(group) = self.groups.get_mut(from.0 as usize) else { return };
        let same = |edge: &Edge| (edge.to, edge.from_role, edge.to_role) == (to, from_role, to_role);
        self.barriers -= u32::from(group.edges.iter().any(|edge| same(edge) && edge.effect == EdgeEffect::Deny));
        group.edges.retain(|edge| !same(edge));
        if let Some((effect, delivers)) = says {
            self.barriers += u32::from(effect == EdgeEffect::Deny);
            let edge = Edge { to, from_role, to_role, effect, delivers };
            group.edges.insert(group.edges.partition_point(|other| *other < edge), edge);
        }
    }
}
