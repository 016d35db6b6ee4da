//! What is remembered of facts that moved, for open screens.

use super::{node, pruned::enter, tenant_under};
use crate::testing::{TestClock, on_each_database};

#[tokio::test]
async fn facts_between_several_moves_are_remembered_because_a_screen_may_show_them() {
    on_each_database(|store| async move {
        let (tenant, _) = tenant_under(&store, "open", "acme").await;
        let facts = node(&store, &TestClock::new());
        let first = facts.current(tenant).await.expect("reads").version;
        for (names, expected) in [(0..3, vec![0, 1, 2]), (3..12, vec![3, 9, 10, 11])] {
            for name in names {
                enter(&store, tenant, &format!("user-{name}")).await;
                facts.current(tenant).await.expect("reads");
            }
            let moved = facts.moved().await.remove(&tenant).expect("it moved");
            let before: Vec<u64> = moved.before.iter().map(|before| before.version - first).collect();
            assert_eq!(before, expected, "the oldest and the last");
        }
    })
    .await;
}
