//! The facts of a tenant: users, groups, memberships, relations, edges, settings.
//!
//! The server applies [`FactChange`]s to a world in the order of the tenant's log. A [`World`] holds them in memory. A copy
//! of a world is cheap, because it shares all records that did not change.

mod apply;
pub(crate) mod bitset;
mod change;
mod chunked_vec;
pub(crate) mod group;
mod key_index;
pub(crate) mod name_index;
mod setting_values;
mod sorted_set;
mod timed_memberships;
pub(crate) mod user;
mod user_sets;
mod world;

pub use change::{Delivers, EdgeEffect, FactChange, GroupState, RelationState, UserStatus, WritableBy};
pub use name_index::Entity;
pub(crate) use setting_values::number;
pub use world::World;

/// The id of a user or a group in the server, as a number of 128 bits.
pub type EntityKey = u128;

/// The index of a user in one [`World`], counted from 0 without holes. An index is never reused in its world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserIx(pub u32);

/// The index of a group in one [`World`], counted from 0. The index of a removed group is not reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupIx(pub u32);

/// The index of a role in [`Vocabulary::roles`](crate::Vocabulary::roles).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleId(pub u8);

/// The index of a kind of group in [`Vocabulary::kinds`](crate::Vocabulary::kinds).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKindId(pub u8);

/// The index of a relation in [`Vocabulary::relations`](crate::Vocabulary::relations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelationId(pub u8);

/// The index of a setting in [`Vocabulary::settings`](crate::Vocabulary::settings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SettingId(pub u8);

/// A set of roles: bit n is the role with index n.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RoleSet(pub u64);

impl RoleSet {
    /// Whether the role is in the set.
    #[must_use]
    pub fn has(self, role: RoleId) -> bool {
        1u64.checked_shl(role.0.into()).is_some_and(|bit| self.0 & bit != 0)
    }
}
