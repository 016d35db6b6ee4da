//! Users of the tenants.

use sea_orm::entity::prelude::*;

/// A row of `users`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The tenant of the user.
    pub tenant_id: Uuid,
    /// The external id, unique within the tenant.
    pub external_id: String,
    /// Display name.
    pub name: String,
    /// The URL of the avatar; empty if the user has no avatar.
    pub avatar_url: String,
    /// A language tag such as `fr`; empty if the product did not give a language.
    pub locale: String,
    /// The status: 1 active, 2 deactivated, 3 removed, 4 invited; the numbers of `causerie.v1.UserStatus`.
    pub status: i16,
    /// Grows by one when the user joins or leaves a conversation.
    pub inbox_version: i64,
    /// Seconds since 1970 UTC; tokens that were issued before this time are invalid.
    pub tokens_valid_from: i64,
    /// The last time at which the user was online, milliseconds since 1970 UTC; absent if the user has never connected.
    pub last_seen_at: Option<i64>,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// The user's roles in the whole tenant, with a space before and after each.
    pub roles: String,
    /// Which users may write to the user: the numbers of `causerie.facts.v1.WritableBy`.
    pub writable_by: i16,
    /// Seconds since 1970 UTC; the server ignores the name, avatar, locale and roles in tokens that were issued before
    /// this time.
    pub claims_from: i64,
    /// A short text about the user, such as a role; empty if there is none.
    pub about: String,
}

impl ActiveModelBehavior for ActiveModel {}
