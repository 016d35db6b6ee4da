//! Removes foreign keys of `messages` on PostgreSQL: the writer checks what they would check.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The writer holds the row of the conversation and has read the row of the author in the same transaction. Both are
        // deleted only together with the messages. The foreign keys would lock both rows again for every message: 16 of 56
        // us, and a new version of the author's row on disk. SQLite can't drop a constraint; it checks both in memory.
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        sql::run(
            manager,
            &[
                "ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey",
                "ALTER TABLE messages DROP CONSTRAINT messages_author_id_fkey",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        sql::run(
            manager,
            &[
                "ALTER TABLE messages ADD FOREIGN KEY (conversation_id) REFERENCES conversations (id)",
                "ALTER TABLE messages ADD FOREIGN KEY (author_id) REFERENCES users (id)",
            ],
        )
        .await
    }
}
