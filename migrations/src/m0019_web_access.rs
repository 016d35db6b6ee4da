//! The web pages that may use a tenant: the origins that may connect, and the origins that may embed the tenant's page.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::lock(manager, &["tenants"]).await?;
        sql::run(
            manager,
            &[
                // Origins, separated by spaces. NULL means the origins in the settings of the node.
                "ALTER TABLE tenants ADD COLUMN allowed_origins TEXT",
                "ALTER TABLE tenants ADD COLUMN frame_ancestors TEXT",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::lock(manager, &["tenants"]).await?;
        sql::run(
            manager,
            &["ALTER TABLE tenants DROP COLUMN frame_ancestors", "ALTER TABLE tenants DROP COLUMN allowed_origins"],
        )
        .await
    }
}
