//! Loading all facts of a large tenant takes seconds. Writes of other tenants do not wait for it.

use std::time::Duration;

use causerie_client::Encoding;
use causerie_server::store::Store;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, TransactionTrait as _};
use tokio::time::{sleep, timeout};

use crate::harness::{Cluster, Facts, Peer, Proxy, Tenant, within};

/// Locks the memberships, so that reading them waits for the end of this transaction.
async fn hold_memberships(store: &Store) -> DatabaseTransaction {
    let held = store.writer().begin().await.expect("a transaction");
    held.execute_unprepared("LOCK TABLE memberships IN ACCESS EXCLUSIVE MODE").await.expect("the lock");
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_the_facts_of_one_tenant_does_not_delay_other_tenants() {
    // One lane, so that the messages of both tenants share it.
    let cluster = Cluster::start_with(1, |settings| settings.set("database.lanes", 1)).await;
    let other = Tenant::create(cluster.settings(), "other");
    let (lea, tom) = (cluster.client(0, "lea").await, cluster.client(0, "tom").await);
    let link = Proxy::to(cluster.nodes[0].public()).await;
    let eve = Peer::connect(link, &other, "eve", Encoding::Proto);
    eve.id().await;
    let conversation_id = lea.direct_with(&tom).await;
    let started = within("notes", eve.note_to_self()).await.expect("it starts");
    let notes = started.conversation.expect("it is told").id.parse().expect("a UUID");
    lea.say(conversation_id, "one").await;
    eve.say(notes, "one").await;

    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let held = hold_memberships(&store).await;
    // Other rules make the server load the facts again.
    Facts::of_preset("community", "").write(&cluster).await;
    // The requests are queued in the order of these calls.
    let waiting: Vec<_> =
        ["two", "three", "four"].map(|text| tokio::spawn(lea.send(conversation_id, text))).into_iter().collect();
    sleep(Duration::from_millis(300)).await;
    for text in ["two", "three", "four"] {
        let said = timeout(Duration::from_secs(2), eve.say(notes, text)).await;
        assert!(said.is_ok(), "a message of another tenant waits");
    }
    assert!(waiting.iter().all(|one| !one.is_finished()), "decided without facts");

    held.rollback().await.expect("the lock is given back");
    let mut seqs = Vec::new();
    for one in waiting {
        seqs.push(within("an answer", one).await.expect("no panic").expect("it is taken").seq);
    }
    assert_eq!(seqs, [2, 3, 4], "in the order they were sent");
    for pool in [store.writer(), store.reader()] {
        pool.close_by_ref().await.expect("the pool closes");
    }
}
