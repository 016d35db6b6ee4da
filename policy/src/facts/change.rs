//! Changes of facts.

use super::{EntityKey, GroupKindId, RelationId, RoleId, RoleSet, SettingId};

/// The new value of one fact. Applying a change twice has the same result as applying it once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FactChange {
    User {
        key: EntityKey,
        status: UserStatus,
        /// Roles in the tenant as a whole: `role(me)`.
        roles: RoleSet,
        writable_by: WritableBy,
        /// The words by which the directory finds the user, folded in the same way as the words of a search.
        words: Vec<String>,
    },
    Group {
        key: EntityKey,
        kind: GroupKindId,
        parent: Option<EntityKey>,
        state: GroupState,
        /// Whether messages may be addressed to the group as a whole.
        delivers: Delivers,
        words: Vec<String>,
    },
    GroupRemoved {
        key: EntityKey,
    },
    /// The membership is valid at times `from_ms <= t < until_ms`, in milliseconds since 1970 UTC; `None` is no limit.
    Membership {
        user: EntityKey,
        group: EntityKey,
        role: RoleId,
        from_ms: Option<i64>,
        until_ms: Option<i64>,
    },
    MembershipRemoved {
        user: EntityKey,
        group: EntityKey,
        role: RoleId,
    },
    /// An accepted mutual relation holds in both directions. In a pending relation, `from` is the user who requested it.
    Relation {
        from: EntityKey,
        to: EntityKey,
        relation: RelationId,
        state: RelationState,
    },
    RelationRemoved {
        from: EntityKey,
        to: EntityKey,
        relation: RelationId,
    },
    /// The edge leads from users with a role in one group to users with a role in another group; `None` is any role.
    Edge {
        from: EntityKey,
        from_role: Option<RoleId>,
        to: EntityKey,
        to_role: Option<RoleId>,
        effect: EdgeEffect,
        delivers: Delivers,
    },
    EdgeRemoved {
        from: EntityKey,
        from_role: Option<RoleId>,
        to: EntityKey,
        to_role: Option<RoleId>,
    },
    /// `None` restores the default of the policy.
    Setting {
        setting: SettingId,
        value: Option<String>,
    },
}

/// The status of a user's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum UserStatus {
    /// The user has never signed in, and can't be written to yet.
    Invited,
    Active,
    Deactivated,
    Removed,
}

/// The user's own choice of the users who may write to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum WritableBy {
    Rules,
    Contacts,
    Nobody,
}

/// The state of a group. Conditions find members, edges and roles of active groups only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum GroupState {
    Active,
    Concluded,
    Archived,
}

/// The target of the messages that a group or an edge allows: the members one by one, the group as a whole, both, or
/// neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Delivers {
    People,
    Group,
    Both,
    None,
}

/// The effect of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum EdgeEffect {
    Allow,
    /// A barrier. The condition `barrier` finds it, the condition `edge` does not.
    Deny,
}

/// The state of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum RelationState {
    Pending,
    Accepted,
}
