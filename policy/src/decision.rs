//! What a policy answers.

use crate::facts::{GroupIx, Relation};

/// Which rule decided: an index into [`crate::Policy::rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleIx(pub u16);

/// What made a rule match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// It asks for nothing in particular.
    Everyone,
    /// It is oneself.
    Same,
    /// A group in common, or the group itself.
    Group(GroupIx),
    /// An edge between two groups.
    Edge(GroupIx, GroupIx),
    /// A relation.
    Relation(Relation),
    /// A seat in the conversation.
    Holder,
}

/// Yes, or no and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow {
        /// By which rule.
        rule: RuleIx,
        /// For which reason.
        witness: Witness,
    },
    /// No.
    Deny {
        /// By which rule; `None` when no rule allowed it.
        rule: Option<RuleIx>,
        /// Why, for administrators.
        code: Code,
        /// Why, for the person; may say less.
        public_code: Code,
    },
}

/// Why not. The wire's `ErrorCode` explains each.
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
    /// It may be done now.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }
}
