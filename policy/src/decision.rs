//! The result of an evaluation.

use crate::facts::{GroupIx, RelationId};

/// The index of a rule in [`crate::Policy::rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleIx(pub u16);

/// The fact that made a rule match. It comes from the first condition of the rule whose witness is not
/// [`Witness::Everyone`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// No condition of the rule depends on a group, a relation or a membership.
    Everyone,
    /// The principal and the other user are the same.
    Same,
    /// A group in common, or the group that is the resource.
    Group(GroupIx),
    /// An edge between two groups.
    Edge(GroupIx, GroupIx),
    /// A relation.
    Relation(RelationId),
    /// The principal's membership in the conversation.
    Holder,
}

/// Whether an action is allowed, and the rule that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The action is allowed.
    Allow {
        /// The rule that allows it.
        rule: RuleIx,
        /// The fact that made the rule match.
        witness: Witness,
    },
    /// The action is denied.
    Deny {
        /// The rule that denies it; `None` if no rule allows it, or for a built-in denial.
        rule: Option<RuleIx>,
        /// The reason, for administrators.
        code: Code,
        /// The reason that the principal receives; it may hide that the resource exists.
        public_code: Code,
    },
}

/// The reason of a denial. The enum `ErrorCode` of the wire format has the same names and describes each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Code {
    NotFound,
    Unsupported,
    NotAMember,
    NotAuthor,
    Closed,
    Locked,
    RecipientInactive,
    CannotStart,
    NeedsFriend,
    MessagingOff,
    WindowOver,
    GroupNotAddressable,
    TooMany,
}

impl Decision {
    /// Whether the action is allowed now.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }
}
