//! A node claims jobs, extends its leases, and stores how the runs ended.

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
    /// The job.
    pub id: Uuid,
    /// Its tenant; `None` for a job of the server itself.
    pub tenant: Option<TenantId>,
    /// JSON, as the kind reads it.
    pub payload: String,
    /// The number of this run, from 1. With the id it names the claim: a later claim of the same job has another number.
    pub attempt: u32,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It succeeded; the row stays until it is pruned.
    Done,
    /// It succeeded, and its kind keeps no row of that.
    Forgotten,
    /// It failed, and runs again.
    Again {
        /// Why it failed.
        error: String,
        /// When, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// It failed for good.
    Dead {
        /// Why it failed.
        error: String,
    },
    /// It was interrupted because the node stops. Another node may begin it at once, and this run does not count as an attempt.
    GivenBack,
}

/// Takes at most `most` jobs of a kind that are due, with a lease until `until_ms`. Jobs that another node takes at the same moment
/// are left to that node.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn claim(
    store: &Store,
    kind: &str,
    most: usize,
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
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let running = JobState::Running.value();
    let values = vec![kind.into(), now_ms.into(), most.into(), running, node.0.into(), until_ms.into()];
    let rows = store.writer().query_all_raw(statement(store.backend(), sql, values)).await?;
    let claim = |row: &QueryResult| -> Result<Claim, StoreError> {
        Ok(Claim {
            id: row.try_get("", "id")?,
            tenant: row.try_get::<Option<Uuid>>("", "tenant_id")?.map(TenantId),
            payload: row.try_get("", "payload")?,
            attempt: attempts(row)?,
        })
    };
    rows.iter().map(claim).collect()
}

/// Extends the lease on jobs, given by id and attempt. Answers those that are still this node's.
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
    let mut kept = Vec::with_capacity(claims.len());
    for part in rows.parts(store.backend()) {
        let extra = [until_ms.into(), JobState::Running.value(), node.0.into()];
        for row in store.writer().query_all_raw(part.statement(store.backend(), body, &extra)).await? {
            kept.push(row.try_get("", "id")?);
        }
    }
    Ok(kept)
}

/// Writes how a run ended. False where the job is not this node's any more, and nothing is changed: the lease ended meanwhile and
/// another node claimed the job.
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
    let (change, more) = match ending {
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
    values.extend(more);
    let sql = format!("{change} WHERE id = $1 AND attempts = $2 AND state = $3 AND claimed_by = $4");
    let done = store.writer().execute_raw(statement(store.backend(), &sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

/// Ends the leases of all jobs that run: for the embedded server, whose earlier process is gone when it starts.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn free_all(store: &Store, now_ms: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE jobs SET due_at = $1 WHERE state = $2 AND due_at > $1";
    let values = vec![now_ms.into(), JobState::Running.value()];
    let done = store.writer().execute_raw(statement(store.backend(), sql, values)).await?;
    Ok(done.rows_affected())
}
