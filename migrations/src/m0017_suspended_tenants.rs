//! Suspended tenants, and tenants whose rows a job deletes.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables that the migration locks. Dropping a foreign key needs locks on both of its tables.
const TABLES: [&str; 5] = ["tenants", "users", "facts", "conversations", "addressees"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::lock(manager, &TABLES).await?;
        sql::run(
            manager,
            &[
                // The time of the suspension; NULL if the tenant is not suspended. The column is in `facts`, because each
                // batch of the writer reads this row under the fact lock.
                "ALTER TABLE facts ADD COLUMN suspended_at BIGINT",
                // The time when the deletion of the tenant was requested; NULL if it was not requested.
                "ALTER TABLE tenants ADD COLUMN deleting_at BIGINT",
            ],
        )
        .await?;
        // The deletion of a user must find the rows that refer to the user. On PostgreSQL, the two foreign keys that have no
        // index are dropped, because an index would have to be changed whenever PostgreSQL moves the row of a conversation.
        // SQLite can't drop a constraint, so it gets the indexes.
        let by_database: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "ALTER TABLE conversations DROP CONSTRAINT conversations_created_by_fkey",
                "ALTER TABLE addressees DROP CONSTRAINT addressees_user_id_fkey",
            ],
            _ => &[
                "CREATE INDEX conversations_created_by ON conversations (created_by)",
                "CREATE INDEX addressees_user ON addressees (user_id)",
            ],
        };
        sql::run(manager, by_database).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::lock(manager, &TABLES).await?;
        let by_database: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "ALTER TABLE addressees ADD FOREIGN KEY (user_id) REFERENCES users (id)",
                "ALTER TABLE conversations ADD FOREIGN KEY (created_by) REFERENCES users (id)",
            ],
            _ => &["DROP INDEX addressees_user", "DROP INDEX conversations_created_by"],
        };
        sql::run(manager, by_database).await?;
        sql::run(manager, &["ALTER TABLE tenants DROP COLUMN deleting_at", "ALTER TABLE facts DROP COLUMN suspended_at"])
            .await
    }
}
