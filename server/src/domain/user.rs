//! Users and groups of a tenant.

use causerie_protocol::{GroupId, TenantId, UserId};

use super::{UserStatus, WritableBy};

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id made by the server.
    pub id: UserId,
    /// The tenant of the user.
    pub tenant: TenantId,
    /// The external id, which is also the `sub` of the user's tokens.
    pub external_id: String,
    /// Display name.
    pub name: String,
    /// Empty if the user has no avatar.
    pub avatar_url: String,
    /// A language tag; empty if the product did not give a language.
    pub locale: String,
    /// Whether the account is active.
    pub status: UserStatus,
    /// Seconds since 1970 UTC; tokens issued before this are invalid.
    pub tokens_valid_from_s: i64,
    /// Milliseconds since 1970 UTC; absent if the user has never connected.
    pub last_seen_ms: Option<i64>,
    /// The user's roles in the whole tenant, sorted alphabetically.
    pub roles: Vec<String>,
    /// Which users may write to the user.
    pub writable_by: WritableBy,
    /// When the name, avatar, locale and roles were last set or confirmed, seconds since 1970 UTC. Older tokens do not
    /// change them.
    pub claims_from_s: i64,
    /// A short text about the user, such as a role; empty if there is none.
    pub about: String,
}

/// The part of a user that other users see.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct UserSummary {
    pub id: UserId,
    pub external_id: String,
    pub name: String,
    /// Empty if the user has no avatar.
    pub avatar_url: String,
    pub status: UserStatus,
    /// A short text about the user, such as a role; empty if there is none.
    pub about: String,
}

impl From<User> for UserSummary {
    fn from(User { id, external_id, name, avatar_url, status, about, .. }: User) -> Self {
        Self { id, external_id, name, avatar_url, status, about }
    }
}

/// The part of a group that users see.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Group {
    pub id: GroupId,
    pub external_id: String,
    pub name: String,
    /// A kind that the tenant's policy declares; empty if the group has none.
    pub kind: String,
}
