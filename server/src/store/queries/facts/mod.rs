//! Facts that rules ask about: groups, memberships, relations, edges, settings, and what people are.
//!
//! A change of facts is one transaction that holds the tenant's fact lock ([`lock`]), writes the tables, raises the tenant's
//! version and appends what changed to its log ([`mod@write`]). Nodes read the tables once ([`load`]) and then follow the log
//! ([`read`]). To add a kind of fact: a message in `causerie.facts.v1`, a table, a file in `write/`, its page in [`load`].

pub mod groups;
pub mod load;
pub mod lock;
pub mod read;
pub mod relations;
pub mod stored;
pub mod words;
pub mod write;

use causerie_protocol::{
    GroupId, UserId,
    facts::{Delivers, EdgeEffect, GroupState},
    wire::RelationState,
};

pub use self::{load::Load, write::FactWrite};

/// Groups that may be above a group: to go round, or up a chain of thousands, must cost nobody much.
pub const ABOVE_MAX: usize = 64;

/// A group of the product. What is not said stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupFact {
    /// The product's id.
    pub external_id: String,
    /// A word of the policy. A new group without one concerns no rule.
    pub kind: Option<String>,
    /// For people to read. A group that never had a name is shown by the product's id.
    pub name: Option<String>,
    /// The product's id of the group it is in; empty for none.
    pub parent: Option<String>,
    /// New groups are active.
    pub state: Option<GroupState>,
    /// New groups deliver both ways.
    pub delivers: Option<Delivers>,
}

/// Which membership: a person may hold several roles in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct MembershipKey {
    pub user: UserId,
    pub group: GroupId,
    pub role: String,
}

/// A membership, as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipFact {
    /// Who, where, as what.
    pub key: MembershipKey,
    /// Holds from this moment on, milliseconds since 1970 UTC; from ever.
    pub from_ms: Option<i64>,
    /// Holds until before this moment; for ever.
    pub until_ms: Option<i64>,
}

/// Which relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationKey {
    /// Of a pending mutual relation, who asked.
    pub from: UserId,
    /// A word of the policy.
    pub relation: String,
    /// The other one.
    pub to: UserId,
}

/// A relation between two people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationFact {
    /// Who and what.
    pub key: RelationKey,
    /// How far it has come.
    pub state: RelationState,
}

/// Which edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeKey {
    /// Those who may reach.
    pub from_group: GroupId,
    /// Empty for any.
    pub from_role: String,
    /// Those who are reached.
    pub to_group: GroupId,
    /// Empty for any.
    pub to_role: String,
}

/// An edge from people of one group to people of another.
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
    /// A word of the policy.
    pub name: String,
    /// `None` goes back to the policy's default.
    pub value: Option<String>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It differs from what was stored: also a user who was removed, and is there again.
    Updated,
    /// It was so already.
    Unchanged,
    /// It is gone.
    Removed,
    /// Nothing was written: what it refers to is not there.
    Missing,
    /// Nothing was written: the group would be within itself.
    Circular,
}

#[cfg(test)]
mod tests;
