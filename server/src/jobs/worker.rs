//! The worker of a node: claims due jobs, runs them, and extends the leases of running jobs.
//!
//! The worker polls the database after jobs were committed on this node, when the next known job becomes due, and every few
//! seconds for jobs of other nodes. On an idle server a poll is one small query. One task claims jobs. Each job runs in a
//! task of its own, which also stores the result of the run.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use tokio::{
    task::{AbortHandle, Id, JoinError, JoinSet},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Inner, Jobs, backoff,
    kind::{JobContext, JobError, Limits, Registered, Schedule},
    prune::milliseconds,
    report::Report,
};
use crate::{
    clock::Clock,
    store::{
        StoreError,
        queries::jobs::{self, Claim, Ending},
    },
    tasks::{Phase, Readiness},
    telemetry::JobKindLabel,
};

/// The longest time between two polls, and so the longest time for which a due job of another node waits.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// The duration of a lease. Other nodes may claim the jobs of a killed node this long after it last extended their leases.
/// The clocks of the nodes must differ by less than this.
pub(super) const LEASE: Duration = Duration::from_secs(15);
/// The interval at which leases are extended. Two attempts in a row may fail before a lease ends.
const RENEW_INTERVAL: Duration = Duration::from_secs(5);
/// The time in which running jobs must finish when the server stops. It is shorter than a lease and shorter than the time in
/// which all tasks must end.
const FINISH_MAX: Duration = Duration::from_secs(5);
/// The number of characters of an error message that are stored.
const ERROR_MAX: usize = 2_000;

/// The worker of one node.
pub(super) struct Worker {
    jobs: Arc<Inner>,
    readiness: Readiness,
    /// The names of the kinds that this node knows.
    kinds: Vec<&'static str>,
    /// The jobs that run on this node, by id.
    running: HashMap<Uuid, Running>,
    /// The tasks of the running jobs. Each returns the id of its job.
    runs: JoinSet<Uuid>,
    /// For each kind whose jobs run at intervals, the time at which the next job must be stored, in milliseconds since 1970
    /// UTC. Empty before the first poll.
    schedules: HashMap<&'static str, i64>,
    report: Report,
    /// Whether jobs may be due that were not claimed, because their kind runs as many jobs as its limit allows.
    more_may_be_due: bool,
    /// The time of the next poll.
    poll_at: Instant,
    /// The time at which leases are extended next.
    renew_at: Instant,
}

/// A job that runs on this node.
struct Running {
    kind: &'static str,
    attempt: u32,
    leased_until_ms: i64,
    task: AbortHandle,
}

impl Worker {
    pub(super) fn new(jobs: &Jobs, readiness: Readiness) -> Self {
        let kinds = jobs.0.kinds.names();
        let now = Instant::now();
        Self {
            jobs: Arc::clone(&jobs.0),
            readiness,
            report: Report::new(&kinds),
            kinds,
            running: HashMap::new(),
            runs: JoinSet::new(),
            schedules: HashMap::new(),
            more_may_be_due: false,
            poll_at: now,
            renew_at: now,
        }
    }

    /// Runs jobs until `stopping` is cancelled.
    pub(super) async fn run(mut self, stopping: CancellationToken) {
        let jobs = Arc::clone(&self.jobs);
        loop {
            if self.poll_at <= Instant::now() {
                self.poll_or_log().await;
            }
            if self.renew_at <= Instant::now() {
                self.renew().await;
            }
            let next = if self.running.is_empty() { self.poll_at } else { self.poll_at.min(self.renew_at) };
            tokio::select! {
                biased;
                () = stopping.cancelled() => break,
                Some(ended) = self.runs.join_next_with_id(), if !self.runs.is_empty() => {
                    self.handle_ended_run(ended);
                    while let Some(ended) = self.runs.try_join_next_with_id() {
                        self.handle_ended_run(ended);
                    }
                    if self.more_may_be_due {
                        self.poll_at = Instant::now();
                    }
                }
                () = jobs.wake.notified() => self.poll_at = Instant::now(),
                () = sleep_until(next) => {}
            }
        }
        self.stop(FINISH_MAX).await;
    }

    async fn poll_or_log(&mut self) {
        self.poll_at = Instant::now() + POLL_INTERVAL;
        if let Err(error) = self.poll().await {
            tracing::warn!(%error, "the due jobs can't be read; they run later");
        }
    }

