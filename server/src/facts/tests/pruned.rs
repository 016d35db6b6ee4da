//! Tests that the log is pruned, and that a node whose version is older than the pruned log loads all facts again.

use causerie_protocol::TenantId;

use super::{node, tenant_under};
use crate::{
    store::{
        Store,
        queries::{
            facts::{FactWrite, read},
            users::Profile,
        },
    },
    testing::{NOW_MS, TestClock, on_each_database},
};

pub(super) async fn add_user(store: &Store, tenant: TenantId, name: &str) {
    let mut write = FactWrite::begin(store, tenant, NOW_MS).await.expect("begins");
    write.users(&[Profile { external_id: name.to_owned(), ..Profile::default() }]).await.expect("writes");
    write.commit().await.expect("commits");
}

async fn logged_versions(store: &Store, tenant: TenantId) -> Vec<u64> {
    let log = read::log_since(store.reader(), tenant, 0, 99).await.expect("reads");
    log.into_iter().map(|(version, _)| version).collect()
}

#[tokio::test]
async fn a_node_behind_the_start_of_the_log_reloads_all_facts() {
    on_each_database(|store| async move {
        let (tenant, _) = tenant_under(&store, "open", "acme").await;
        let facts = node(&store, &TestClock::new());
        add_user(&store, tenant, "lea").await;
        assert_eq!(facts.latest(tenant).await.expect("reads").world.users().count(), 1);
        for name in ["tom", "eve", "ida"] {
            add_user(&store, tenant, name).await;
        }
        read::prune_log(&store, 2).await.expect("prunes");
        assert_eq!(logged_versions(&store, tenant).await, [4, 5]);
        let snapshot = facts.latest(tenant).await.expect("reads");
        assert_eq!((snapshot.version, snapshot.world.users().count()), (5, 4));
    })
    .await;
}

#[tokio::test]
async fn current_and_outdated_nodes_have_all_facts_after_an_erasure_removes_the_log() {
    on_each_database(|store| async move {
        let (tenant, _) = tenant_under(&store, "open", "acme").await;
        let (current, behind) = (node(&store, &TestClock::new()), node(&store, &TestClock::new()));
        add_user(&store, tenant, "lea").await;
        assert_eq!(behind.latest(tenant).await.expect("reads").world.users().count(), 1);
        add_user(&store, tenant, "tom").await;
        assert_eq!(current.latest(tenant).await.expect("reads").world.users().count(), 2);
        let mut write = FactWrite::begin(&store, tenant, NOW_MS).await.expect("begins");
        write.forget_log().await.expect("removes");
        write.users(&[Profile { external_id: "eve".to_owned(), ..Profile::default() }]).await.expect("writes");
        let version = write.commit().await.expect("commits").expect("a new version");
        assert_eq!(logged_versions(&store, tenant).await, [version]);
        for facts in [current, behind] {
            let snapshot = facts.latest(tenant).await.expect("reads");
            assert_eq!((snapshot.version, snapshot.world.users().count()), (version, 3));
        }
    })
    .await;
}
