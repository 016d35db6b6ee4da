//! Tests of jobs on both databases, with a kind of jobs that records its runs. A [`Worker`] stands for a node. The tests say
//! when it polls, and set the clock.

mod endings;
mod pruning;
mod queue;
mod worker;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use causerie_protocol::{NodeId, TenantId};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{JobContext, JobError, JobKind, Jobs, Kinds, Limits, StoredJob, new_job, worker::Worker};
use crate::{
    clock::Clock,
    store::{Store, queries::jobs},
    tasks::Readiness,
    telemetry::Metrics,
    testing::TestClock,
};

const HOUR_MS: i64 = 3_600_000;

/// The payload of a [`RecordedJob`]: what the job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum JobAction {
    Succeed,
    Fail,
    FailPermanently,
    Panic,
    /// Ends when [`Recorder::gate`] has a permit.
    Wait,
}

/// Records the runs of jobs.
#[derive(Clone)]
struct Recorder {
    /// The job and the attempt of each run.
    runs: Arc<Mutex<Vec<(Uuid, u32)>>>,
    /// One permit lets one job with [`JobAction::Wait`] end.
    gate: Arc<Semaphore>,
}

impl Recorder {
    fn new() -> Self {
        Self { runs: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
    }

    /// The attempts of each job that have started.
    fn runs(&self) -> BTreeMap<Uuid, Vec<u32>> {
        let mut by_job: BTreeMap<Uuid, Vec<u32>> = BTreeMap::new();
        for (id, attempt) in self.runs.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            by_job.entry(*id).or_default().push(*attempt);
        }
        by_job
    }
}

/// A kind of jobs that records its runs.
struct RecordedJob(Recorder);

impl JobKind for RecordedJob {
    const KIND: &'static str = "noted";
    const LIMITS: Limits = Limits {
        concurrency: 2,
        attempts_max: 3,
        timeout: Duration::from_secs(60),
        keep_done: Duration::from_secs(2 * 3_600),
        keep_dead: Duration::from_secs(5 * 3_600),
    };
    type Payload = JobAction;

    async fn run(&self, context: JobContext, action: JobAction) -> Result<(), JobError> {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner).push((context.id, context.attempt));
        match action {
            JobAction::Succeed => Ok(()),
            JobAction::Fail => Err(JobError::retryable("no answer").because("the inside")),
            JobAction::FailPermanently => Err(JobError::permanent("no such address")),
            JobAction::Panic => panic!("on purpose"),
            JobAction::Wait => {
                self.0.gate.acquire().await.expect("is open").forget();
                Ok(())
            }
        }
    }
}

/// A worker that runs jobs of the kind [`RecordedJob`].
fn new_worker(store: &Store, clock: &Arc<TestClock>, recorder: &Recorder) -> Worker {
    worker_of_kinds(store, clock, Kinds::default().with(RecordedJob(recorder.clone())))
}

fn worker_of_kinds(store: &Store, clock: &Arc<TestClock>, kinds: Kinds) -> Worker {
    Worker::new(&jobs_of_kinds(store, clock, kinds), Readiness::default())
}

fn jobs_of_kinds(store: &Store, clock: &Arc<TestClock>, kinds: Kinds) -> Jobs {
    let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(clock);
    Jobs::new(store, &clock, &Arc::new(Metrics::new()), NodeId::new(), kinds)
}

/// Lets the worker run the jobs that are due now, until they have ended.
async fn run_due_jobs(worker: &mut Worker) {
    worker.poll().await.expect("polls");
    worker.idle().await;
}

/// Stores a job that is due now, and returns its id.
async fn store_job(store: &Store, clock: &TestClock, tenant: Option<TenantId>, action: JobAction) -> Uuid {
    let job = new_job::<RecordedJob>(tenant, &action, clock.now_ms());
    jobs::enqueue(store.writer(), std::slice::from_ref(&job), clock.now_ms()).await.expect("stores");
    job.id
}

async fn find_job(store: &Store, id: Uuid) -> Option<StoredJob> {
    jobs::find(store, None, id).await.expect("reads")
}

/// Waits until the condition holds, at most 30 seconds.
async fn wait_until(condition: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    waited.await.expect("it comes about");
}
