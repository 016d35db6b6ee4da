//! The record of a group.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{Delivers, EdgeEffect, EntityKey, GroupIx, GroupKindId, GroupState, RoleId, UserIx, sorted_set::SortedSet};

/// An edge out of a group, from users with a role in it to users with a role in another group; `None` is any role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub to: GroupIx,
    pub from_role: Option<RoleId>,
    pub to_role: Option<RoleId>,
    pub effect: EdgeEffect,
    pub delivers: Delivers,
}

/// The edges of a group. Two edges need no allocation, because most groups have at most two.
pub type Edges = SmallVec<[Edge; 2]>;

/// The facts of one group. The fields that a check reads for every group of a user come first, in one cache line, because a
/// check is memory-bound when a tenant has 100,000 users.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub struct Group {
    pub state: GroupState,
    /// A removed group keeps its index. An edge to a removed group and a timed membership in it have no effect.
    pub is_removed: bool,
    pub kind: GroupKindId,
    /// Whether messages may be addressed to the group as a whole.
    pub delivers: Delivers,
    /// Number of distinct active users in the group.
    pub active_members: u32,
    /// The edges out of the group, sorted.
    pub edges: Edges,
    pub key: EntityKey,
    pub parent: Option<EntityKey>,
    /// The users with each role now, sorted by role.
    pub members: Vec<(RoleId, SortedSet<UserIx>)>,
    /// The words by which the directory finds the group: sorted, distinct, separated by spaces.
    pub words: Arc<str>,
}

const _: () = assert!(std::mem::offset_of!(Group, key) <= 64);

impl Default for Group {
    fn default() -> Self {
        Self {
            key: 0,
            kind: GroupKindId(0),
            parent: None,
            state: GroupState::Active,
            delivers: Delivers::None,
            is_removed: false,
            words: Arc::default(),
            members: Vec::new(),
            edges: Edges::new(),
            active_members: 0,
        }
    }
}

impl Group {
    /// A group without members.
    pub fn new(key: EntityKey, kind: GroupKindId) -> Self {
        Self { key, kind, ..Self::default() }
    }

    /// Whether the group is in the state `active` and not removed. Conditions ignore the members and edges of all other
    /// groups.
    pub fn is_active(&self) -> bool {
        self.state == GroupState::Active && !self.is_removed
    }

    /// The users with this role, to be changed. Adds an empty set if the group has no set for the role.
    pub fn members_with_mut(&mut self, role: RoleId) -> &mut SortedSet<UserIx> {
        let index = self.members.partition_point(|(other, _)| *other < role);
        if self.members.get(index).is_none_or(|(other, _)| *other != role) {
            self.members.reserve_exact(1);
            self.members.insert(index, (role, SortedSet::default()));
        }
        &mut self.members[index].1
    }

    /// The users in the group. Each appears once.
    pub fn members(&self) -> impl Iterator<Item = UserIx> {
        self.members.iter().enumerate().flat_map(|(index, (_, members))| {
            let earlier_roles = self.members.get(..index).unwrap_or_default();
            members
                .iter()
                .filter(move |user| !earlier_roles.iter().any(|(_, earlier_members)| earlier_members.contains(*user)))
        })
    }

    /// Whether the user has a role in the group.
    pub fn has_member(&self, user: UserIx) -> bool {
        self.members.iter().any(|(_, members)| members.contains(user))
    }

    /// Allocated memory in bytes, including the 16 bytes of the two counters in the `Arc` of the words.
    pub fn bytes(&self) -> usize {
        let members: usize = self.members.iter().map(|(_, members)| members.bytes()).sum();
        size_of::<Self>()
            + self.members.capacity() * size_of::<(RoleId, SortedSet<UserIx>)>()
            + members
            + if self.edges.spilled() { self.edges.capacity() * size_of::<Edge>() } else { 0 }
            + self.words.len()
            + 16
    }
}
