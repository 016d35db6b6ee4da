//! Mails: their addressees, and the message that a mail replies to.

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
                // The addressees as the author named them, for display. The users who received the mail are its members. A
                // row has a user or a group. `group_id` has no foreign key, because a mail stays when an import removes a
                // group.
                "CREATE TABLE addressees (
                    conversation_id {uuid} NOT NULL REFERENCES conversations (id),
                    position BIGINT NOT NULL,
                    user_id {uuid} REFERENCES users (id),
                    group_id {uuid},
                    is_copy {flag} NOT NULL,
                    PRIMARY KEY (conversation_id, position)
                ) {by_key}",
                "ALTER TABLE members ADD COLUMN is_copy {flag} NOT NULL DEFAULT FALSE",
                // The id of the message that the mail replies to.
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
