//! Jobs: work that is stored together with the change that causes it, and done later by a worker of any node.

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
                // `state`: 1 waiting, 2 running, 3 done, 4 dead. `due_at` is the time from which a worker may claim the job:
                // the planned time of a waiting job, the end of the lease of a running job, NULL for a job that ended. One
                // index finds both kinds of due jobs. A job without a tenant belongs to the server. `tenant_id` has no
                // foreign key, because a job may exist longer than its tenant.
                "CREATE TABLE jobs (
                    id {uuid} NOT NULL PRIMARY KEY,
                    kind {text} NOT NULL,
                    tenant_id {uuid},
                    payload TEXT NOT NULL,
                    state SMALLINT NOT NULL,
                    due_at BIGINT,
                    attempts BIGINT NOT NULL,
                    claimed_by {uuid},
                    last_error TEXT,
                    created_at BIGINT NOT NULL,
                    started_at BIGINT,
                    finished_at BIGINT
                )",
                "CREATE INDEX jobs_due ON jobs (kind, due_at)",
                "CREATE INDEX jobs_state ON jobs (state, kind, finished_at)",
                "CREATE INDEX jobs_tenant ON jobs (tenant_id, id)",
                // The time at which the next job of a kind that runs at intervals is made.
                "CREATE TABLE job_schedules (
                    kind {text} NOT NULL PRIMARY KEY,
                    next_at BIGINT NOT NULL
                ) {by_key}",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE job_schedules", "DROP TABLE jobs"]).await
    }
}
