//! The bus: the channel between nodes, over which they publish committed changes.
//!
//! A bus may lose signals. When it notices a loss, it reports [`BusEvent::Lost`]. Lost changes are found by comparing
//! versions with the database. [`LocalHub`] serves nodes within one process, for example an embedded server; [`RedisBus`]
//! serves a cluster. Both pass the tests of `conformance.rs`.

mod channel;
#[cfg(test)]
mod conformance;
mod inbound_queue;
mod local;
mod redis;

use std::time::Duration;

use bytes::Bytes;
use causerie_protocol::{NodeId, UserId, bus::Signal};
use futures::future::BoxFuture;

pub use self::{
    channel::Channel,
    local::LocalHub,
    redis::{Addresses, RedisBus, RedisBusError},
};

/// An event that a node gets from the bus.
#[derive(Debug, Clone)]
pub enum BusEvent {
    /// Another node published a signal.
    Signal(Channel, Signal),
    /// Signals may be lost from now on.
    Lost,
    /// Every signal of the subscribed channels arrives from now on. Signals that were published before may be lost. Also
    /// reported after the first connection.
    Restored,
    /// A heartbeat of another node arrived for the first time, or for the first time after an outage. The users of that node
    /// may count as online from now on.
    NodeFound(NodeId),
    /// Another node is gone. It may have ended between a commit and the publication of the signal.
    NodeLost(NodeId),
}

/// The reason why the bus did not carry out a call.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BusError {
    /// There is no connection, or the answer did not come in time.
    #[error("the bus is away")]
    Away,
}

/// The connection of one node to the bus.
pub trait Bus: Send + Sync + 'static {
    /// Publishes encoded signals, each on its channel, in as few round trips as possible. The subscribers of a channel get
    /// its signals in the order of the batch. The publishing node does not get them.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus did not confirm the whole batch. A part of the batch may have been published.
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Subscribes to channels. Every signal that is published after the call has returned arrives. The subscription is
    /// remembered while the bus is away, and is in force before [`BusEvent::Restored`]. A second subscription to a channel
    /// has no effect.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus is away, so that the subscription is not confirmed.
    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Unsubscribes from channels. The call returns before it has taken effect. Calls of this method and of
    /// [`Self::subscribe`] take effect in their order.
    fn unsubscribe(&self, channels: Vec<Channel>);

    /// Records that users came online on this node (`true`) or went offline (`false`). The changes are remembered while the
    /// bus is away.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus is away, so that other nodes do not know yet.
    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Returns for each of these users, in the same order, whether the user is online on any node, including this node.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus is away.
    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>>;

    /// The time since this node's own heartbeat last came back over the bus. `None` for a bus without heartbeats.
    fn heartbeat_age(&self) -> Option<Duration>;
}
