//! What is known of a tenant: people, groups, memberships, relations, edges, settings.
//!
//! Facts arrive as [`Change`]s, in the order of the tenant's log; a [`World`] holds them in memory, and a copy of a world is
//! cheap, for it shares what did not change.

mod apply;
pub(crate) mod bits;
mod change;
mod chunked;
pub(crate) mod group;
mod index;
pub(crate) mod person;
mod sets;
mod settings;
mod sorted;
mod spans;
pub(crate) mod words;
mod world;

pub use change::{Change, Delivers, EdgeEffect, GroupState, RelationState, Status, WritableBy};
pub(crate) use settings::number;
pub use world::World;

/// What the server calls a person or a group: the 128 bits of its id.
pub type Key = u128;

/// A person, densely numbered within one [`World`]. Numbers are never reused within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserIx(pub u32);

/// A group, densely numbered within one [`World`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupIx(pub u32);

/// A role's place in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role(pub u8);

/// A kind's place in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(pub u8);

/// A relation's place in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Relation(pub u8);

/// A setting's place in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Setting(pub u8);

/// A set of roles, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Roles(pub u64);

impl Roles {
    /// Whether a role is in it.
    #[must_use]
    pub fn has(self, role: Role) -> bool {
        1u64.checked_shl(role.0.into()).is_some_and(|bit| self.0 & bit != 0)
    }
}
