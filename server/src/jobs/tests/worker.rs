//! Tests of the worker that runs jobs: leases, limits, shutdown, scheduled jobs, metrics.

use std::{sync::Arc, time::Duration};

use super::{
    JobAction, RecordedJob, Recorder, find_job, jobs_of_kinds, new_worker, run_due_jobs, store_job, wait_until,
    worker_of_kinds,
};
use crate::{
    clock::Clock as _,
    jobs::{
        JobState, Kinds, new_job,
        worker::{LEASE, Worker},
    },
    store::queries::jobs,
    tasks::{Phase, Readiness, Tasks},
    testing::{TestClock, on_each_database},
};

const LEASE_MS: i64 = LEASE.as_millis() as i64;

#[tokio::test]
async fn jobs_of_a_killed_node_run_on_another_node_when_the_lease_ends() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let id = store_job(&store, &clock, None, JobAction::Wait).await;
        let mut killed_worker = new_worker(&store, &clock, &recorder);
        killed_worker.poll().await.expect("polls");
        wait_until(|| recorder.runs().contains_key(&id)).await;
        drop(killed_worker);

        let mut other = new_worker(&store, &clock, &recorder);
        recorder.gate.add_permits(1);
        clock.advance_ms(LEASE_MS - 1);
        run_due_jobs(&mut other).await;
        assert_eq!(find_job(&store, id).await.expect("is kept").state, JobState::Running, "it is leased");
        clock.advance_ms(1);
        run_due_jobs(&mut other).await;
        assert_eq!(recorder.runs()[&id], [1, 2]);
        assert_eq!(find_job(&store, id).await.expect("is kept").state, JobState::Done);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_kills_its_nodes_becomes_dead() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let id = store_job(&store, &clock, None, JobAction::Wait).await;
        for attempts in 1..=3 {
            let mut killed_worker = new_worker(&store, &clock, &recorder);
            killed_worker.poll().await.expect("polls");
            wait_until(|| recorder.runs().get(&id).is_some_and(|runs| runs.len() == attempts)).await;
            drop(killed_worker);
            clock.advance_ms(LEASE_MS);
        }
        run_due_jobs(&mut new_worker(&store, &clock, &recorder)).await;
        let job = find_job(&store, id).await.expect("is kept");
        let error = "each node that ran it ended before the job did";
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some(error)));
        assert_eq!(recorder.runs()[&id], [1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn a_lease_lasts_while_the_job_runs_and_a_run_ends_with_its_lease() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let id = store_job(&store, &clock, None, JobAction::Wait).await;
        let (mut first, mut second) = (new_worker(&store, &clock, &recorder), new_worker(&store, &clock, &recorder));
        first.poll().await.expect("polls");
        for _ in 0..3 {
            clock.advance_ms(LEASE_MS - 1);
            first.renew().await;
            second.poll().await.expect("polls");
        }
        wait_until(|| recorder.runs().contains_key(&id)).await;
        assert_eq!(find_job(&store, id).await.expect("is kept").attempts, 1);

        // The first node does nothing for longer than its lease.
        clock.advance_ms(LEASE_MS);
        second.poll().await.expect("polls");
        first.renew().await;
        first.idle().await;
        assert_eq!(recorder.gate.available_permits(), 0, "nothing let the first run go on: it was ended");
        recorder.gate.add_permits(1);
        second.idle().await;
        assert_eq!(recorder.runs()[&id], [1, 2]);
        assert_eq!(find_job(&store, id).await.expect("is kept").state, JobState::Done);
    })
    .await;
}