    /// Starts due jobs, as many as the limits of their kinds allow, and sets the time of the next poll.
    pub(super) async fn poll(&mut self) -> Result<(), StoreError> {
        // A node that stops claims no more jobs; other nodes run them.
        if self.readiness.phase() == Phase::Stopping {
            return Ok(());
        }
        let jobs = Arc::clone(&self.jobs);
        let now_ms = jobs.clock.now_ms();
        self.enqueue_scheduled(now_ms).await?;
        let due = jobs::earliest_due(&jobs.store, &self.kinds).await?;
        let oldest_ms = due.values().map(|due_at_ms| now_ms - due_at_ms).max().unwrap_or(0).max(0);
        jobs.metrics.jobs_oldest_due_seconds.set(oldest_ms as f64 / 1_000.0);
        self.more_may_be_due = false;
        let next_ms = due.values().copied().chain(self.schedules.values().copied()).filter(|at_ms| *at_ms > now_ms).min();
        for (kind, due_at_ms) in due {
            let Some((kind, registered)) = jobs.kinds.get(&kind) else { continue };
            if due_at_ms > now_ms {
                continue;
            }
            let running = self.running.values().filter(|running| running.kind == kind).count();
            let free = registered.limits.concurrency.saturating_sub(running);
            let until_ms = now_ms + milliseconds(LEASE);
            let claims = match free {
                0 => Vec::new(),
                _ => jobs::claim(&jobs.store, kind, free, jobs.node, now_ms, until_ms).await?,
            };
            // If the claim returned as many jobs as it may return, more jobs may be due.
            self.more_may_be_due |= claims.len() == free;
            for claim in claims {
                self.start_run(kind, registered, claim, until_ms);
            }
        }
        self.report.update(&jobs.store, &jobs.metrics).await?;
        let wait_ms = next_ms.map_or(u64::MAX, |at_ms| u64::try_from(at_ms - now_ms).unwrap_or(0));
        self.poll_at = Instant::now() + POLL_INTERVAL.min(Duration::from_millis(wait_ms));
        Ok(())
    }

    /// Stores a job of each scheduled kind whose interval has passed.
    async fn enqueue_scheduled(&mut self, now_ms: i64) -> Result<(), StoreError> {
        for (kind, registered) in self.jobs.kinds.iter() {
            let Some(Schedule { interval, make }) = &registered.schedule else { continue };
            let interval_ms = milliseconds(*interval);
            let known_next_ms = self.schedules.get(kind).copied();
            // A time more than two intervals away means that the clock was set back. It is ignored.
            if known_next_ms.is_some_and(|next_ms| next_ms > now_ms && next_ms <= now_ms + 2 * interval_ms) {
                continue;
            }
            let next_ms = jobs::schedule(&self.jobs.store, &make(now_ms), interval_ms, now_ms).await?;
            self.schedules.insert(kind, next_ms);
        }
        Ok(())
    }

    /// Starts the task that runs a claimed job.
    fn start_run(&mut self, kind: &'static str, registered: &Registered, claim: Claim, leased_until_ms: i64) {
        let (id, attempt) = (claim.id, claim.attempt);
        let run = Run { jobs: Arc::clone(&self.jobs), kind, limits: registered.limits, id, attempt };
        let work = Arc::clone(&registered.run);
        let task = self.runs.spawn(async move {
            let context = JobContext { id: claim.id, tenant: claim.tenant, attempt: claim.attempt };
            run.finish(|| work(context, &claim.payload)).await;
            id
        });
        if self.running.is_empty() {
            self.renew_at = Instant::now() + RENEW_INTERVAL;
        }
        self.running.insert(id, Running { kind, attempt, leased_until_ms, task });
    }

    /// Removes a run that has ended from the running jobs.
    fn handle_ended_run(&mut self, ended: Result<(Id, Uuid), JoinError>) {
        match ended {
            // If the lease of a job ended, this node may have claimed the job again before it handles the end of the first
            // run. The entry then belongs to the second run and stays.
            Ok((task, id)) => {
                if self.running.get(&id).is_some_and(|running| running.task.id() == task) {
                    self.running.remove(&id);
                }
            }
            // The run was aborted. `renew` has usually removed its entry already.
            Err(error) => self.running.retain(|_, running| running.task.id() != error.id()),
        }
    }

