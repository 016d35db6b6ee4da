//! Requests that wait in a lane, with the channels for their answers.

use causerie_protocol::{Refusal, TenantId};
use tokio::sync::oneshot;

use super::request::{Mutation, Start, Started, WriteRequest, WriteResult};
use crate::auth::Caller;

/// A request and the channel for its answer.
pub(super) struct Queued<M, R> {
    pub request: WriteRequest<M>,
    pub answer: oneshot::Sender<Result<R, Refusal>>,
}

/// A start or a mutation in the queue of a lane.
pub(super) enum QueuedRequest {
    /// A start. It is in a box, because most requests are mutations, which are smaller.
    Start(Box<Queued<Start, Started>>),
    /// A mutation.
    Mutation(Queued<Mutation, WriteResult>),
}

/// The requests that a lane executes in one transaction: first the starts, then the mutations, each in the order in which
/// they were queued. A client can't rely on the order of a start and a mutation, because their lanes may differ.
#[derive(Default)]
pub(super) struct Batch {
    pub starts: Vec<Queued<Start, Started>>,
    pub mutations: Vec<Queued<Mutation, WriteResult>>,
}

impl<M, R> Queued<M, R> {
    /// Answers the request. The answer is lost if the caller no longer waits for it.
    pub(super) fn answer(self, outcome: Result<R, Refusal>) {
        let _ = self.answer.send(outcome);
    }
}

impl QueuedRequest {
    pub(super) fn tenant(&self) -> TenantId {
        match self {
            Self::Start(queued) => queued.request.caller.tenant,
            Self::Mutation(queued) => queued.request.caller.tenant,
        }
    }

    pub(super) fn refuse(self, refusal: Refusal) {
        match self {
            Self::Start(queued) => queued.answer(Err(refusal)),
            Self::Mutation(queued) => queued.answer(Err(refusal)),
        }
    }
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.starts.len() + self.mutations.len()
    }

    /// The callers of all requests.
    pub(super) fn callers(&self) -> impl Iterator<Item = Caller> {
        let starts = self.starts.iter().map(|queued| queued.request.caller);
        starts.chain(self.mutations.iter().map(|queued| queued.request.caller))
    }

    pub(super) fn into_requests(self) -> Vec<QueuedRequest> {
        let starts = self.starts.into_iter().map(|queued| QueuedRequest::Start(Box::new(queued)));
        starts.chain(self.mutations.into_iter().map(QueuedRequest::Mutation)).collect()
    }

    /// Answers each request with its outcome.
    pub(super) fn answer(self, started: Vec<Result<Started, Refusal>>, mutated: Vec<Result<WriteResult, Refusal>>) {
        self.starts.into_iter().zip(started).for_each(|(queued, outcome)| queued.answer(outcome));
        self.mutations.into_iter().zip(mutated).for_each(|(queued, outcome)| queued.answer(outcome));
    }
}

impl FromIterator<QueuedRequest> for Batch {
    fn from_iter<I: IntoIterator<Item = QueuedRequest>>(requests: I) -> Self {
        let mut batch = Self::default();
        for request in requests {
            match request {
                QueuedRequest::Start(queued) => batch.starts.push(*queued),
                QueuedRequest::Mutation(queued) => batch.mutations.push(queued),
            }
        }
        batch
    }
}
