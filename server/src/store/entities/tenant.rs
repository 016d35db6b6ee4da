//! Tenants: the customers of this server.

use sea_orm::entity::prelude::*;

/// A row of `tenants`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short name for operators, unique.
    #[sea_orm(unique)]
    pub slug: String,
    /// Display name.
    pub name: String,
    /// The epoch. A client that holds another epoch drops its stored data.
    pub epoch: Uuid,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
