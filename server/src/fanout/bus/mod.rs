//! The bus: the channel between nodes, over which they publish committed changes.
//!
//! A bus may lose signals. When it noticed a loss it reports [`BusEvent::Lost`]; the versions in the database find every
//! loss. [`LocalHub`] serves nodes within one process, for example an embedded server; [`RedisBus`] serves a cluster. Both
//! pass the tests of `conformance.rs`. A third kind of bus would be one more module, and one more line there.

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
    /// From now on signals may be lost.
    Lost,
    /// From now on every signal of the subscribed channels arrives; signals published before may be lost. Also reported
    /// after the first connection.
    Restored,
    /// The heartbeat of a node arrived for the first time, or for the first time after an outage. Its users may count as
    /// online now.
    NodeFound(NodeId),
    /// A node is gone, perhaps between a commit and the publication of its signal.
    NodeLost(NodeId),
}

/// The bus did not carry out a call.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BusError {
    /// There is no connection, or the answer did not come in time.
    #[error("the bus is away")]
    Away,
}

/// The connection of one node to the bus.
pub trait Bus: Send + Sync + 'static {
    /// Publishes a batch in as few round trips as possible. The subscribers of a channel get its signals in the order of the
    /// batch; the publishing node gets none of them.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus did not confirm the whole batch; a part of it may have been published.
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Subscribes to channels. Every signal published after the answer arrives. The subscription is remembered while the bus
    /// is away, and is in force before [`BusEvent::Restored`]. A second subscription to a channel has no effect.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus is away, so that the subscription is not confirmed.
    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Unsubscribes from channels. Takes effect soon, in the order of the calls of this method and [`Self::subscribe`].
    fn unsubscribe(&self, channels: Vec<Channel>);

    /// Records that users came online on this node (`true`) or went offline (`false`). Remembered while the bus is away.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus is away, so that other nodes do not know yet.
    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// For each of these users, in the same order, whether the user is online on any node, this one included.
    ///
    /// # Errors
    /// [`BusError::Away`] if the bus is away.
    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>>;

    /// The time since this node's own heartbeat last came back over the bus; `None` for a bus without heartbeats.
    fn heartbeat_age(&self) -> Option<Duration>;
}
