//! All facts of a tenant in memory.

use std::sync::Arc;

use super::{
    EntityKey, GroupIx, GroupState, RelationId, RelationState, RoleId, SettingId, UserIx, UserStatus,
    bitset::Bitset,
    chunked_vec::ChunkedVec,
    group::Group,
    key_index::KeyIndex,
    name_index::{Entity, NameIndex},
    setting_values::SettingValues,
    timed_memberships::TimedMemberships,
    user::User,
    user_sets::UserSets,
};
use crate::vocabulary::Vocabulary;

/// All facts of a tenant, as they are valid at the time to which the world was last advanced. A copy is cheap: it shares all
/// chunks of records, and a change of the copy copies only the chunks that it touches. A change of a world that is not
/// shared copies nothing.
///
/// A change that names a user or a group that the world does not have is ignored.
#[derive(Debug, Clone)]
pub struct World {
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) users: ChunkedVec<User>,
    pub(super) users_by_key: KeyIndex,
    pub(super) groups: ChunkedVec<Group>,
    pub(super) groups_by_key: KeyIndex,
    /// Memberships with a begin or an end.
    pub(super) timed: Arc<TimedMemberships>,
    pub(super) sets: UserSets,
    pub(super) settings: Arc<SettingValues>,
    pub(super) words: NameIndex,
    /// Number of denying edges. Most tenants have none.
    pub(super) barriers: u32,
    /// The time to which the world was last advanced, in milliseconds since 1970 UTC.
    pub(super) now_ms: i64,
}

impl World {
    /// A world without facts, at the earliest time.
    #[must_use]
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self {
            settings: Arc::new(SettingValues::new(&vocabulary)),
            vocabulary,
            users: ChunkedVec::default(),
            users_by_key: KeyIndex::default(),
            groups: ChunkedVec::default(),
            groups_by_key: KeyIndex::default(),
            timed: Arc::default(),
            sets: UserSets::default(),
            words: NameIndex::default(),
            barriers: 0,
            now_ms: i64::MIN,
        }
    }

    /// The vocabulary of the policy. Facts use indexes of its words.
    #[must_use]
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The user with this key; a removed user is found too.
    #[must_use]
    pub fn user(&self, key: EntityKey) -> Option<UserIx> {
        self.users_by_key.get(key).map(UserIx)
    }

    /// The key of a user; 0 for an index that this world does not have.
    #[must_use]
    pub fn user_key(&self, user: UserIx) -> EntityKey {
        self.user_record(user).map_or(0, |user| user.key)
    }

    /// The group with this key; `None` if the world does not have it, or if it was removed.
    #[must_use]
    pub fn group(&self, key: EntityKey) -> Option<GroupIx> {
        self.groups_by_key.get(key).map(GroupIx)
    }

    /// The key of a group; 0 for an index that this world does not have.
    #[must_use]
    pub fn group_key(&self, group: GroupIx) -> EntityKey {
        self.group_record(group).map_or(0, |group| group.key)
    }

    /// The status of a user; `Removed` for an index that this world does not have.
    #[must_use]
    pub fn status(&self, user: UserIx) -> UserStatus {
        self.user_record(user).map_or(UserStatus::Removed, |user| user.status)
    }

    /// The state of a group; `Archived` for a removed group and for an index that this world does not have.
    #[must_use]
    pub fn group_state(&self, group: GroupIx) -> GroupState {
        self.group_record(group).filter(|group| !group.is_removed).map_or(GroupState::Archived, |group| group.state)
    }

    /// The parent of a group; `None` if the group has no parent or the parent was removed.
    #[must_use]
    pub fn parent(&self, group: GroupIx) -> Option<GroupIx> {
        self.group(self.group_record(group)?.parent?)
    }

    /// The users who have a role in the group now. Each appears once.
    pub fn members(&self, group: GroupIx) -> impl Iterator<Item = UserIx> {
        self.group_record(group).into_iter().flat_map(Group::members)
    }

    /// The state of the stored relation from `from` to `to`. A mutual relation is stored in the direction in which it was
    /// requested.
    #[must_use]
    pub fn relation(&self, from: UserIx, relation: RelationId, to: UserIx) -> Option<RelationState> {
        self.user_record(from)?.relation_state(relation, true, to)
    }

    /// The value of a setting, or its default; empty for a setting that the policy does not have.
    #[must_use]
    pub fn setting(&self, setting: SettingId) -> &str {
        self.settings.text(setting)
    }

    /// All users, removed users included.
    pub fn users(&self) -> impl ExactSizeIterator<Item = UserIx> {
        indexes(self.users.len()).map(UserIx)
    }

    /// All groups except removed groups.
    pub fn groups(&self) -> impl Iterator<Item = GroupIx> {
        indexes(self.groups.len())
            .map(GroupIx)
            .filter(|group| self.group_record(*group).is_some_and(|group| !group.is_removed))
    }

    /// The next time at which a membership may begin or end, in milliseconds since 1970 UTC; `None` if there is none. Call
    /// [`World::advance`] at this time.
    #[must_use]
    pub fn valid_until_ms(&self) -> Option<i64> {
        self.timed.soonest_ms()
    }

    /// Allocated memory in bytes, estimated.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let users: usize = self.users.iter().map(User::bytes).sum();
        let groups: usize = self.groups.iter().map(Group::bytes).sum();
        let indexes = self.users_by_key.bytes() + self.groups_by_key.bytes() + self.words.bytes();
        users + groups + indexes + self.timed.bytes() + self.sets.bytes()
    }

    pub(crate) fn user_record(&self, user: UserIx) -> Option<&User> {
        self.users.get(user.0 as usize)
    }

    pub(crate) fn group_record(&self, group: GroupIx) -> Option<&Group> {
        self.groups.get(group.0 as usize)
    }

    pub(crate) fn sets(&self) -> &UserSets {
        &self.sets
    }

    /// Whether the world has a denying edge.
    pub(crate) fn has_barriers(&self) -> bool {
        self.barriers > 0
    }

    /// The active users.
    pub(crate) fn active(&self) -> &Bitset {
        self.sets.status(UserStatus::Active)
    }

    pub(crate) fn settings(&self) -> &SettingValues {
        &self.settings
    }

    pub(crate) fn words(&self) -> &NameIndex {
        &self.words
    }

    /// The words of a user or a group, separated by spaces.
    pub(crate) fn words_of(&self, entity: Entity) -> &str {
        match entity {
            Entity::User(user) => self.user_record(user).map_or("", |user| &user.words),
            Entity::Group(group) => self.group_record(group).map_or("", |group| &group.words),
        }
    }

    pub(crate) fn key_of(&self, entity: Entity) -> EntityKey {
        match entity {
            Entity::User(user) => self.user_key(user),
            Entity::Group(group) => self.group_key(group),
        }
    }

    /// Whether the user has the role in the group; the state of the group does not matter. `None` is any role. `record` is
    /// the record of the group.
    pub(crate) fn holds_role_in(&self, user: &User, role: Option<RoleId>, group: GroupIx, record: &Group) -> bool {
        match role {
            _ if !user.may_be_in(group) => false,
            Some(role) => user.holds(role, record.kind, group),
            None => user.roles_held().any(|role| user.holds(role, record.kind, group)),
        }
    }
}

/// The indexes of a list of this length.
fn indexes(len: usize) -> std::ops::Range<u32> {
    0..u32::try_from(len).unwrap_or(u32::MAX)
}
