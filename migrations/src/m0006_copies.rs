//! Messages that a member deleted only for themselves.

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
                // The seq of the last message that the member deleted. An unread count that begins after it does not need
                // the table `hidden_messages`.
                "ALTER TABLE members ADD COLUMN hidden_seq BIGINT NOT NULL DEFAULT 0",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["ALTER TABLE members DROP COLUMN hidden_seq", "DROP TABLE hidden_messages"]).await
    }
}
