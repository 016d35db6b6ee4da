//! The jobs in the database. [`crate::jobs`] describes their purpose and runs them.
//!
//! A worker may claim a job at its `due_at`: the planned time of a waiting job, or the end of the lease of a running job. A
//! job that has ended has no `due_at`.

mod claims;
mod upkeep;

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use uuid::Uuid;

pub use self::{
    claims::{Claim, Ending, claim, end, free_all, renew},
    upkeep::{Count, counts, counts_of_tenant, earliest_due, prune, prune_unknown, schedule},
};
use crate::store::{
    Store, StoreError,
    rows::{Column, Rows, statement},
};

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// The job runs once it is due, for the first time or again after a failure.
    Waiting,
    /// A node runs the job.
    Running,
    /// The job succeeded.
    Done,
    /// The job failed and does not run again. The row is kept for an operator.
    Dead,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Dead];

    /// The word on the command line, in the HTTP API and in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    fn number(self) -> i16 {
        match self {
            Self::Waiting => 1,
            Self::Running => 2,
            Self::Done => 3,
            Self::Dead => 4,
        }
    }

    fn value(self) -> Value {
        self.number().into()
    }

    fn of(row: &QueryResult) -> Result<Self, StoreError> {
        let number: i16 = row.try_get("", "state")?;
        let state = Self::ALL.into_iter().find(|state| state.number() == number);
        state.ok_or_else(|| DbErr::Type(format!("a job has the state {number}")).into())
    }
}

/// A job to be stored. `crate::jobs::new_job` makes it from a typed payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// A UUIDv7, made by the caller, so that the caller can name the job before it is stored.
    pub id: Uuid,
    /// The kind, which determines how the job runs.
    pub kind: &'static str,
    /// The tenant whose data the job works on; `None` for a job of the server itself.
    pub tenant: Option<TenantId>,
    /// JSON in the format of the kind.
    pub payload: String,
    /// The earliest time of its first run, milliseconds since 1970 UTC.
    pub run_at_ms: i64,
}

/// A stored job, for operators and back ends. Without the payload, which may contain texts of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredJob {
    /// The id of the job, a UUIDv7.
    pub id: Uuid,
    /// The kind of the job.
    pub kind: String,
    /// The tenant of the job; `None` for a job of the server itself.
    pub tenant: Option<TenantId>,
    /// The state of the job.
    pub state: JobState,
    /// Number of runs since the job was made or an operator last retried it.
    pub attempts: u32,
    /// When a worker may claim the job, milliseconds since 1970 UTC; `None` once it has ended.
    pub due_at_ms: Option<i64>,
    /// The node that runs the job or ran it last.
    pub claimed_by: Option<Uuid>,
    /// The error of the last run.
    pub last_error: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// When the last run began, milliseconds since 1970 UTC; `None` before the first run.
    pub started_at_ms: Option<i64>,
    /// When the job succeeded or failed for good, milliseconds since 1970 UTC.
    pub finished_at_ms: Option<i64>,
}

/// Whether a job of the same kind with the same payload waits or runs.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn is_pending(connection: &impl ConnectionTrait, job: &NewJob) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS pending FROM jobs WHERE kind = $1 AND payload = $2 AND state IN ($3, $4) LIMIT 1";
    let values = vec![job.kind.into(), job.payload.as_str().into(), JobState::Waiting.value(), JobState::Running.value()];
    let query = statement(connection.get_database_backend(), sql, values);
    Ok(connection.query_one_raw(query).await?.is_some())
}

/// The payloads of all stored jobs of a kind, whatever their state.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn payloads(store: &Store, kind: &str) -> Result<Vec<String>, StoreError> {
    let query = statement(store.backend(), "SELECT j.payload FROM jobs j WHERE j.kind = $1", vec![kind.into()]);
    let rows = store.reader().query_all_raw(query).await?;
    rows.iter().map(|row| Ok(row.try_get("", "payload")?)).collect()
}

/// Stores jobs. They exist if and only if the transaction of `connection` is committed. A job of a tenant that does not exist any
/// more is left out. The lock on the tenant's row makes the last transaction of a deletion wait for the job, which it then
/// deletes.
///
/// # Errors
/// `StoreError` if an id is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses the
/// statement.
pub async fn enqueue(connection: &impl ConnectionTrait, jobs: &[NewJob], now_ms: i64) -> Result<(), StoreError> {
    let backend = connection.get_database_backend();
    let mut rows = Rows::new([
        ("id", Column::Uuid),
        ("kind", Column::Text),
        ("tenant_id", Column::Uuid),
        ("payload", Column::Text),
        ("run_at", Column::Int),
    ]);
    for job in jobs {
        // The value of an array can't be absent, so the nil id stands for no tenant.
        let tenant = job.tenant.map_or(Uuid::nil(), |tenant| tenant.0);
        let run_at_ms = job.run_at_ms;
        rows.push([job.id.into(), job.kind.into(), tenant.into(), job.payload.as_str().into(), run_at_ms.into()]);
    }
    let body = "INSERT INTO jobs (id, kind, tenant_id, payload, state, due_at, attempts, created_at)
                SELECT i.id, i.kind, NULLIF(i.tenant_id, {0}), i.payload, {1}, i.run_at, 0, {2} FROM input i
                WHERE i.tenant_id = {0} OR EXISTS (SELECT 1 FROM tenants t WHERE t.id = i.tenant_id {for_key_share t})";
    for part in rows.parts(backend) {
        let extra = [Uuid::nil().into(), JobState::Waiting.value(), now_ms.into()];
        connection.execute_raw(part.statement(backend, body, &extra)).await?;
    }
    Ok(())
}

