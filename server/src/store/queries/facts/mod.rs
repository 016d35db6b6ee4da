//! The facts that rules evaluate: users, groups, memberships, relations, edges, settings.
//!
//! A change of facts is one transaction that holds the tenant's fact lock ([`lock`]), writes the tables, increments the
//! tenant's version and appends the changes to the tenant's log ([`mod@write`]). Nodes read the tables once ([`load`]) and
//! then follow the log ([`read`]). A new kind of fact needs a message in `causerie.facts.v1`, a table, a file in `write/`,
//! and its page in [`load`].

pub mod groups;
pub mod load;
pub mod lock;
pub mod pages;
pub mod read;
pub mod relations;
pub mod stored;
pub mod words;
pub mod write;

use causerie_protocol::{GroupId, UserId};

pub use self::{load::Load, write::FactWrite};
use crate::domain::{Delivers, EdgeEffect, GroupState, RelationState};

/// Maximum number of groups above a group. The limit bounds the cost of cycles and of long chains.
pub const ABOVE_MAX: usize = 64;

/// A group as the back end gives it. A field with `None` stays unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupFact {
    /// The external id.
    pub external_id: String,
    /// A kind that the policy declares. No rule applies to a group without a kind.
    pub kind: Option<String>,
    /// Display name. A new group without a name gets the external id as name; an empty name changes nothing.
    pub name: Option<String>,
    /// The external id of the group that contains this group; empty for none.
    pub parent: Option<String>,
    /// New groups are active.
    pub state: Option<GroupState>,
    /// New groups have [`Delivers::Both`].
    pub delivers: Option<Delivers>,
}

/// The key of a membership. A user may have several roles in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct MembershipKey {
    pub user: UserId,
    pub group: GroupId,
    pub role: String,
}

/// A membership with its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipFact {
    /// User, group and role.
    pub key: MembershipKey,
    /// The membership begins at this moment, milliseconds since 1970 UTC; `None` if it has no beginning.
    pub from_ms: Option<i64>,
    /// The membership ends before this moment, milliseconds since 1970 UTC; `None` if it has no end.
    pub until_ms: Option<i64>,
}

/// The key of a relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationKey {
    /// The first user; in a pending mutual relation, the user who requested it.
    pub from: UserId,
    /// A relation that the policy declares.
    pub relation: String,
    /// The other user.
    pub to: UserId,
}

/// A relation between two users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationFact {
    /// The users and the relation.
    pub key: RelationKey,
    /// Whether the relation is pending or accepted.
    pub state: RelationState,
}

/// The key of an edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeKey {
    /// The group whose members the edge starts from.
    pub from_group: GroupId,
    /// The role of these members; empty for any role.
    pub from_role: String,
    /// The group whose members the edge leads to.
    pub to_group: GroupId,
    /// The role of these members; empty for any role.
    pub to_role: String,
}

/// An edge from the members of a group to the members of another group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct EdgeFact {
    pub key: EdgeKey,
    pub effect: EdgeEffect,
    pub delivers: Delivers,
}

/// A setting of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFact {
    /// A setting that the policy declares.
    pub name: String,
    /// `None` restores the policy's default.
    pub value: Option<String>,
}

/// The result of writing one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The fact is new.
    Created,
    /// The stored fact was different and was replaced. This includes a removed user who is active again.
    Updated,
    /// The fact was stored already, or did not exist before its removal.
    Unchanged,
    /// The fact was removed.
    Removed,
    /// Nothing was written, because the fact refers to a user or group that does not exist.
    Missing,
    /// Nothing was written, because the group would contain itself or be nested too deeply.
    Circular,
}

#[cfg(test)]
mod tests;
