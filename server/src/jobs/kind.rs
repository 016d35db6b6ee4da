//! Kinds of jobs. A kind defines the code of its jobs, the number of concurrent runs, the number of attempts, the time limit
//! of a run, and the retention of the rows.

use std::{collections::BTreeMap, error::Error, future::Future, sync::Arc, time::Duration};

use causerie_protocol::TenantId;
use futures::{FutureExt as _, future::BoxFuture};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::new_job;
use crate::store::{StoreError, queries::jobs::NewJob};

/// A kind of jobs. A value of the type holds the parts of the server that the jobs use, such as the store and the clock.
pub trait JobKind: Send + Sync + 'static {
    /// The name of the kind in the database, in metrics and on the command line. It must never change, because stored jobs
    /// contain it. A node runs only jobs of kinds that it knows, so during an upgrade jobs of a new kind wait for the nodes
    /// of the new release.
    const KIND: &'static str;
    /// The bounds on jobs of this kind.
    const LIMITS: Limits = Limits::DEFAULT;
    /// The input of a job, stored as JSON. Jobs that the previous release stored must still be readable, so new fields need
    /// a default.
    type Payload: Serialize + DeserializeOwned + Send + 'static;

    /// Runs a job. A job may run again after it succeeded, so a second run must be harmless.
    ///
    /// # Errors
    /// [`JobError`], which says whether the job runs again.
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
    /// The time for which the row of a job that succeeded is kept; zero removes the row at once.
    pub keep_done: Duration,
    /// The time for which the row of a dead job is kept, so that the operator can retry it.
    pub keep_dead: Duration,
}

impl Limits {
    /// Limits for short work: 4 concurrent jobs, 10 attempts whose pauses last at most 43 minutes in total, one minute per
    /// run.
    pub const DEFAULT: Self = Self {
        concurrency: 4,
        attempts_max: 10,
        timeout: Duration::from_secs(60),
        keep_done: Duration::from_secs(86_400),
        keep_dead: Duration::from_secs(30 * 86_400),
    };
}

/// The properties of a job that its run can read.
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

/// The reason why a run failed.
#[derive(Debug)]
pub struct JobError {
    /// Whether the job runs again, if it has attempts left.
    pub(super) is_retryable: bool,
    /// The stored text.
    pub(super) message: String,
    /// The logged error.
    pub(super) cause: Option<Box<dyn Error + Send + Sync>>,
}

impl JobError {
    /// A failure after which a later attempt may succeed. `message` is stored with the job and shown to the tenant's back
    /// end, so it must be a sentence without secrets and without internals of the server.
    #[must_use]
    pub fn retryable(message: impl Into<String>) -> Self {
        Self { is_retryable: true, message: message.into(), cause: None }
    }

    /// A failure that would occur in every attempt. The job is dead at once. `message` is as in [`JobError::retryable`].
    #[must_use]
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { is_retryable: false, message: message.into(), cause: None }
    }

    /// Adds the error that caused the failure. It is logged, not stored.
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

/// The schedule of a kind whose jobs run at intervals.
pub(super) struct Schedule {
    pub(super) interval: Duration,
    /// Makes a job that is due at this time, in milliseconds since 1970 UTC.
    pub(super) make: fn(i64) -> NewJob,
}

/// A registered kind, without the type of its payload.
pub(super) struct Registered {
    pub(super) limits: Limits,
    /// Present if the nodes make jobs of this kind at intervals.
    pub(super) schedule: Option<Schedule>,
    pub(super) run: Arc<Run>,
}

/// The kinds that a node knows.
#[derive(Default)]
pub struct Kinds(BTreeMap<&'static str, Registered>);

impl Kinds {
    /// Adds a kind whose jobs other code stores.
    ///
    /// # Panics
    /// If another kind has the same name.
    #[must_use]
    pub fn with<K: JobKind>(self, kind: K) -> Self {
        self.add(kind, None)
    }

    /// Adds a kind whose jobs run at intervals. All nodes together make one job per interval, the first one at once. They
    /// make no job while an earlier job of the kind waits or runs. A restart of the server does not start a new interval.
    ///
    /// # Panics
    /// If another kind has the same name.
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
