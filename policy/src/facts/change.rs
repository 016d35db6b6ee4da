//! One fact, as it is now.

use super::{Key, Kind, Relation, Role, Roles, Setting};

/// One fact changed. Says how it is now, so applying it twice is the same as once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Change {
    User {
        key: Key,
        status: Status,
        /// In the tenant as a whole: `role(me)`.
        roles: Roles,
        writable_by: WritableBy,
        /// What the person is found by, folded as what is looked for is.
        words: Vec<String>,
    },
    Group {
        key: Key,
        kind: Kind,
        parent: Option<Key>,
        state: GroupState,
        /// Whether the group may be written to as such, and its people one by one.
        deliver: Delivers,
        words: Vec<String>,
    },
    GroupRemoved {
        key: Key,
    },
    /// Holds from `from_ms` until before `until_ms`, milliseconds since 1970 UTC.
    Membership {
        user: Key,
        group: Key,
        role: Role,
        from_ms: Option<i64>,
        until_ms: Option<i64>,
    },
    MembershipRemoved {
        user: Key,
        group: Key,
        role: Role,
    },
    /// A mutual relation that is accepted holds both ways; while pending, `from` is who asked.
    Relation {
        from: Key,
        to: Key,
        relation: Relation,
        state: RelationState,
    },
    RelationRemoved {
        from: Key,
        to: Key,
        relation: Relation,
    },
    /// From holders of a role in one group to holders of a role in another; `None` is any role.
    Edge {
        from: Key,
        from_role: Option<Role>,
        to: Key,
        to_role: Option<Role>,
        effect: EdgeEffect,
        delivers: Delivers,
    },
    EdgeRemoved {
        from: Key,
        from_role: Option<Role>,
        to: Key,
        to_role: Option<Role>,
    },
    /// `None` goes back to the policy's default.
    Setting {
        setting: Setting,
        value: Option<String>,
    },
}

/// A person's standing with the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Status {
    /// Known, but never came: can't be written to yet.
    Invited,
    Active,
    Deactivated,
    Removed,
}

/// Who may write to a person, as the person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum WritableBy {
    Rules,
    Contacts,
    Nobody,
}

/// Whether a group still gives its members anything: only an active one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum GroupState {
    Active,
    Concluded,
    Archived,
}

/// Whom one reaches: the people one by one, the group as a whole, both, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Delivers {
    People,
    Group,
    Both,
    None,
}

/// What an edge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum EdgeEffect {
    Allow,
    /// A barrier: matched by `barrier`, never by `edge`.
    Deny,
}

/// How far a relation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum RelationState {
    Pending,
    Accepted,
}
