//! A log that does not grow for ever, and a node that is further behind than it reaches.

use std::time::Duration;

use causerie_protocol::TenantId;
use sea_orm::ConnectionTrait as _;

use super::{node, tenant_under};
use crate::{
    facts::feed,
    store::{
        Store,
        queries::{
            facts::{FactWrite, read},
            people::Profile,
        },
        rows::statement,
    },
    testing::{NOW_MS, TestClock, on_each_database},
};

pub(super) async fn enter(store: &Store, tenant: TenantId, name: &str) {
    let mut write = FactWrite::begin(store, tenant, NOW_MS).await.expect("begins");
    write.users(&[Profile { external_id: name.to_owned(), ..Profile::default() }]).await.expect("writes");
    write.commit().await.expect("commits");
}

async fn logged(store: &Store, tenant: TenantId) -> Vec<u64> {
    let log = read::log_since(store.reader(), tenant, 0, 99).await.expect("reads");
    log.into_iter().map(|(version, _)| version).collect()
}

#[tokio::test]
async fn whoever_is_further_behind_than_the_log_reads_everything() {
    on_each_database(|store| async move {
        let (tenant, _) = tenant_under(&store, "open", "acme").await;
        let facts = node(&store, &TestClock::new());
        enter(&store, tenant, "lea").await;
        assert_eq!(facts.current(tenant).await.expect("reads").world.users().count(), 1);
        for name in ["tom", "eve", "ida"] {
            enter(&store, tenant, name).await;
        }
        read::prune_log(&store, 2).await.expect("prunes");
        assert_eq!(logged(&store, tenant).await, [4, 5]);
        let snapshot = facts.current(tenant).await.expect("reads");
        assert_eq!((snapshot.version, snapshot.world.users().count()), (5, 4));
    })
    .await;
}

#[tokio::test]
async fn old_versions_are_forgotten_without_being_asked_to() {
    on_each_database(|store| async move {
        let (tenant, _) = tenant_under(&store, "open", "acme").await;
        for name in ["lea", "tom"] {
            enter(&store, tenant, name).await;
        }
        // As if much had happened since.
        let sql = "UPDATE facts SET version = $1 WHERE tenant_id = $2";
        let values = vec![(i64::from(feed::VERSIONS_KEPT) + 2).into(), tenant.0.into()];
        store.writer().execute_raw(statement(store.backend(), sql, values)).await.expect("writes");
        let pruning = tokio::spawn(feed::prune(store.clone()));
        while logged(&store, tenant).await != [3] {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        pruning.abort();
    })
    .await;
}
