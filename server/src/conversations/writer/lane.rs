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
    Job, Order, Tools,
    batch::{self, NotWritten, Written},
};
use crate::store::{StoreError, batcher::top_up};

/// Transactions that lost a fight over locks, or their connection, are run again this often.
const RETRIES: usize = 5;
const RETRY_AFTER: Duration = Duration::from_millis(50);
/// A batch that takes longer is given up; its askers are about to.
const BATCH_DEADLINE: Duration = Duration::from_secs(8);
/// Reading all facts of a tenant may take so long before its orders are refused; reading goes on for those who try again.
const LOAD_DEADLINE: Duration = Duration::from_secs(8);
/// And is done so often for one order: rules may change faster than facts can be read.
const LOADS: usize = 2;
/// At most so many orders of a lane wait for it, whosever they are; further ones are refused.
const PARKED_MAX: usize = 1_024;

pub(super) async fn run(tools: Tools, mut waiting: mpsc::Receiver<Job>, stop: CancellationToken) {
    let mut lane = Lane { tools, parked: HashMap::new(), reading: FuturesUnordered::new() };
    let mut jobs: Vec<Job> = Vec::new();
    loop {
        let taken = tokio::select! {
            biased; // what waits when the server stops is still written
            Some((tenant, is_here)) = lane.reading.next() => {
                lane.go_on(tenant, is_here).await;
                continue;
            }
            taken = waiting.recv_many(&mut jobs, lane.tools.batch_max) => taken,
            () = stop.cancelled() => 0,
        };
        if taken == 0 {
            break;
        }
        top_up(&mut waiting, &mut jobs, lane.tools.batch_max).await;
        lane.take(std::mem::take(&mut jobs), 0).await;
    }
    while let Some((tenant, is_here)) = lane.reading.next().await {
        lane.go_on(tenant, is_here).await;
    }
}

struct Lane {
    tools: Tools,
    /// Orders of tenants whose facts are being read, so that the others go on.
    parked: HashMap<TenantId, Parked>,
    /// Ends with the tenant, and whether its facts are here.
    reading: FuturesUnordered<BoxFuture<'static, (TenantId, bool)>>,
}

#[derive(Default)]
struct Parked {
    jobs: Vec<Job>,
    /// How often facts were read for the first of them.
    loads: usize,
}

impl Lane {
    /// Writes what can be written now. What comes after a parked order of the same tenant is parked behind it.
    async fn take(&mut self, jobs: Vec<Job>, loads: usize) {
        let mut ready = Vec::with_capacity(jobs.len());
        let mut room = PARKED_MAX.saturating_sub(self.waiting());
        for job in jobs {
            match self.parked.get_mut(&job.order.caller.tenant) {
                None => ready.push(job),
                Some(parked) if room > 0 => {
                    room -= 1;
                    parked.jobs.push(job);
                }
                Some(_) => refuse(vec![job]),
            }
        }
        if !ready.is_empty() {
            self.serve(ready, loads).await;
        }
    }

    /// Facts of a tenant were read, or can't be.
    async fn go_on(&mut self, tenant: TenantId, is_here: bool) {
        let Some(Parked { mut jobs, loads }) = self.parked.remove(&tenant) else { return };
        if !is_here {
            tracing::error!(%tenant, orders = jobs.len(), "the facts of a tenant could not be read in time");
            return refuse(jobs);
        }
        while !jobs.is_empty() {
            let later = jobs.split_off(jobs.len().min(self.tools.batch_max));
            self.take(std::mem::replace(&mut jobs, later), loads).await;
        }
    }

    /// Orders that wait for facts.
    fn waiting(&self) -> usize {
        self.parked.values().map(|parked| parked.jobs.len()).sum()
    }

    fn park(&mut self, tenant: TenantId, jobs: Vec<Job>, loads: usize) {
        if self.waiting() + jobs.len() > PARKED_MAX {
            tracing::error!(%tenant, orders = jobs.len(), "too many orders wait for facts to be read");
            return refuse(jobs);
        }
        if loads >= LOADS {
            tracing::error!(%tenant, orders = jobs.len(), "the rules of a tenant change faster than its facts can be read");
            return refuse(jobs);
        }
        self.parked.insert(tenant, Parked { jobs, loads: loads + 1 });
        let facts = self.tools.facts.clone();
        let read = async move { (tenant, matches!(timeout(LOAD_DEADLINE, facts.current(tenant)).await, Ok(Ok(_)))) };
        self.reading.push(read.boxed());
    }

    /// Writes a batch and answers each of it. One bad item never fails its neighbours: if the whole can't be written, each is
    /// tried alone. Nor does a tenant whose facts must be read first keep the others waiting.
    async fn serve(&mut self, jobs: Vec<Job>, loads: usize) {
        let began = Instant::now();
        let (orders, answers): (Vec<Order>, Vec<_>) = jobs.into_iter().map(|job| (job.order, job.answer)).unzip();
        let attempted = attempt(&self.tools, &orders).await;
        self.tools.metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
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
        let jobs: Vec<Job> = orders.into_iter().zip(answers).map(|(order, answer)| Job { order, answer }).collect();
        match error {
            NotWritten::FactsMissing(tenant) => {
                let (theirs, others): (Vec<Job>, Vec<Job>) =
                    jobs.into_iter().partition(|job| job.order.caller.tenant == tenant);
                self.park(tenant, theirs, loads);
                if !others.is_empty() {
                    Box::pin(self.serve(others, loads)).await;
                }
            }
            NotWritten::Failed(error) if jobs.len() == 1 || error.is_outage() => {
                tracing::error!(%error, orders = jobs.len(), "a batch could not be written");
                refuse(jobs);
            }
            NotWritten::Failed(error) => {
                tracing::warn!(%error, orders = jobs.len(), "a batch could not be written whole; each of it is tried alone");
                for job in jobs {
                    Box::pin(self.take(vec![job], loads)).await;
                }
            }
        }
    }
}

fn refuse(jobs: Vec<Job>) {
    let refusal = Refusal::new(ErrorCode::Unavailable, "the database can't serve now");
    for job in jobs {
        let _ = job.answer.send(Err(refusal.clone()));
    }
}

type Outcome = Result<super::Done, Refusal>;

async fn attempt(tools: &Tools, orders: &[Order]) -> Result<Vec<Outcome>, NotWritten> {
    let mut tries = 0;
    loop {
        let writing = batch::write(tools, tools.clock.now_ms(), orders);
        let error = match timeout(BATCH_DEADLINE, writing).await {
            Ok(Ok(Written { outcomes, told, tally, denials })) => {
                tools.metrics.commit_batch_size.observe(orders.len() as f64);
                tools.metrics.messages_accepted.inc_by(tally.accepted);
                tools.metrics.messages_repeated.inc_by(tally.repeated);
                tools.rules.note(denials);
                tools.live.tell(told);
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
