//! A lane: takes what waits, writes it, answers, tells.

use std::time::{Duration, Instant};

use causerie_protocol::{ErrorCode, Refusal};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Job, Order, Tools,
    batch::{self, NotWritten},
};
use crate::store::StoreError;

/// Transactions that lost a fight over locks, or their connection, are run again this often.
const RETRIES: usize = 5;
const RETRY_AFTER: Duration = Duration::from_millis(50);
/// A batch that takes longer is given up; its askers are about to.
const BATCH_DEADLINE: Duration = Duration::from_secs(8);
/// Reading all facts of a tenant may take so long before its orders are refused: the lane waits for it.
const LOAD_DEADLINE: Duration = Duration::from_secs(8);
/// And is done so often for one order.
const LOADS: usize = 2;

pub(super) async fn run(tools: Tools, mut waiting: mpsc::Receiver<Job>, stop: CancellationToken) {
    let mut jobs: Vec<Job> = Vec::new();
    loop {
        let taken = tokio::select! {
            biased; // what waits when the server stops is still written
            taken = waiting.recv_many(&mut jobs, tools.batch_max) => taken,
            () = stop.cancelled() => 0,
        };
        if taken == 0 {
            return;
        }
        serve(&tools, std::mem::take(&mut jobs), 0).await;
    }
}

/// Writes a batch and answers each of it. One bad item never fails its neighbours: if the whole can't be written, each is
/// tried alone. Nor does a tenant whose facts must be read first keep the others waiting for what is in this batch.
async fn serve(tools: &Tools, jobs: Vec<Job>, loads: usize) {
    let began = Instant::now();
    tools.metrics.commit_batch_size.observe(jobs.len() as f64);
    let (orders, answers): (Vec<Order>, Vec<_>) = jobs.into_iter().map(|job| (job.order, job.answer)).unzip();
    let attempted = attempt(tools, &orders).await;
    tools.metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
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
            let (theirs, others): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|job| job.order.caller.tenant == tenant);
            if !others.is_empty() {
                Box::pin(serve(tools, others, loads)).await;
            }
            // Rules that change faster than they can be read are given up, too.
            let loaded = loads < LOADS && matches!(timeout(LOAD_DEADLINE, tools.facts.current(tenant)).await, Ok(Ok(_)));
            if loaded {
                Box::pin(serve(tools, theirs, loads + 1)).await;
            } else {
                tracing::error!(%tenant, orders = theirs.len(), "the facts of a tenant could not be read in time");
                refuse(theirs);
            }
        }
        NotWritten::Failed(error) if jobs.len() == 1 || error.is_outage() => {
            tracing::error!(%error, orders = jobs.len(), "a batch could not be written");
            refuse(jobs);
        }
        NotWritten::Failed(error) => {
            tracing::warn!(%error, orders = jobs.len(), "a batch could not be written whole; each of it is tried alone");
            for job in jobs {
                Box::pin(serve(tools, vec![job], loads)).await;
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
            Ok(Ok(written)) => {
                tools.live.tell(written.told);
                return Ok(written.outcomes);
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
