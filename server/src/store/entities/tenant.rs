//! One customer of this server; everything belongs to one.

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
    /// Name for people.
    pub name: String,
    /// Voids the positions clients hold when it changes.
    pub epoch: Uuid,
    /// Milliseconds since 1970 UTC.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
