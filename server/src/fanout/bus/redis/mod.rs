//! The bus of a cluster: Redis pub/sub over RESP3.
//!
//! Redis pub/sub drops a signal that has no subscriber at that moment, and does not report it. So [`supervisor`] owns the
//! connection in one loop and knows when signals may be lost: when the connection breaks, when this node's own heartbeat
//! does not come back (for example because Redis is frozen), and when Redis answers that it is no longer the primary.
//! [`servers`] finds the primary for each new connection. A new connection ([`connections`]) is used only when every desired
//! channel is subscribed ([`desired`]) and a heartbeat has come back. [`push_handler`] turns pushes of Redis into signals;
//! [`nodes`] notices when other nodes fall silent; [`presence`] stores which users are online. Only presence is stored in
//! Redis, as a copy: Redis may lose all its data.

mod connections;
mod desired;
mod first_contact;
mod names;
mod nodes;
mod presence;
mod push_handler;
mod servers;
mod supervisor;
#[cfg(test)]
pub mod test_server;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use causerie_protocol::{NodeId, UserId};
use futures::future::{BoxFuture, FutureExt};
use tokio::sync::mpsc;

pub use self::servers::Addresses;
use self::{
    connections::RedisConnections, desired::Desired, names::Names, nodes::Nodes, presence::Presence,
    push_handler::PushHandler, servers::Servers, supervisor::Supervisor,
};
use super::{
    Bus, BusError, BusEvent, Channel,
    inbound_queue::{InboundQueue, WAITING_MAX},
};
use crate::{tasks::Tasks, telemetry::Metrics};

/// The maximum number of signals per pipeline. Redis executes such a pipeline in a few milliseconds.
const PIPELINE_MAX: usize = 1_024;

/// `redis.url` or `redis.sentinels` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RedisBusError {
    /// An address is malformed.
    #[error("{0}")]
    Address(#[from] redis::RedisError),
    /// A server answers, but not as the settings expect.
    #[error("{address}: {mistake} ({answer})")]
    Mistake {
        /// Host and port of the server.
        address: String,
        /// The mistake that the operator must correct.
        mistake: &'static str,
        /// The error text of the server or the library.
        answer: String,
    },
}

/// The connection of one node to the bus.
pub struct RedisBus {
    shared: Arc<Shared>,
}

/// The state that the bus and its supervisor share.
struct Shared {
    node: NodeId,
    names: Arc<Names>,
    channels: Desired<Channel>,
    presence: Presence,
    other_nodes: Arc<Nodes>,
    push_handler: Arc<PushHandler>,
    inbound: InboundQueue,
    metrics: Arc<Metrics>,
    /// The connections; `None` while the bus is away.
    connections: ArcSwapOption<RedisConnections>,
}

impl RedisBus {
    /// Checks once, at the start of the server, whether the servers can be used with these settings.
    ///
    /// # Errors
    /// [`RedisBusError`] if an address is malformed, or a server answers and must be configured differently. A server that
    /// is away is logged and is no error.
    pub async fn check(addresses: &Addresses) -> Result<(), RedisBusError> {
        first_contact::check(&Servers::new(addresses)?).await
    }

    /// Starts a task that connects to Redis, and connects again after each loss until the server stops. `prefix`: the prefix
    /// of all names in Redis. Returns the bus and the events that the node gets.
    ///
    /// # Errors
    /// [`RedisBusError::Address`] if an address is malformed. A Redis that is away is no error: the node serves without it.
    pub fn start(
        addresses: &Addresses,
        prefix: &str,
        node: NodeId,
        metrics: &Arc<Metrics>,
        tasks: &Tasks,
    ) -> Result<(Arc<dyn Bus>, mpsc::Receiver<BusEvent>), RedisBusError> {
        let servers = Servers::new(addresses)?;
        let (inbound, incoming) = InboundQueue::connecting(WAITING_MAX);
        let (names, other_nodes) = (Arc::new(Names::new(prefix)), Arc::new(Nodes::default()));
        let push_handler =
            PushHandler::new(node, Arc::clone(&names), inbound.clone(), Arc::clone(&other_nodes), Arc::clone(metrics));
        let shared = Arc::new(Shared {
            node,
            channels: Desired::new([Channel::Nodes]),
            presence: Presence::new(node, Arc::clone(&names), Arc::clone(&other_nodes)),
            names,
            other_nodes,
            push_handler: Arc::new(push_handler),
            inbound,
            metrics: Arc::clone(metrics),
            connections: ArcSwapOption::empty(),
        });
        let supervisor = Supervisor::new(servers, Arc::clone(&shared));
        tasks.spawn_vital("bus", supervisor.run(tasks.stopping()));
        Ok((Arc::new(Self { shared }), incoming))
    }

    fn connections(&self) -> Result<Arc<RedisConnections>, BusError> {
        self.shared.connections.load_full().ok_or(BusError::Away)
    }

    /// Publishes a batch in pipelines.
    async fn send(&self, batch: &[(Channel, Bytes)]) -> Result<(), BusError> {
        let connections = self.connections()?;
        for signals in batch.chunks(PIPELINE_MAX) {
            let mut pipeline = redis::pipe();
            for (channel, payload) in signals {
                pipeline.cmd("PUBLISH").arg(self.shared.names.channel(*channel)).arg(&payload[..]).ignore();
            }
            connections.run::<()>(&pipeline).await.map_err(to_bus_error)?;
        }
        Ok(())
    }
}

impl Bus for RedisBus {
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let sent = self.send(&batch).await;
            let counter = if sent.is_ok() { &self.shared.metrics.published } else { &self.shared.metrics.publish_failures };
            counter.inc_by(batch.len() as u64);
            sent
        }
        .boxed()
    }

    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let wanted = channels.into_iter().map(|channel| (channel, true));
            let confirmed = self.shared.channels.change_and_wait(wanted).ok_or(BusError::Away)?;
            confirmed.await.map_err(|_| BusError::Away)
        }
        .boxed()
    }

    fn unsubscribe(&self, channels: Vec<Channel>) {
        // The node's own heartbeat comes over this channel, so it stays subscribed.
        let unwanted = channels.into_iter().filter(|channel| *channel != Channel::Nodes);
        self.shared.channels.change(unwanted.map(|channel| (channel, false)));
    }

    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let written = self.shared.presence.local_users.change_and_wait(changes).ok_or(BusError::Away)?;
            written.await.map_err(|_| BusError::Away)
        }
        .boxed()
    }

    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>> {
        async move { self.shared.presence.online(&*self.connections()?, &users).await.map_err(to_bus_error) }.boxed()
    }

    fn heartbeat_age(&self) -> Option<Duration> {
        Some(self.shared.push_handler.heartbeat_age())
    }
}

fn to_bus_error(error: redis::RedisError) -> BusError {
    tracing::debug!(%error, "Redis did not do it");
    BusError::Away
}
