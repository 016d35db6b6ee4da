//! The bus of a cluster: Redis pub/sub over RESP3.
//!
//! Pub/sub loses whatever is said while nobody listens, and tells nobody. So there is one loop, [`supervisor`], that owns
//! the connection and knows when nothing was heard: when it breaks, and when this node does not hear its own heartbeat,
//! which is how a frozen Redis looks; and when Redis answers that it is not the primary any more. [`servers`] finds the
//! primary, anew for each connection. A new connection ([`connections`]) counts only once everything wanted is subscribed to
//! ([`desired`]) and a heartbeat went round. What is pushed becomes signals in [`push_handler`]; [`nodes`] misses other nodes;
//! [`presence`] keeps who is online. Nothing but presence is stored, and that is a copy: Redis may forget everything.

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

/// Signals per pipeline. Redis works through it in a few milliseconds, and does nothing else meanwhile.
const PIPELINE_MAX: usize = 1_024;

/// `redis.url` or `redis.sentinels` can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RedisBusError {
    /// An address can't be read.
    #[error("{0}")]
    Address(#[from] redis::RedisError),
    /// A server answers, and not as the settings have it.
    #[error("{address}: {mistake} ({said})")]
    Mistake {
        /// Host and port.
        address: String,
        /// What to mend.
        mistake: &'static str,
        /// What the server or the library said.
        said: String,
    },
}

/// One node's part of the bus.
pub struct RedisBus {
    shared: Arc<Shared>,
}

/// What the bus and its supervisor share.
struct Shared {
    node: NodeId,
    names: Arc<Names>,
    channels: Desired<Channel>,
    presence: Presence,
    other_nodes: Arc<Nodes>,
    push_handler: Arc<PushHandler>,
    inbound: InboundQueue,
    metrics: Arc<Metrics>,
    /// The connection while it counts.
    connections: ArcSwapOption<RedisConnections>,
}

impl RedisBus {
    /// Asks once, at a start, whether the servers can be used as the settings have them.
    ///
    /// # Errors
    /// When an address is none, or a server answers and has to be configured otherwise. A server that is away is logged.
    pub async fn check(addresses: &Addresses) -> Result<(), RedisBusError> {
        first_contact::check(&Servers::new(addresses)?).await
    }

    /// Starts connecting, and never stops trying.
    ///
    /// # Errors
    /// When an address is none. That Redis is away is no error: the node serves without it.
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

    async fn say(&self, batch: &[(Channel, Bytes)]) -> Result<(), BusError> {
        let connections = self.connections()?;
        for signals in batch.chunks(PIPELINE_MAX) {
            let mut pipeline = redis::pipe();
            for (channel, payload) in signals {
                pipeline.cmd("PUBLISH").arg(self.shared.names.channel(*channel)).arg(&payload[..]).ignore();
            }
            connections.run::<()>(&pipeline).await.map_err(away)?;
        }
        Ok(())
    }
}

impl Bus for RedisBus {
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let said = self.say(&batch).await;
            let figure = if said.is_ok() { &self.shared.metrics.published } else { &self.shared.metrics.publish_failures };
            figure.inc_by(batch.len() as u64);
            said
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
        // The own heartbeat comes over this one.
        let unwanted = channels.into_iter().filter(|channel| *channel != Channel::Nodes);
        self.shared.channels.change(unwanted.map(|channel| (channel, false)));
    }

    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let written = self.shared.presence.here.change_and_wait(changes).ok_or(BusError::Away)?;
            written.await.map_err(|_| BusError::Away)
        }
        .boxed()
    }

    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>> {
        async move { self.shared.presence.of(&*self.connections()?, &users).await.map_err(away) }.boxed()
    }

    fn heartbeat_age(&self) -> Option<Duration> {
        Some(self.shared.push_handler.heartbeat_age())
    }
}

fn away(error: redis::RedisError) -> BusError {
    tracing::debug!(%error, "Redis did not do it");
    BusError::Away
}
