//! R1: a node is killed under load, several times. Its users connect to the other node, and return when the node runs again.

use std::time::{Duration, Instant};

use super::crowd::{Crowd, Member};
use crate::harness::Cluster;

const ROUNDS: usize = 5;
/// The longest time from a kill until all users of the node receive live messages again. It is long enough for a busy
/// machine and a debug build.
const LIVE_AGAIN_MAX: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_nodes_are_killed_under_load() {
    let mut cluster = Cluster::start(2).await;
    let crowd = Crowd::connect_users(&cluster, 12, 4).await;
    let mut slowest = Duration::ZERO;
    for round in 0..ROUNDS {
        let (victim, other) = (round % 2, (round + 1) % 2);
        crowd.until_acknowledged(100).await;
        let at_home = with_connections(crowd.of_node(victim));
        let killed = Instant::now();
        cluster.nodes[victim].kill();
        for member in crowd.of_node(victim) {
            member.peer.link.retarget(cluster.nodes[other].public());
        }
        let live_again = crowd.until_live_again(at_home.into_iter(), killed).await;
        slowest = slowest.max(live_again);
        assert!(live_again < LIVE_AGAIN_MAX, "round {round}: live again after {live_again:?}");

        cluster.nodes[victim].start_again().await;
        let away = with_connections(crowd.of_node(victim));
        let moved = Instant::now();
        for member in crowd.of_node(victim) {
            member.peer.link.retarget(cluster.nodes[victim].public());
            member.peer.link.cut();
        }
        crowd.until_live_again(away.into_iter(), moved).await;
    }
    let summary = crowd.verify(&cluster).await;
    println!("R1: {ROUNDS} nodes killed, {summary}; all live again at most {slowest:?} after a kill");
}

/// Each member with the id of its connection.
fn with_connections<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<(&'a Member, String)> {
    members.map(|member| (member, member.connection())).collect()
}
