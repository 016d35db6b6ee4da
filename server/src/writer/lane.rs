//! A lane: takes the waiting requests, writes them in one transaction, answers them and publishes the changes. If all facts
//! of a tenant must be read first, the lane parks that tenant's requests and continues with the other requests.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use causerie_protocol::TenantId;
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    WriterDeps,
    batch::{self, Written},
    queue::{Batch, QueuedRequest},
    snapshots::NotWritten,
};
use crate::store::{StoreError, batcher::top_up, unavailable};

/// How often a transaction is run again after a deadlock, a unique key violation or a lost connection.
const RETRIES_MAX: usize = 5;
/// The pause after a lost connection.
const RETRY_AFTER: Duration = Duration::from_millis(50);
/// The time limit of one run of a batch. It is shorter than the 10 s that callers wait for an answer.
const BATCH_DEADLINE: Duration = Duration::from_secs(8);
/// The time limit for reading all facts of a tenant. If it takes longer, the lane refuses the tenant's parked requests. The
/// reading continues, so that a later retry of a client finds the facts.
const LOAD_DEADLINE: Duration = Duration::from_secs(8);
/// How often all facts are read for one request. The limit is needed because rules may change faster than the facts can be
/// read.
const LOADS_MAX: usize = 2;
/// How many requests of one lane, over all tenants, may wait for facts. The lane refuses further requests.
const PARKED_MAX: usize = 1_024;

/// Writes the requests of a queue until the server stops or the queue closes. `batch_max`: the maximum number of requests in
/// one transaction.
pub(super) async fn run(
    deps: WriterDeps,
    batch_max: usize,
    mut waiting: mpsc::Receiver<QueuedRequest>,
    stop: CancellationToken,
) {
    let mut lane = Lane { deps, batch_max, parked: HashMap::new(), running_loads: FuturesUnordered::new() };
    let mut queued: Vec<QueuedRequest> = Vec::new();
    loop {
        let count = tokio::select! {
            biased; // when the server stops, the requests that wait in the queue are still written
            Some((tenant, are_loaded)) = lane.running_loads.next() => {
                lane.resume_parked(tenant, are_loaded).await;
                continue;
            }
            count = waiting.recv_many(&mut queued, lane.batch_max) => count,
            () = stop.cancelled() => 0,
        };
        if count == 0 {
            break;
        }
        top_up(&mut waiting, &mut queued, lane.batch_max).await;
        lane.write_or_park(std::mem::take(&mut queued), 0).await;
    }
    while let Some((tenant, are_loaded)) = lane.running_loads.next().await {
        lane.resume_parked(tenant, are_loaded).await;
    }
}

/// The state of a lane.
struct Lane {
    deps: WriterDeps,
    /// The maximum number of requests in one transaction.
    batch_max: usize,
    /// Requests of tenants whose facts are being read. Requests of other tenants do not wait for them.
    parked: HashMap<TenantId, Parked>,
    /// The running loads of facts. Each gives its tenant, and whether the facts are loaded now.
    running_loads: FuturesUnordered<BoxFuture<'static, (TenantId, bool)>>,
}

/// The requests of one tenant that wait for its facts.
#[derive(Default)]
struct Parked {
    queued: Vec<QueuedRequest>,
    /// How often all facts of the tenant were read for the first of these requests.
    loads: usize,
}

impl Lane {
    /// Writes the requests of tenants that are not parked. A request of a parked tenant is parked behind the earlier
    /// requests of that tenant, to keep their order.
    async fn write_or_park(&mut self, queued: Vec<QueuedRequest>, loads: usize) {
        let mut ready = Vec::with_capacity(queued.len());
        let mut places = PARKED_MAX.saturating_sub(self.parked_requests());
        for request in queued {
            match self.parked.get_mut(&request.tenant()) {
                None => ready.push(request),
                Some(parked) if places > 0 => {
                    places -= 1;
                    parked.queued.push(request);
                }
                Some(_) => refuse(vec![request]),
            }
        }
        if !ready.is_empty() {
            self.write(ready, loads).await;
        }
    }

    /// Continues with the parked requests of a tenant whose facts were loaded, or refuses them if the load failed.
    async fn resume_parked(&mut self, tenant: TenantId, are_loaded: bool) {
        let Some(Parked { mut queued, loads }) = self.parked.remove(&tenant) else { return };
        if !are_loaded {
            tracing::error!(%tenant, requests = queued.len(), "the facts of a tenant could not be read in time");
            return refuse(queued);
        }
        while !queued.is_empty() {
            let later = queued.split_off(queued.len().min(self.batch_max));
            self.write_or_park(std::mem::replace(&mut queued, later), loads).await;
        }
    }

