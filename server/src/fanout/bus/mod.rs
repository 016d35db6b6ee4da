//! How nodes tell each other what was committed.
//!
//! A bus carries hints: it may lose them, and says so when it noticed ([`Incoming::Lost`]); the counters in the database
//! find every loss. [`local`] serves nodes within one process, an embedded server alone among them; [`redis`] serves a
//! cluster.

mod local;
mod redis;

use std::{fmt, time::Duration};

use bytes::Bytes;
use causerie_protocol::{ConversationId, NodeId, UserId, bus::Signal};
use futures::future::BoxFuture;

pub use self::{
    local::LocalHub,
    redis::{RedisBus, RedisBusError},
};

/// What one listens to. Ids are unique across tenants, so a channel belongs to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// Changes of a conversation.
    Conversation(ConversationId),
    /// What concerns one person: positions, joinings, presence.
    User(UserId),
    /// Heartbeats of nodes.
    Nodes,
}

/// What a node hears.
#[derive(Debug, Clone)]
pub enum Incoming {
    /// Another node said something.
    Signal(Channel, Signal),
    /// From now on things may be said unheard.
    Lost,
    /// Everything is heard again; what was said meanwhile was not.
    Restored,
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
    /// Says many things in one round trip.
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Listens from now on. Remembered also when the bus is away, and made good when it is back; the answer tells whether
    /// it is confirmed.
    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Listens no more.
    fn unsubscribe(&self, channels: Vec<Channel>);

    /// People came (`true`) to this node or left it.
    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Who of these is on any node.
    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>>;

    /// How long ago this node heard itself over the bus; `None` where there is nothing to go wrong.
    fn heartbeat_age(&self) -> Option<Duration>;
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conversation(id) => write!(f, "c:{id}"),
            Self::User(id) => write!(f, "u:{id}"),
            Self::Nodes => f.write_str("nodes"),
        }
    }
}
