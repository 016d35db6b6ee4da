//! Jobs: work that must happen later, stored in the same transaction as the change that causes it.
//!
//! The table `jobs` is a transactional outbox. A change and its jobs are committed together or not at all, so no job is lost and
//! none is made for a change that did not happen. Workers on every node take jobs that are due, with a lease that the node extends
//! while the job runs; the jobs of a node that was killed are taken by another node once the lease ends.
//!
//! **At least once.** A job may run again after it did its work: the node may be killed before it stores the result, or lose the
//! database for longer than the lease. So a kind must do its work in a way that may be repeated.
//!
//! A job that fails runs again after a pause that doubles with each attempt ([`backoff`]). After the attempts of its kind, or on an
//! error that no repetition mends, it is *dead*: kept, counted, listed by `causerie jobs list`, until an operator retries or
//! deletes it, or its kind's retention ends.
//!
//! To add a kind: a type that implements [`JobKind`], and a line in `App::build` that adds it to the [`Kinds`]. To store a job:
//! [`new_job`], [`Jobs::enqueue`] in the transaction of the change, [`Jobs::wake`] after its commit.

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
    delete_tenant::{DeleteTenant, Deletion},
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
    /// A handle that knows these kinds, and one more that removes jobs whose retention has ended. No job runs before
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

    /// Starts to run jobs. No job is begun once `readiness` says that the server stops; a job that still runs when the tasks are
    /// told to end has a few seconds to finish, and is then given back for another node.
    ///
    /// # Errors
    /// When the embedded database can't be told that the leases of an earlier process are void.
    pub async fn start(&self, tasks: &Tasks, readiness: &Readiness) -> Result<(), StoreError> {
        if self.0.store.is_embedded() {
            // This process holds the lock of the folder, so no other one runs them.
            jobs::free_all(&self.0.store, self.0.clock.now_ms()).await?;
        }
        let worker = Worker::new(self, readiness.clone());
        tasks.spawn_vital("jobs", worker.run(tasks.stopping()));
        Ok(())
    }

    /// Stores jobs. They exist if and only if the transaction of `connection` is committed. Call [`Jobs::wake`] after the commit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue(&self, connection: &impl ConnectionTrait, new: &[NewJob]) -> Result<(), StoreError> {
        jobs::enqueue(connection, new, self.0.clock.now_ms()).await
    }

    /// Has this node look for due jobs at once, after jobs were committed. Without this call, and on other nodes, polling finds the
    /// jobs within seconds.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }
}

/// A job of a kind, to be stored. `run_at_ms`: the earliest moment of its first run, milliseconds since 1970 UTC.
///
/// # Panics
/// When the payload can't be written as JSON: a map whose keys are no text, which no payload type may have.
#[must_use]
pub fn new_job<K: JobKind>(tenant: Option<TenantId>, payload: &K::Payload, run_at_ms: i64) -> NewJob {
    let payload = serde_json::to_string(payload).expect("payloads are plain data");
    NewJob { id: Uuid::now_v7(), kind: K::KIND, tenant, payload, run_at_ms }
}