    /// The number of parked requests.
    fn parked_requests(&self) -> usize {
        self.parked.values().map(|parked| parked.queued.len()).sum()
    }

    /// Parks requests of a tenant and starts to read all facts of the tenant. Refuses the requests if too many are parked or
    /// the facts were read too often for them.
    fn park(&mut self, tenant: TenantId, queued: Vec<QueuedRequest>, loads: usize) {
        if self.parked_requests() + queued.len() > PARKED_MAX {
            tracing::error!(%tenant, requests = queued.len(), "too many requests wait for facts to be read");
            return refuse(queued);
        }
        if loads >= LOADS_MAX {
            tracing::error!(%tenant, requests = queued.len(), "the rules of a tenant change faster than its facts can be read");
            return refuse(queued);
        }
        self.parked.insert(tenant, Parked { queued, loads: loads + 1 });
        let facts = self.deps.facts.clone();
        let load = async move { (tenant, matches!(timeout(LOAD_DEADLINE, facts.latest(tenant)).await, Ok(Ok(_)))) };
        self.running_loads.push(load.boxed());
    }

    /// Writes a batch and answers each request in it. If the transaction fails for a reason other than an outage, each
    /// request is tried alone, so that a bad request does not fail the other requests of its batch. Requests of a tenant
    /// whose facts must be read first are parked, and the others are written.
    async fn write(&mut self, queued: Vec<QueuedRequest>, loads: usize) {
        let started_at = Instant::now();
        let batch: Batch = queued.into_iter().collect();
        let outcome = write_with_retries(&self.deps, &batch).await;
        self.deps.metrics.commit_seconds.observe(started_at.elapsed().as_secs_f64());
        let error = match outcome {
            Ok(written) => return self.finish(batch, written),
            Err(error) => error,
        };
        let queued = batch.into_requests();
        match error {
            NotWritten::FactsMissing(tenant) => {
                let (of_tenant, others): (Vec<_>, Vec<_>) =
                    queued.into_iter().partition(|request| request.tenant() == tenant);
                self.park(tenant, of_tenant, loads);
                if !others.is_empty() {
                    Box::pin(self.write(others, loads)).await;
                }
            }
            NotWritten::Failed(error) if queued.len() == 1 || error.is_outage() => {
                tracing::error!(%error, requests = queued.len(), "a batch could not be written");
                refuse(queued);
            }
            NotWritten::Failed(error) => {
                tracing::warn!(%error, requests = queued.len(), "a batch could not be written; its requests are tried one by one");
                for request in queued {
                    Box::pin(self.write_or_park(vec![request], loads)).await;
                }
            }
        }
    }

    /// Adds the counts of a committed batch to the metrics, records its denials, publishes its updates, and answers its
    /// requests.
    fn finish(&self, batch: Batch, Written { started, mutated, updates, counts, denials }: Written) {
        let WriterDeps { metrics, gate, hub, .. } = &self.deps;
        metrics.commit_batch_size.observe(batch.len() as f64);
        metrics.messages_accepted.inc_by(counts.accepted);
        metrics.messages_repeated.inc_by(counts.repeated);
        gate.record_all(denials);
        hub.publish(updates);
        batch.answer(started, mutated);
    }
}

/// Refuses requests with the code `Unavailable`.
fn refuse(queued: Vec<QueuedRequest>) {
    let refusal = unavailable();
    for request in queued {
        request.refuse(refusal.clone());
    }
}

/// Writes a batch, and tries again after failures that may not happen in a later try.
async fn write_with_retries(deps: &WriterDeps, batch: &Batch) -> Result<Written, NotWritten> {
    let mut tries = 0;
    loop {
        let writing = batch::write(deps, deps.clock.now_ms(), batch);
        let error = match timeout(BATCH_DEADLINE, writing).await {
            Ok(Ok(written)) => return Ok(written),
            Ok(Err(NotWritten::Failed(error))) => error,
            Ok(Err(missing @ NotWritten::FactsMissing(_))) => return Err(missing),
            Err(_) => StoreError::too_slow(),
        };
        match error {
            // The next try finds the row with this unique key that another node inserted.
            error if tries < RETRIES_MAX && (error.is_contention() || error.is_unique_violation()) => tries += 1,
            // Several connections in the pool may be dead, and each of them fails once. A batch may run twice: messages that
            // were committed in the first run are found by their client ids.
            error if tries < RETRIES_MAX && error.is_lost_connection() => {
                tries += 1;
                sleep(RETRY_AFTER).await;
            }
            error => return Err(error.into()),
        }
    }
}
