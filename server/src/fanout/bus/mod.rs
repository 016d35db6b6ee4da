//! How nodes tell each other what was committed.
//!
//! A bus carries hints: it may lose them, and says so when it noticed ([`BusEvent::Lost`]); the counters in the database
//! find every loss. [`LocalHub`] serves nodes within one process, an embedded server alone among them; [`RedisBus`]
//! serves a cluster. Both pass the tests of `conformance.rs`; a third kind of bus is a module like these and a line there.

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

/// What a node hears.
#[derive(Debug, Clone)]
pub enum BusEvent {
    /// Another node said something.
    Signal(Channel, Signal),
    /// From now on things may be said unheard.
    Lost,
    /// Everything subscribed to is heard; what was said before was perhaps not. Also told when the first connection stands.
    Restored,
    /// A node is heard for the first time, or for the first time after an outage: its users may count as online now.
    NodeFound(NodeId),
    /// A node is gone, perhaps between a commit and its signal.
    NodeLost(NodeId),
}

/// The bus did not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BusError {
    /// There is no connection, or no answer in time.
    #[error("the bus is away")]
    Away,
}

/// The connection of one node to the bus.
pub trait Bus: Send + Sync + 'static {
    /// Says many things in one round trip. Each channel's listeners hear them in this order; the node itself hears nothing
    /// of it.
    ///
    /// # Errors
    /// When not all of it is known to be said, some of it perhaps was.
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Listens. From the answer on every signal is heard. Remembered also when the bus is away, and made good before
    /// [`BusEvent::Restored`]. To listen twice is to listen once.
    ///
    /// # Errors
    /// When it is not confirmed, because the bus is away.
    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Listens no more. Takes effect in the order of calls with [`Self::subscribe`], soon.
    fn unsubscribe(&self, channels: Vec<Channel>);

    /// Users came (`true`) to this node or left it. Remembered also when the bus is away.
    ///
    /// # Errors
    /// When the bus is away, so that other nodes do not know yet.
    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Who of these is on any node, this one included, in the order asked.
    ///
    /// # Errors
    /// When the bus is away.
    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>>;

    /// How long ago this node heard itself over the bus; `None` where there is nothing to go wrong.
    fn heartbeat_age(&self) -> Option<Duration>;
}
