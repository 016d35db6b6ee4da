//! The external ids of erased users, as hashes. They keep tokens void that were signed before a user was erased.

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
                // `id_hash`: SHA-256 of the tenant's id and the user's external id, in hexadecimal digits. `erased_at_s`:
                // seconds since 1970 UTC; a token with this `iat` or an earlier `iat` is void. `blocked`: 1 if the user was
                // not active when it was erased, so that no token makes the user again; otherwise 0.
                "CREATE TABLE erased_users (
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    id_hash {text} NOT NULL,
                    erased_at_s BIGINT NOT NULL,
                    blocked SMALLINT NOT NULL,
                    PRIMARY KEY (tenant_id, id_hash)
                ) {by_key}",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE erased_users"]).await
    }
}
