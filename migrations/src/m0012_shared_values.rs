//! Values that all nodes of one database share: the key that encrypts cursors, and maintenance work that is not done yet.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["CREATE TABLE shared_values (name {text} NOT NULL PRIMARY KEY, value TEXT NOT NULL)"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE shared_values"]).await
    }
}
