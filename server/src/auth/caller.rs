//! The user whose credential came with a request.

use causerie_protocol::{TenantId, UserId};

/// A user whose token was accepted, or for whom an accepted API key acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Caller {
    pub tenant: TenantId,
    pub user: UserId,
    /// When the token was signed, in seconds since 1970 UTC; `i64::MAX` for an API key. A revocation voids earlier tokens.
    pub issued_at_s: i64,
}
