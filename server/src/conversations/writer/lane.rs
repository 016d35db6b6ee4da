//! A lane: takes what waits, writes it, answers, tells.

use std::time::Instant;

use causerie_protocol::{ErrorCode, Refusal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Job, Order, Tools, batch};
use crate::store::StoreError;

/// Transactions that lost a fight over locks are run again this often. Twice is rare already: locks are taken in order.
const CONTENTION_RETRIES: usize = 3;

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
        match batch::write(&tools.store, &tools.metrics, tools.clock.now_ms(), orders).await {
            Ok(written) => {
                tools.live.tell(written.told);
                return Ok(written.outcomes);
            }
            // A unique key that another node took meanwhile is found on the second look.
            Err(error) if tries < CONTENTION_RETRIES && (error.is_contention() || error.is_unique_violation()) => tries += 1,
            Err(error) => return Err(error),
        }
    }
}
