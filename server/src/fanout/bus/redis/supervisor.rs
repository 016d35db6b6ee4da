//! The supervisor of the connection to Redis: it connects, keeps subscriptions and presence up to date, notices when the
//! connection is lost, and connects again, until the server stops.

use std::{convert::Infallible, sync::Arc, time::Duration};

use causerie_protocol::bus::{Heartbeat, Signal, signal::Kind};
use prost::Message;
use redis::{Pipeline, RedisError, RedisResult};
use tokio::time::{Instant, MissedTickBehavior, error::Elapsed, interval, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    super::{BusEvent, Channel},
    Shared,
    connections::{DEADLINE, RedisConnections},
    servers::{EarlierServers, NoPrimary, Servers},
};

/// How often this node publishes its heartbeat.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(1);
/// If this node's own heartbeat does not come back for this long, the connection counts as lost.
const HEARTBEAT_LOST_AFTER: Duration = Duration::from_secs(3);
/// Other nodes are reported as lost only if this node's own heartbeat came back within this time (two heartbeats).
const HEARTBEAT_AGE_MAX: Duration = Duration::from_secs(2);
/// The first pause between attempts to connect. The pause doubles after each attempt.
const RETRY_MIN: Duration = Duration::from_millis(50);
/// The longest pause between attempts to connect. A Redis that is back is noticed after at most about
/// this time.
const RETRY_MAX: Duration = Duration::from_secs(1);

/// The time after which an unchanged reason of an outage is logged again. The time doubles each time.
const REPEAT_MIN: Duration = Duration::from_secs(10);
/// The longest time after which an unchanged reason is logged again.
const REPEAT_MAX: Duration = Duration::from_secs(600);

/// The reason that was last logged for an outage, and when it may be logged again.
#[derive(Default)]
struct OutageLog {
    reason: String,
    /// When the same reason may be logged again, and the pause before that.
    repeat: Option<(Instant, Duration)>,
}

impl OutageLog {
    /// Logs a reason if it is new or was not logged for a while.
    fn warn(&mut self, reason: String, now: Instant) {
        let pause = match self.repeat {
            Some((repeat_at, pause)) if self.reason == reason => {
                if now < repeat_at {
                    return;
                }
                (pause * 2).min(REPEAT_MAX)
            }
            _ => REPEAT_MIN,
        };
        tracing::warn!(reason, "there is no connection to Redis");
        (self.reason, self.repeat) = (reason, Some((now + pause, pause)));
    }
}

/// The loop that owns the connection.
pub(super) struct Supervisor {
    servers: Servers,
    shared: Arc<Shared>,
}

/// The reason for being without a connection.
#[derive(Debug, thiserror::Error)]
enum Outage {
    #[error("{0}")]
    Lost(String),
    #[error("this node's own heartbeat does not come back")]
    HeartbeatLost,
    #[error("{0}")]
    Redis(#[from] RedisError),
    #[error("{0}")]
    NoPrimary(#[from] NoPrimary),
}

impl From<Elapsed> for Outage {
    fn from(_: Elapsed) -> Self {
        Self::HeartbeatLost
    }
}

impl Supervisor {
    pub fn new(servers: Servers, shared: Arc<Shared>) -> Self {
        Self { servers, shared }
    }

    /// Runs until the server stops, then removes this node from Redis.
    pub async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = self.keep_connected() => {}
            () = stop.cancelled() => {}
        }
        if let Some(connections) = self.shared.connections.swap(None) {
            self.shared.presence.leave(&connections).await;
        }
    }

    /// Connects and serves, and tries again after each loss. Never returns.
    async fn keep_connected(&self) {
        let (mut pause, mut outage_log) = (RETRY_MIN, OutageLog::default());
        loop {
            let outage = match self.connect().await {
                Ok((connections, earlier)) => {
                    (pause, outage_log) = (RETRY_MIN, OutageLog::default());
                    self.mark_connected(&connections);
                    self.serve(&connections, &earlier).await
                }
                Err(outage) => outage,
            };
            self.mark_disconnected();
            outage_log.warn(outage.to_string(), Instant::now());
            // The pause is random, so that not all nodes connect at once.
            sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
            pause = (pause * 2).min(RETRY_MAX);
        }
    }

