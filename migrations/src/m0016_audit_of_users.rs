//! Indexes that find the lines of the audit about one user. An erasure rewrites these lines.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["actor", "target"] {
            let on = format!("audit (tenant_id, {column}) WHERE substr({column}, 1, 5) = 'user:'");
            sql::create_index(manager, &format!("audit_{column}"), &on).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_index(manager, "audit_target").await?;
        sql::drop_index(manager, "audit_actor").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }
}
