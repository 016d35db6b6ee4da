//! A group's record.

use std::sync::Arc;

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

#[derive(Debug, Clone)]
pub struct Group {
    pub key: Key,
    pub kind: Kind,
    pub parent: Option<Key>,
    pub state: GroupState,
    pub deliver: Delivers,
    /// Its number is not used again; what still names it (an edge to it, a membership to come) is inert.
    pub gone: bool,
    /// As in [`super::person::Person`].
    pub words: Arc<str>,
    /// Those who hold a role in it now.
    pub members: Vec<(Role, Sorted<UserIx>)>,
    /// Sorted.
    pub edges: Vec<Edge>,
    /// Distinct active people in it.
    pub active: u32,
}

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
            edges: Vec::new(),
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
            + self.edges.capacity() * size_of::<Edge>()
            + self.words.len()
            + 16
    }
}
