//! What leads from me to others: groups in common, edges, relations. Check asks whether one leads to a given person, reach
//! follows all; both go by the lists made here.

use crate::{
    facts::{
        Delivers, EdgeEffect, GroupIx, Kind, Relation, RelationState, Role, UserIx, World,
        group::{Edge, Group},
        person::{Held, Person},
    },
    program::{Atom, Direction},
    vocabulary::How,
};

/// What an edge has to say to be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// Allowed, person by person.
    ToPeople,
    /// Allowed, to the group as a whole.
    ToGroup,
    /// Denied.
    Barrier,
}

impl Atom {
    pub(crate) fn takes(self, role: Role) -> bool {
        self.role.is_none_or(|mine| mine == role)
    }

    pub(crate) fn takes_kind(self, kind: Kind) -> bool {
        self.kind.is_none_or(|mine| mine == kind)
    }
}

/// Whether a person is that in some active group; which one.
pub fn is(world: &World, person: &Person, atom: Atom) -> Option<GroupIx> {
    held(world, person, atom).map(|(held, _)| held.group()).next()
}

/// All that a person is, as far as the atom takes it, in active groups.
pub fn held<'a>(world: &'a World, person: &'a Person, atom: Atom) -> impl Iterator<Item = (Held, &'a Group)> {
    stretches(person, atom)
        .flat_map(|stretch| stretch.iter())
        .filter_map(|held| Some((*held, world.group_at(held.group()).filter(|group| group.is_active())?)))
}

/// The same, one stretch of the person's list for each role.
fn stretches(person: &Person, atom: Atom) -> impl Iterator<Item = &[Held]> {
    let any = atom.role.is_none().then(|| person.roles_held()).into_iter().flatten();
    atom.role.into_iter().chain(any).map(move |role| person.held_as(role, atom.kind))
}

/// A group in common, in which I am the one and they the other.
pub fn in_common(world: &World, me: &Person, mine: Atom, them: &Person, theirs: Atom) -> Option<GroupIx> {
    if !me.may_be(mine.role, mine.kind) || !them.may_be(theirs.role, theirs.kind) {
        return None;
    }
    if let (Some(ours), Some(others)) = (mine.role, theirs.role) {
        return shared(world, me.held_as(ours, mine.kind), them.held_as(others, theirs.kind));
    }
    stretches(me, mine).find_map(|ours| stretches(them, theirs).find_map(|others| shared(world, ours, others)))
}

/// An active group that is in two stretches. The shorter one is looked up in the longer one.
fn shared(world: &World, one: &[Held], other: &[Held]) -> Option<GroupIx> {
    let (short, mut long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    for held in short {
        long = long.get(long.partition_point(|there| there.place() < held.place())..)?;
        if long.first()?.place() == held.place() && world.group_at(held.group()).is_some_and(Group::is_active) {
            return Some(held.group());
        }
    }
    None
}

/// The people in a group whom a role in common leads to.
pub fn members(group: &Group, theirs: Atom) -> impl Iterator<Item = UserIx> {
    let lists = group.members.iter().filter(move |(role, _)| theirs.takes(*role) && theirs.takes_kind(group.kind));
    lists.flat_map(|(_, members)| members.iter())
}

/// The edges that lead from what I am to active groups, with the group each comes from.
pub fn edges<'a>(
    world: &'a World,
    me: &'a Person,
    mine: Atom,
    theirs: Atom,
    along: Along,
) -> impl Iterator<Item = (GroupIx, &'a Edge, &'a Group)> {
    // Denials are looked for before all else: without any, nobody's groups are.
    let some = (along != Along::Barrier || world.has_barriers()).then(|| held(world, me, mine));
    some.into_iter().flatten().flat_map(move |(held, group)| {
        group.edges.iter().filter(move |edge| edge.leads(held.role(), theirs, along)).filter_map(move |edge| {
            let to = world.group_at(edge.to).filter(|to| to.is_active() && theirs.takes_kind(to.kind))?;
            Some((held.group(), edge, to))
        })
    })
}

impl Edge {
    fn leads(&self, from: Role, theirs: Atom, along: Along) -> bool {
        let says = match along {
            Along::ToPeople => {
                self.effect == EdgeEffect::Allow && matches!(self.delivers, Delivers::People | Delivers::Both)
            }
            // One that leads to some of a group only does not let all of it be addressed.
            Along::ToGroup => {
                self.effect == EdgeEffect::Allow
                    && matches!(self.delivers, Delivers::Group | Delivers::Both)
                    && self.to_role.is_none()
            }
            Along::Barrier => self.effect == EdgeEffect::Deny,
        };
        says && self.from_role.is_none_or(|role| role == from)
            && !matches!((self.to_role, theirs.role), (Some(one), Some(other)) if one != other)
    }

    /// Of the people it leads to; `None` is any role.
    pub fn role_there(&self, theirs: Atom) -> Option<Role> {
        self.to_role.or(theirs.role)
    }
}

/// Which way to look for a relation: out of me, into me. A mutual one is stored once and looked for both ways.
pub fn ways(world: &World, relation: Relation, direction: Direction) -> impl Iterator<Item = bool> {
    let both = direction == Direction::Both || world.vocabulary().how(relation) == How::Mutual;
    [(true, Direction::Out), (false, Direction::In)]
        .into_iter()
        .filter(move |(_, way)| both || *way == direction)
        .map(|(out, _)| out)
}

/// Whether I have an accepted relation with them.
pub fn related(world: &World, me: &Person, relation: Relation, direction: Direction, them: UserIx) -> bool {
    ways(world, relation, direction).any(|out| me.tie(relation, out, them) == Some(RelationState::Accepted))
}

/// Everyone I have an accepted relation with.
pub fn relations<'a>(
    world: &'a World,
    me: &'a Person,
    relation: Relation,
    direction: Direction,
) -> impl Iterator<Item = UserIx> {
    ways(world, relation, direction)
        .flat_map(move |out| me.tied(relation, out))
        .filter(|tie| tie.state == RelationState::Accepted)
        .map(|tie| tie.other)
}
