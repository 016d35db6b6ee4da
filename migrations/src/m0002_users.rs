//! Users, and the words by which the directory finds users.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(
            manager,
            &[
                // `status`: 1 active, 2 deactivated, 3 removed. `inbox_version` counts how often the user joined or left
                // a conversation. Tokens issued before `tokens_valid_from` (seconds) are void.
                "CREATE TABLE users (
                    id {uuid} NOT NULL PRIMARY KEY,
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    external_id {text} NOT NULL,
                    name TEXT NOT NULL,
                    avatar_url TEXT NOT NULL,
                    locale TEXT NOT NULL,
                    status SMALLINT NOT NULL,
                    inbox_version BIGINT NOT NULL,
                    tokens_valid_from BIGINT NOT NULL,
                    last_seen_at BIGINT,
                    created_at BIGINT NOT NULL,
                    UNIQUE (tenant_id, external_id)
                )",
                // The words of names and external ids, in lower case and without accents.
                "CREATE TABLE user_tokens (
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    token {text} NOT NULL,
                    user_id {uuid} NOT NULL REFERENCES users (id),
                    PRIMARY KEY (tenant_id, token, user_id)
                ) {by_key}",
                "CREATE INDEX user_tokens_user ON user_tokens (user_id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE user_tokens", "DROP TABLE users"]).await
    }
}
