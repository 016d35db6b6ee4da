//! The bus of a cluster: Redis pub/sub over RESP3.
//!
//! Two connections: [`listener`] subscribes and hears, [`speaker`] publishes and keeps who is online. Pub/sub loses whatever
//! is said while nobody listens, and Redis tells nobody; so the listener hears its own heartbeat, and as soon as it does
//! not, the node is told that it may be missing something.

mod listener;
mod speaker;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use causerie_protocol::{NodeId, UserId};
use futures::future::{BoxFuture, FutureExt};
use tokio::sync::{mpsc, oneshot};

use self::{listener::Wish, speaker::Speaker};
use super::{Bus, BusError, Channel, Incoming};
use crate::{lifecycle::Tasks, telemetry::Metrics};

/// Signals a node may be behind; what comes then is lost, and the node told so.
const WAITING_MAX: usize = 65_536;
/// Subscriptions that may wait for the listener.
const WISHES_MAX: usize = 1_024;
/// A command to Redis that takes longer has failed. It answers in under a millisecond; its own default is 500 ms.
const DEADLINE: Duration = Duration::from_secs(1);

/// `redis.url` can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RedisBusError(#[from] redis::RedisError);

/// One node's connection.
pub struct RedisBus {
    wishes: mpsc::Sender<Wish>,
    speaker: Speaker,
    heard: Arc<Heard>,
}

/// When this node last heard itself.
pub(super) struct Heard(Mutex<Instant>);

impl Heard {
    pub(super) fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub(super) fn age(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

impl RedisBus {
    /// Starts connecting, and never stops trying.
    ///
    /// # Errors
    /// When the address is none. That Redis is away is no error: the node serves without it.
    pub fn start(
        url: &str,
        prefix: &str,
        node: NodeId,
        metrics: &Arc<Metrics>,
        tasks: &Tasks,
    ) -> Result<(Arc<dyn Bus>, mpsc::Receiver<Incoming>), RedisBusError> {
        use redis::IntoConnectionInfo;
        let info = url.into_connection_info()?;
        let protocol = info.redis_settings().clone().set_protocol(redis::ProtocolVersion::RESP3);
        let client = redis::Client::open(info.set_redis_settings(protocol))?;
        let (signals, incoming) = mpsc::channel(WAITING_MAX);
        let (wishes, asked) = mpsc::channel(WISHES_MAX);
        let heard = Arc::new(Heard(Mutex::new(Instant::now())));
        let speaker = Speaker::new(&client, prefix, node, metrics)?;
        let listener = listener::Listener::new(client, prefix, node, signals, Arc::clone(&heard), metrics);
        let stop = tasks.stopping();
        tasks.spawn_vital("bus, listening", async move {
            tokio::select! {
                () = listener.run(asked) => {}
                () = stop.cancelled() => {}
            }
        });
        let (beating, stop) = (speaker.clone(), tasks.stopping());
        tasks.spawn_vital("bus, heartbeat", async move {
            tokio::select! {
                () = beating.beat() => {}
                () = stop.cancelled() => {}
            }
            beating.leave().await;
        });
        Ok((Arc::new(Self { wishes, speaker, heard }), incoming))
    }
}

impl Bus for RedisBus {
    fn publish(&self, batch: Vec<(Channel, Bytes)>) -> BoxFuture<'_, Result<(), BusError>> {
        self.speaker.publish(batch).boxed()
    }

    fn subscribe(&self, channels: Vec<Channel>) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let (confirm, confirmed) = oneshot::channel();
            self.wishes.send(Wish::Subscribe(channels, confirm)).await.map_err(|_| BusError::Away)?;
            confirmed.await.map_err(|_| BusError::Away)?
        }
        .boxed()
    }

    fn unsubscribe(&self, channels: Vec<Channel>) {
        if let Err(mpsc::error::TrySendError::Full(wish)) = self.wishes.try_send(Wish::Unsubscribe(channels)) {
            let wishes = self.wishes.clone();
            tokio::spawn(async move { wishes.send(wish).await.ok() });
        }
    }

    fn set_presence(&self, changes: Vec<(UserId, bool)>) -> BoxFuture<'_, Result<(), BusError>> {
        self.speaker.set_presence(changes).boxed()
    }

    fn presence(&self, users: Vec<UserId>) -> BoxFuture<'_, Result<Vec<bool>, BusError>> {
        self.speaker.presence(users).boxed()
    }

    fn heartbeat_age(&self) -> Option<Duration> {
        Some(self.heard.age())
    }
}
