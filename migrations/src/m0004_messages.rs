//! The messages of conversations.

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
                // An author belongs to one tenant, so (author, client_id) is unique within the tenant. A deleted message
                // keeps its row; its text is empty. `counted` is false if the message does not count as unread.
                "CREATE TABLE messages (
                    conversation_id {uuid} NOT NULL REFERENCES conversations (id),
                    seq BIGINT NOT NULL,
                    id {uuid} NOT NULL,
                    version BIGINT NOT NULL,
                    author_id {uuid} NOT NULL REFERENCES users (id),
                    client_id {uuid} NOT NULL,
                    text TEXT NOT NULL,
                    counted {flag} NOT NULL,
                    sent_at BIGINT NOT NULL,
                    edited_at BIGINT,
                    deleted_at BIGINT,
                    PRIMARY KEY (conversation_id, seq)
                ) {by_key}",
                "CREATE UNIQUE INDEX messages_id ON messages (id)",
                "CREATE UNIQUE INDEX messages_client_id ON messages (author_id, client_id)",
                "CREATE INDEX messages_version ON messages (conversation_id, version)",
                "CREATE INDEX messages_uncounted ON messages (conversation_id, seq) WHERE NOT counted",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE messages"]).await
    }
}
