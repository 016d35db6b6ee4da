//! Success, failure, the end of patience.

use std::time::Duration;

use super::{Act, HOUR_MS, Noted, Notes, node, node_of, store_job, stored, turn};
use crate::{
    clock::Clock as _,
    jobs::{JobContext, JobError, JobKind, JobState, Kinds, Limits, new_job},
    store::queries::jobs,
    testing::{NOW_MS, TestClock, on_each_database},
};

#[tokio::test]
async fn a_failing_job_runs_again_after_growing_pauses_and_is_dead_after_its_attempts() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let id = store_job(&store, &clock, None, Act::Fail).await;
        let mut worker = node(&store, &clock, &notes);
        let mut pauses_ms = Vec::new();
        for attempt in 1..3 {
            turn(&mut worker).await;
            let job = stored(&store, id).await.expect("is kept");
            assert_eq!(
                (job.state, job.attempts, job.last_error.as_deref()),
                (JobState::Waiting, attempt, Some("no answer"))
            );
            let pause_ms = job.due_at_ms.expect("waits") - clock.now_ms();
            clock.advance_ms(pause_ms - 1);
            turn(&mut worker).await;
            assert_eq!(stored(&store, id).await.expect("is kept").attempts, attempt, "it is not due yet");
            clock.advance_ms(1);
            pauses_ms.push(pause_ms);
        }
        assert!((2_500..=5_000).contains(&pauses_ms[0]) && (5_000..=10_000).contains(&pauses_ms[1]), "{pauses_ms:?}");
        turn(&mut worker).await;
        let job = stored(&store, id).await.expect("is kept");
        assert_eq!((job.state, job.attempts, job.due_at_ms), (JobState::Dead, 3, None));
        assert_eq!((job.finished_at_ms, job.last_error.as_deref()), (Some(clock.now_ms()), Some("no answer")));
        clock.advance_ms(HOUR_MS);
        turn(&mut worker).await;
        assert_eq!(notes.runs()[&id], [1, 2, 3], "a dead job does not run");

        assert!(jobs::retry(store.writer(), None, id, clock.now_ms()).await.expect("asks"));
        turn(&mut worker).await;
        assert_eq!(notes.runs()[&id], [1, 2, 3, 1]);
        assert_eq!(stored(&store, id).await.expect("is kept").state, JobState::Waiting, "it has all its attempts again");
    })
    .await;
}

#[tokio::test]
async fn an_error_that_no_repetition_mends_is_the_end_of_a_job() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let id = store_job(&store, &clock, None, Act::FailForGood).await;
        let unreadable = jobs::NewJob {
            payload: "{\"of\": \"a later release\"}".to_owned(),
            ..new_job::<Noted>(None, &Act::Fail, NOW_MS)
        };
        jobs::enqueue(store.writer(), std::slice::from_ref(&unreadable), NOW_MS).await.expect("stores");
        turn(&mut node(&store, &clock, &notes)).await;
        let job = stored(&store, id).await.expect("is kept");
        assert_eq!((job.state, job.attempts, job.last_error.as_deref()), (JobState::Dead, 1, Some("no such address")));
        let job = stored(&store, unreadable.id).await.expect("is kept");
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some("the payload can't be read")));
    })
    .await;
}

#[tokio::test]
async fn a_panic_is_a_failure_of_that_job_alone() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let panics = store_job(&store, &clock, None, Act::Panic).await;
        let succeeds = store_job(&store, &clock, None, Act::Succeed).await;
        let mut worker = node(&store, &clock, &notes);
        turn(&mut worker).await;
        let job = stored(&store, panics).await.expect("is kept");
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Waiting, Some("the job panicked")));
        assert_eq!(stored(&store, succeeds).await.expect("is kept").state, JobState::Done);
    })
    .await;
}

/// Never ends, and leaves nothing behind when it is done.
struct Endless;

impl JobKind for Endless {
    const KIND: &'static str = "endless";
    const LIMITS: Limits = Limits { timeout: Duration::from_millis(5), keep_done: Duration::ZERO, ..Limits::DEFAULT };
    /// Whether it is endless.
    type Payload = bool;

    async fn run(&self, _: JobContext, is_endless: bool) -> Result<(), JobError> {
        if is_endless {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_run_over_its_time_limit_is_ended_and_a_kind_may_keep_no_finished_jobs() {
    on_each_database(|store| async move {
        let clock = TestClock::new();
        let new = [true, false].map(|is_endless| new_job::<Endless>(None, &is_endless, NOW_MS));
        jobs::enqueue(store.writer(), &new, NOW_MS).await.expect("stores");
        turn(&mut node_of(&store, &clock, Kinds::default().with(Endless))).await;
        let job = stored(&store, new[0].id).await.expect("is kept");
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Waiting, Some("it took longer than 0 s")));
        assert!(job.due_at_ms.expect("waits") > clock.now_ms());
        assert_eq!(stored(&store, new[1].id).await, None);
    })
    .await;
}

#[tokio::test]
async fn jobs_are_kept_as_long_as_their_kind_says() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let done = store_job(&store, &clock, None, Act::Succeed).await;
        let dead = store_job(&store, &clock, None, Act::FailForGood).await;
        let mut worker = node(&store, &clock, &notes);
        let mut kept = Vec::new();
        for _ in 0..8 {
            // The jobs that remove others are made and run.
            turn(&mut worker).await;
            turn(&mut worker).await;
            kept.push([stored(&store, done).await.is_some(), stored(&store, dead).await.is_some()]);
            clock.advance_ms(HOUR_MS + 1);
        }
        let hours = |job: usize| kept.iter().take_while(|kept| kept[job]).count();
        assert_eq!((hours(0), hours(1)), (2, 5), "{kept:?}");
    })
    .await;
}
