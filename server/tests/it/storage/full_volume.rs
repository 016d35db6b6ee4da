//! A full volume under the database of an embedded server.

use super::{Sender, readiness, until_readiness, without_send_limits};
use crate::harness::{Cluster, Database, TempDir, Volume};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_tmpfs_loses_no_acknowledged_message() {
    assert_no_message_lost(&Volume::tmpfs(24)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_ext4_loses_no_acknowledged_message() {
    assert_no_message_lost(&Volume::ext4(32)).await;
}

/// Runs the test twice on the same volume, because files that the first run leaves must not affect the second run.
async fn assert_no_message_lost(volume: &Volume) {
    let mut cluster = Cluster::on(Database::Sqlite(TempDir::inside(volume.path())), without_send_limits).await;
    let mut sender = Sender::start(&cluster).await;
    for round in 0..2 {
        assert_eq!(sender.send_some(&cluster, "before", 20).await, 20);
        assert_eq!(sender.audit("before the volume is full", &cluster).await, 0, "round {round}");

        volume.fill();
        sender.send_until_refused(&cluster).await;
        until_readiness(&cluster, 503).await;
        // Some of these messages may find space. Each acknowledged message must be stored.
        sender.send_some(&cluster, "full", 20).await;
        assert_eq!(sender.audit("while the volume is full", &cluster).await, 0, "round {round}");

        volume.free();
        until_readiness(&cluster, 200).await;
        assert_eq!(sender.send_some(&cluster, "after", 20).await, 20, "round {round}: it recovers by itself");
        assert_eq!(sender.audit("after there is room again", &cluster).await, 0, "round {round}");
    }
    assert_eq!(sender.check_histories(&cluster).await, sender.acknowledged.len());

    cluster.nodes[0].terminate();
    assert!(cluster.nodes[0].wait().await.success());
    cluster.nodes[0].start_again().await;
    assert_eq!(sender.audit("after a restart", &cluster).await, 0);
    assert_eq!(sender.check_histories(&cluster).await, sender.acknowledged.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_on_a_full_volume_starts_again_once_there_is_room() {
    let volume = Volume::tmpfs(24);
    let mut cluster = Cluster::on(Database::Sqlite(TempDir::inside(volume.path())), without_send_limits).await;
    let mut sender = Sender::start(&cluster).await;
    sender.send_some(&cluster, "before", 20).await;
    volume.fill();
    sender.send_until_refused(&cluster).await;
    cluster.nodes[0].kill();
    volume.free();
    cluster.nodes[0].start_again().await;
    assert_eq!(readiness(&cluster).await, 200);
    sender.send_some(&cluster, "after", 20).await;
    // A refused message may be stored: its outcome was unknown.
    sender.audit("after a restart", &cluster).await;
}
