//! A lane: takes what waits, writes it, answers, tells.

use std::time::{Duration, Instant};

use causerie_protocol::{ErrorCode, Refusal};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Job, Order, Tools, batch};
use crate::store::StoreError;

/// Transactions that lost a fight over locks, or their connection, are run again this often.
const RETRIES: usize = 5;
const RETRY_AFTER: Duration = Duration::from_millis(50);
/// A batch that takes longer is given up; its askers are about to.
const BATCH_DEADLINE: Duration = Duration::from_secs(8);

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
        let began = Instant::now();
        tools.metrics.commit_batch_size.observe(jobs.len() as f64);
        let (orders, answers): (Vec<Order>, Vec<_>) = jobs.drain(..).map(|job| (job.order, job.answer)).unzip();
        let outcomes = write(&tools, &orders).await;
        tools.metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
        for (outcome, answer) in outcomes.into_iter().zip(answers) {
            // An asker that gave up has been told that it does not know.
            let _ = answer.send(outcome);
        }
    }
}

type Outcome = Result<super::Done, Refusal>;

/// Writes a batch. One bad item never fails its neighbours: if the whole can't be written, each is tried alone.
async fn write(tools: &Tools, orders: &[Order]) -> Vec<Outcome> {
    match attempt(tools, orders).await {
        Ok(outcomes) => outcomes,
        Err(error) if orders.len() == 1 || error.is_outage() => {
            tracing::error!(%error, orders = orders.len(), "a batch could not be written");
            let refusal = Refusal::new(ErrorCode::Unavailable, "the database can't serve now");
            orders.iter().map(|_| Err(refusal.clone())).collect()
        }
        Err(error) => {
            tracing::warn!(%error, orders = orders.len(), "a batch could not be written whole; each of it is tried alone");
            let mut outcomes = Vec::with_capacity(orders.len());
            for order in orders {
                outcomes.extend(Box::pin(write(tools, std::slice::from_ref(order))).await);
            }
            outcomes
        }
    }
}

async fn attempt(tools: &Tools, orders: &[Order]) -> Result<Vec<Outcome>, StoreError> {
    let mut tries = 0;
    loop {
        let writing = batch::write(&tools.store, &tools.metrics, tools.clock.now_ms(), orders);
        match timeout(BATCH_DEADLINE, writing).await.unwrap_or_else(|_| Err(StoreError::too_slow())) {
            Ok(written) => {
                tools.live.tell(written.told);
                return Ok(written.outcomes);
            }
            // A unique key that another node took meanwhile is found on the second look.
            Err(error) if tries < RETRIES && (error.is_contention() || error.is_unique_violation()) => tries += 1,
            // Connections that died in the pool: each is found dead once. Doing a batch twice is harmless, since what was
            // sent is found by its client id.
            Err(error) if tries < RETRIES && error.is_lost_connection() => {
                tries += 1;
                sleep(RETRY_AFTER).await;
            }
            Err(error) => return Err(error),
        }
    }
}
