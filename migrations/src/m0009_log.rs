//! Removes the foreign keys of `messages` on PostgreSQL. The writer checks the same references.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The writer has locked the row of the conversation and read the row of the author in the same transaction. Both
        // rows are deleted only together with the messages. The foreign keys would lock both rows again for every message,
        // which took 16 of 56 us and wrote a new version of the author's row to disk. SQLite can't drop a constraint; it
        // checks the references in memory.
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
