//! Jobs on both databases, with a kind of jobs that notes its runs. Nodes are workers that are told when to look; time is
//! passed in.

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

/// What a job of the kind [`Noted`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Act {
    Succeed,
    Fail,
    FailForGood,
    Panic,
    /// Ends when the notes let it.
    Wait,
}

/// The runs of jobs, and what those that wait wait for.
#[derive(Clone)]
struct Notes {
    runs: Arc<Mutex<Vec<(Uuid, u32)>>>,
    gate: Arc<Semaphore>,
}

impl Notes {
    fn new() -> Self {
        Self { runs: Arc::default(), gate: Arc::new(Semaphore::new(0)) }
    }

    /// The attempts of each job that were begun.
    fn runs(&self) -> BTreeMap<Uuid, Vec<u32>> {
        let mut by_job: BTreeMap<Uuid, Vec<u32>> = BTreeMap::new();
        for (id, attempt) in self.runs.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            by_job.entry(*id).or_default().push(*attempt);
        }
        by_job
    }
}

struct Noted(Notes);

impl JobKind for Noted {
    const KIND: &'static str = "noted";
    const LIMITS: Limits = Limits {
        concurrency: 2,
        attempts_max: 3,
        timeout: Duration::from_secs(60),
        keep_done: Duration::from_secs(2 * 3_600),
        keep_dead: Duration::from_secs(5 * 3_600),
    };
    type Payload = Act;

    async fn run(&self, context: JobContext, act: Act) -> Result<(), JobError> {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner).push((context.id, context.attempt));
        match act {
            Act::Succeed => Ok(()),
            Act::Fail => Err(JobError::retryable("no answer").because("the inside")),
            Act::FailForGood => Err(JobError::permanent("no such address")),
            Act::Panic => panic!("on purpose"),
            Act::Wait => {
                self.0.gate.acquire().await.expect("is open").forget();
                Ok(())
            }
        }
    }
}

/// A node that runs jobs of the kind [`Noted`].
fn node(store: &Store, clock: &Arc<TestClock>, notes: &Notes) -> Worker {
    node_of(store, clock, Kinds::default().with(Noted(notes.clone())))
}

fn node_of(store: &Store, clock: &Arc<TestClock>, kinds: Kinds) -> Worker {
    Worker::new(&jobs_of(store, clock, kinds), Readiness::default())
}

fn jobs_of(store: &Store, clock: &Arc<TestClock>, kinds: Kinds) -> Jobs {
    let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(clock);
    Jobs::new(store, &clock, &Arc::new(Metrics::new()), NodeId::new(), kinds)
}

/// Lets a node run what is due now, to its end.
async fn turn(worker: &mut Worker) {
    worker.poll().await.expect("polls");
    worker.idle().await;
}

/// Stores a job that is due now. Answers its id.
async fn store_job(store: &Store, clock: &TestClock, tenant: Option<TenantId>, act: Act) -> Uuid {
    let job = new_job::<Noted>(tenant, &act, clock.now_ms());
    jobs::enqueue(store.writer(), std::slice::from_ref(&job), clock.now_ms()).await.expect("stores");
    job.id
}

async fn stored(store: &Store, id: Uuid) -> Option<StoredJob> {
    jobs::find(store, None, id).await.expect("reads")
}

/// Lets tasks go on until something is so.
async fn until(is_so: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    waited.await.expect("it comes about");
}
