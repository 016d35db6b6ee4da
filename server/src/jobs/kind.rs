//! Kinds of jobs. A kind defines the code of its jobs, how many run at the same time, how often and for how long they are
//! tried, and how long their rows are kept.

use std::{collections::BTreeMap, error::Error, future::Future, sync::Arc, time::Duration};

use causerie_protocol::TenantId;
use futures::{FutureExt as _, future::BoxFuture};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::new_job;
use crate::store::{StoreError, queries::jobs::NewJob};

/// A kind of jobs. Its value holds what the jobs need: a store, a clock, a client.
pub trait JobKind: Send + Sync + 'static {
    /// The name in SQL, in metrics and on the command line. It must never change, because stored jobs contain it. A node
    /// runs only jobs of kinds that it knows, so during an upgrade jobs of a new kind wait for the nodes of the new release.
    const KIND: &'static str;
    /// The bounds on jobs of this kind.
    const LIMITS: Limits = Limits::DEFAULT;
    /// The input of a job, stored as JSON. Jobs stored by the release before must still be readable: new fields need a
    /// default.
    type Payload: Serialize + DeserializeOwned + Send + 'static;

    /// Runs a job. A job may run again after it succeeded, so a second run must be harmless.
    fn run(&self, context: JobContext, payload: Self::Payload) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// The bounds on jobs of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The number of jobs that run at the same time on one node.
    pub concurrency: usize,
    /// The number of attempts after which a failed job is dead.
    pub attempts_max: u32,
    /// The longest duration of a run. A longer run is aborted and counts as failed.
    pub timeout: Duration,
    /// How long the row of a job that succeeded is kept; zero removes it at once.
    pub keep_done: Duration,
    /// How long the row of a dead job is kept for the operator.
    pub keep_dead: Duration,
}

impl Limits {
    /// Limits for short work: 4 jobs at a time, 10 attempts within about 45 minutes, one minute per run.
    pub const DEFAULT: Self = Self {
        concurrency: 4,
        attempts_max: 10,
        timeout: Duration::from_secs(60),
        keep_done: Duration::from_secs(86_400),
        keep_dead: Duration::from_secs(30 * 86_400),
    };
}

/// What a run knows about its job.
#[derive(Debug, Clone)]
pub struct JobContext {
    /// The job's id, the same in each of its runs. A request to another system may carry it, so that the other system
    /// recognises a repetition.
    pub id: Uuid,
    /// The tenant whose data the job works on; `None` for a job of the server itself.
    pub tenant: Option<TenantId>,
    /// The number of this run, from 1.
    pub attempt: u32,
}

/// Why a run failed.
#[derive(Debug)]
pub struct JobError {
    pub(super) is_retryable: bool,
    pub(super) message: String,
    pub(super) cause: Option<Box<dyn Error + Send + Sync>>,
}

impl JobError {
    /// A failure that a later attempt may not meet. `message` is stored with the job and shown to the tenant's back end, so
    /// it must be a sentence without secrets and without internals of the server.
    #[must_use]
    pub fn retryable(message: impl Into<String>) -> Self {
        Self { is_retryable: true, message: message.into(), cause: None }
    }

    /// A failure that every attempt would meet: the job is dead at once. `message`: see [`JobError::retryable`].
    #[must_use]
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { is_retryable: false, message: message.into(), cause: None }
    }

    /// Adds the cause, which is logged and not stored.
    #[must_use]
    pub fn because(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::retryable("the database failed").because(error)
    }
}

type Run = dyn Fn(JobContext, &str) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync;

/// How the jobs of a kind that runs at intervals are made.
pub(super) struct Schedule {
    pub(super) interval: Duration,
    /// A job that is due at this moment, milliseconds since 1970 UTC.
    pub(super) make: fn(i64) -> NewJob,
}

/// A kind in the registry, without its types.
pub(super) struct Registered {
    pub(super) limits: Limits,
    /// Present if the cluster makes jobs of this kind at intervals.
    pub(super) schedule: Option<Schedule>,
    pub(super) run: Arc<Run>,
}

/// The kinds that a node knows.
#[derive(Default)]
pub struct Kinds(BTreeMap<&'static str, Registered>);

impl Kinds {
    /// Adds a kind whose jobs other code enqueues.
    ///
    /// # Panics
    /// If a kind has this name already.
    #[must_use]
    pub fn with<K: JobKind>(self, kind: K) -> Self {
        self.add(kind, None)
    }

    /// Adds a kind of which the cluster makes one job per interval, the first at once. No job is made while an earlier job
    /// of the kind waits or runs. A restart of the server does not start a new interval.
    ///
    /// # Panics
    /// If a kind has this name already.
    #[must_use]
    pub fn every<K: JobKind<Payload: Default>>(self, interval: Duration, kind: K) -> Self {
        let make = |now_ms| new_job::<K>(None, &K::Payload::default(), now_ms);
        self.add(kind, Some(Schedule { interval, make }))
    }

    fn add<K: JobKind>(mut self, kind: K, schedule: Option<Schedule>) -> Self {
        let kind = Arc::new(kind);
        let run = move |context, payload: &str| {
            let payload = serde_json::from_str(payload);
            let kind = Arc::clone(&kind);
            async move {
                let payload = payload.map_err(|error| JobError::permanent("the payload can't be read").because(error))?;
                kind.run(context, payload).await
            }
            .boxed()
        };
        let earlier = self.0.insert(K::KIND, Registered { limits: K::LIMITS, schedule, run: Arc::new(run) });
        assert!(earlier.is_none(), "there are two kinds of jobs `{}`", K::KIND);
        self
    }

    pub(super) fn get(&self, kind: &str) -> Option<(&'static str, &Registered)> {
        self.0.get_key_value(kind).map(|(name, registered)| (*name, registered))
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &Registered)> {
        self.0.iter().map(|(name, registered)| (*name, registered))
    }
}
