//! What a policy answers.

/// The name of the rule that decided, for audit and metrics.
pub type Rule = &'static str;

/// Yes, later, or no and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow {
        /// By which rule.
        rule: Rule,
    },
    /// Accepted now, delivered later.
    Hold {
        /// Milliseconds since 1970 UTC.
        until_ms: i64,
        /// By which rule.
        rule: Rule,
    },
    /// No.
    Deny {
        /// By which rule.
        rule: Rule,
        /// Why, for administrators.
        code: Code,
        /// Why, for the person; may say less.
        public_code: Code,
    },
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the wire's `ErrorCode` explains each
pub enum Code {
    NotFound,
    Unsupported,
    NotAMember,
    NotAuthor,
    Closed,
    Locked,
    RecipientInactive,
}

impl Decision {
    pub(crate) fn allow(rule: Rule) -> Self {
        Self::Allow { rule }
    }

    pub(crate) fn deny(rule: Rule, code: Code) -> Self {
        // Whether a conversation exists is not told to those outside of it.
        let public_code = if code == Code::NotAMember { Code::NotFound } else { code };
        Self::Deny { rule, code, public_code }
    }

    /// It may be done now.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }
}
