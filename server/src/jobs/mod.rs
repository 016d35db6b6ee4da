//! Jobs: work that must happen later, stored in the same transaction as the change that causes it.
//!
//! The table `jobs` is a transactional outbox. A change and its jobs are committed in one transaction, so no job is lost,
//! and no job exists for a change that was not committed. The worker of each node claims due jobs. A claim has a lease,
//! which the node extends while the job runs. When a node is killed, other nodes claim its jobs after their leases end.
//!
//! A job runs at least once. It may run again after it succeeded: its node may be killed before it stores the result, or
//! lose the connection to the database for longer than the lease. Therefore a second run of a job must be harmless.
//!
//! A failed job runs again after a pause that doubles with each attempt ([`backoff`]). After the last attempt of its kind,
//! or after a permanent error ([`JobError::permanent`]), the job is *dead*. `causerie jobs list` lists dead jobs until an
//! operator retries or deletes them, or until the retention of their kind ends.
//!
//! To add a kind, write a type that implements [`JobKind`], and add it to the [`Kinds`] in `kinds_of_jobs` (`app.rs`). To
//! store a job, call [`new_job`], then [`Jobs::enqueue`] in the transaction of the change, and [`Jobs::wake`] after its
//! commit.

mod backoff;
mod delete_tenant;
mod kind;
mod prune;
mod report;
#[cfg(test)]
mod tests;
mod worker;

use std::sync::Arc;

use causerie_protocol::{NodeId, TenantId};
use sea_orm::ConnectionTrait;
use tokio::sync::Notify;
use uuid::Uuid;

use self::worker::Worker;
pub use self::{
    delete_tenant::{DeleteTenant, Deletion, deleted_tenants},
    kind::{JobContext, JobError, JobKind, Kinds, Limits},
    prune::{AUDIT_EVERY, FACT_LOG_EVERY, PruneAudit, PruneFactLog},
};
pub use crate::store::queries::jobs::{Filter, JobState, NewJob, StoredJob};
use crate::{
    clock::Clock,
    store::{Store, StoreError, queries::jobs},
    tasks::{Readiness, Tasks},
    telemetry::Metrics,
};

/// Stores jobs, and starts the worker of this node. A clone is cheap and shares the state.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    node: NodeId,
    kinds: Kinds,
    /// Notified when jobs were committed on this node.
    wake: Notify,
}

impl Jobs {
    /// Makes a handle that knows these kinds, and also the kind that removes jobs whose retention has ended. No job runs
    /// before [`Jobs::start`].
    #[must_use]
    pub fn new(store: &Store, clock: &Arc<dyn Clock>, metrics: &Arc<Metrics>, node: NodeId, kinds: Kinds) -> Self {
        Self(Arc::new(Inner {
            store: store.clone(),
            clock: Arc::clone(clock),
            metrics: Arc::clone(metrics),
            node,
            kinds: prune::with_retention(kinds, store, clock),
            wake: Notify::new(),
        }))
    }

    /// Starts the worker. It starts no job while `readiness` has the phase [`Phase::Stopping`](crate::tasks::Phase). When
    /// `tasks` stop, running jobs have a few seconds to finish. Then they are aborted, and other nodes can claim them at
    /// once.
    ///
    /// # Errors
    /// [`StoreError`] if the embedded database can't end the leases of an earlier process.
    pub async fn start(&self, tasks: &Tasks, readiness: &Readiness) -> Result<(), StoreError> {
        if self.0.store.is_embedded() {
            // This process holds the lock of the data folder, so no other process runs these jobs.
            jobs::free_all(&self.0.store, self.0.clock.now_ms()).await?;
        }
        let worker = Worker::new(self, readiness.clone());
        tasks.spawn_vital("jobs", worker.run(tasks.stopping()));
        Ok(())
    }

    /// Stores jobs. The jobs exist if and only if the transaction of `connection` is committed. Call [`Jobs::wake`] after
    /// the commit.
    ///
    /// # Errors
    /// [`StoreError`] if the database does not answer or refuses the statement.
    pub async fn enqueue(&self, connection: &impl ConnectionTrait, new: &[NewJob]) -> Result<(), StoreError> {
        jobs::enqueue(connection, new, self.0.clock.now_ms()).await
    }

    /// Makes the worker of this node poll at once. Call it after jobs were committed. Without the call, and on other nodes,
    /// the next regular poll finds the jobs within 5 seconds.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }
}

/// Makes a job of the kind `K`, to be stored with [`Jobs::enqueue`]. `run_at_ms` is the earliest time of its first run, in
/// milliseconds since 1970 UTC.
///
/// # Panics
/// If the payload can't be written as JSON, for example because it contains a map whose keys are not text. A payload type
/// must not contain a map of this type.
#[must_use]
pub fn new_job<K: JobKind>(tenant: Option<TenantId>, payload: &K::Payload, run_at_ms: i64) -> NewJob {
    let payload = serde_json::to_string(payload).expect("payloads are plain data");
    NewJob { id: Uuid::now_v7(), kind: K::KIND, tenant, payload, run_at_ms }
}
