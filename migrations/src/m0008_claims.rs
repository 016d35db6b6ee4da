//! The time of issue of the token that last updated a user's profile, so that an older token does not overwrite the profile.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Seconds since 1970 UTC, as in tokens.
        sql::run(manager, &["ALTER TABLE users ADD COLUMN claims_from BIGINT NOT NULL DEFAULT 0"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["ALTER TABLE users DROP COLUMN claims_from"]).await
    }
}
