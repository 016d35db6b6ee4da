//! Tests of the scheduled removal of old rows.

use std::sync::Arc;

use causerie_protocol::{NodeId, TenantId};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::{run_due_jobs, worker_of_kinds};
use crate::{
    clock::Clock,
    jobs::{
        Kinds,
        prune::{AUDIT_EVERY, FACT_LOG_EVERY, PruneAudit, PruneFactLog, VERSIONS_KEPT},
    },
    store::{
        Store,
        queries::{
            audit::{self, Entry},
            facts::{FactWrite, read},
            jobs::{self, NewJob},
            tenants,
            users::Profile,
        },
        rows::statement,
    },
    testing::{NOW_MS, TestClock, on_each_database},
};

/// The versions in the fact log of the tenant.
async fn logged_versions(store: &Store, tenant: TenantId) -> Vec<u64> {
    let log = read::log_since(store.reader(), tenant, 0, 99).await.expect("reads");
    log.into_iter().map(|(version, _)| version).collect()
}

/// Sets the version of the tenant's facts.
async fn set_version(store: &Store, tenant: TenantId, version: u32) {
    let sql = "UPDATE facts SET version = $1 WHERE tenant_id = $2";
    let values = vec![i64::from(version).into(), tenant.0.into()];
    store.writer().execute_raw(statement(store.backend(), sql, values)).await.expect("writes");
}

#[tokio::test]
async fn old_versions_of_facts_are_removed_at_once_and_then_every_hour() {
    on_each_database(|store| async move {
        let tenant = tenants::create(&store, "acme", "Acme", NOW_MS).await.expect("stores").id;
        for name in ["lea", "tom", "eve"] {
            let mut write = FactWrite::begin(&store, tenant, NOW_MS).await.expect("begins");
            write.users(&[Profile { external_id: name.to_owned(), ..Profile::default() }]).await.expect("writes");
            write.commit().await.expect("commits");
        }
        assert_eq!(logged_versions(&store, tenant).await, [1, 2, 3]);
        let clock = TestClock::new();
        let mut worker =
            worker_of_kinds(&store, &clock, Kinds::default().every(FACT_LOG_EVERY, PruneFactLog(store.clone())));
        set_version(&store, tenant, VERSIONS_KEPT + 2).await;
        run_due_jobs(&mut worker).await;
        assert_eq!(logged_versions(&store, tenant).await, [3]);

        set_version(&store, tenant, VERSIONS_KEPT + 3).await;
        clock.advance_ms(3_599_999);
        run_due_jobs(&mut worker).await;
        assert_eq!(logged_versions(&store, tenant).await, [3]);
        clock.advance_ms(1);
        run_due_jobs(&mut worker).await;
        assert_eq!(logged_versions(&store, tenant).await, [0; 0]);
    })
    .await;
}

#[tokio::test]
async fn lines_of_the_audit_log_are_removed_when_they_are_older_than_the_setting() {
    on_each_database(|store| async move {
        let tenant = tenants::create(&store, "acme", "Acme", NOW_MS).await.expect("stores").id;
        audit::append(store.writer(), &[(tenant, Entry::default())]).await.expect("stores");
        let remaining = async || audit::page(&store, tenant, &audit::Filter::default(), 9).await.expect("reads").len();
        // The age of a line is in its id, which comes from the clock of the machine.
        let clock = TestClock::new();
        let now_ms = crate::clock::SystemClock.now_ms();
        clock.advance_ms(now_ms - NOW_MS);
        let kinds = || {
            let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
            Kinds::default().every(AUDIT_EVERY, PruneAudit { store: store.clone(), clock, keep_days: 30 })
        };
        let mut worker = worker_of_kinds(&store, &clock, kinds());
        run_due_jobs(&mut worker).await;
        clock.advance_ms(29 * 86_400_000);
        run_due_jobs(&mut worker).await;
        assert_eq!(remaining().await, 1);
        clock.advance_ms(2 * 86_400_000);
        run_due_jobs(&mut worker).await;
        assert_eq!(remaining().await, 0);
    })
    .await;
}

#[tokio::test]
async fn jobs_of_unknown_kinds_are_deleted_by_an_operator_or_when_they_are_old() {
    on_each_database(|store| async move {
        let clock = TestClock::new();
        let job = |at_ms| NewJob {
            id: Uuid::now_v7(),
            kind: "unheard_of",
            tenant: None,
            payload: "{}".to_owned(),
            run_at_ms: at_ms,
        };
        let all = [NOW_MS, NOW_MS, NOW_MS, NOW_MS + 40 * 86_400_000].map(job);
        jobs::enqueue(store.writer(), &all, NOW_MS).await.expect("stores");
        // A node that knew the kind was killed while it ran one job. It had finished another job.
        let (node, until_ms) = (NodeId::new(), NOW_MS + 15_000);
        let claims = jobs::claim(&store, "unheard_of", 2, node, NOW_MS, until_ms).await.expect("claims");
        let [killed, other] = &claims[..] else { panic!("two jobs are due: {claims:?}") };
        let ended = jobs::end(&store, node, (other.id, other.attempt), &jobs::Ending::Done, NOW_MS).await;
        assert!(ended.expect("stores"));
        let remaining = async || {
            let filter = jobs::Filter { kind: Some("unheard_of".to_owned()), ..jobs::Filter::default() };
            jobs::list(&store, &filter, 9).await.expect("reads").len()
        };
        assert!(!jobs::delete(store.writer(), None, killed.id, NOW_MS).await.expect("asks"), "it has a lease");
        assert!(jobs::delete(store.writer(), None, killed.id, until_ms).await.expect("deletes"));
        assert_eq!(remaining().await, 3);
        let mut worker = worker_of_kinds(&store, &clock, Kinds::default());
        for (days, expected) in [(0, 3), (2, 2), (29, 1), (8, 1)] {
            clock.advance_ms(days * 86_400_000 + 3_600_000);
            run_due_jobs(&mut worker).await;
            assert_eq!(remaining().await, expected, "after {days} more days");
        }
    })
    .await;
}
