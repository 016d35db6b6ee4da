//! A short text about each user, such as the role, the class or the unit.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::lock(manager, &["users"]).await?;
        sql::run(manager, &["ALTER TABLE users ADD COLUMN about TEXT NOT NULL DEFAULT ''"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::lock(manager, &["users"]).await?;
        sql::run(manager, &["ALTER TABLE users DROP COLUMN about"]).await
    }
}
