//! The bus within one process. A server that runs alone is the only node on it, so its signals reach no other node.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use causerie_protocol::{NodeId, UserId, bus::Signal};
use futures::future::{BoxFuture, FutureExt, ready};
use prost::Message;
use tokio::sync::mpsc;

use super::{
    Bus, BusError, BusEvent, Channel,
    inbound_queue::{InboundQueue, WAITING_MAX},
};

/// The nodes of one process. A clone shares the same nodes.
#[derive(Clone, Default)]
pub struct LocalHub(Arc<Mutex<HashMap<NodeId, Listener>>>);

/// A node on the bus.
struct Listener {
    channels: HashSet<Channel>,
    online: HashSet<UserId>,
    inbound: InboundQueue,
}

/// The connection of one node.
struct LocalBus {
    node: NodeId,
    hub: LocalHub,
}

impl LocalHub {
    /// Adds a node. Returns its connection to the bus and the events that it gets. The node is removed when the returned bus
    /// is dropped.
    #[must_use]
    pub fn join(&self, node: NodeId) -> (Arc<dyn Bus>, mpsc::Receiver<BusEvent>) {
        let (inbound, incoming) = InboundQueue::connected(WAITING_MAX);
        let mut nodes = self.lock();
        for (other, peer) in nodes.iter() {
            peer.inbound.report_node(BusEvent::NodeFound(node));
            inbound.report_node(BusEvent::NodeFound(*other));
        }
        nodes.insert(node, Listener { channels: HashSet::from([Channel::Nodes]), online: HashSet::new(), inbound });
        drop(nodes);
        (Arc::new(LocalBus { node, hub: self.clone() }), incoming)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<NodeId, Listener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bus for LocalBus {
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>> {
        let nodes = self.hub.lock();
        for (channel, payload) in batch {
            let mut listeners = nodes
                .iter()
                .filter(|(node, peer)| **node != self.node && peer.channels.contains(&channel))
                .map(|(_, peer)| &peer.inbound)
                .peekable();
            // On a server that runs alone, no other node is subscribed, so nothing is decoded.
            if listeners.peek().is_none() {
                continue;
            }
            match Signal::decode(payload) {
                Ok(signal) => listeners.for_each(|inbound| inbound.signal(channel, signal.clone())),
                Err(error) => tracing::warn!(%channel, %error, "something on the bus is no signal"),
            }
        }
        drop(nodes);
        ready(Ok(())).boxed()
    }

    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>> {
        if let Some(peer) = self.hub.lock().get_mut(&self.node) {
            peer.channels.extend(channels);
        }
        ready(Ok(())).boxed()
    }

    fn unsubscribe(&self, channels: Vec<Channel>) {
        if let Some(peer) = self.hub.lock().get_mut(&self.node) {
            for channel in &channels {
                peer.channels.remove(channel);
            }
        }
    }

    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>> {
        if let Some(peer) = self.hub.lock().get_mut(&self.node) {
            for (user, online) in changes {
                if online {
                    peer.online.insert(user);
                } else {
                    peer.online.remove(&user);
                }
            }
        }
        ready(Ok(())).boxed()
    }

    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>> {
        let nodes = self.hub.lock();
        let online = users.iter().map(|user| nodes.values().any(|node| node.online.contains(user))).collect();
        ready(Ok(online)).boxed()
    }

    fn heartbeat_age(&self) -> Option<Duration> {
        None
    }
}

impl Drop for LocalBus {
    fn drop(&mut self) {
        let mut nodes = self.hub.lock();
        nodes.remove(&self.node);
        for peer in nodes.values() {
            peer.inbound.report_node(BusEvent::NodeLost(self.node));
        }
    }
}
