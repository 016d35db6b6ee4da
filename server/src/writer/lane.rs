//! A lane: takes what waits, writes it, answers, tells. A tenant whose facts must be read first steps aside meanwhile.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use causerie_protocol::{ErrorCode, Refusal, TenantId};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    QueuedRequest, WriteRequest, WriterDeps,
    batch::{self, Written},
    snapshots::NotWritten,
};
use crate::store::{StoreError, batcher::top_up};

/// Transactions that lost a fight over locks, or their connection, are run again this often.
const RETRIES: usize = 5;
const RETRY_AFTER: Duration = Duration::from_millis(50);
/// A batch that takes longer is given up; its askers are about to.
const BATCH_DEADLINE: Duration = Duration::from_secs(8);
/// Reading all facts of a tenant may take so long before its requests are refused; reading goes on for those who try again.
const LOAD_DEADLINE: Duration = Duration::from_secs(8);
/// And is done so often for one request: rules may change faster than facts can be read.
const LOADS: usize = 2;
/// At most so many requests of a lane wait for it, whosever they are; further ones are refused.
const PARKED_MAX: usize = 1_024;

pub(super) async fn run(
    deps: WriterDeps,
    batch_max: usize,
    mut waiting: mpsc::Receiver<QueuedRequest>,
    stop: CancellationToken,
) {
    let mut lane = Lane { deps, batch_max, parked: HashMap::new(), reading: FuturesUnordered::new() };
    let mut queued: Vec<QueuedRequest> = Vec::new();
    loop {
        let taken = tokio::select! {
            biased; // what waits when the server stops is still written
            Some((tenant, is_here)) = lane.reading.next() => {
                lane.go_on(tenant, is_here).await;
                continue;
            }
            taken = waiting.recv_many(&mut queued, lane.batch_max) => taken,
            () = stop.cancelled() => 0,
        };
        if taken == 0 {
            break;
        }
        top_up(&mut waiting, &mut queued, lane.batch_max).await;
        lane.take(std::mem::take(&mut queued), 0).await;
    }
    while let Some((tenant, is_here)) = lane.reading.next().await {
        lane.go_on(tenant, is_here).await;
    }
}

struct Lane {
    deps: WriterDeps,
    /// Requests that one transaction takes at most.
    batch_max: usize,
    /// Requests of tenants whose facts are being read, so that the others go on.
    parked: HashMap<TenantId, Parked>,
    /// Ends with the tenant, and whether its facts are here.
    reading: FuturesUnordered<BoxFuture<'static, (TenantId, bool)>>,
}

#[derive(Default)]
struct Parked {
    queued: Vec<QueuedRequest>,
    /// How often facts were read for the first of them.
    loads: usize,
}

impl Lane {
    /// Writes what can be written now. What comes after a parked request of the same tenant is parked behind it.
    async fn take(&mut self, queued: Vec<QueuedRequest>, loads: usize) {
        let mut ready = Vec::with_capacity(queued.len());
        let mut room = PARKED_MAX.saturating_sub(self.waiting());
        for one in queued {
            match self.parked.get_mut(&one.request.caller.tenant) {
                None => ready.push(one),
                Some(parked) if room > 0 => {
                    room -= 1;
                    parked.queued.push(one);
                }
                Some(_) => refuse(vec![one]),
            }
        }
        if !ready.is_empty() {
            self.serve(ready, loads).await;
        }
    }

    /// Facts of a tenant were read, or can't be.
    async fn go_on(&mut self, tenant: TenantId, is_here: bool) {
        let Some(Parked { mut queued, loads }) = self.parked.remove(&tenant) else { return };
        if !is_here {
            tracing::error!(%tenant, requests = queued.len(), "the facts of a tenant could not be read in time");
            return refuse(queued);
        }
        while !queued.is_empty() {
            let later = queued.split_off(queued.len().min(self.batch_max));
            self.take(std::mem::replace(&mut queued, later), loads).await;
        }
    }

    /// Requests that wait for facts.
    fn waiting(&self) -> usize {
        self.parked.values().map(|parked| parked.queued.len()).sum()
    }

