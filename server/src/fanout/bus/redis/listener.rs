//! Hears: owns the subscribed connection, and makes it anew for ever.
//!
//! The library's own reconnection gives up after some retries and resubscribes only when told to; measured, it came back
//! subscribed to nothing. Here every connection starts by subscribing to everything that is wanted, and only then counts as
//! restored.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use causerie_protocol::{
    NodeId,
    bus::{Signal, signal::Kind},
};
use prost::Message;
use redis::{AsyncConnectionConfig, PushInfo, PushKind, Value, aio::MultiplexedConnection};
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    super::{BusError, Channel, Incoming},
    DEADLINE, Heard,
};
use crate::telemetry::Metrics;

/// Channels per SUBSCRIBE.
const BATCH_MAX: usize = 500;
/// Without its own heartbeat (sent every second) for so long, a node is deaf.
const DEAF_AFTER: Duration = Duration::from_secs(3);
/// Another node that is silent for so long is gone.
const GONE_AFTER: Duration = Duration::from_secs(5);
const RETRY_MIN: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(1);

/// What the node wants to hear.
pub enum Wish {
    Subscribe(Vec<Channel>, oneshot::Sender<Result<(), BusError>>),
    Unsubscribe(Vec<Channel>),
}

pub struct Listener {
    client: redis::Client,
    prefix: String,
    node: NodeId,
    signals: mpsc::Sender<Incoming>,
    heard: Arc<Heard>,
    metrics: Arc<Metrics>,
    wanted: HashSet<Channel>,
    others: HashMap<NodeId, Instant>,
    /// The node was told that it may be missing something.
    told_lost: bool,
}

impl Listener {
    pub fn new(
        client: redis::Client,
        prefix: &str,
        node: NodeId,
        signals: mpsc::Sender<Incoming>,
        heard: Arc<Heard>,
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self {
            client,
            prefix: prefix.to_owned(),
            node,
            signals,
            heard,
            metrics: Arc::clone(metrics),
            wanted: HashSet::from([Channel::Nodes]),
            others: HashMap::new(),
            told_lost: false,
        }
    }

    pub async fn run(mut self, mut wishes: mpsc::Receiver<Wish>) {
        let mut pause = RETRY_MIN;
        loop {
            let (pushed, mut pushes) = mpsc::unbounded_channel();
            match self.connect(pushed).await {
                Some(mut connection) => {
                    pause = RETRY_MIN;
                    self.metrics.bus_up.set(1);
                    self.heard.now();
                    self.others.values_mut().for_each(|heard| *heard = Instant::now());
                    if std::mem::take(&mut self.told_lost) {
                        self.tell(Incoming::Restored).await;
                    }
                    self.listen(&mut connection, &mut pushes, &mut wishes).await;
                }
                None => pause = (pause * 2).min(RETRY_MAX),
            }
            self.metrics.bus_up.set(0);
            if !std::mem::replace(&mut self.told_lost, true) {
                self.tell(Incoming::Lost).await;
            }
            // Wishes are remembered meanwhile, and told that nobody confirms them.
            let again = sleep(pause);
            tokio::pin!(again);
            loop {
                tokio::select! {
                    () = &mut again => break,
                    Some(wish) = wishes.recv() => self.remember(wish),
                }
            }
        }
    }

