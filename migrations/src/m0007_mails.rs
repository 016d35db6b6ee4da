//! Mails: whom each was addressed to, and what it answers.

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
                // As it was written, to show; who got it are the members. A row has either a person or a group. Groups come
                // and go with the product's imports, and what was sent stays, hence no reference.
                "CREATE TABLE addressees (
                    conversation_id {uuid} NOT NULL REFERENCES conversations (id),
                    position BIGINT NOT NULL,
                    user_id {uuid} REFERENCES users (id),
                    group_id {uuid},
                    is_copy {flag} NOT NULL,
                    PRIMARY KEY (conversation_id, position)
                ) {by_key}",
                "ALTER TABLE members ADD COLUMN is_copy {flag} NOT NULL DEFAULT FALSE",
                // A message's id.
                "ALTER TABLE conversations ADD COLUMN in_reply_to {uuid}",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(
            manager,
            &[
                "ALTER TABLE conversations DROP COLUMN in_reply_to",
                "ALTER TABLE members DROP COLUMN is_copy",
                "DROP TABLE addressees",
            ],
        )
        .await
    }
}
