//! The generators: groups in common, edges and relations that lead from the principal to other users. Check tests whether a
//! generator leads to a given user; reach follows all of them. Both use the functions of this module.

use crate::{
    facts::{
        Delivers, EdgeEffect, GroupIx, GroupKindId, RelationId, RelationState, RoleId, UserIx, World,
        group::{Edge, Group},
        user::{HeldRole, User},
    },
    ir::{Direction, RolePattern},
    vocabulary::RelationOrigin,
};

/// The edges that an evaluation follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeUse {
    /// Allowing edges that deliver to users one by one.
    ToUsers,
    /// Allowing edges that deliver to the group as a whole.
    ToGroup,
    /// Denying edges.
    Barrier,
}

impl RolePattern {
    pub(crate) fn matches_role(self, role: RoleId) -> bool {
        self.role.is_none_or(|expected| expected == role)
    }

    pub(crate) fn matches_kind(self, kind: GroupKindId) -> bool {
        self.kind.is_none_or(|expected| expected == kind)
    }
}

/// The first active group in which the user has a role that the pattern matches.
pub fn group_with_role(world: &World, user: &User, pattern: RolePattern) -> Option<GroupIx> {
    active_roles(world, user, pattern).map(|(held, _)| held.group()).next()
}

/// All roles of the user in active groups that the pattern matches, each with its group.
pub fn active_roles<'a>(
    world: &'a World,
    user: &'a User,
    pattern: RolePattern,
) -> impl Iterator<Item = (HeldRole, &'a Group)> {
    role_runs(user, pattern)
        .flat_map(|run| run.iter())
        .filter_map(|held| Some((*held, world.group_record(held.group()).filter(|group| group.is_active())?)))
}

/// The roles of the user that the pattern matches, also in groups that are not active: one run of the user's sorted list for
/// each role.
fn role_runs(user: &User, pattern: RolePattern) -> impl Iterator<Item = &[HeldRole]> {
    let all_roles = pattern.role.is_none().then(|| user.roles_held()).into_iter().flatten();
    pattern.role.into_iter().chain(all_roles).map(move |role| user.held_with(role, pattern.kind))
}

/// An active group in which `me` has the first role and `them` the second. Costs O(s log l) for runs of s and l roles, s <=
/// l.
pub fn in_common(world: &World, me: &User, mine: RolePattern, them: &User, theirs: RolePattern) -> Option<GroupIx> {
    if !me.may_have_role(mine.role, mine.kind) || !them.may_have_role(theirs.role, theirs.kind) {
        return None;
    }
    if let (Some(my_role), Some(their_role)) = (mine.role, theirs.role) {
        return common_group(world, me.held_with(my_role, mine.kind), them.held_with(their_role, theirs.kind));
    }
    role_runs(me, mine)
        .find_map(|my_run| role_runs(them, theirs).find_map(|their_run| common_group(world, my_run, their_run)))
}

/// The first active group that is in both runs. Each entry of the shorter run is searched in the rest of the longer run.
fn common_group(world: &World, first: &[HeldRole], second: &[HeldRole]) -> Option<GroupIx> {
    let (short, mut rest) = if first.len() <= second.len() { (first, second) } else { (second, first) };
    for held in short {
        rest = rest.get(rest.partition_point(|entry| entry.kind_and_group() < held.kind_and_group())..)?;
        if rest.first()?.kind_and_group() == held.kind_and_group()
            && world.group_record(held.group()).is_some_and(Group::is_active)
        {
            return Some(held.group());
        }
    }
    None
}

/// The members of the group with a role that the pattern matches. A user with several of these roles appears several times.
pub fn members(group: &Group, theirs: RolePattern) -> impl Iterator<Item = UserIx> {
    let lists = group.members.iter().filter(move |(role, _)| theirs.matches_role(*role) && theirs.matches_kind(group.kind));
    lists.flat_map(|(_, members)| members.iter())
}

/// The edges from the active groups in which `me` has a matching role to active groups of the target pattern, each with its
/// source group and its target.
pub fn edges<'a>(
    world: &'a World,
    me: &'a User,
    mine: RolePattern,
    theirs: RolePattern,
    edge_use: EdgeUse,
) -> impl Iterator<Item = (GroupIx, &'a Edge, &'a Group)> {
    // Most tenants have no denying edge; then the groups of the principal are not read.
    let roles = (edge_use != EdgeUse::Barrier || world.has_barriers()).then(|| active_roles(world, me, mine));
    roles.into_iter().flatten().flat_map(move |(held, group)| {
        group.edges.iter().filter(move |edge| edge.matches(held.role(), theirs, edge_use)).filter_map(move |edge| {
            let to = world.group_record(edge.to).filter(|to| to.is_active() && theirs.matches_kind(to.kind))?;
            Some((held.group(), edge, to))
        })
    })
}

impl Edge {
    fn matches(&self, from: RoleId, theirs: RolePattern, edge_use: EdgeUse) -> bool {
        let is_followed = match edge_use {
            EdgeUse::ToUsers => {
                self.effect == EdgeEffect::Allow && matches!(self.delivers, Delivers::People | Delivers::Both)
            }
            // An edge to one role of a group does not allow to address the whole group.
            EdgeUse::ToGroup => {
                self.effect == EdgeEffect::Allow
                    && matches!(self.delivers, Delivers::Group | Delivers::Both)
                    && self.to_role.is_none()
            }
            EdgeUse::Barrier => self.effect == EdgeEffect::Deny,
        };
        is_followed
            && self.from_role.is_none_or(|role| role == from)
            && !matches!((self.to_role, theirs.role), (Some(edge_role), Some(role)) if edge_role != role)
    }

    /// The role that a user must have in the target group; `None` is any role.
    pub fn target_role(&self, theirs: RolePattern) -> Option<RoleId> {
        self.to_role.or(theirs.role)
    }
}

/// The directions in which a relation is looked up: `true` is from `me` to the other user, `false` is back. A mutual
/// relation is looked up in both.
pub fn directions(world: &World, relation: RelationId, direction: Direction) -> impl Iterator<Item = bool> {
    let both = direction == Direction::Both || world.vocabulary().origin(relation) == RelationOrigin::Mutual;
    [(true, Direction::Out), (false, Direction::In)]
        .into_iter()
        .filter(move |(_, stored)| both || *stored == direction)
        .map(|(out, _)| out)
}

/// Whether `me` has an accepted relation with `them`.
pub fn is_related(world: &World, me: &User, relation: RelationId, direction: Direction, them: UserIx) -> bool {
    directions(world, relation, direction).any(|out| me.relation_state(relation, out, them) == Some(RelationState::Accepted))
}

/// All users with whom `me` has an accepted relation.
pub fn related_users<'a>(
    world: &'a World,
    me: &'a User,
    relation: RelationId,
    direction: Direction,
) -> impl Iterator<Item = UserIx> {
    directions(world, relation, direction)
        .flat_map(move |out| me.relations_of(relation, out))
        .filter(|entry| entry.state == RelationState::Accepted)
        .map(|entry| entry.other)
}
