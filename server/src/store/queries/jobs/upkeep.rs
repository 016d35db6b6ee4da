//! Queries over many jobs: the next due time, counts, removal of old jobs, and jobs that are scheduled at intervals.

use std::collections::HashMap;

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait as _, QueryResult};

use super::{JobState, NewJob, enqueue};
use crate::store::{
    Store, StoreError,
    rows::{Column, Rows, statement},
};

/// The number of jobs of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The kind of the jobs.
    pub kind: String,
    /// The state of the jobs.
    pub state: JobState,
    /// The number of jobs.
    pub jobs: i64,
}

/// The time at which the first job of each of these kinds is due, milliseconds since 1970 UTC. A kind without waiting or
/// running jobs is left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn earliest_due(store: &Store, kinds: &[&'static str]) -> Result<HashMap<String, i64>, StoreError> {
    let mut rows = Rows::new([("kind", Column::Text)]);
    for kind in kinds {
        rows.push([(*kind).into()]);
    }
    // ORDER BY instead of MIN: both databases then read one index entry per kind.
    let body = "SELECT i.kind, (SELECT j.due_at FROM jobs j WHERE j.kind = i.kind AND j.due_at IS NOT NULL
                                ORDER BY j.due_at LIMIT 1) AS due_at FROM input i";
    let found = store.reader().query_all_raw(rows.statement(store.backend(), body, &[])).await?;
    let read_due = |row: &QueryResult| -> Result<(String, Option<i64>), StoreError> {
        Ok((row.try_get("", "kind")?, row.try_get("", "due_at")?))
    };
    let found: Vec<_> = found.iter().map(read_due).collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter_map(|(kind, due_at_ms)| Some((kind, due_at_ms?))).collect())
}

/// The number of waiting, running and dead jobs by kind. Jobs that are done are not counted, because there may be many.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn counts(store: &Store) -> Result<Vec<Count>, StoreError> {
    let sql = "SELECT j.kind, j.state, COUNT(*) AS jobs FROM jobs j WHERE j.state IN ($1, $2, $3) GROUP BY j.kind, j.state";
    let values = [JobState::Waiting, JobState::Running, JobState::Dead].map(JobState::value).to_vec();
    let rows = store.reader().query_all_raw(statement(store.backend(), sql, values)).await?;
    let read_count = |row: &QueryResult| -> Result<Count, StoreError> {
        Ok(Count { kind: row.try_get("", "kind")?, state: JobState::from_row(row)?, jobs: row.try_get("", "jobs")? })
    };
    rows.iter().map(read_count).collect()
}

/// The number of waiting, running and dead jobs of a tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn counts_of_tenant(store: &Store, tenant: TenantId) -> Result<HashMap<JobState, i64>, StoreError> {
    let sql =
        "SELECT j.state, COUNT(*) AS jobs FROM jobs j WHERE j.tenant_id = $1 AND j.state IN ($2, $3, $4) GROUP BY j.state";
    let states = [JobState::Waiting, JobState::Running, JobState::Dead].map(JobState::value);
    let values = std::iter::once(tenant.0.into()).chain(states).collect();
    let rows = store.reader().query_all_raw(statement(store.backend(), sql, values)).await?;
    rows.iter().map(|row| Ok((JobState::from_row(row)?, row.try_get("", "jobs")?))).collect()
}

/// Deletes jobs of a kind that succeeded before `done_before_ms` or became dead jobs before `dead_before_ms` (milliseconds
/// since 1970 UTC). Returns the number of jobs.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn prune(store: &Store, kind: &str, done_before_ms: i64, dead_before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM jobs WHERE state = $1 AND kind = $2 AND finished_at < $3";
    let mut removed = 0;
    for (state, before_ms) in [(JobState::Done, done_before_ms), (JobState::Dead, dead_before_ms)] {
        let values = vec![state.value(), kind.into(), before_ms.into()];
        removed += store.writer().execute_raw(statement(store.backend(), sql, values)).await?.rows_affected();
    }
    Ok(removed)
}

/// Deletes jobs of kinds that are not in `known`: ended jobs as [`prune`] does, and jobs that were due before
/// `dead_before_ms`, which wait for a node that knows their kind. Returns the number of jobs.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn prune_unknown(
    store: &Store,
    known: &[&str],
    done_before_ms: i64,
    dead_before_ms: i64,
) -> Result<u64, StoreError> {
    let mut rows = Rows::new([("kind", Column::Text)]);
    for kind in known {
        rows.push([(*kind).into()]);
    }
    let body = "DELETE FROM jobs WHERE kind NOT IN (SELECT i.kind FROM input i)
                AND ((state = {0} AND finished_at < {1}) OR (state = {2} AND finished_at < {3}) OR due_at < {3})";
    let values = [JobState::Done.value(), done_before_ms.into(), JobState::Dead.value(), dead_before_ms.into()];
    Ok(store.writer().execute_raw(rows.statement(store.backend(), body, &values)).await?.rows_affected())
}

/// Stores the next job of a kind that runs at an interval of `every_ms`, if the interval has passed and no earlier job of
/// the kind is waiting or running. If several nodes call this at the same moment, one of them stores the job. Returns when
/// this function should be called for the next job of the kind, milliseconds since 1970 UTC.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn schedule(store: &Store, job: &NewJob, every_ms: i64, now_ms: i64) -> Result<i64, StoreError> {
    let backend = store.backend();
    let transaction = store.begin().await?;
    // A time more than two intervals away was written by a node with a wrong clock, or under another interval, and is
    // ignored. A limit of one interval would be too strict, because the clocks of nodes differ a little.
    let advance = "INSERT INTO job_schedules (kind, next_at) VALUES ($1, $2)
                ON CONFLICT (kind) DO UPDATE SET next_at = excluded.next_at
                WHERE job_schedules.next_at <= $3 OR job_schedules.next_at > $4";
    let next_at = now_ms + every_ms;
    let values = vec![job.kind.into(), next_at.into(), now_ms.into(), (next_at + every_ms).into()];
    let is_due = transaction.execute_raw(statement(backend, advance, values)).await?.rows_affected() > 0;
    if is_due {
        let unfinished = "SELECT 1 AS one FROM jobs j WHERE j.kind = $1 AND j.due_at IS NOT NULL LIMIT 1";
        let unfinished = transaction.query_one_raw(statement(backend, unfinished, vec![job.kind.into()])).await?;
        if unfinished.is_none() {
            enqueue(&transaction, std::slice::from_ref(job), now_ms).await?;
        }
        transaction.commit().await?;
        return Ok(next_at);
    }
    let planned = "SELECT s.next_at FROM job_schedules s WHERE s.kind = $1";
    let row = transaction.query_one_raw(statement(backend, planned, vec![job.kind.into()])).await?;
    transaction.rollback().await?;
    Ok(row.map(|row| row.try_get("", "next_at")).transpose()?.unwrap_or(next_at))
}
