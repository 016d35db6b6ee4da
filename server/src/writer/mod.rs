//! The only code that changes conversations and messages on behalf of users.
//!
//! Each conversation belongs to one lane. A lane takes the requests that wait in its queue, up to a maximum, runs one
//! transaction for them, answers every request and takes the next batch. The lane uses no timer: an idle server commits each
//! request at once, and a busy server commits large batches. The writer answers senders and publishes changes to members
//! only after the commit.

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

/// How long a caller waits for a place in the lane's queue, and then for the answer. After a timeout the caller does not
/// know whether the request was executed. For a new message, a retry with the same client id is safe and gives the stored
/// message.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// Puts requests into the queues of their lanes. Cheap to clone. The lanes end when the last clone is dropped, or when the
/// server stops.
#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[mpsc::Sender<QueuedRequest>]>,
}

/// A request and the channel for its answer.
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
                // While the queue is full, callers wait, and their connections read no further commands.
                let (requests, waiting) = mpsc::channel(batch_max * 4);
                tasks.spawn_vital("writer lane", lane::run(deps.clone(), batch_max, waiting, tasks.stopping()));
                requests
            })
            .collect();
        Self { lanes }
    }

    /// Puts a request into the queue of its lane and returns a future for the answer. The lane executes requests for one
    /// conversation in the order in which they were put into its queue.
    ///
    /// # Errors
    /// The returned future gives the request's refusal, `Unavailable` if the queue stays full or the lane has ended, and
    /// `Timeout` if the answer takes longer than 10 s.
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

    /// Puts a request into the queue of its lane and waits for the answer.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn write(&self, request: WriteRequest) -> Result<WriteResult, Refusal> {
        self.submit(request).await.await
    }
}
