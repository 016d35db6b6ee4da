//! The kind of jobs that delete all rows of a tenant.

use std::{collections::HashSet, sync::Arc, time::Duration};

use causerie_protocol::TenantId;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{JobContext, JobError, JobKind, Limits, new_job};
use crate::{
    clock::Clock,
    store::{
        Store, StoreError,
        queries::{jobs, tenant_deletion},
    },
};

/// The longest time of a run. After it, the run stores a new job for the remaining rows, so that a long deletion does not
/// use up the attempts of one job.
const RUN_MAX: Duration = Duration::from_secs(300);
/// The longest pause between two transactions.
const PAUSE_MAX: Duration = Duration::from_millis(200);

/// Deletes all rows of a tenant in small transactions. After a failure or a kill, the next run continues where the last
/// committed transaction ended. These jobs belong to the server and not to the tenant, because all jobs of the tenant are
/// deleted too.
pub struct DeleteTenant {
    /// The database.
    pub store: Store,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
}

/// The payload: the tenant to delete.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deletion {
    /// The id of the tenant.
    pub tenant: Uuid,
    /// The slug of the tenant, for the log.
    pub slug: String,
}

/// The tenants whose deletion was requested recently. They are read from the jobs, and a job that is done is kept for 7
/// days.
///
/// # Errors
/// [`StoreError`] if the database does not answer or refuses the statement.
pub async fn deleted_tenants(store: &Store) -> Result<HashSet<TenantId>, StoreError> {
    let payloads = jobs::payloads(store, DeleteTenant::KIND).await?;
    let deletions = payloads.iter().filter_map(|payload| serde_json::from_str::<Deletion>(payload).ok());
    Ok(deletions.map(|deletion| TenantId(deletion.tenant)).collect())
}

impl JobKind for DeleteTenant {
    const KIND: &'static str = "delete_tenant";
    const LIMITS: Limits = Limits {
        concurrency: 1,
        timeout: Duration::from_secs(600),
        keep_done: Duration::from_secs(7 * 86_400),
        ..Limits::DEFAULT
    };
    type Payload = Deletion;

    async fn run(&self, _: JobContext, deletion: Deletion) -> Result<(), JobError> {
        let ends_at = Instant::now() + RUN_MAX;
        loop {
            let started_at = Instant::now();
            if !tenant_deletion::delete_some(&self.store, TenantId(deletion.tenant)).await? {
                tracing::info!(tenant_id = %deletion.tenant, slug = deletion.slug, "all rows of a tenant are deleted");
                return Ok(());
            }
            if Instant::now() > ends_at {
                let now_ms = self.clock.now_ms();
                let next_job = new_job::<Self>(None, &deletion, now_ms);
                return Ok(jobs::enqueue(self.store.writer(), &[next_job], now_ms).await?);
            }
            // The pause is as long as the transaction, so that other tenants can write for at least half of the time.
            sleep(started_at.elapsed().min(PAUSE_MAX)).await;
        }
    }
}
