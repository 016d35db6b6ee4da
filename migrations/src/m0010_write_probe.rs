//! A table for the readiness check, which writes a row to test that the database stores it.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["CREATE TABLE write_probe (id {uuid} NOT NULL PRIMARY KEY, filler {bytes} NOT NULL)"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE write_probe"]).await
    }
}
