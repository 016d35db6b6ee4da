//! The bus within one process. An embedded server is alone on it, and everything it says is heard by nobody.

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

use super::{Bus, BusError, Channel, Incoming};

/// Signals a node may be behind; what comes then is lost, and the node told so.
const WAITING_MAX: usize = 65_536;

/// Joins the nodes of one process. Cheap to clone.
#[derive(Clone, Default)]
pub struct LocalHub(Arc<Mutex<HashMap<NodeId, Listener>>>);

struct Listener {
    channels: HashSet<Channel>,
    online: HashSet<UserId>,
    signals: mpsc::Sender<Incoming>,
    lost: bool,
}

/// One node's connection.
struct LocalBus {
    node: NodeId,
    hub: LocalHub,
}

impl LocalHub {
    /// Joins a node.
    #[must_use]
    pub fn join(&self, node: NodeId) -> (Arc<dyn Bus>, mpsc::Receiver<Incoming>) {
        let (signals, incoming) = mpsc::channel(WAITING_MAX);
        let listener = Listener { channels: HashSet::new(), online: HashSet::new(), signals, lost: false };
        self.lock().insert(node, listener);
        (Arc::new(LocalBus { node, hub: self.clone() }), incoming)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<NodeId, Listener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    fn hear(&mut self, channel: Channel, signal: &Signal) {
        if self.lost {
            // There is room again: tell of the loss first.
            let Ok(room) = self.signals.try_reserve_many(2) else { return };
            for (place, told) in room.zip([Incoming::Lost, Incoming::Restored]) {
                place.send(told);
            }
            self.lost = false;
        }
        self.lost = self.signals.try_send(Incoming::Signal(channel, signal.clone())).is_err();
    }
}

impl Bus for LocalBus {
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>> {
        let mut nodes = self.hub.lock();
        for (channel, bytes) in batch {
            let mut signal = None;
            for (node, listener) in nodes.iter_mut() {
                if *node != self.node && listener.channels.contains(&channel) {
                    // This process encoded it a moment ago.
                    let signal = signal.get_or_insert_with(|| Signal::decode(bytes.clone()).unwrap_or_default());
                    listener.hear(channel, signal);
                }
            }
        }
        ready(Ok(())).boxed()
    }

    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>> {
        if let Some(listener) = self.hub.lock().get_mut(&self.node) {
            listener.channels.extend(channels);
        }
        ready(Ok(())).boxed()
    }

    fn unsubscribe(&self, channels: Vec<Channel>) {
        if let Some(listener) = self.hub.lock().get_mut(&self.node) {
            for channel in &channels {
                listener.channels.remove(channel);
            }
        }
    }

    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>> {
        if let Some(listener) = self.hub.lock().get_mut(&self.node) {
            for (user, online) in changes {
                if online {
                    listener.online.insert(user);
                } else {
                    listener.online.remove(&user);
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
        self.hub.lock().remove(&self.node);
    }
}
