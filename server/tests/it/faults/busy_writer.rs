//! The database writes for nobody for a while. Who only reads does not wait for it.

use std::time::{Duration, Instant};

use causerie_client::Encoding;
use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use crate::harness::{Cluster, Raw, within};

const ROUNDS: usize = 4;
/// SQLite gives up after 5 s. Waiting for it in each round would take four times as long.
const ALL_ROUNDS_MAX: Duration = Duration::from_secs(10);

#[tokio::test]
async fn people_come_and_go_while_the_database_can_not_write() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    // Known to the server, so that a visit needs no writing.
    for name in ["ada", "ben"] {
        Raw::hello(node, Encoding::Proto, &cluster.tenant.token(name)).await;
    }
    let store = Store::connect(&cluster.database.to_connect()).await.expect("opens");
    let blocking = store.writer().begin().await.expect("begins");
    let touch = "UPDATE users SET name = name";
    within("the lock of the writer", blocking.execute_unprepared(touch)).await.expect("it locks");

    let began = Instant::now();
    for _ in 0..ROUNDS {
        for name in ["ada", "ben"] {
            // Leaves at the end of the statement; the next one comes right behind.
            Raw::hello(node, Encoding::Proto, &cluster.tenant.token(name)).await;
        }
    }
    let took = began.elapsed();
    blocking.rollback().await.expect("unlocks");
    assert!(took < ALL_ROUNDS_MAX, "{ROUNDS} rounds took {took:?}");
}
