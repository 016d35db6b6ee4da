//! Tests of storing, claiming, listing, retrying and deleting jobs.

use std::collections::BTreeSet;

use causerie_protocol::{NodeId, TenantId};
use uuid::Uuid;

use super::{HOUR_MS, JobAction, RecordedJob, Recorder, find_job, new_worker, run_due_jobs, store_job};
use crate::{
    clock::Clock as _,
    jobs::{Filter, JobState, NewJob, new_job, worker::LEASE},
    store::queries::{
        jobs::{self, Claim, Ending},
        tenants,
    },
    testing::{NOW_MS, TestClock, on_each_database},
};

#[tokio::test]
async fn jobs_of_a_transaction_exist_when_it_is_committed_and_not_when_it_is_rolled_back() {
    on_each_database(|store| async move {
        let tenant = tenants::create(&store, "acme", "Acme", NOW_MS).await.expect("stores").id;
        let new: Vec<NewJob> =
            [Some(tenant), None].map(|tenant| new_job::<RecordedJob>(tenant, &JobAction::Succeed, NOW_MS)).into();
        let transaction = store.begin().await.expect("begins");
        jobs::enqueue(&transaction, &new, NOW_MS).await.expect("stores");
        transaction.rollback().await.expect("undoes");
        assert_eq!(jobs::list(&store, &Filter::default(), 10).await.expect("reads"), []);

        let transaction = store.begin().await.expect("begins");
        jobs::enqueue(&transaction, &new, NOW_MS).await.expect("stores");
        transaction.commit().await.expect("commits");
        let listed = jobs::list(&store, &Filter::default(), 10).await.expect("reads");
        let tenants: Vec<_> = listed.iter().map(|job| (job.id, job.tenant, job.state, job.attempts)).collect();
        assert_eq!(
            tenants,
            [(new[1].id, None, JobState::Waiting, 0), (new[0].id, Some(tenant), JobState::Waiting, 0)],
            "the newest first"
        );
        jobs::enqueue(store.writer(), &[], NOW_MS).await.expect("no jobs are no statement");
    })
    .await;
}

#[tokio::test]
async fn each_job_runs_once_on_two_nodes_that_poll_at_the_same_time() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let mut ids = BTreeSet::new();
        for _ in 0..40 {
            ids.insert(store_job(&store, &clock, None, JobAction::Succeed).await);
        }
        let (mut first, mut second) = (new_worker(&store, &clock, &recorder), new_worker(&store, &clock, &recorder));
        while recorder.runs().len() < ids.len() {
            tokio::join!(run_due_jobs(&mut first), run_due_jobs(&mut second));
        }
        tokio::join!(run_due_jobs(&mut first), run_due_jobs(&mut second));
        let runs = recorder.runs();
        assert_eq!(runs.keys().copied().collect::<BTreeSet<_>>(), ids);
        assert!(runs.values().all(|attempts| *attempts == [1]), "{runs:?}");
    })
    .await;
}

