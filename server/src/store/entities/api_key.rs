//! API keys with which the back end of a tenant calls this server.

use sea_orm::entity::prelude::*;

/// A row of `api_keys`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The tenant whose back end uses the key.
    pub tenant_id: Uuid,
    /// The purpose of the key, as the operator described it.
    pub name: String,
    /// SHA-256 of the key, in hexadecimal digits.
    #[sea_orm(unique)]
    pub hash: String,
    /// The permitted scopes, separated by spaces.
    pub scopes: String,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
    /// Milliseconds since 1970 UTC; absent if the key does not expire.
    pub expires_at: Option<i64>,
    /// Milliseconds since 1970 UTC; absent while it is valid.
    pub revoked_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