/// The jobs to select.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only jobs of this tenant.
    pub tenant: Option<TenantId>,
    /// Only jobs in this state.
    pub state: Option<JobState>,
    /// Only jobs of this kind.
    pub kind: Option<String>,
    /// Only jobs made before the job with this id.
    pub before: Option<Uuid>,
}

/// The selected jobs, the newest first, at most `limit`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn list(store: &Store, filter: &Filter, limit: u32) -> Result<Vec<StoredJob>, StoreError> {
    let mut sql = String::from("SELECT j.* FROM jobs j WHERE j.id IS NOT NULL");
    let mut values: Vec<Value> = Vec::new();
    let conditions: [(&str, Option<Value>); 4] = [
        ("j.tenant_id =", filter.tenant.map(|tenant| tenant.0.into())),
        ("j.state =", filter.state.map(JobState::value)),
        ("j.kind =", filter.kind.as_deref().map(Value::from)),
        ("j.id <", filter.before.map(Value::from)),
    ];
    for (condition, value) in conditions {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {condition} ${}", values.len()));
        }
    }
    values.push(i64::from(limit).into());
    sql.push_str(&format!(" ORDER BY j.id DESC LIMIT ${}", values.len()));
    let rows = store.reader().query_all_raw(statement(store.backend(), &sql, values)).await?;
    rows.iter().map(stored).collect()
}

/// The job with this id. With a tenant, only a job of that tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find(store: &Store, tenant: Option<TenantId>, id: Uuid) -> Result<Option<StoredJob>, StoreError> {
    let sql = "SELECT j.* FROM jobs j WHERE j.id = $1";
    // Over the connection that writes, so that the answer contains the caller's own change.
    let row = store.writer().query_one_raw(statement(store.backend(), sql, vec![id.into()])).await?;
    let job = row.as_ref().map(stored).transpose()?;
    Ok(job.filter(|job| tenant.is_none() || job.tenant == tenant))
}

/// Makes a job due at once and resets its attempts to 0. The job must be dead, or waiting, or running with a lease that has
/// ended; returns false otherwise. With a tenant, only a job of that tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn retry(
    connection: &impl ConnectionTrait,
    tenant: Option<TenantId>,
    id: Uuid,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE jobs SET state = $1, due_at = $2, attempts = 0, finished_at = NULL
               WHERE id = $3 AND (state IN ($1, $4) OR due_at <= $2)";
    let values = vec![JobState::Waiting.value(), now_ms.into(), id.into(), JobState::Dead.value()];
    change(connection, sql, values, tenant).await
}

/// Deletes a job that is not running. A job whose lease has ended is not running: if no node knows its kind, it keeps this
/// state. Returns false if there is no such job. With a tenant, only a job of that tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn delete(
    connection: &impl ConnectionTrait,
    tenant: Option<TenantId>,
    id: Uuid,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM jobs WHERE id = $1 AND (state <> $2 OR due_at <= $3)";
    change(connection, sql, vec![id.into(), JobState::Running.value(), now_ms.into()], tenant).await
}

async fn change(
    connection: &impl ConnectionTrait,
    sql: &str,
    mut values: Vec<Value>,
    tenant: Option<TenantId>,
) -> Result<bool, StoreError> {
    let mut sql = sql.to_owned();
    if let Some(tenant) = tenant {
        values.push(tenant.0.into());
        sql.push_str(&format!(" AND tenant_id = ${}", values.len()));
    }
    let done = connection.execute_raw(statement(connection.get_database_backend(), &sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

fn stored(row: &QueryResult) -> Result<StoredJob, StoreError> {
    Ok(StoredJob {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        tenant: row.try_get::<Option<Uuid>>("", "tenant_id")?.map(TenantId),
        state: JobState::of(row)?,
        attempts: attempts(row)?,
        due_at_ms: row.try_get("", "due_at")?,
        claimed_by: row.try_get("", "claimed_by")?,
        last_error: row.try_get("", "last_error")?,
        created_at_ms: row.try_get("", "created_at")?,
        started_at_ms: row.try_get("", "started_at")?,
        finished_at_ms: row.try_get("", "finished_at")?,
    })
}

fn attempts(row: &QueryResult) -> Result<u32, StoreError> {
    let attempts: i64 = row.try_get("", "attempts")?;
    u32::try_from(attempts).map_err(|_| DbErr::Type(format!("a job has {attempts} attempts")).into())
}
