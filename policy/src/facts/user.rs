//! The record of a user.

use std::sync::Arc;

use super::{
    EntityKey, GroupIx, GroupKindId, RelationId, RelationState, RoleId, RoleSet, UserIx, UserStatus, WritableBy,
    sorted_set::{SortedSet, grow},
};

/// A role in a group of a kind, packed into one number. The order is by role, then kind, then group. So the groups of a role
/// and a kind are one run (consecutive entries) of a sorted list, and two runs of the same kind can be compared group by
/// group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldRole(u64);

impl HeldRole {
    pub fn new(role: RoleId, kind: GroupKindId, group: GroupIx) -> Self {
        Self(u64::from(role.0) << 48 | u64::from(kind.0) << 32 | u64::from(group.0))
    }

    pub fn role(self) -> RoleId {
        RoleId((self.0 >> 48) as u8)
    }

    pub fn kind(self) -> GroupKindId {
        GroupKindId((self.0 >> 32) as u8)
    }

    pub fn group(self) -> GroupIx {
        GroupIx(self.0 as u32)
    }

    /// Kind and group as one number. Roles with the same [`HeldRole::role`] are sorted by it.
    pub fn kind_and_group(self) -> u64 {
        self.0 & ((1 << 40) - 1)
    }
}

/// A relation in the record of one of its two users. `out` says that the relation leads from this user to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserRelation {
    pub relation: RelationId,
    pub out: bool,
    pub other: UserIx,
    pub state: RelationState,
}

/// The facts of one user.
#[derive(Debug, Clone)]
pub struct User {
    pub key: EntityKey,
    pub status: UserStatus,
    pub writable_by: WritableBy,
    /// Roles in the tenant as a whole.
    pub roles: RoleSet,
    /// The roles that the user has in groups now, sorted.
    pub held: Vec<HeldRole>,
    /// A Bloom filter with one hash of the roles and kinds in `held`, see [`bit`]. Most rules test for a role that the user
    /// does not have, and this filter shows that without a search of the list.
    held_filter: u64,
    /// A filter of the groups in `held`.
    groups: GroupFilter,
    pub relations: SortedSet<UserRelation>,
    /// The words by which the directory finds the user: sorted, distinct, separated by spaces.
    pub words: Arc<str>,
}

impl Default for User {
    fn default() -> Self {
        Self {
            key: 0,
            status: UserStatus::Invited,
            writable_by: WritableBy::Rules,
            roles: RoleSet::default(),
            held: Vec::new(),
            held_filter: 0,
            groups: GroupFilter::default(),
            relations: SortedSet::default(),
            words: Arc::default(),
        }
    }
}

impl User {
    /// An invited user without roles and relations.
    pub fn new(key: EntityKey) -> Self {
        Self { key, ..Self::default() }
    }

    /// Adds a role. Returns whether it is new.
    pub fn add_role(&mut self, held: HeldRole) -> bool {
        let Err(index) = self.held.binary_search(&held) else { return false };
        grow(&mut self.held);
        self.held.insert(index, held);
        self.held_filter |= bit(held.role(), held.kind());
        self.groups.set(held.group());
        true
    }

    /// Removes a role. Returns whether the user had it.
    pub fn remove_role(&mut self, held: HeldRole) -> bool {
        let Ok(index) = self.held.binary_search(&held) else { return false };
        self.held.remove(index);
        self.held_filter = self.held.iter().fold(0, |bits, held| bits | bit(held.role(), held.kind()));
        self.groups = GroupFilter::default();
        self.held.iter().for_each(|held| self.groups.set(held.group()));
        true
    }

    /// Whether the user may have the role in a group of the kind. `false` is certain, `true` is not.
    pub fn may_have_role(&self, role: Option<RoleId>, kind: Option<GroupKindId>) -> bool {
        match (role, kind) {
            (Some(role), Some(kind)) => self.held_filter & bit(role, kind) != 0,
            _ => self.held_filter != 0,
        }
    }

    /// Whether the user may be in the group. `false` is certain, `true` is not.
    pub fn may_be_in(&self, group: GroupIx) -> bool {
        self.groups.may_have(group)
    }

    /// The run of the entries of this role in `held`. If a kind is given, only entries of groups of this kind.
    pub fn held_with(&self, role: RoleId, kind: Option<GroupKindId>) -> &[HeldRole] {
        let first = HeldRole::new(role, kind.unwrap_or(GroupKindId(0)), GroupIx(0));
        let last = HeldRole::new(role, kind.unwrap_or(GroupKindId(u8::MAX)), GroupIx(u32::MAX));
        let from = self.held.partition_point(|held| *held < first);
        let rest = self.held.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|held| *held <= last)).unwrap_or_default()
    }

    /// Whether the user has the role in the group; `kind` is the kind of the group.
    pub fn holds(&self, role: RoleId, kind: GroupKindId, group: GroupIx) -> bool {
        self.held.binary_search(&HeldRole::new(role, kind, group)).is_ok()
    }

    /// The distinct roles that the user has in groups.
    pub fn roles_held(&self) -> impl Iterator<Item = RoleId> {
        let mut rest = self.held.as_slice();
        std::iter::from_fn(move || {
            let role = rest.first()?.role();
            rest = rest.get(rest.partition_point(|held| held.role() <= role)..).unwrap_or_default();
            Some(role)
        })
    }

    /// The relations with this name and direction. `out` selects the relations that lead from this user.
    pub fn relations_of(&self, relation: RelationId, out: bool) -> impl Iterator<Item = UserRelation> {
        let first = UserRelation { relation, out, other: UserIx(0), state: RelationState::Pending };
        self.relations.from(first).take_while(move |entry| entry.relation == relation && entry.out == out)
    }

    /// The state of the relation with the other user in this direction; `None` if there is none.
    pub fn relation_state(&self, relation: RelationId, out: bool, other: UserIx) -> Option<RelationState> {
        [RelationState::Accepted, RelationState::Pending]
            .into_iter()
            .find(|state| self.relations.contains(UserRelation { relation, out, other, state: *state }))
    }

    /// Allocated memory in bytes.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.held.capacity() * size_of::<HeldRole>() + self.relations.bytes() + self.words.len() + 16
    }
}

/// A filter of groups with 256 bits. Neighbouring indexes, as the groups of a school have, get different bits. For a user in
/// 20 groups, 1 bit in 13 is set; with more false positives a check would wait for the memory of each group.
#[derive(Debug, Clone, Copy, Default)]
struct GroupFilter([u64; 4]);

impl GroupFilter {
    /// The index of the word that has the bit of the group, and this bit.
    fn position(group: GroupIx) -> (usize, u64) {
        ((group.0 / u64::BITS % 4) as usize, 1 << (group.0 % u64::BITS))
    }

    fn set(&mut self, group: GroupIx) {
        let (word, bit) = Self::position(group);
        self.0[word] |= bit;
    }

    fn may_have(&self, group: GroupIx) -> bool {
        let (word, bit) = Self::position(group);
        self.0[word] & bit != 0
    }
}

/// The bit of a role and a kind in a filter of 64 bits. Several pairs share a bit, so a set bit does not prove that the user
/// has the role.
fn bit(role: RoleId, kind: GroupKindId) -> u64 {
    1 << ((u32::from(role.0) * 7 + u32::from(kind.0)) % u64::BITS)
}