    /// Extends the leases of the running jobs, and aborts the runs whose lease has ended, because another node may have
    /// claimed the job.
    pub(super) async fn renew(&mut self) {
        self.renew_at = Instant::now() + RENEW_INTERVAL;
        if self.running.is_empty() {
            return;
        }
        let now_ms = self.jobs.clock.now_ms();
        let until_ms = now_ms + milliseconds(LEASE);
        let claims: Vec<(Uuid, u32)> = self.running.iter().map(|(id, running)| (*id, running.attempt)).collect();
        match jobs::renew(&self.jobs.store, self.jobs.node, &claims, until_ms).await {
            Ok(kept) => {
                for id in kept {
                    if let Some(running) = self.running.get_mut(&id) {
                        running.leased_until_ms = until_ms;
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the leases of running jobs can't be extended"),
        }
        // The lease of a run that has just stored its result is not extended either. This run is removed from `running`
        // before its lease ends.
        self.running.retain(|id, running| {
            let is_leased = running.leased_until_ms > now_ms;
            if !is_leased {
                tracing::warn!(job_id = %id, kind = running.kind, "a job is aborted because this node lost its lease");
                running.task.abort();
            }
            is_leased
        });
    }

    /// Waits until the running jobs have ended, at most for `patience`. Aborts the jobs that take longer, and makes them due
    /// for other nodes.
    pub(super) async fn stop(mut self, patience: Duration) {
        if timeout(patience, self.idle()).await.is_ok() {
            return;
        }
        self.runs.shutdown().await;
        let now_ms = self.jobs.clock.now_ms();
        for (id, running) in self.running {
            let Inner { store, node, .. } = &*self.jobs;
            match jobs::end(store, *node, (id, running.attempt), &Ending::GivenBack, now_ms).await {
                Ok(given_back) => tracing::info!(job_id = %id, kind = running.kind, given_back, "a job is interrupted"),
                Err(error) => {
                    tracing::warn!(%error, job_id = %id, "an interrupted job can't be made due; another node runs it when its lease ends")
                }
            }
        }
    }

    /// Waits until no job runs.
    pub(super) async fn idle(&mut self) {
        while let Some(ended) = self.runs.join_next_with_id().await {
            self.handle_ended_run(ended);
        }
    }
}

/// One run of a job.
struct Run {
    jobs: Arc<Inner>,
    kind: &'static str,
    limits: Limits,
    id: Uuid,
    attempt: u32,
}

impl Run {
    /// Runs the job and stores the result.
    async fn finish<F>(self, work: impl FnOnce() -> F)
    where
        F: Future<Output = Result<(), JobError>>,
    {
        let Inner { store, clock, metrics, node, .. } = &*self.jobs;
        let started_at = Instant::now();
        let outcome = self.outcome(work).await;
        let label = JobKindLabel { kind: self.kind };
        metrics.job_runs.get_or_create(&label).inc();
        metrics.job_run_seconds.get_or_create(&label).observe(started_at.elapsed().as_secs_f64());
        if outcome.is_err() {
            metrics.job_failures.get_or_create(&label).inc();
        }
        let ending = self.ending(outcome, &**clock);
        match jobs::end(store, *node, (self.id, self.attempt), &ending, clock.now_ms()).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(job_id = %self.id, kind = self.kind, "another node claimed a job while this node ran it")
            }
            Err(error) => {
                tracing::warn!(%error, job_id = %self.id, kind = self.kind, "the result of a job can't be stored; the job runs again")
            }
        }
    }

    /// The result of the run. A panic and a run over the time limit are failures.
    async fn outcome<F>(&self, work: impl FnOnce() -> F) -> Result<(), JobError>
    where
        F: Future<Output = Result<(), JobError>>,
    {
        if self.attempt > self.limits.attempts_max {
            // A claim counts as an attempt even if the node was killed. Otherwise a job that kills its node would run again
            // and again.
            return Err(JobError::permanent("each node that ran it ended before the job did"));
        }
        let work = AssertUnwindSafe(async { work().await }).catch_unwind();
        match timeout(self.limits.timeout, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(JobError::retryable("the job panicked")),
            Err(_) => Err(JobError::retryable(format!("it took longer than {} s", self.limits.timeout.as_secs()))),
        }
    }

    /// The way in which the run ends the job: done, dead, or again after a pause.
    fn ending(&self, outcome: Result<(), JobError>, clock: &dyn Clock) -> Ending {
        let JobError { is_retryable, message, cause } = match outcome {
            Ok(()) if self.limits.keep_done.is_zero() => return Ending::Forgotten,
            Ok(()) => return Ending::Done,
            Err(error) => error,
        };
        let (job_id, kind, attempt) = (self.id, self.kind, self.attempt);
        let cause = cause.map(|cause| cause.to_string()).unwrap_or_default();
        let error: String = message.chars().take(ERROR_MAX).collect();
        if !is_retryable || attempt >= self.limits.attempts_max {
            tracing::error!(%job_id, kind, attempt, error, cause, "a job failed for good: `causerie jobs retry` runs it again");
            return Ending::Dead { error };
        }
        let pause = backoff::pause(attempt, rand::random_range(0.0..1.0));
        tracing::warn!(%job_id, kind, attempt, error, cause, pause_s = pause.as_secs(), "a job failed and runs again");
        Ending::Again { error, at_ms: clock.now_ms() + milliseconds(pause) }
    }
}
