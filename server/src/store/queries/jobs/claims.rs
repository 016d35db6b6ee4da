//! The claims of a node: it takes jobs, extends its leases, and stores the results of the runs.

use causerie_protocol::{NodeId, TenantId};
use sea_orm::{ConnectionTrait as _, QueryResult};
use uuid::Uuid;

use super::{JobState, attempts};
use crate::store::{
    Store, StoreError,
    rows::{Column, Rows, statement},
};

/// A job that a node has claimed. No other node runs it before the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The id of the job.
    pub id: Uuid,
    /// The tenant of the job; `None` for a job of the server itself.
    pub tenant: Option<TenantId>,
    /// JSON in the format of the kind.
    pub payload: String,
    /// The number of this run, from 1. The id, the node and this number identify the claim. A run that was given back does
    /// not count, and a retry by an operator restarts the numbers.
    pub attempt: u32,
}

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The job succeeded; the row stays until it is pruned.
    Done,
    /// The job succeeded, and its kind keeps no row of finished jobs.
    Forgotten,
    /// The job failed and runs again.
    Again {
        /// The error of the run.
        error: String,
        /// When the next run may begin, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// The job failed and does not run again.
    Dead {
        /// The error of the run.
        error: String,
    },
    /// The run was interrupted because the node stops. Another node may begin it at once, and the run does not count as an
    /// attempt.
    GivenBack,
}

/// Claims at most `limit` due jobs of a kind, with a lease until `until_ms`. Jobs that another node is claiming at the same
/// moment are skipped.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn claim(
    store: &Store,
    kind: &str,
    limit: usize,
    node: NodeId,
    now_ms: i64,
    until_ms: i64,
) -> Result<Vec<Claim>, StoreError> {
    // MATERIALIZED: inside a join, PostgreSQL might run the selection several times and lock more rows than the limit.
    let sql = "WITH due (due_id) AS MATERIALIZED (
                   SELECT c.id FROM jobs c WHERE c.kind = $1 AND c.due_at <= $2 ORDER BY c.due_at LIMIT $3
                   {for_update c SKIP LOCKED}
               )
               UPDATE jobs SET state = $4, claimed_by = $5, due_at = $6, started_at = $2, attempts = attempts + 1
               FROM due WHERE jobs.id = due.due_id
               RETURNING id, tenant_id, payload, attempts";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let running = JobState::Running.value();
    let values = vec![kind.into(), now_ms.into(), limit.into(), running, node.0.into(), until_ms.into()];
    let rows = store.writer().query_all_raw(statement(store.backend(), sql, values)).await?;
    let read_claim = |row: &QueryResult| -> Result<Claim, StoreError> {
        Ok(Claim {
            id: row.try_get("", "id")?,
            tenant: row.try_get::<Option<Uuid>>("", "tenant_id")?.map(TenantId),
            payload: row.try_get("", "payload")?,
            attempt: attempts(row)?,
        })
    };
    rows.iter().map(read_claim).collect()
}

/// Extends the lease of jobs, given by id and attempt. Returns the ids of the jobs that this node still holds.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn renew(store: &Store, node: NodeId, claims: &[(Uuid, u32)], until_ms: i64) -> Result<Vec<Uuid>, StoreError> {
    let mut rows = Rows::new([("job", Column::Uuid), ("attempt", Column::Int)]);
    for (job, attempt) in claims {
        rows.push([(*job).into(), i64::from(*attempt).into()]);
    }
    let body = "UPDATE jobs SET due_at = {0} FROM input
                WHERE jobs.id = input.job AND jobs.attempts = input.attempt AND jobs.state = {1} AND jobs.claimed_by = {2}
                RETURNING id";
    let mut renewed = Vec::with_capacity(claims.len());
    for part in rows.parts(store.backend()) {
        let extra = [until_ms.into(), JobState::Running.value(), node.0.into()];
        for row in store.writer().query_all_raw(part.statement(store.backend(), body, &extra)).await? {
            renewed.push(row.try_get("", "id")?);
        }
    }
    Ok(renewed)
}

/// Stores the result of a run. Returns false and changes nothing if this node no longer holds the job, because the lease
/// ended and another node claimed it.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn end(
    store: &Store,
    node: NodeId,
    (job, attempt): (Uuid, u32),
    ending: &Ending,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let mut values = vec![job.into(), i64::from(attempt).into(), JobState::Running.value(), node.0.into()];
    let (change, change_values) = match ending {
        Ending::Done => (
            "UPDATE jobs SET state = $5, due_at = NULL, finished_at = $6, last_error = NULL",
            vec![JobState::Done.value(), now_ms.into()],
        ),
        Ending::Forgotten => ("DELETE FROM jobs", Vec::new()),
        Ending::Again { error, at_ms } => (
            "UPDATE jobs SET state = $5, due_at = $6, last_error = $7",
            vec![JobState::Waiting.value(), (*at_ms).into(), error.as_str().into()],
        ),
        Ending::Dead { error } => (
            "UPDATE jobs SET state = $5, due_at = NULL, finished_at = $6, last_error = $7",
            vec![JobState::Dead.value(), now_ms.into(), error.as_str().into()],
        ),
        Ending::GivenBack => (
            "UPDATE jobs SET state = $5, due_at = $6, attempts = attempts - 1, claimed_by = NULL",
            vec![JobState::Waiting.value(), now_ms.into()],
        ),
    };
    values.extend(change_values);
    let sql = format!("{change} WHERE id = $1 AND attempts = $2 AND state = $3 AND claimed_by = $4");
    let result = store.writer().execute_raw(statement(store.backend(), &sql, values)).await?;
    Ok(result.rows_affected() > 0)
}

/// Ends the leases of all running jobs, so that they run again at once. The embedded server calls this at its start, when no
/// other process can run a job. Returns the number of jobs.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn free_all(store: &Store, now_ms: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE jobs SET due_at = $1 WHERE state = $2 AND due_at > $1";
    let values = vec![now_ms.into(), JobState::Running.value()];
    let result = store.writer().execute_raw(statement(store.backend(), sql, values)).await?;
    Ok(result.rows_affected())
}
