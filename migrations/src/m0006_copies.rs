//! Messages that a member deleted for themselves alone.

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
                "CREATE TABLE hidden_messages (
                    conversation_id {uuid} NOT NULL REFERENCES conversations (id),
                    user_id {uuid} NOT NULL REFERENCES users (id),
                    seq BIGINT NOT NULL,
                    PRIMARY KEY (user_id, conversation_id, seq)
                ) {by_key}",
                // The highest message that the member deleted. Unread counts after it do not need the list of deletions.
                "ALTER TABLE members ADD COLUMN hidden_seq BIGINT NOT NULL DEFAULT 0",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["ALTER TABLE members DROP COLUMN hidden_seq", "DROP TABLE hidden_messages"]).await
    }
}
