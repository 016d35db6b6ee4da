//! A person of a tenant.

use sea_orm::entity::prelude::*;

/// A row of `users`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The tenant.
    pub tenant_id: Uuid,
    /// The product's own identifier, unique within the tenant.
    pub external_id: String,
    /// For people to read.
    pub name: String,
    /// Empty when the person has none.
    pub avatar_url: String,
    /// A language tag, `fr`; empty when the product did not say.
    pub locale: String,
    /// 1 active, 2 deactivated, 3 removed, 4 invited: the numbers of `causerie.v1.UserStatus`.
    pub status: i16,
    /// Counts the joinings and leavings of conversations.
    pub inbox_version: i64,
    /// Seconds since 1970 UTC; tokens issued before are void.
    pub tokens_valid_from: i64,
    /// Milliseconds since 1970 UTC; absent if never connected.
    pub last_seen_at: Option<i64>,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// What the person is in the tenant, words with a space before and after each.
    pub roles: String,
    /// Who may write to the person: the numbers of `causerie.facts.v1.WritableBy`.
    pub writable_by: i16,
    /// Seconds since 1970 UTC; what older tokens say of name, avatar, locale and roles is not taken.
    pub claims_from: i64,
}

impl ActiveModelBehavior for ActiveModel {}
