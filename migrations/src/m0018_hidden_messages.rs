//! An index that finds the rows of `hidden_messages` of one conversation. The deletion of a tenant removes these rows.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::create_index(manager, "hidden_messages_conversation", "hidden_messages (conversation_id)").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_index(manager, "hidden_messages_conversation").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }
}
