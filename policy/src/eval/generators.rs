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

/// Which edges to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// Allowing edges that deliver to users one by one.
    ToUsers,
    /// Allowing edges that deliver to the group as a whole.
    ToGroup,
    /// Denying edges.
    Barrier,
}

impl RolePattern {
    pub(crate) fn matches_role(self, role: RoleId) -> bool {
        self.role.is_none_or(|own| own == role)
    }

    pub(crate) fn matches_kind(self, kind: GroupKindId) -> bool {
        self.kind.is_none_or(|own| own == kind)
    }
}

/// The first active group in which the user has a role that the pattern matches.
pub fn group_with_role(world: &World, user: &User, pattern: RolePattern) -> Option<GroupIx> {
    held(world, user, pattern).map(|(held, _)| held.group()).next()
}

/// All roles of the user in active groups that the pattern matches, each with its group.
pub fn held<'a>(world: &'a World, user: &'a User, pattern: RolePattern) -> impl Iterator<Item = (HeldRole, &'a Group)> {
    runs(user, pattern)
        .flat_map(|run| run.iter())
        .filter_map(|held| Some((*held, world.group_record(held.group()).filter(|group| group.is_active())?)))
}

/// The same including groups that are not active: for each role one run of the user's sorted list.
fn runs(user: &User, pattern: RolePattern) -> impl Iterator<Item = &[HeldRole]> {
    let any = pattern.role.is_none().then(|| user.roles_held()).into_iter().flatten();
    pattern.role.into_iter().chain(any).map(move |role| user.held_with(role, pattern.kind))
}

/// An active group in which `me` has the first role and `them` the second. O(s log l) for runs of s and l roles, s <= l.
pub fn in_common(world: &World, me: &User, mine: RolePattern, them: &User, theirs: RolePattern) -> Option<GroupIx> {
    if !me.may_have_role(mine.role, mine.kind) || !them.may_have_role(theirs.role, theirs.kind) {
        return None;
    }
    if let (Some(my_role), Some(their_role)) = (mine.role, theirs.role) {
        return shared(world, me.held_with(my_role, mine.kind), them.held_with(their_role, theirs.kind));
    }
    runs(me, mine).find_map(|my_run| runs(them, theirs).find_map(|their_run| shared(world, my_run, their_run)))
}

/// An active group that is in both runs: each entry of the shorter run is searched in the rest of the longer run.
fn shared(world: &World, one: &[HeldRole], other: &[HeldRole]) -> Option<GroupIx> {
    let (short, mut long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    for held in short {
        long = long.get(long.partition_point(|there| there.place() < held.place())..)?;
        if long.first()?.place() == held.place() && world.group_record(held.group()).is_some_and(Group::is_active) {
            return Some(held.group());
        }
    }
    None
}

/// The members of the group whose role the pattern matches. A user with several roles appears several times.
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
    along: Along,
) -> impl Iterator<Item = (GroupIx, &'a Edge, &'a Group)> {
    // Most tenants have no denying edge; then the groups of the principal are not read.
    let some = (along != Along::Barrier || world.has_barriers()).then(|| held(world, me, mine));
    some.into_iter().flatten().flat_map(move |(held, group)| {
        group.edges.iter().filter(move |edge| edge.matches(held.role(), theirs, along)).filter_map(move |edge| {
            let to = world.group_record(edge.to).filter(|to| to.is_active() && theirs.matches_kind(to.kind))?;
            Some((held.group(), edge, to))
        })
    })
}

impl Edge {
    fn matches(&self, from: RoleId, theirs: RolePattern, along: Along) -> bool {
        let is_followed = match along {
            Along::ToUsers => self.effect == EdgeEffect::Allow && matches!(self.delivers, Delivers::People | Delivers::Both),
            // An edge to one role of a group does not allow to address the whole group.
            Along::ToGroup => {
                self.effect == EdgeEffect::Allow
                    && matches!(self.delivers, Delivers::Group | Delivers::Both)
                    && self.to_role.is_none()
            }
            Along::Barrier => self.effect == EdgeEffect::Deny,
        };
        is_followed
            && self.from_role.is_none_or(|role| role == from)
            && !matches!((self.to_role, theirs.role), (Some(one), Some(other)) if one != other)
    }

    /// The role that a user must have in the target group; `None` is any role.
    pub fn target_role(&self, theirs: RolePattern) -> Option<RoleId> {
        self.to_role.or(theirs.role)
    }
}

/// The directions in which to look for a relation; `true` is from `me`. A mutual relation counts in both.
pub fn directions(world: &World, relation: RelationId, direction: Direction) -> impl Iterator<Item = bool> {
    let both = direction == Direction::Both || world.vocabulary().origin(relation) == RelationOrigin::Mutual;
    [(true, Direction::Out), (false, Direction::In)]
        .into_iter()
        .filter(move |(_, stored)| both || *stored == direction)
        .map(|(out, _)| out)
}

/// Whether `me` has an accepted relation with `them`.
pub fn related(world: &World, me: &User, relation: RelationId, direction: Direction, them: UserIx) -> bool {
    directions(world, relation, direction).any(|out| me.relation_state(relation, out, them) == Some(RelationState::Accepted))
}

/// All users with whom `me` has an accepted relation.
pub fn relations<'a>(
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
