//! Tests of the ways in which a run ends: success, failure, panic and time limit; and of the retention of ended jobs.

use std::time::Duration;

use super::{HOUR_MS, JobAction, RecordedJob, Recorder, find_job, new_worker, run_due_jobs, store_job, worker_of_kinds};
use crate::{
    clock::Clock as _,
    jobs::{JobContext, JobError, JobKind, JobState, Kinds, Limits, new_job},
    store::queries::jobs,
    testing::{NOW_MS, TestClock, on_each_database},
};

#[tokio::test]
async fn a_failing_job_runs_again_after_growing_pauses_and_is_dead_after_its_attempts() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let id = store_job(&store, &clock, None, JobAction::Fail).await;
        let mut worker = new_worker(&store, &clock, &recorder);
        let mut pauses_ms = Vec::new();
        for attempt in 1..3 {
            run_due_jobs(&mut worker).await;
            let job = find_job(&store, id).await.expect("is kept");
            assert_eq!(
                (job.state, job.attempts, job.last_error.as_deref()),
                (JobState::Waiting, attempt, Some("no answer"))
            );
            let pause_ms = job.due_at_ms.expect("waits") - clock.now_ms();
            clock.advance_ms(pause_ms - 1);
            run_due_jobs(&mut worker).await;
            assert_eq!(find_job(&store, id).await.expect("is kept").attempts, attempt, "it is not due yet");
            clock.advance_ms(1);
            pauses_ms.push(pause_ms);
        }
        assert!((2_500..=5_000).contains(&pauses_ms[0]) && (5_000..=10_000).contains(&pauses_ms[1]), "{pauses_ms:?}");
        run_due_jobs(&mut worker).await;
        let job = find_job(&store, id).await.expect("is kept");
        assert_eq!((job.state, job.attempts, job.due_at_ms), (JobState::Dead, 3, None));
        assert_eq!((job.finished_at_ms, job.last_error.as_deref()), (Some(clock.now_ms()), Some("no answer")));
        clock.advance_ms(HOUR_MS);
        run_due_jobs(&mut worker).await;
        assert_eq!(recorder.runs()[&id], [1, 2, 3], "a dead job does not run");

        assert!(jobs::retry(store.writer(), None, id, clock.now_ms()).await.expect("asks"));
        run_due_jobs(&mut worker).await;
        assert_eq!(recorder.runs()[&id], [1, 2, 3, 1]);
        assert_eq!(find_job(&store, id).await.expect("is kept").state, JobState::Waiting, "it has all its attempts again");
    })
    .await;
}

#[tokio::test]
async fn a_permanent_error_makes_a_job_dead_at_once() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let id = store_job(&store, &clock, None, JobAction::FailPermanently).await;
        let unreadable = jobs::NewJob {
            payload: "{\"of\": \"a later release\"}".to_owned(),
            ..new_job::<RecordedJob>(None, &JobAction::Fail, NOW_MS)
        };
        jobs::enqueue(store.writer(), std::slice::from_ref(&unreadable), NOW_MS).await.expect("stores");
        run_due_jobs(&mut new_worker(&store, &clock, &recorder)).await;
        let job = find_job(&store, id).await.expect("is kept");
        assert_eq!((job.state, job.attempts, job.last_error.as_deref()), (JobState::Dead, 1, Some("no such address")));
        let job = find_job(&store, unreadable.id).await.expect("is kept");
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some("the payload can't be read")));
    })
    .await;
}

#[tokio::test]
async fn a_panic_fails_only_its_own_job() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let panics = store_job(&store, &clock, None, JobAction::Panic).await;
        let succeeds = store_job(&store, &clock, None, JobAction::Succeed).await;
        let mut worker = new_worker(&store, &clock, &recorder);
        run_due_jobs(&mut worker).await;
        let job = find_job(&store, panics).await.expect("is kept");
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Waiting, Some("the job panicked")));
        assert_eq!(find_job(&store, succeeds).await.expect("is kept").state, JobState::Done);
    })
    .await;
}

/// A kind of jobs that may never end, and whose done jobs are not kept.
struct Endless;

impl JobKind for Endless {
    const KIND: &'static str = "endless";
    const LIMITS: Limits = Limits { timeout: Duration::from_millis(5), keep_done: Duration::ZERO, ..Limits::DEFAULT };
    /// Whether the job never ends.
    type Payload = bool;

    async fn run(&self, _: JobContext, is_endless: bool) -> Result<(), JobError> {
        if is_endless {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_run_over_its_time_limit_fails_and_a_kind_may_keep_no_done_jobs() {
    on_each_database(|store| async move {
        let clock = TestClock::new();
        let new = [true, false].map(|is_endless| new_job::<Endless>(None, &is_endless, NOW_MS));
        jobs::enqueue(store.writer(), &new, NOW_MS).await.expect("stores");
        run_due_jobs(&mut worker_of_kinds(&store, &clock, Kinds::default().with(Endless))).await;
        let job = find_job(&store, new[0].id).await.expect("is kept");
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Waiting, Some("it took longer than 0 s")));
        assert!(job.due_at_ms.expect("waits") > clock.now_ms());
        assert_eq!(find_job(&store, new[1].id).await, None);
    })
    .await;
}

#[tokio::test]
async fn ended_jobs_are_kept_for_the_retention_of_their_kind() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let done = store_job(&store, &clock, None, JobAction::Succeed).await;
        let dead = store_job(&store, &clock, None, JobAction::FailPermanently).await;
        let mut worker = new_worker(&store, &clock, &recorder);
        let mut kept = Vec::new();
        for _ in 0..8 {
            // The jobs that remove others are made and run.
            run_due_jobs(&mut worker).await;
            run_due_jobs(&mut worker).await;
            kept.push([find_job(&store, done).await.is_some(), find_job(&store, dead).await.is_some()]);
            clock.advance_ms(HOUR_MS + 1);
        }
        let hours = |job: usize| kept.iter().take_while(|kept| kept[job]).count();
        assert_eq!((hours(0), hours(1)), (2, 5), "{kept:?}");
    })
    .await;
}
