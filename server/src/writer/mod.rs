//! The one way into the conversation log.
//!
//! Lanes by conversation batch naturally: a lane takes all that waits, up to a cap, runs one transaction, answers everyone
//! and takes the next. No timers: an idle server commits at once, a busy one commits in large groups. Senders are
//! answered, and members told, only after the commit.

mod batch;
mod decide;
mod inboxes;
mod lane;
mod log;
mod members;
mod own_deletions;
mod persist;
mod request;
mod snapshots;
mod start;
mod state;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::{ErrorCode, Refusal};
use tokio::sync::{mpsc, oneshot};

pub use self::request::{Check, Member, Mutation, Start, Whom, WriteRequest, WriteResult};
use crate::{
    clock::Clock,
    facts::{Facts, policy_gate::PolicyGate},
    fanout::Hub,
    store::Store,
    tasks::Tasks,
    telemetry::Metrics,
};

/// A request that is not answered by then is given up by its asker; whether it was done is unknown, and a retry with the
/// same client id finds out.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// Hands requests to their lanes. Cheap to clone; the lanes end with the last clone.
#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[mpsc::Sender<QueuedRequest>]>,
}

/// A request and who waits for it.
struct QueuedRequest {
    request: WriteRequest,
    answer: oneshot::Sender<Result<WriteResult, Refusal>>,
}

/// The parts of the server that the writer uses.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct WriterDeps {
    pub store: Store,
    pub hub: Hub,
    pub facts: Facts,
    pub gate: PolicyGate,
    pub metrics: Arc<Metrics>,
    pub clock: Arc<dyn Clock>,
}

impl Writer {
    /// Starts `lanes` lanes, each of which writes at most `batch_max` requests in one transaction.
    #[must_use]
    pub fn start(tasks: &Tasks, deps: &WriterDeps, lanes: usize, batch_max: usize) -> Self {
        let lanes = (0..lanes.max(1))
            .map(|_| {
                // Full: askers wait, and with them the sockets they read from.
                let (requests, waiting) = mpsc::channel(batch_max * 4);
                tasks.spawn_vital("writer lane", lane::run(deps.clone(), batch_max, waiting, tasks.stopping()));
                requests
            })
            .collect();
        Self { lanes }
    }

    /// Hands a request over; the future returned resolves with the answer. Requests handed over one after the other for one
    /// conversation are done in that order.
    ///
    /// # Errors
    /// When the lanes ended, or the answer did not come in time.
    pub async fn submit(
        &self,
        request: WriteRequest,
    ) -> impl Future<Output = Result<WriteResult, Refusal>> + Send + 'static {
        let (answer, answered) = oneshot::channel();
        let mut hasher = DefaultHasher::new();
        request.lane_key().hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % self.lanes.len() as u64).unwrap_or(0);
        let taken = self.lanes[lane].send_timeout(QueuedRequest { request, answer }, ANSWER_DEADLINE).await;
        async move {
            taken.map_err(|_| Refusal::new(ErrorCode::Unavailable, "the database can't keep up"))?;
            match tokio::time::timeout(ANSWER_DEADLINE, answered).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(Refusal::new(ErrorCode::Unavailable, "the server is stopping")),
                Err(_) => Err(Refusal::new(ErrorCode::Timeout, "the database did not answer in time")),
            }
        }
    }

    /// Hands a request over and waits for the answer.
    ///
    /// # Errors
    /// The refusal its asker may read.
    pub async fn write(&self, request: WriteRequest) -> Result<WriteResult, Refusal> {
        self.submit(request).await.await
    }
}
