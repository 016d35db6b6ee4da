//! The push handler: turns push messages of Redis into signals. It runs inside the connection's own task, so it must not
//! wait.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use causerie_protocol::{
    NodeId,
    bus::{Heartbeat, Signal, signal::Kind},
};
use prost::Message;
use redis::{PushInfo, PushKind, Value};
use tokio::{sync::watch, time::Instant};

use super::{
    super::{BusEvent, Channel, inbound_queue::InboundQueue},
    names::Names,
    nodes::Nodes,
};
use crate::telemetry::Metrics;

/// Handles the pushes for one node.
pub(super) struct PushHandler {
    names: Arc<Names>,
    inbound: InboundQueue,
    other_nodes: Arc<Nodes>,
    metrics: Arc<Metrics>,
    /// The first bytes of every signal of this node: the node id is the first field of a signal.
    own_prefix: Vec<u8>,
    nodes_channel: String,
    /// When this node's own heartbeat last came back.
    own_heartbeat_at: watch::Sender<Instant>,
}

impl PushHandler {
    pub fn new(
        node: NodeId,
        names: Arc<Names>,
        inbound: InboundQueue,
        other_nodes: Arc<Nodes>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            nodes_channel: names.channel(Channel::Nodes),
            names,
            inbound,
            other_nodes,
            metrics,
            own_prefix: Signal { node: node.to_bytes(), kind: None }.encode_to_vec(),
            own_heartbeat_at: watch::Sender::new(Instant::now()),
        }
    }

    /// Handles a push message of Redis. Only messages on channels have an effect.
    pub fn push(&self, push: PushInfo) {
        if push.kind != PushKind::Message {
            return;
        }
        let mut data = push.data.into_iter();
        if let (Some(Value::BulkString(channel)), Some(Value::BulkString(payload))) = (data.next(), data.next()) {
            self.message(&channel, payload.into());
        }
    }

    fn message(&self, channel: &[u8], payload: Bytes) {
        if payload.starts_with(&self.own_prefix) {
            // This signal was published by this node. If two nodes share the conversations, half of all messages are such
            // signals, so they are not decoded.
            if channel == self.nodes_channel.as_bytes() {
                self.own_heartbeat_at.send_replace(Instant::now());
            }
            return;
        }
        let Some(channel) = self.names.parse(channel) else { return };
        let signal = match Signal::decode(payload) {
            Ok(signal) => signal,
            Err(error) => return tracing::warn!(%channel, %error, "a message on the bus could not be decoded"),
        };
        if let Some(Kind::Heartbeat(Heartbeat {})) = signal.kind {
            if let Ok(node) = NodeId::from_slice(&signal.node)
                && self.other_nodes.heartbeat(node, Instant::now())
            {
                self.inbound.report_node(BusEvent::NodeFound(node));
            }
            return;
        }
        self.metrics.bus_signals.inc();
        self.inbound.signal(channel, signal);
    }

    /// The time since this node's own heartbeat last came back.
    pub fn heartbeat_age(&self) -> Duration {
        self.own_heartbeat_at.borrow().elapsed()
    }

    /// A receiver that changes each time this node's own heartbeat comes back. Its value is the time of the last heartbeat.
    pub fn own_heartbeats(&self) -> watch::Receiver<Instant> {
        self.own_heartbeat_at.subscribe()
    }
}