#[tokio::test]
async fn a_node_runs_at_most_as_many_jobs_of_a_kind_as_the_kind_allows() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        for _ in 0..5 {
            store_job(&store, &clock, None, JobAction::Wait).await;
        }
        let (mut first, mut second) = (new_worker(&store, &clock, &recorder), new_worker(&store, &clock, &recorder));
        first.poll().await.expect("polls");
        first.poll().await.expect("polls");
        wait_until(|| recorder.runs().len() == 2).await;
        second.poll().await.expect("polls");
        wait_until(|| recorder.runs().len() == 4).await;
        first.poll().await.expect("polls");
        let counts = jobs::counts(&store).await.expect("reads");
        let count =
            |state| counts.iter().find(|count| count.kind == "noted" && count.state == state).map(|count| count.jobs);
        assert_eq!((count(JobState::Running), count(JobState::Waiting)), (Some(4), Some(1)));
        recorder.gate.add_permits(5);
        first.idle().await;
        second.idle().await;
        run_due_jobs(&mut first).await;
        assert_eq!(recorder.runs().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_stopping_node_claims_no_jobs_and_returns_jobs_that_take_too_long() {
    on_each_database(|store| async move {
        let (clock, recorder, readiness) = (TestClock::new(), Recorder::new(), Readiness::default());
        let kinds = Kinds::default().with(RecordedJob(recorder.clone()));
        let mut stopping_worker = Worker::new(&jobs_of_kinds(&store, &clock, kinds), readiness.clone());
        let [quick, slow] =
            [store_job(&store, &clock, None, JobAction::Wait).await, store_job(&store, &clock, None, JobAction::Wait).await];
        stopping_worker.poll().await.expect("polls");
        wait_until(|| recorder.runs().len() == 2).await;
        readiness.set(Phase::Stopping);
        let waiting = store_job(&store, &clock, None, JobAction::Succeed).await;
        stopping_worker.poll().await.expect("polls");
        assert_eq!(find_job(&store, waiting).await.expect("is kept").state, JobState::Waiting);

        recorder.gate.add_permits(1);
        stopping_worker.stop(Duration::from_millis(500)).await;
        let mut states = Vec::new();
        for id in [quick, slow] {
            let job = find_job(&store, id).await.expect("is kept");
            states.push((job.state, job.attempts));
        }
        states.sort_by_key(|(state, _)| state.name());
        assert_eq!(states, [(JobState::Done, 1), (JobState::Waiting, 0)], "one ended in time, the other counts no attempt");
        recorder.gate.add_permits(1);
        run_due_jobs(&mut new_worker(&store, &clock, &recorder)).await;
        for id in [quick, slow, waiting] {
            assert_eq!(find_job(&store, id).await.expect("is kept").state, JobState::Done, "another node need not wait");
        }
    })
    .await;
}

#[tokio::test]
async fn jobs_run_when_the_worker_is_woken_and_the_worker_stops_with_the_server() {
    on_each_database(|store| async move {
        let (clock, recorder, tasks) = (TestClock::new(), Recorder::new(), Tasks::default());
        let jobs = jobs_of_kinds(&store, &clock, Kinds::default().with(RecordedJob(recorder.clone())));
        jobs.start(&tasks, &Readiness::default()).await.expect("starts");
        let begun = tokio::time::Instant::now();
        for expected in 1..=20 {
            let transaction = store.begin().await.expect("begins");
            let new = new_job::<RecordedJob>(None, &JobAction::Succeed, clock.now_ms());
            jobs.enqueue(&transaction, std::slice::from_ref(&new)).await.expect("stores");
            transaction.commit().await.expect("commits");
            jobs.wake();
            wait_until(|| recorder.runs().len() == expected).await;
        }
        assert!(begun.elapsed() < Duration::from_secs(50), "polling every 5 s would take twice as long");
        tasks.finish().await;
        assert!(!tasks.any_died());
        let counts = jobs::counts(&store).await.expect("reads");
        assert!(counts.iter().all(|count| count.kind != "noted"), "{counts:?}");
    })
    .await;
}

#[tokio::test]
async fn a_backlog_runs_without_waiting_for_the_next_regular_poll() {
    on_each_database(|store| async move {
        let (clock, recorder, tasks) = (TestClock::new(), Recorder::new(), Tasks::default());
        for _ in 0..30 {
            store_job(&store, &clock, None, JobAction::Succeed).await;
        }
        let jobs = jobs_of_kinds(&store, &clock, Kinds::default().with(RecordedJob(recorder.clone())));
        let begun = tokio::time::Instant::now();
        jobs.start(&tasks, &Readiness::default()).await.expect("starts");
        wait_until(|| recorder.runs().len() == 30).await;
        assert!(begun.elapsed() < Duration::from_secs(25), "two jobs per look of 5 s would take 75 s");
        tasks.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_embedded_server_does_not_wait_for_the_leases_of_its_earlier_process() {
    on_each_database(|store| async move {
        let (clock, recorder, tasks) = (TestClock::new(), Recorder::new(), Tasks::default());
        let id = store_job(&store, &clock, None, JobAction::Wait).await;
        let mut killed_worker = new_worker(&store, &clock, &recorder);
        killed_worker.poll().await.expect("polls");
        wait_until(|| recorder.runs().contains_key(&id)).await;
        drop(killed_worker);
        recorder.gate.add_permits(1);
        let jobs = jobs_of_kinds(&store, &clock, Kinds::default().with(RecordedJob(recorder.clone())));
        jobs.start(&tasks, &Readiness::default()).await.expect("starts");
        if store.is_embedded() {
            wait_until(|| recorder.runs()[&id] == [1, 2]).await;
        }
        tasks.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_scheduled_job_exists_once_for_all_nodes_and_restarts() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let hour = Duration::from_secs(3_600);
        let kinds = || Kinds::default().every(hour, Hourly(RecordedJob(recorder.clone())));
        let (mut first, mut second) = (worker_of_kinds(&store, &clock, kinds()), worker_of_kinds(&store, &clock, kinds()));
        tokio::join!(run_due_jobs(&mut first), run_due_jobs(&mut second));
        tokio::join!(run_due_jobs(&mut first), run_due_jobs(&mut second));
        assert_eq!(recorder.runs().len(), 1, "the first one at once");
        clock.advance_ms(3_599_999);
        tokio::join!(run_due_jobs(&mut first), run_due_jobs(&mut second));
        run_due_jobs(&mut worker_of_kinds(&store, &clock, kinds())).await;
        assert_eq!(recorder.runs().len(), 1);
        clock.advance_ms(1);
        for _ in 0..2 {
            tokio::join!(run_due_jobs(&mut first), run_due_jobs(&mut second));
            run_due_jobs(&mut worker_of_kinds(&store, &clock, kinds())).await;
        }
        assert_eq!(recorder.runs().len(), 2);
        // No node polls for 12 hours. The job then runs once, and the missed runs are not repeated.
        clock.advance_ms(12 * 3_600_000);
        for _ in 0..3 {
            run_due_jobs(&mut first).await;
        }
        assert_eq!(recorder.runs().len(), 3);
    })
    .await;
}

/// A kind of job without a payload, for schedules.
struct Hourly(RecordedJob);

impl crate::jobs::JobKind for Hourly {
    const KIND: &'static str = "hourly";
    type Payload = ();

    async fn run(&self, context: crate::jobs::JobContext, (): ()) -> Result<(), crate::jobs::JobError> {
        self.0.run(context, JobAction::Succeed).await
    }
}

#[tokio::test]
async fn metrics_count_runs_failures_and_waiting_jobs() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        for action in [JobAction::Succeed, JobAction::Fail, JobAction::FailPermanently] {
            store_job(&store, &clock, None, action).await;
        }
        let jobs = jobs_of_kinds(&store, &clock, Kinds::default().with(RecordedJob(recorder.clone())));
        let mut worker = Worker::new(&jobs, Readiness::default());
        clock.advance_ms(2_000);
        run_due_jobs(&mut worker).await;
        run_due_jobs(&mut worker).await;
        // The worker counted the jobs at its first poll.
        let text = Arc::clone(&jobs.0.metrics).encode();
        for line in [
            "causerie_jobs_oldest_due_seconds 2.0",
            "causerie_job_runs_total{kind=\"noted\"} 3",
            "causerie_job_failures_total{kind=\"noted\"} 2",
            "causerie_job_run_seconds_count{kind=\"noted\"} 3",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line:?} in\n{text}");
        }
        let later = jobs_of_kinds(&store, &clock, Kinds::default().with(RecordedJob(recorder)));
        run_due_jobs(&mut Worker::new(&later, Readiness::default())).await;
        let text = later.0.metrics.encode();
        for line in [
            "causerie_jobs_oldest_due_seconds 0.0",
            "causerie_jobs{kind=\"noted\",state=\"waiting\"} 1",
            "causerie_jobs{kind=\"noted\",state=\"running\"} 0",
            "causerie_jobs{kind=\"noted\",state=\"dead\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line:?} in\n{text}");
        }
    })
    .await;
}
