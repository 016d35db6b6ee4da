//! Finds the audit lines of one user, which an erasure rewrites.

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
                "CREATE INDEX audit_actor ON audit (tenant_id, actor) WHERE substr(actor, 1, 5) = 'user:'",
                "CREATE INDEX audit_target ON audit (tenant_id, target) WHERE substr(target, 1, 5) = 'user:'",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP INDEX audit_target", "DROP INDEX audit_actor"]).await
    }
}
