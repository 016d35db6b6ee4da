//! A group's record.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{Delivers, EdgeEffect, GroupIx, GroupState, Key, Kind, Role, UserIx, sorted::Sorted};

/// What leads out of a group, from holders of a role to holders of a role; `None` is any role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub to: GroupIx,
    pub from_role: Option<Role>,
    pub to_role: Option<Role>,
    pub effect: EdgeEffect,
    pub delivers: Delivers,
}

/// Most groups have no more.
pub type Edges = SmallVec<[Edge; 2]>;

/// What a check asks of every group of a person comes first, in one line of the processor's cache: among 100,000 people memory is
/// what a check waits for.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub struct Group {
    pub state: GroupState,
    /// Its number is not used again; what still names it (an edge to it, a membership to come) is inert.
    pub gone: bool,
    pub kind: Kind,
    pub deliver: Delivers,
    /// Distinct active people in it.
    pub active: u32,
    /// Sorted.
    pub edges: Edges,
    pub key: Key,
    pub parent: Option<Key>,
    /// Those who hold a role in it now.
    pub members: Vec<(Role, Sorted<UserIx>)>,
    /// As in [`super::person::Person`].
    pub words: Arc<str>,
}

const _: () = assert!(std::mem::offset_of!(Group, key) <= 64);

impl Default for Group {
    fn default() -> Self {
        Self {
            key: 0,
            kind: Kind(0),
            parent: None,
            state: GroupState::Active,
            deliver: Delivers::None,
            gone: false,
            words: Arc::default(),
            members: Vec::new(),
            edges: Edges::new(),
            active: 0,
        }
    }
}

impl Group {
    /// Known, and nothing else yet.
    pub fn new(key: Key, kind: Kind) -> Self {
        Self { key, kind, ..Self::default() }
    }

    /// Whether it gives its members anything.
    pub fn is_active(&self) -> bool {
        self.state == GroupState::Active && !self.gone
    }

    /// The list of a role; made when there is none.
    pub fn members_as_mut(&mut self, role: Role) -> &mut Sorted<UserIx> {
        let at = self.members.partition_point(|(other, _)| *other < role);
        if self.members.get(at).is_none_or(|(other, _)| *other != role) {
            self.members.reserve_exact(1);
            self.members.insert(at, (role, Sorted::default()));
        }
        &mut self.members[at].1
    }

    /// Distinct.
    pub fn members(&self) -> impl Iterator<Item = UserIx> {
        self.members.iter().enumerate().flat_map(|(at, (_, members))| {
            let before = self.members.get(..at).unwrap_or_default();
            members.iter().filter(move |user| !before.iter().any(|(_, others)| others.contains(*user)))
        })
    }

    pub fn has_member(&self, user: UserIx) -> bool {
        self.members.iter().any(|(_, members)| members.contains(user))
    }

    /// Memory behind it.
    pub fn bytes(&self) -> usize {
        let members: usize = self.members.iter().map(|(_, members)| members.bytes()).sum();
        size_of::<Self>()
            + self.members.capacity() * size_of::<(Role, Sorted<UserIx>)>()
            + members
            + if self.edges.spilled() { self.edges.capacity() * size_of::<Edge>() } else { 0 }
            + self.words.len()
            + 16
    }
}
