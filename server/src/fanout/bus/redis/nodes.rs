//! The list of the other nodes. A node is added at its first heartbeat, and counts as gone when its heartbeats stop.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use causerie_protocol::NodeId;
use tokio::time::Instant;

/// A node is gone if none of its heartbeats arrived for this time (five heartbeats).
pub(super) const GONE_AFTER: Duration = Duration::from_secs(5);
/// The time for which a gone node stays in the list. Its set of online users in Redis expires earlier, so these users do
/// not count as online when the node is removed from the list.
const FORGET_AFTER: Duration = Duration::from_secs(60);

/// The time of the last heartbeat of each other node.
#[derive(Default)]
pub(super) struct Nodes(Mutex<NodeList>);

#[derive(Default)]
struct NodeList {
    /// Whether this node is connected to Redis. While it is not connected, heartbeats are ignored.
    connected: bool,
    nodes: HashMap<NodeId, Peer>,
}

struct Peer {
    /// When the last heartbeat arrived. For [`State::Awaited`]: when this node connected to Redis.
    since: Instant,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A heartbeat arrived since this node connected to Redis.
    Present,
    /// The node was present before this node lost Redis, and no heartbeat of it has arrived since.
    Awaited,
    /// No heartbeat arrived for [`GONE_AFTER`].
    Gone,
}

impl Nodes {
    /// Records a heartbeat. Returns true if the node was not present before. Ignores the heartbeat and returns false while
    /// this node is not connected to Redis.
    pub fn heartbeat(&self, node: NodeId, now: Instant) -> bool {
        let mut list = self.lock();
        if !list.connected {
            return false;
        }
        let before = list.nodes.insert(node, Peer { since: now, state: State::Present });
        before.is_none_or(|peer| peer.state != State::Present)
    }

    /// Records that this node is connected to Redis. From now on, each other node has [`GONE_AFTER`] to send a heartbeat.
    pub fn connected(&self, now: Instant) {
        let mut list = self.lock();
        list.connected = true;
        for peer in list.nodes.values_mut().filter(|peer| peer.state != State::Gone) {
            *peer = Peer { since: now, state: State::Awaited };
        }
    }

    /// Records that this node lost its connection to Redis.
    pub fn disconnected(&self) {
        self.lock().connected = false;
    }

    /// Marks each node that sent no heartbeat for longer than [`GONE_AFTER`] as gone, and returns the nodes that it marked.
    /// Removes nodes that were gone for [`FORGET_AFTER`].
    pub fn take_newly_gone(&self, now: Instant) -> Vec<NodeId> {
        let nodes = &mut self.lock().nodes;
        nodes.retain(|_, peer| peer.state != State::Gone || now.duration_since(peer.since) < FORGET_AFTER);
        let mut gone = Vec::new();
        for (node, peer) in nodes.iter_mut() {
            if peer.state != State::Gone && now.duration_since(peer.since) > GONE_AFTER {
                peer.state = State::Gone;
                gone.push(*node);
            }
        }
        gone
    }

    /// Whether a node sent heartbeats before and is gone now.
    pub fn is_gone(&self, node: NodeId) -> bool {
        self.lock().nodes.get(&node).is_some_and(|peer| peer.state == State::Gone)
    }

    fn lock(&self) -> MutexGuard<'_, NodeList> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn connected(start: Instant) -> Nodes {
        let other_nodes = Nodes::default();
        other_nodes.connected(start);
        other_nodes
    }

    #[test]
    fn a_silent_node_is_reported_lost_once_and_found_again() {
        let (node, start) = (NodeId::new(), Instant::now());
        let other_nodes = connected(start);
        assert!(other_nodes.heartbeat(node, start), "new");
        assert!(!other_nodes.heartbeat(node, start + SECOND), "known");
        assert_eq!(other_nodes.take_newly_gone(start + SECOND + GONE_AFTER), vec![]);
        assert!(!other_nodes.is_gone(node));
        assert_eq!(other_nodes.take_newly_gone(start + SECOND * 2 + GONE_AFTER), vec![node]);
        assert_eq!(other_nodes.take_newly_gone(start + SECOND * 9 + GONE_AFTER), vec![]);
        assert!(other_nodes.is_gone(node));
        assert!(other_nodes.heartbeat(node, start + SECOND * 20), "back");
        assert!(!other_nodes.is_gone(node));
    }

    #[test]
    fn nodes_are_not_reported_lost_during_an_outage_and_are_found_again() {
        let (back, dead, start) = (NodeId::new(), NodeId::new(), Instant::now());
        let other_nodes = connected(start);
        other_nodes.heartbeat(back, start);
        other_nodes.heartbeat(dead, start);
        other_nodes.disconnected();
        let restored = start + SECOND * 30;
        assert!(!other_nodes.heartbeat(back, restored), "other nodes are not judged yet");
        other_nodes.connected(restored);
        assert_eq!(other_nodes.take_newly_gone(restored + SECOND), vec![]);
        assert!(other_nodes.heartbeat(back, restored + SECOND));
        assert_eq!(other_nodes.take_newly_gone(restored + SECOND + GONE_AFTER), vec![dead]);
    }

    #[test]
    fn nodes_that_are_gone_for_a_minute_are_removed() {
        let start = Instant::now();
        let other_nodes = connected(start);
        other_nodes.heartbeat(NodeId::new(), start);
        assert_eq!(other_nodes.take_newly_gone(start + SECOND * 6).len(), 1);
        other_nodes.take_newly_gone(start + FORGET_AFTER * 2);
        assert!(other_nodes.lock().nodes.is_empty());
    }
}
