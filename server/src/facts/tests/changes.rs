//! Tests of the snapshots that are kept for clients that show older facts.

use super::{node, pruned::add_user, tenant_under};
use crate::testing::{TestClock, on_each_database};

#[tokio::test]
async fn the_snapshots_before_at_most_four_changes_are_kept_for_clients_that_show_them() {
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
                add_user(&store, tenant, &format!("user-{name}")).await;
                facts.latest(tenant).await.expect("reads");
            }
            let change = facts.changed().await.remove(&tenant).expect("it changed");
            let before: Vec<u64> = change.before.iter().map(|before| before.version - first).collect();
            assert_eq!(before, expected, "all of them, or none where there are too many");
        }

        // Changes that were put back count together with the changes that came after them.
        for (first_name, put_back_count) in [(23, 3), (28, 5)] {
            for name in first_name..first_name + put_back_count {
                add_user(&store, tenant, &format!("user-{name}")).await;
                facts.latest(tenant).await.expect("reads");
            }
            let change = facts.changed().await.remove(&tenant).expect("it changed");
            for name in first_name + put_back_count..first_name + put_back_count + 2 {
                add_user(&store, tenant, &format!("user-{name}")).await;
                facts.latest(tenant).await.expect("reads");
            }
            facts.put_back(tenant, change);
            let change = facts.changed().await.remove(&tenant).expect("it is returned again");
            assert!(change.before.is_empty(), "{put_back_count} and two are too many");
        }
    })
    .await;
}
