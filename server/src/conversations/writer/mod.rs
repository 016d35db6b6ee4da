//! The one way into the conversation log.
//!
//! Lanes by conversation batch naturally: a lane takes all that waits, up to a cap, runs one transaction, answers everyone
//! and takes the next. No timers: an idle server commits at once, a busy one commits in large groups. Senders are
//! answered, and members told, only after the commit.

mod batch;
mod copies;
mod lane;
mod log;
mod members;
mod order;
mod work;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::{ErrorCode, Refusal};
use tokio::sync::{mpsc, oneshot};

pub use self::order::{Check, Done, Member, Op, Order, Start, Whom};
use crate::{
    clock::Clock,
    facts::{Facts, rules::Rules},
    fanout::Live,
    store::Store,
    tasks::Tasks,
    telemetry::Metrics,
};

/// An order that is not answered by then is given up by its asker; whether it was done is unknown, and a retry with the
/// same client id finds out.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// Hands orders to their lanes. Cheap to clone; the lanes end with the last clone.
#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[mpsc::Sender<Job>]>,
}

/// An order and who waits for it.
struct Job {
    order: Order,
    answer: oneshot::Sender<Result<Done, Refusal>>,
}

/// What a lane works with.
#[derive(Clone)]
struct Tools {
    store: Store,
    live: Live,
    facts: Facts,
    rules: Rules,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
    batch_max: usize,
}

impl Writer {
    /// Starts the lanes.
    #[must_use]
    #[allow(clippy::too_many_arguments)] // each is one part of the server; called once
    pub fn start(
        tasks: &Tasks,
        store: &Store,
        live: &Live,
        facts: &Facts,
        rules: &Rules,
        metrics: &Arc<Metrics>,
        clock: &Arc<dyn Clock>,
        lanes: usize,
        batch_max: usize,
    ) -> Self {
        let tools = Tools {
            store: store.clone(),
            live: live.clone(),
            facts: facts.clone(),
            rules: rules.clone(),
            metrics: Arc::clone(metrics),
            clock: Arc::clone(clock),
            batch_max,
        };
        let lanes = (0..lanes.max(1))
            .map(|_| {
                // Full: askers wait, and with them the sockets they read from.
                let (jobs, waiting) = mpsc::channel(batch_max * 4);
                tasks.spawn_vital("writer lane", lane::run(tools.clone(), waiting, tasks.stopping()));
                jobs
            })
            .collect();
        Self { lanes }
    }

    /// Hands an order over; the future returned resolves with the answer. Orders handed over one after the other for one
    /// conversation are done in that order.
    ///
    /// # Errors
    /// When the lanes ended, or the answer did not come in time.
    pub async fn submit(&self, order: Order) -> impl Future<Output = Result<Done, Refusal>> + Send + 'static {
        let (answer, answered) = oneshot::channel();
        let mut hasher = DefaultHasher::new();
        order.lane_key().hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % self.lanes.len() as u64).unwrap_or(0);
        let taken = self.lanes[lane].send_timeout(Job { order, answer }, ANSWER_DEADLINE).await;
        async move {
            taken.map_err(|_| Refusal::new(ErrorCode::Unavailable, "the database can't keep up"))?;
            match tokio::time::timeout(ANSWER_DEADLINE, answered).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(Refusal::new(ErrorCode::Unavailable, "the server is stopping")),
                Err(_) => Err(Refusal::new(ErrorCode::Timeout, "the database did not answer in time")),
            }
        }
    }

    /// Hands an order over and waits for the answer.
    ///
    /// # Errors
    /// The refusal its asker may read.
    pub async fn write(&self, order: Order) -> Result<Done, Refusal> {
        self.submit(order).await.await
    }
}