    /// A connection that hears all that is wanted.
    async fn connect(&mut self, pushed: mpsc::UnboundedSender<PushInfo>) -> Option<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(DEADLINE))
            .set_response_timeout(Some(DEADLINE))
            .set_push_sender(pushed);
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = timeout(2 * DEADLINE, connecting).await.ok()?.ok()?;
        let wanted: Vec<Channel> = self.wanted.iter().copied().collect();
        self.subscribe(&mut connection, &wanted).await.ok()?;
        Some(connection)
    }

    async fn subscribe(&self, connection: &mut MultiplexedConnection, channels: &[Channel]) -> Result<(), BusError> {
        for batch in channels.chunks(BATCH_MAX) {
            let names: Vec<String> = batch.iter().map(|channel| self.name(*channel)).collect();
            let done = timeout(DEADLINE, connection.subscribe(&names)).await;
            done.map_err(|_| BusError::Away)?.map_err(|_| BusError::Away)?;
        }
        Ok(())
    }

    /// Until the connection is lost.
    async fn listen(
        &mut self,
        connection: &mut MultiplexedConnection,
        pushes: &mut mpsc::UnboundedReceiver<PushInfo>,
        wishes: &mut mpsc::Receiver<Wish>,
    ) {
        let mut tick = interval(DEADLINE / 2);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut waiting = Vec::new();
        loop {
            tokio::select! {
                push = pushes.recv() => match push {
                    Some(push) if push.kind == PushKind::Message => self.hear(&push.data).await,
                    Some(push) if push.kind == PushKind::Disconnection => return,
                    Some(_) => {}
                    None => return,
                },
                _ = wishes.recv_many(&mut waiting, BATCH_MAX) => {
                    if self.fulfil(connection, waiting.drain(..).collect()).await.is_err() {
                        return;
                    }
                }
                _ = tick.tick() => {
                    if self.heard.age() > DEAF_AFTER {
                        tracing::warn!("the bus does not bring this node's own heartbeat");
                        return;
                    }
                    self.look_for_nodes().await;
                }
            }
        }
    }

    /// Subscribes and unsubscribes what came together, each with one command.
    async fn fulfil(&mut self, connection: &mut MultiplexedConnection, wishes: Vec<Wish>) -> Result<(), BusError> {
        // In order: a channel left and joined again in one batch stays.
        let (mut come, mut gone, mut asking) = (Vec::new(), HashSet::new(), Vec::new());
        for wish in wishes {
            match wish {
                Wish::Subscribe(channels, confirm) => {
                    for channel in channels {
                        gone.remove(&channel);
                        if self.wanted.insert(channel) {
                            come.push(channel);
                        }
                    }
                    asking.push(confirm);
                }
                Wish::Unsubscribe(channels) => {
                    for channel in channels {
                        self.wanted.remove(&channel);
                        gone.insert(channel);
                    }
                }
            }
        }
        come.retain(|channel| self.wanted.contains(channel));
        let gone: Vec<Channel> = gone.into_iter().collect();
        let mut outcome = Ok(());
        for batch in gone.chunks(BATCH_MAX) {
            let names: Vec<String> = batch.iter().map(|channel| self.name(*channel)).collect();
            if !matches!(timeout(DEADLINE, connection.unsubscribe(&names)).await, Ok(Ok(()))) {
                outcome = Err(BusError::Away);
            }
        }
        if outcome.is_ok() {
            outcome = self.subscribe(connection, &come).await;
        }
        for confirm in asking {
            // Who gave up waiting needs no answer.
            let _ = confirm.send(outcome.clone());
        }
        outcome
    }

    fn remember(&mut self, wish: Wish) {
        match wish {
            Wish::Subscribe(channels, confirm) => {
                self.wanted.extend(channels);
                let _ = confirm.send(Err(BusError::Away));
            }
            Wish::Unsubscribe(channels) => {
                for channel in channels {
                    self.wanted.remove(&channel);
                }
            }
        }
    }

    async fn hear(&mut self, data: &[Value]) {
        let [Value::BulkString(name), Value::BulkString(payload)] = data else { return };
        let Some(channel) = self.channel(name) else { return };
        let Ok(signal) = Signal::decode(payload.as_slice()) else {
            tracing::warn!(%channel, "something on the bus is no signal");
            return;
        };
        self.metrics.bus_signals.inc();
        let Ok(from) = NodeId::from_slice(&signal.node) else { return };
        let heartbeat = matches!(signal.kind, Some(Kind::Heartbeat(_)));
        if from == self.node {
            if heartbeat {
                self.heard.now();
            }
            return;
        }
        if heartbeat {
            self.others.insert(from, Instant::now());
            return;
        }
        if self.signals.try_send(Incoming::Signal(channel, signal)).is_err() {
            // The node is far behind. It hears of the loss in its turn, and looks at the database.
            self.tell(Incoming::Lost).await;
            self.tell(Incoming::Restored).await;
        }
    }

    async fn look_for_nodes(&mut self) {
        let gone: Vec<NodeId> =
            self.others.iter().filter(|(_, heard)| heard.elapsed() > GONE_AFTER).map(|(node, _)| *node).collect();
        for node in gone {
            self.others.remove(&node);
            self.tell(Incoming::NodeLost(node)).await;
        }
    }

    async fn tell(&self, what: Incoming) {
        // Only a stopping server hears nothing.
        let _ = self.signals.send(what).await;
    }

    fn name(&self, channel: Channel) -> String {
        format!("{}:{channel}", self.prefix)
    }

    fn channel(&self, name: &[u8]) -> Option<Channel> {
        let name = std::str::from_utf8(name).ok()?.strip_prefix(&self.prefix)?.strip_prefix(':')?;
        match name.split_once(':') {
            Some(("c", id)) => id.parse().ok().map(Channel::Conversation),
            Some(("u", id)) => id.parse().ok().map(Channel::User),
            None if name == "nodes" => Some(Channel::Nodes),
            _ => None,
        }
    }
}
