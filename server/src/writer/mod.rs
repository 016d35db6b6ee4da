//! The only code that changes conversations and messages on behalf of users.
//!
//! Each conversation belongs to one lane. A lane takes the requests that wait in its queue, up to a maximum, runs one
//! transaction for them, answers every request and takes the next batch. The lane uses no timer: an idle server commits each
//! request at once, and a busy server commits large batches. The writer answers senders and publishes changes to members
//! only after the commit.

mod batch;
mod check;
mod decide;
mod inboxes;
mod lane;
mod log;
mod persist;
mod queue;
mod request;
mod snapshots;
mod start;
mod state;
#[cfg(test)]
mod tests;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::{ErrorCode, Refusal};
use tokio::sync::{mpsc, oneshot};

use self::queue::{Queued, QueuedRequest};
pub use self::{
    check::{Check, CheckSubject},
    request::{Member, Mutation, OutgoingMessage, Start, Started, WriteRequest, WriteResult},
};
use crate::{
    clock::Clock,
    facts::{Facts, policy_gate::PolicyGate},
    fanout::Hub,
    store::Store,
    tasks::Tasks,
    telemetry::Metrics,
};

/// How long a caller waits for a place in the lane's queue, and then for the answer. After a timeout the caller does not
/// know whether the request was executed. For a new message, a retry with the same client id is safe and returns the stored
/// message.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// Puts requests into the queues of their lanes. Cheap to clone. The lanes end when the last clone is dropped, or when the
/// server stops.
#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[mpsc::Sender<QueuedRequest>]>,
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

    /// Puts a mutation into the queue of its lane and returns a future for the answer. The lane executes mutations of one
    /// conversation in the order in which they were put into its queue.
    ///
    /// # Errors
    /// The returned future gives the request's refusal, `Unavailable` if the queue stays full or the lane has ended, and
    /// `Timeout` if the answer takes longer than 10 s.
    pub async fn submit(
        &self,
        request: WriteRequest<Mutation>,
    ) -> impl Future<Output = Result<WriteResult, Refusal>> + Send + 'static {
        let lane = self.lane(&request.lane_key());
        self.enqueue(lane, request, QueuedRequest::Mutation).await
    }

    /// Puts a mutation into the queue of its lane and waits for the answer.
    ///
    /// # Errors
    /// The errors of [`Self::submit`].
    pub async fn write(&self, request: WriteRequest<Mutation>) -> Result<WriteResult, Refusal> {
        self.submit(request).await.await
    }

    /// Starts a conversation, or finds the conversation with the same start key.
    ///
    /// # Errors
    /// The errors of [`Self::submit`].
    pub async fn start_conversation(&self, request: WriteRequest<Start>) -> Result<Started, Refusal> {
        let lane = self.lane(&request.lane_key());
        self.enqueue(lane, request, |queued| QueuedRequest::Start(Box::new(queued))).await.await
    }

    /// The lane that a hash of the key selects.
    fn lane(&self, key: &impl Hash) -> &mpsc::Sender<QueuedRequest> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % self.lanes.len() as u64).unwrap_or(0);
        &self.lanes[index]
    }

    /// Puts a request into the queue of a lane. Returns a future for the answer.
    async fn enqueue<M, R: Send + 'static>(
        &self,
        lane: &mpsc::Sender<QueuedRequest>,
        request: WriteRequest<M>,
        to_queued: fn(Queued<M, R>) -> QueuedRequest,
    ) -> impl Future<Output = Result<R, Refusal>> + Send + use<M, R> + 'static {
        let (answer, answered) = oneshot::channel();
        let sent = lane.send_timeout(to_queued(Queued { request, answer }), ANSWER_DEADLINE).await;
        async move {
            sent.map_err(|_| Refusal::new(ErrorCode::Unavailable, "the database can't keep up"))?;
            match tokio::time::timeout(ANSWER_DEADLINE, answered).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(Refusal::new(ErrorCode::Unavailable, "the server is stopping")),
                Err(_) => Err(Refusal::new(ErrorCode::Timeout, "the database did not answer in time")),
            }
        }
    }
}