    fn park(&mut self, tenant: TenantId, queued: Vec<QueuedRequest>, loads: usize) {
        if self.waiting() + queued.len() > PARKED_MAX {
            tracing::error!(%tenant, requests = queued.len(), "too many requests wait for facts to be read");
            return refuse(queued);
        }
        if loads >= LOADS {
            tracing::error!(%tenant, requests = queued.len(), "the rules of a tenant change faster than its facts can be read");
            return refuse(queued);
        }
        self.parked.insert(tenant, Parked { queued, loads: loads + 1 });
        let facts = self.deps.facts.clone();
        let read = async move { (tenant, matches!(timeout(LOAD_DEADLINE, facts.latest(tenant)).await, Ok(Ok(_)))) };
        self.reading.push(read.boxed());
    }

    /// Writes a batch and answers each of it. One bad item never fails its neighbours: if the whole can't be written, each is
    /// tried alone. Nor does a tenant whose facts must be read first keep the others waiting.
    async fn serve(&mut self, queued: Vec<QueuedRequest>, loads: usize) {
        let began = Instant::now();
        let (requests, answers): (Vec<WriteRequest>, Vec<_>) =
            queued.into_iter().map(|one| (one.request, one.answer)).unzip();
        let attempted = attempt(&self.deps, &requests).await;
        self.deps.metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
        let error = match attempted {
            Ok(outcomes) => {
                for (outcome, answer) in outcomes.into_iter().zip(answers) {
                    // An asker that gave up has been told that it does not know.
                    let _ = answer.send(outcome);
                }
                return;
            }
            Err(error) => error,
        };
        let queued: Vec<QueuedRequest> =
            requests.into_iter().zip(answers).map(|(request, answer)| QueuedRequest { request, answer }).collect();
        match error {
            NotWritten::FactsMissing(tenant) => {
                let (theirs, others): (Vec<QueuedRequest>, Vec<QueuedRequest>) =
                    queued.into_iter().partition(|one| one.request.caller.tenant == tenant);
                self.park(tenant, theirs, loads);
                if !others.is_empty() {
                    Box::pin(self.serve(others, loads)).await;
                }
            }
            NotWritten::Failed(error) if queued.len() == 1 || error.is_outage() => {
                tracing::error!(%error, requests = queued.len(), "a batch could not be written");
                refuse(queued);
            }
            NotWritten::Failed(error) => {
                tracing::warn!(%error, requests = queued.len(), "a batch could not be written whole; each of it is tried alone");
                for one in queued {
                    Box::pin(self.take(vec![one], loads)).await;
                }
            }
        }
    }
}

fn refuse(queued: Vec<QueuedRequest>) {
    let refusal = Refusal::new(ErrorCode::Unavailable, "the database can't serve now");
    for one in queued {
        let _ = one.answer.send(Err(refusal.clone()));
    }
}

type Outcome = Result<super::WriteResult, Refusal>;

async fn attempt(deps: &WriterDeps, requests: &[WriteRequest]) -> Result<Vec<Outcome>, NotWritten> {
    let mut tries = 0;
    loop {
        let writing = batch::write(deps, deps.clock.now_ms(), requests);
        let error = match timeout(BATCH_DEADLINE, writing).await {
            Ok(Ok(Written { outcomes, updates, tally, denials })) => {
                deps.metrics.commit_batch_size.observe(requests.len() as f64);
                deps.metrics.messages_accepted.inc_by(tally.accepted);
                deps.metrics.messages_repeated.inc_by(tally.repeated);
                deps.gate.note(denials);
                deps.hub.publish(updates);
                return Ok(outcomes);
            }
            Ok(Err(NotWritten::Failed(error))) => error,
            Ok(Err(missing @ NotWritten::FactsMissing(_))) => return Err(missing),
            Err(_) => StoreError::too_slow(),
        };
        match error {
            // A unique key that another node took meanwhile is found on the second look.
            error if tries < RETRIES && (error.is_contention() || error.is_unique_violation()) => tries += 1,
            // Connections that died in the pool: each is found dead once. Doing a batch twice is harmless, since what was
            // sent is found by its client id.
            error if tries < RETRIES && error.is_lost_connection() => {
                tries += 1;
                sleep(RETRY_AFTER).await;
            }
            error => return Err(error.into()),
        }
    }
}
