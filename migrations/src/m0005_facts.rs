//! The facts of rules, the log of their changes, the policies of tenants, and the audit log.

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
                // `status` has the additional value 4: invited. `roles` has a space before and after each role: ` admin
                // owner `.
                "ALTER TABLE users ADD COLUMN roles TEXT NOT NULL DEFAULT ''",
                // The users who may write to this user: 1 by the rules, 2 only contacts, 3 no user.
                "ALTER TABLE users ADD COLUMN writable_by SMALLINT NOT NULL DEFAULT 1",
                // `state`: 1 active, 2 concluded, 3 archived. `delivers`: 1 users, 2 group, 3 both, 4 none.
                "CREATE TABLE groups (
                    id {uuid} NOT NULL PRIMARY KEY,
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    external_id {text} NOT NULL,
                    kind {text} NOT NULL,
                    name TEXT NOT NULL,
                    parent_id {uuid},
                    state SMALLINT NOT NULL,
                    delivers SMALLINT NOT NULL,
                    UNIQUE (tenant_id, external_id)
                )",
                "CREATE INDEX groups_parent ON groups (parent_id) WHERE parent_id IS NOT NULL",
                // Facts have no foreign keys. An import writes millions of rows, in transactions that hold the tenant's fact
                // lock and have just read the users and groups that the rows name.
                "CREATE TABLE group_tokens (
                    tenant_id {uuid} NOT NULL,
                    token {text} NOT NULL,
                    group_id {uuid} NOT NULL,
                    PRIMARY KEY (tenant_id, token, group_id)
                ) {by_key}",
                "CREATE INDEX group_tokens_group ON group_tokens (group_id)",
                // Times are milliseconds since 1970 UTC. NULL means no limit.
                "CREATE TABLE memberships (
                    tenant_id {uuid} NOT NULL,
                    user_id {uuid} NOT NULL,
                    group_id {uuid} NOT NULL,
                    role {text} NOT NULL,
                    valid_from BIGINT,
                    valid_until BIGINT,
                    PRIMARY KEY (user_id, group_id, role)
                ) {by_key}",
                "CREATE INDEX memberships_group ON memberships (group_id, role, user_id)",
                // `state`: 1 pending, 2 accepted. A mutual relation has one row; `from_id` is the user who requested it.
                "CREATE TABLE relations (
                    tenant_id {uuid} NOT NULL,
                    from_id {uuid} NOT NULL,
                    to_id {uuid} NOT NULL,
                    kind {text} NOT NULL,
                    state SMALLINT NOT NULL,
                    changed_at BIGINT NOT NULL,
                    PRIMARY KEY (from_id, kind, to_id)
                ) {by_key}",
                "CREATE INDEX relations_to ON relations (to_id, kind, from_id)",
                // An empty role means any role. `effect`: 1 allow, 2 deny. `delivers` as in `groups`.
                "CREATE TABLE edges (
                    tenant_id {uuid} NOT NULL,
                    from_group {uuid} NOT NULL,
                    from_role {text} NOT NULL,
                    to_group {uuid} NOT NULL,
                    to_role {text} NOT NULL,
                    effect SMALLINT NOT NULL,
                    delivers SMALLINT NOT NULL,
                    PRIMARY KEY (from_group, from_role, to_group, to_role)
                ) {by_key}",
                "CREATE INDEX edges_to ON edges (to_group)",
                "CREATE INDEX edges_tenant ON edges (tenant_id)",
                "CREATE TABLE settings (
                    tenant_id {uuid} NOT NULL,
                    name {text} NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (tenant_id, name)
                ) {by_key}",
                "CREATE TABLE policies (
                    tenant_id {uuid} NOT NULL REFERENCES tenants (id),
                    version BIGINT NOT NULL,
                    name TEXT NOT NULL,
                    text TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    created_by TEXT NOT NULL,
                    PRIMARY KEY (tenant_id, version)
                )",
                // `version` is the last version that was written to `fact_log`. `policy_version` 0 means the preset `open`.
                "CREATE TABLE facts (
                    tenant_id {uuid} NOT NULL PRIMARY KEY REFERENCES tenants (id),
                    version BIGINT NOT NULL,
                    policy_version BIGINT NOT NULL
                ) {by_key}",
                "INSERT INTO facts (tenant_id, version, policy_version) SELECT id, 0, 0 FROM tenants",
                // `change` has the changes of one transaction: `causerie.facts.v1.Changes`.
                "CREATE TABLE fact_log (
                    tenant_id {uuid} NOT NULL,
                    version BIGINT NOT NULL,
                    changed_at BIGINT NOT NULL,
                    change {bytes} NOT NULL,
                    PRIMARY KEY (tenant_id, version)
                )",
                "CREATE TABLE audit (
                    id {uuid} NOT NULL PRIMARY KEY,
                    tenant_id {uuid} NOT NULL,
                    at BIGINT NOT NULL,
                    actor TEXT NOT NULL,
                    action TEXT NOT NULL,
                    target TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    rule TEXT NOT NULL,
                    detail TEXT NOT NULL
                )",
                "CREATE INDEX audit_tenant ON audit (tenant_id, id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(
            manager,
            &[
                "DROP TABLE audit",
                "DROP TABLE fact_log",
                "DROP TABLE facts",
                "DROP TABLE policies",
                "DROP TABLE settings",
                "DROP TABLE edges",
                "DROP TABLE relations",
                "DROP TABLE memberships",
                "DROP TABLE group_tokens",
                "DROP TABLE groups",
                "ALTER TABLE users DROP COLUMN writable_by",
                "ALTER TABLE users DROP COLUMN roles",
            ],
        )
        .await
    }
}
