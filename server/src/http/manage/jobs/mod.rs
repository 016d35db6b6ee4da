//! The jobs of a tenant: work that the server does later, and work that failed.

pub mod delete;
pub mod list;
pub mod retry;

use causerie_protocol::{ErrorCode, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    app::App,
    audit::{self, Actor},
    auth::ApiCaller,
    clock::rfc3339,
    jobs::{JobState, StoredJob},
    plain::shortened,
    store::{
        StoreError,
        queries::{self, facts::lock::Hold, jobs},
    },
};

/// A job.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The id of the job.
    id: Uuid,
    /// The kind of the job, such as `erase_texts`.
    kind: String,
    /// `waiting`, `running`, `done`, or `dead` (it failed and does not run again).
    #[schemars(extend("enum" = JobState::ALL.map(JobState::name)))]
    state: &'static str,
    /// Number of runs, since the job was last retried.
    attempts: u32,
    /// When it was stored.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When a waiting job runs next; absent in other states.
    #[schemars(extend("format" = "date-time"))]
    due_at: Option<String>,
    /// When the last run began.
    #[schemars(extend("format" = "date-time"))]
    started_at: Option<String>,
    /// When the job succeeded or failed for good.
    #[schemars(extend("format" = "date-time"))]
    finished_at: Option<String>,
    /// The error of the last run.
    last_error: Option<String>,
}

impl From<StoredJob> for Job {
    fn from(job: StoredJob) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state.name(),
            attempts: job.attempts,
            created_at: rfc3339(job.created_at_ms),
            // For a running job this is the end of its lease.
            due_at: job.due_at_ms.filter(|_| job.state == JobState::Waiting).map(rfc3339),
            started_at: job.started_at_ms.map(rfc3339),
            finished_at: job.finished_at_ms.map(rfc3339),
            last_error: job.last_error,
        }
    }
}

/// The tenant's job with this id.
///
/// # Errors
/// `not_found` if the tenant has no such job; `unavailable` if the database does not answer.
async fn find(app: &App, key: &ApiCaller, id: &str) -> Result<StoredJob, Refusal> {
    let job = match Uuid::parse_str(id) {
        Ok(id) => jobs::find(&app.store, Some(key.tenant), id).await?,
        Err(_) => None,
    };
    job.ok_or_else(|| Refusal::new(ErrorCode::NotFound, format!("there is no job `{}`", shortened(id))))
}

/// The refusal of a change that the state of the job does not allow. `rule` says which state the change needs.
fn wrong_state(job: &StoredJob, rule: &str) -> Refusal {
    Refusal::new(ErrorCode::Conflict, format!("the job is {}: {rule}", job.state.name()))
}

/// A change of a job: [`jobs::retry`] or [`jobs::delete`].
#[derive(Debug, Clone, Copy)]
enum JobChange {
    Retry,
    Delete,
}

/// Changes a job and records the change, in one transaction. Returns false if the state of the job does not allow the
/// change.
///
/// # Errors
/// The errors of [`Actor::begin`].
async fn change(app: &App, key: &ApiCaller, job: &StoredJob, change: JobChange) -> Result<bool, StoreError> {
    let (by, now_ms, tenant) = (Actor::back_end(key), app.clock.now_ms(), key.tenant);
    let transaction = by.begin(&app.store, Hold::Shared(tenant), now_ms).await?;
    let (action, changed) = match change {
        JobChange::Retry => ("job.retry", jobs::retry(&transaction, Some(tenant), job.id, now_ms).await?),
        JobChange::Delete => ("job.delete", jobs::delete(&transaction, Some(tenant), job.id, now_ms).await?),
    };
    if !changed {
        transaction.rollback().await?;
        return Ok(false);
    }
    let detail = [("kind", job.kind.as_str().into())];
    let entry = audit::done(by.name(), action, format!("job:{}", job.id), detail, now_ms);
    queries::audit::append(&transaction, &[(tenant, entry)]).await?;
    transaction.commit().await?;
    Ok(true)
}