#[tokio::test]
async fn a_claim_takes_due_jobs_oldest_first_up_to_its_limit() {
    on_each_database(|store| async move {
        let mut ids = Vec::new();
        for run_at_ms in [NOW_MS, NOW_MS - 2, NOW_MS - 1, NOW_MS + 1] {
            let job = new_job::<RecordedJob>(None, &JobAction::Succeed, run_at_ms);
            jobs::enqueue(store.writer(), std::slice::from_ref(&job), NOW_MS).await.expect("stores");
            ids.push(job.id);
        }
        let node = NodeId::new();
        let claim = async |limit| {
            let claims = jobs::claim(&store, "noted", limit, node, NOW_MS, NOW_MS + 1_000).await.expect("claims");
            claims.into_iter().map(|claim| claim.id).collect::<BTreeSet<Uuid>>()
        };
        assert_eq!(claim(2).await, BTreeSet::from([ids[1], ids[2]]));
        assert_eq!(claim(2).await, BTreeSet::from([ids[0]]));
        assert_eq!(claim(2).await, BTreeSet::new());
        let due = jobs::earliest_due(&store, &["noted", "other"]).await.expect("reads");
        assert_eq!(due.into_iter().collect::<Vec<_>>(), [("noted".to_owned(), NOW_MS + 1)]);
        assert_eq!(jobs::free_all(&store, NOW_MS).await.expect("frees"), 3);
        assert_eq!(claim(9).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_result_after_the_end_of_the_lease_changes_nothing() {
    on_each_database(|store| async move {
        let clock = TestClock::new();
        let id = store_job(&store, &clock, None, JobAction::Succeed).await;
        let (late_node, next_node) = (NodeId::new(), NodeId::new());
        let claim = async |node| -> Vec<Claim> {
            let until_ms = clock.now_ms() + 1_000;
            jobs::claim(&store, "noted", 1, node, clock.now_ms(), until_ms).await.expect("claims")
        };
        assert_eq!(claim(late_node).await[0].attempt, 1);
        assert_eq!(claim(next_node).await, [], "it is leased");
        clock.advance_ms(1_000);
        assert_eq!(claim(next_node).await[0].attempt, 2);
        let end =
            async |node, attempt| jobs::end(&store, node, (id, attempt), &Ending::Done, clock.now_ms()).await.expect("ends");
        assert!(!end(late_node, 1).await && !end(late_node, 2).await && !end(next_node, 1).await);
        assert_eq!(jobs::renew(&store, late_node, &[(id, 1)], i64::MAX).await.expect("renews"), [] as [Uuid; 0]);
        assert_eq!(jobs::renew(&store, next_node, &[(id, 2)], i64::MAX).await.expect("renews"), [id]);
        assert!(end(next_node, 2).await);
        let job = find_job(&store, id).await.expect("is kept");
        assert_eq!((job.state, job.due_at_ms, job.finished_at_ms), (JobState::Done, None, Some(clock.now_ms())));
        assert_eq!(job.claimed_by, Some(next_node.0));
    })
    .await;
}

#[tokio::test]
async fn a_tenant_lists_retries_and_deletes_its_own_jobs_only() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let tenant = tenants::create(&store, "acme", "Acme", NOW_MS).await.expect("stores").id;
        let other_tenant = TenantId::new();
        let id = store_job(&store, &clock, Some(tenant), JobAction::FailPermanently).await;
        run_due_jobs(&mut new_worker(&store, &clock, &recorder)).await;
        let waiting = store_job(&store, &clock, Some(tenant), JobAction::Succeed).await;

        let list = async |filter: Filter| -> Vec<Uuid> {
            jobs::list(&store, &filter, 9).await.expect("reads").into_iter().map(|job| job.id).collect()
        };
        let of_tenant = |tenant| Filter { tenant: Some(tenant), ..Filter::default() };
        assert_eq!(list(of_tenant(tenant)).await, [waiting, id]);
        assert_eq!(list(of_tenant(other_tenant)).await, [] as [Uuid; 0]);
        assert_eq!(list(Filter { before: Some(waiting), ..of_tenant(tenant) }).await, [id]);
        assert_eq!(list(Filter { state: Some(JobState::Dead), ..of_tenant(tenant) }).await, [id]);
        assert_eq!(
            list(Filter { kind: Some("noted".to_owned()), state: Some(JobState::Waiting), ..of_tenant(tenant) }).await,
            [waiting]
        );
        assert_eq!(list(Filter { kind: Some("other".to_owned()), ..of_tenant(tenant) }).await, [] as [Uuid; 0]);
        assert_eq!(jobs::find(&store, Some(other_tenant), id).await.expect("reads"), None);

        let now_ms = clock.now_ms();
        assert!(!jobs::retry(store.writer(), Some(other_tenant), id, now_ms).await.expect("asks"));
        assert!(!jobs::delete(store.writer(), Some(other_tenant), id, now_ms).await.expect("asks"));
        assert!(jobs::retry(store.writer(), Some(tenant), id, now_ms).await.expect("asks"));
        assert!(jobs::delete(store.writer(), Some(tenant), id, now_ms).await.expect("asks"));
        assert_eq!(list(of_tenant(tenant)).await, [waiting]);
    })
    .await;
}

#[tokio::test]
async fn a_running_job_cannot_be_retried_or_deleted_and_a_done_job_cannot_be_retried() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let id = store_job(&store, &clock, None, JobAction::Wait).await;
        let mut worker = new_worker(&store, &clock, &recorder);
        worker.poll().await.expect("polls");
        assert!(!jobs::retry(store.writer(), None, id, NOW_MS).await.expect("asks"));
        assert!(!jobs::delete(store.writer(), None, id, NOW_MS).await.expect("asks"));
        recorder.gate.add_permits(1);
        worker.idle().await;
        assert!(!jobs::retry(store.writer(), None, id, NOW_MS).await.expect("asks"));
        assert!(jobs::delete(store.writer(), None, id, NOW_MS).await.expect("asks"));
        assert_eq!(find_job(&store, id).await, None);
    })
    .await;
}

#[tokio::test]
async fn jobs_of_kinds_that_a_node_does_not_know_are_left_to_other_nodes() {
    on_each_database(|store| async move {
        let (clock, recorder) = (TestClock::new(), Recorder::new());
        let later = NewJob { kind: "of_a_later_release", ..new_job::<RecordedJob>(None, &JobAction::Succeed, NOW_MS) };
        jobs::enqueue(store.writer(), std::slice::from_ref(&later), NOW_MS).await.expect("stores");
        let mut worker = new_worker(&store, &clock, &recorder);
        run_due_jobs(&mut worker).await;
        clock.advance_ms(HOUR_MS + i64::try_from(LEASE.as_millis()).expect("is small"));
        run_due_jobs(&mut worker).await;
        let job = find_job(&store, later.id).await.expect("is kept");
        assert_eq!((job.state, job.attempts), (JobState::Waiting, 0));
    })
    .await;
}
