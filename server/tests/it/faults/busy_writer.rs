//! The database accepts no writes for a while. Users who only read do not wait for it.

use std::time::{Duration, Instant};

use causerie_client::Encoding;
use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use crate::harness::{Cluster, Raw, within};

const ROUNDS: usize = 4;
/// SQLite waits 5 s for a lock. Four rounds of waiting would take longer than this limit.
const ALL_ROUNDS_MAX: Duration = Duration::from_secs(10);

#[tokio::test]
async fn users_connect_and_disconnect_while_the_database_can_not_write() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    // Creates the users beforehand, so that a connection needs no write.
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
            // The connection is dropped at the end of the statement, and the next one follows at once.
            Raw::hello(node, Encoding::Proto, &cluster.tenant.token(name)).await;
        }
    }
    let took = began.elapsed();
    blocking.rollback().await.expect("unlocks");
    assert!(took < ALL_ROUNDS_MAX, "{ROUNDS} rounds took {took:?}");
}
