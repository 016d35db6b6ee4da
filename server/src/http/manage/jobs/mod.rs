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
    audit,
    auth::ApiCaller,
    clock::rfc3339,
    jobs::{JobState, StoredJob},
    plain::shortened,
    store::queries::jobs,
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
async fn find(app: &App, key: &ApiCaller, id: &str) -> Result<StoredJob, Refusal> {
    let job = match Uuid::parse_str(id) {
        Ok(id) => jobs::find(&app.store, Some(key.tenant), id).await?,
        Err(_) => None,
    };
    job.ok_or_else(|| Refusal::new(ErrorCode::NotFound, format!("there is no job `{}`", shortened(id))))
}

/// The refusal of a change that the state of the job does not allow.
fn wrong_state(job: &StoredJob, rule: &str) -> Refusal {
    Refusal::new(ErrorCode::Conflict, format!("the job is {}: {rule}", job.state.name()))
}

/// Records in the audit what was done to a job.
async fn note(app: &App, key: &ApiCaller, action: &str, job: &StoredJob) -> Result<(), Refusal> {
    let detail = [("kind", job.kind.as_str().into())];
    let entry = audit::done(audit::back_end(key), action, format!("job:{}", job.id), detail, app.clock.now_ms());
    Ok(audit::record(&app.store, key.tenant, entry).await?)
}
