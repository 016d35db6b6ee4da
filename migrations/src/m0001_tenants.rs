//! Tenants, their signing keys, and their API keys.

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
                // `epoch` changes when a backup is restored. A client that holds another epoch drops what it holds.
                "CREATE TABLE tenants (
                    id {uuid} NOT NULL PRIMARY KEY,
                    slug {text} NOT NULL UNIQUE,
                    name TEXT NOT NULL,
                    epoch {uuid} NOT NULL,
                    created_at BIGINT NOT NULL
                )",
                // `kid` is unique across tenants, because it selects the tenant. `material` is the shared secret
                // (HS256) or the public key (PEM).
                "CREATE TABLE signing_keys (
                    kid {text} NOT NULL PRIMARY KEY,
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    algorithm {text} NOT NULL,
                    material {text} NOT NULL,
                    created_at BIGINT NOT NULL,
                    revoked_at BIGINT
                )",
                // `hash` is the SHA-256 of the key. A key has 256 random bits, so no slow hash is needed. The key is not
                // stored.
                "CREATE TABLE api_keys (
                    id {uuid} NOT NULL PRIMARY KEY,
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    name TEXT NOT NULL,
                    hash {text} NOT NULL UNIQUE,
                    scopes {text} NOT NULL,
                    created_at BIGINT NOT NULL,
                    expires_at BIGINT,
                    revoked_at BIGINT
                )",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE api_keys", "DROP TABLE signing_keys", "DROP TABLE tenants"]).await
    }
}
