//! Conversations with their two counters, and their members.

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
                // `kind`: 1 note to self, 2 direct, 3 group. `state`: 1 open, 2 closed, 3 locked. `start_key` makes a
                // repeated start find the conversation: there is one direct conversation for two users, and one group
                // conversation for a starting user and a client id. `uncounted_seq` is the seq of the last message that does
                // not count as unread. An unread count that begins after it needs no correction.
                "CREATE TABLE conversations (
                    id {uuid} NOT NULL PRIMARY KEY,
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    kind SMALLINT NOT NULL,
                    state SMALLINT NOT NULL,
                    subject TEXT NOT NULL,
                    start_key {text} NOT NULL,
                    last_seq BIGINT NOT NULL,
                    version BIGINT NOT NULL,
                    uncounted_seq BIGINT NOT NULL,
                    member_count BIGINT NOT NULL,
                    active_at BIGINT NOT NULL,
                    created_by {uuid} NOT NULL REFERENCES users (id),
                    created_at BIGINT NOT NULL,
                    UNIQUE (tenant_id, start_key)
                )",
                // `role`: 1 member, 2 owner. `inbox_version` is the user's inbox version after the last change of this
                // membership. The member may not read messages before `first_seq`.
                "CREATE TABLE members (
                    conversation_id {uuid} NOT NULL REFERENCES conversations (id),
                    user_id {uuid} NOT NULL REFERENCES users (id),
                    role SMALLINT NOT NULL,
                    read_seq BIGINT NOT NULL,
                    marked_unread {flag} NOT NULL,
                    first_seq BIGINT NOT NULL,
                    inbox_version BIGINT NOT NULL,
                    joined_at BIGINT NOT NULL,
                    left_at BIGINT,
                    PRIMARY KEY (conversation_id, user_id)
                ) {by_key}",
                "CREATE INDEX members_user ON members (user_id, inbox_version)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE members", "DROP TABLE conversations"]).await
    }
}
