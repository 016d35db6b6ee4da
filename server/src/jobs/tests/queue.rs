//! Storing, taking, listing.

use std::collections::BTreeSet;

use causerie_protocol::{NodeId, TenantId};
use uuid::Uuid;

use super::{Act, HOUR_MS, Noted, Notes, node, store_job, stored, turn};
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
        let new: Vec<NewJob> = [Some(tenant), None].map(|tenant| new_job::<Noted>(tenant, &Act::Succeed, NOW_MS)).into();
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
async fn each_job_runs_once_on_two_nodes_that_look_at_the_same_time() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let mut ids = BTreeSet::new();
        for _ in 0..40 {
            ids.insert(store_job(&store, &clock, None, Act::Succeed).await);
        }
        let (mut first, mut second) = (node(&store, &clock, &notes), node(&store, &clock, &notes));
        while notes.runs().len() < ids.len() {
            tokio::join!(turn(&mut first), turn(&mut second));
        }
        tokio::join!(turn(&mut first), turn(&mut second));
        let runs = notes.runs();
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
            let job = new_job::<Noted>(None, &Act::Succeed, run_at_ms);
            jobs::enqueue(store.writer(), std::slice::from_ref(&job), NOW_MS).await.expect("stores");
            ids.push(job.id);
        }
        let node = NodeId::new();
        let claim = async |most| {
            let claims = jobs::claim(&store, "noted", most, node, NOW_MS, NOW_MS + 1_000).await.expect("claims");
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
async fn an_end_that_comes_after_the_lease_changes_nothing() {
    on_each_database(|store| async move {
        let clock = TestClock::new();
        let id = store_job(&store, &clock, None, Act::Succeed).await;
        let (late, next) = (NodeId::new(), NodeId::new());
        let claim = async |node| -> Vec<Claim> {
            let until_ms = clock.now_ms() + 1_000;
            jobs::claim(&store, "noted", 1, node, clock.now_ms(), until_ms).await.expect("claims")
        };
        assert_eq!(claim(late).await[0].attempt, 1);
        assert_eq!(claim(next).await, [], "it is leased");
        clock.advance_ms(1_000);
        assert_eq!(claim(next).await[0].attempt, 2);
        let end =
            async |node, attempt| jobs::end(&store, node, (id, attempt), &Ending::Done, clock.now_ms()).await.expect("ends");
        assert!(!end(late, 1).await && !end(late, 2).await && !end(next, 1).await);
        assert_eq!(jobs::renew(&store, late, &[(id, 1)], i64::MAX).await.expect("renews"), [] as [Uuid; 0]);
        assert_eq!(jobs::renew(&store, next, &[(id, 2)], i64::MAX).await.expect("renews"), [id]);
        assert!(end(next, 2).await);
        let job = stored(&store, id).await.expect("is kept");
        assert_eq!((job.state, job.due_at_ms, job.finished_at_ms), (JobState::Done, None, Some(clock.now_ms())));
        assert_eq!(job.claimed_by, Some(next.0));
    })
    .await;
}

#[tokio::test]
async fn a_tenant_lists_retries_and_deletes_its_own_jobs_only() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let mine = tenants::create(&store, "acme", "Acme", NOW_MS).await.expect("stores").id;
        let other = TenantId::new();
        let id = store_job(&store, &clock, Some(mine), Act::FailForGood).await;
        turn(&mut node(&store, &clock, &notes)).await;
        let waiting = store_job(&store, &clock, Some(mine), Act::Succeed).await;

        let list = async |filter: Filter| -> Vec<Uuid> {
            jobs::list(&store, &filter, 9).await.expect("reads").into_iter().map(|job| job.id).collect()
        };
        let of = |tenant| Filter { tenant: Some(tenant), ..Filter::default() };
        assert_eq!(list(of(mine)).await, [waiting, id]);
        assert_eq!(list(of(other)).await, [] as [Uuid; 0]);
        assert_eq!(list(Filter { before: Some(waiting), ..of(mine) }).await, [id]);
        assert_eq!(list(Filter { state: Some(JobState::Dead), ..of(mine) }).await, [id]);
        assert_eq!(
            list(Filter { kind: Some("noted".to_owned()), state: Some(JobState::Waiting), ..of(mine) }).await,
            [waiting]
        );
        assert_eq!(list(Filter { kind: Some("other".to_owned()), ..of(mine) }).await, [] as [Uuid; 0]);
        assert_eq!(jobs::find(&store, Some(other), id).await.expect("reads"), None);

        let now_ms = clock.now_ms();
        assert!(!jobs::retry(store.writer(), Some(other), id, now_ms).await.expect("asks"));
        assert!(!jobs::delete(store.writer(), Some(other), id, now_ms).await.expect("asks"));
        assert!(jobs::retry(store.writer(), Some(mine), id, now_ms).await.expect("asks"));
        assert!(jobs::delete(store.writer(), Some(mine), id, now_ms).await.expect("asks"));
        assert_eq!(list(of(mine)).await, [waiting]);
    })
    .await;
}

#[tokio::test]
async fn a_running_job_can_not_be_retried_or_deleted_and_a_done_job_can_not_be_retried() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let id = store_job(&store, &clock, None, Act::Wait).await;
        let mut worker = node(&store, &clock, &notes);
        worker.poll().await.expect("polls");
        assert!(!jobs::retry(store.writer(), None, id, NOW_MS).await.expect("asks"));
        assert!(!jobs::delete(store.writer(), None, id, NOW_MS).await.expect("asks"));
        notes.gate.add_permits(1);
        worker.idle().await;
        assert!(!jobs::retry(store.writer(), None, id, NOW_MS).await.expect("asks"));
        assert!(jobs::delete(store.writer(), None, id, NOW_MS).await.expect("asks"));
        assert_eq!(stored(&store, id).await, None);
    })
    .await;
}

#[tokio::test]
async fn jobs_of_kinds_that_a_node_does_not_know_are_left_to_other_nodes() {
    on_each_database(|store| async move {
        let (clock, notes) = (TestClock::new(), Notes::new());
        let later = NewJob { kind: "of_a_later_release", ..new_job::<Noted>(None, &Act::Succeed, NOW_MS) };
        jobs::enqueue(store.writer(), std::slice::from_ref(&later), NOW_MS).await.expect("stores");
        let mut worker = node(&store, &clock, &notes);
        turn(&mut worker).await;
        clock.advance_ms(HOUR_MS + i64::try_from(LEASE.as_millis()).expect("is small"));
        turn(&mut worker).await;
        let job = stored(&store, later.id).await.expect("is kept");
        assert_eq!((job.state, job.attempts), (JobState::Waiting, 0));
    })
    .await;
}
