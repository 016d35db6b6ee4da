//! Jobs: work that must happen later, stored in the same transaction as the change that causes it.
//!
//! The table `jobs` is a transactional outbox. A change and its jobs are committed together or not at all, so no job is
//! lost, and no job exists for a change that did not happen. The worker of each node claims due jobs. A claim has a lease,
//! which the node extends while the job runs. When a node is killed, other nodes claim its jobs after their leases end.
//!
//! **At least once.** A job may run again after it succeeded: its node may be killed before it stores the result, or lose
//! the connection to the database for longer than the lease. Each kind must therefore do its work so that a repetition is
//! harmless.
//!
//! A failed job runs again after a pause that doubles with each attempt ([`backoff`]). After the last attempt of its kind,
//! or after an error that every attempt would meet, the job is *dead*. `causerie jobs list` lists dead jobs until an
//! operator retries or deletes them, or until the retention of their kind ends.
//!
//! To add a kind: a type that implements [`JobKind`], and a line in `App::build` that adds it to the [`Kinds`]. To store a
//! job: [`new_job`], [`Jobs::enqueue`] in the transaction of the change, [`Jobs::wake`] after its commit.

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

/// The jobs of one node. Cheap to clone.
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
    /// A handle that knows these kinds. Adds the kind that removes jobs whose retention has ended. No job runs before
    /// [`Jobs::start`].
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

    /// Starts the worker. It starts no job after `readiness` says that the server stops. A job that still runs when the
    /// tasks are told to end has a few seconds to finish. Then it is aborted, and another node can claim it at once.
    ///
    /// # Errors
    /// `StoreError` if the leases of an earlier process can't be ended in the embedded database.
    pub async fn start(&self, tasks: &Tasks, readiness: &Readiness) -> Result<(), StoreError> {
        if self.0.store.is_embedded() {
            // This process holds the lock of the data folder, so no other process runs these jobs.
            jobs::free_all(&self.0.store, self.0.clock.now_ms()).await?;
        }
        let worker = Worker::new(self, readiness.clone());
        tasks.spawn_vital("jobs", worker.run(tasks.stopping()));
        Ok(())
    }

    /// Stores jobs. They exist if and only if the transaction of `connection` is committed. Call [`Jobs::wake`] after the
    /// commit.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn enqueue(&self, connection: &impl ConnectionTrait, new: &[NewJob]) -> Result<(), StoreError> {
        jobs::enqueue(connection, new, self.0.clock.now_ms()).await
    }

    /// Makes this node poll at once, after jobs were committed. Without this call, and on other nodes, the next poll finds
    /// the jobs within seconds.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }
}

/// A job of a kind, to be stored. `run_at_ms`: the earliest moment of its first run, milliseconds since 1970 UTC.
///
/// # Panics
/// If the payload can't be written as JSON, for example a map whose keys are not text. No payload type may contain one.
#[must_use]
pub fn new_job<K: JobKind>(tenant: Option<TenantId>, payload: &K::Payload, run_at_ms: i64) -> NewJob {
    let payload = serde_json::to_string(payload).expect("payloads are plain data");
    NewJob { id: Uuid::now_v7(), kind: K::KIND, tenant, payload, run_at_ms }
}
