//! Resource limits of the process.

use super::{Sender, readiness, until_readiness, without_send_limits};
use crate::harness::Cluster;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_size_limit_refuses_messages_and_does_not_end_the_server() {
    let mut cluster = Cluster::embedded_with(without_send_limits).await;
    let mut sender = Sender::start(&cluster).await;
    assert_eq!(sender.send_some(&cluster, "before", 20).await, 20);
    // `ulimit -f`: the system sends SIGXFSZ for each write beyond the limit.
    cluster.nodes[0].limit("fsize=400000:");
    sender.send_until_refused(&cluster).await;
    assert!(cluster.nodes[0].is_running());
    until_readiness(&cluster, 503).await;
    sender.audit("at the limit", &cluster).await;
    cluster.nodes[0].limit("fsize=unlimited:");
    sender.until_stored(&cluster).await;
    until_readiness(&cluster, 200).await;
    assert_eq!(sender.send_some(&cluster, "after", 20).await, 20);
    cluster.nodes[0].kill();
    cluster.nodes[0].start_again().await;
    sender.audit("after a restart", &cluster).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_limit_loses_no_acknowledged_message() {
    let mut cluster = Cluster::embedded_with(without_send_limits).await;
    let mut sender = Sender::start(&cluster).await;
    assert_eq!(sender.send_some(&cluster, "before", 20).await, 20);
    let used = cluster.nodes[0].address_space();
    for room in [64_u64 << 20, 8 << 20, 1 << 20, 64 << 10, 0] {
        if !cluster.nodes[0].is_running() {
            break;
        }
        cluster.nodes[0].limit(&format!("as={}:", used + room));
        for number in 0..60 {
            sender.send(&cluster, &format!("{number} {}", "x".repeat(16_000))).await;
        }
    }
    if cluster.nodes[0].is_running() {
        // The process still runs, so it works again once there is memory.
        cluster.nodes[0].limit("as=unlimited:");
        sender.until_stored(&cluster).await;
        assert_eq!(readiness(&cluster).await, 200);
        cluster.nodes[0].kill();
    } else {
        let log = cluster.nodes[0].log();
        assert!(!cluster.nodes[0].wait().await.success());
        assert!(log.contains("memory allocation of"), "it says why it ended");
    }
    cluster.nodes[0].start_again().await;
    assert_eq!(sender.send_some(&cluster, "after", 20).await, 20);
    sender.audit("after a restart", &cluster).await;
}
