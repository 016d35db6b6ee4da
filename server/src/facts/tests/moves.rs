//! Tests of the moves kept for clients that show older facts.

use super::{node, pruned::enter, tenant_under};
use crate::testing::{TestClock, on_each_database};

#[tokio::test]
async fn facts_between_several_moves_are_remembered_for_clients_that_show_them() {
    on_each_database(|store| async move {
        let (tenant, _) = tenant_under(&store, "open", "acme").await;
        let facts = node(&store, &TestClock::new());
        let first = facts.latest(tenant).await.expect("reads").version;
        let steps = [
            (0..3, vec![0, 1, 2]),
            (3..7, vec![3, 4, 5, 6]),
            (7..12, Vec::new()),
            (12..21, Vec::new()),
            (21..23, vec![21, 22]),
        ];
        for (names, expected) in steps {
            for name in names {
                enter(&store, tenant, &format!("user-{name}")).await;
                facts.latest(tenant).await.expect("reads");
            }
            let change = facts.changed().await.remove(&tenant).expect("it moved");
            let before: Vec<u64> = change.before.iter().map(|before| before.version - first).collect();
            assert_eq!(before, expected, "all of them, or none where there are too many");
        }

        // FactsChanges that were put back count together with the moves that came after them.
        for (first_name, given_back) in [(23, 3), (28, 5)] {
            for name in first_name..first_name + given_back {
                enter(&store, tenant, &format!("user-{name}")).await;
                facts.latest(tenant).await.expect("reads");
            }
            let change = facts.changed().await.remove(&tenant).expect("it moved");
            for name in first_name + given_back..first_name + given_back + 2 {
                enter(&store, tenant, &format!("user-{name}")).await;
                facts.latest(tenant).await.expect("reads");
            }
            facts.put_back(tenant, change);
            let change = facts.changed().await.remove(&tenant).expect("it is told again");
            assert!(change.before.is_empty(), "{given_back} and two are too many");
        }
    })
    .await;
}
