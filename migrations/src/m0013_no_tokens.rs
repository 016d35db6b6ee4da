//! Removes the words of users and groups from the database. The server searches the directory in memory, by words that it
//! makes from the names.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE user_tokens", "DROP TABLE group_tokens"]).await
    }

    /// Creates the tables again, without rows. No server reads them; older servers only write to them.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(
            manager,
            &[
                "CREATE TABLE user_tokens (
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    token {text} NOT NULL,
                    user_id {uuid} NOT NULL REFERENCES users (id),
                    PRIMARY KEY (tenant_id, token, user_id)
                ) {by_key}",
                "CREATE INDEX user_tokens_user ON user_tokens (user_id)",
                "CREATE TABLE group_tokens (
                    tenant_id {uuid} NOT NULL,
                    token {text} NOT NULL,
                    group_id {uuid} NOT NULL,
                    PRIMARY KEY (tenant_id, token, group_id)
                ) {by_key}",
                "CREATE INDEX group_tokens_group ON group_tokens (group_id)",
            ],
        )
        .await
    }
}