    /// Opens connections, subscribes to all desired channels, writes presence and waits until a heartbeat has come back.
    async fn connect(&self) -> Result<(Arc<RedisConnections>, EarlierServers), Outage> {
        let (connections, earlier) = self.servers.open(&self.shared.push_handler).await?;
        self.shared.channels.begin();
        self.copy_channels(&connections).await?;
        // Presence is written before the first heartbeat, so that nodes that get the heartbeat find this node's users.
        self.shared.presence.begin(&connections).await;
        let mut own_heartbeats = self.shared.push_handler.own_heartbeats();
        let heartbeat = self.heartbeat();
        connections.run::<()>(&heartbeat).await?;
        // The sender lives as long as the bus, so `changed` cannot fail.
        let _ = timeout(DEADLINE, own_heartbeats.changed()).await?;
        // Channels that were requested in the meantime are subscribed too. No caller waits for them yet.
        while !self.shared.channels.make_current() {
            self.copy_channels(&connections).await?;
        }
        // A read-only server refuses only the write of presence. This error marks the connections as lost.
        match connections.lost_reason() {
            Some(reason) => Err(Outage::Lost(reason)),
            None => Ok((Arc::new(connections), earlier)),
        }
    }

    /// Lets the node use the connections, and reports that the bus is connected.
    fn mark_connected(&self, connections: &Arc<RedisConnections>) {
        self.shared.connections.store(Some(Arc::clone(connections)));
        self.shared.metrics.bus_up.set(1);
        self.shared.inbound.restored();
        self.shared.other_nodes.connected(Instant::now());
    }

    /// Drops the connections, and reports that the bus is away.
    fn mark_disconnected(&self) {
        self.shared.connections.store(None);
        self.shared.channels.end();
        self.shared.presence.local_users.end();
        self.shared.other_nodes.disconnected();
        self.shared.metrics.bus_up.set(0);
        self.shared.inbound.lost();
    }

    /// Serves the connections until they are lost or must be given up.
    async fn serve(&self, connections: &RedisConnections, earlier: &EarlierServers) -> Outage {
        tokio::select! {
            reason = connections.lost() => Outage::Lost(reason),
            reason = earlier.wait_for_primary() => Outage::Lost(reason),
            () = self.heartbeat_lost() => Outage::HeartbeatLost,
            error = self.keep_channels(connections) => Outage::Redis(error),
            never = self.shared.presence.keep(connections) => match never {},
            never = self.publish_heartbeats(connections) => match never {},
            never = self.report_lost_nodes() => match never {},
        }
    }

    /// Copies changed channels until Redis reports an error.
    async fn keep_channels(&self, connections: &RedisConnections) -> RedisError {
        loop {
            self.shared.channels.changed().await;
            if let Err(error) = self.copy_channels(connections).await {
                return error;
            }
        }
    }

    /// Subscribes to the added channels and unsubscribes from the removed channels.
    async fn copy_channels(&self, connections: &RedisConnections) -> RedisResult<()> {
        let batch = self.shared.channels.take();
        let names = |channels: &[Channel]| channels.iter().map(|channel| self.shared.names.channel(*channel)).collect();
        futures::try_join!(connections.subscribe(names(&batch.added)), connections.unsubscribe(names(&batch.removed)))?;
        batch.done();
        Ok(())
    }

    /// Publishes a heartbeat at intervals. Never returns.
    async fn publish_heartbeats(&self, connections: &RedisConnections) -> Infallible {
        let heartbeat = self.heartbeat();
        let mut ticks = interval(HEARTBEAT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // Only the arrival of the heartbeat matters, not the success of its publication.
            if let Err(error) = connections.run::<()>(&heartbeat).await {
                tracing::debug!(%error, "a heartbeat was not published");
            }
        }
    }

    /// The command that publishes a heartbeat of this node.
    fn heartbeat(&self) -> Pipeline {
        let signal = Signal { node: self.shared.node.to_bytes(), kind: Some(Kind::Heartbeat(Heartbeat {})) };
        let mut pipeline = redis::pipe();
        pipeline.cmd("PUBLISH").arg(self.shared.names.channel(Channel::Nodes)).arg(signal.encode_to_vec()).ignore();
        pipeline
    }

    /// Returns when this node's own heartbeat has not come back for [`HEARTBEAT_LOST_AFTER`].
    async fn heartbeat_lost(&self) {
        let own_heartbeats = self.shared.push_handler.own_heartbeats();
        loop {
            let deadline = *own_heartbeats.borrow() + HEARTBEAT_LOST_AFTER;
            if Instant::now() >= deadline {
                return;
            }
            sleep_until(deadline).await;
        }
    }

    /// Reports nodes whose heartbeats stopped. Never returns.
    async fn report_lost_nodes(&self) -> Infallible {
        let mut ticks = interval(HEARTBEAT_EVERY / 2);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if self.shared.push_handler.heartbeat_age() > HEARTBEAT_AGE_MAX {
                continue;
            }
            for node in self.shared.other_nodes.take_newly_gone(Instant::now()) {
                self.shared.inbound.report_node(BusEvent::NodeLost(node));
            }
        }
    }
}
