//! A pair of connections to Redis: one to say things and ask, one to hear. They live and die together.
//!
//! The library can reconnect and resubscribe by itself. It is not used: whoever hears must know *when* nothing was heard, and
//! that everything is again. A Redis Cluster needs another link (`SPUBLISH`, `SSUBSCRIBE`, connections by slot) and nothing
//! else.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use redis::{
    AsyncConnectionConfig, Client, FromRedisValue, IntoConnectionInfo, Pipeline, ProtocolVersion, PushInfo, PushKind,
    RedisResult, aio::MultiplexedConnection,
};
use tokio_util::sync::CancellationToken;

use super::ear::Ear;

/// A command, or a connection, that takes longer has failed. Redis answers in under a millisecond.
pub(super) const DEADLINE: Duration = Duration::from_secs(1);
/// The same for a batch of subscriptions, which waits behind others.
const SUBSCRIBE_DEADLINE: Duration = Duration::from_secs(2);
/// Channels per command, and commands under way: neither side stalls the other with long answers.
const CHANNELS_MAX: usize = 500;
const COMMANDS_MAX: usize = 8;

/// The address in the form that pushes need.
pub(super) fn client(url: &str) -> RedisResult<Client> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Client::open(info.set_redis_settings(settings))
}

/// Two connections that stand.
pub(super) struct Link {
    commands: MultiplexedConnection,
    subscriber: MultiplexedConnection,
    broken: CancellationToken,
}

impl Link {
    /// Connects.
    pub async fn open(client: &Client, ear: &Arc<Ear>) -> RedisResult<Self> {
        let broken = CancellationToken::new();
        let (hearing, breaking, also_breaking) = (Arc::clone(ear), broken.clone(), broken.clone());
        let config = || AsyncConnectionConfig::new().set_connection_timeout(Some(DEADLINE));
        let subscriber = config().set_response_timeout(Some(SUBSCRIBE_DEADLINE)).set_push_sender(move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                breaking.cancel();
            } else {
                hearing.push(push);
            }
            Ok::<(), ()>(())
        });
        let commands = config().set_response_timeout(Some(DEADLINE)).set_push_sender(move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                also_breaking.cancel();
            }
            Ok::<(), ()>(())
        });
        let (commands, subscriber) = futures::try_join!(
            client.get_multiplexed_async_connection_with_config(&commands),
            client.get_multiplexed_async_connection_with_config(&subscriber),
        )?;
        Ok(Self { commands, subscriber, broken })
    }

    /// Returns when either connection is lost.
    pub async fn broken(&self) {
        self.broken.cancelled().await;
    }

    /// Runs commands in one round trip.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        pipeline.query_async(&mut self.commands.clone()).await
    }

    /// Returns once Redis has confirmed each.
    pub async fn subscribe(&self, channels: Vec<String>) -> RedisResult<()> {
        let subscribing = |channels: Vec<String>| async move { self.subscriber.clone().subscribe(channels).await };
        stream::iter(batches(channels)).map(subscribing).buffer_unordered(COMMANDS_MAX).try_collect().await
    }

    /// Returns once Redis has confirmed each.
    pub async fn unsubscribe(&self, channels: Vec<String>) -> RedisResult<()> {
        let unsubscribing = |channels: Vec<String>| async move { self.subscriber.clone().unsubscribe(channels).await };
        stream::iter(batches(channels)).map(unsubscribing).buffer_unordered(COMMANDS_MAX).try_collect().await
    }
}

/// None of them empty: an UNSUBSCRIBE without channels means all of them.
fn batches(mut channels: Vec<String>) -> Vec<Vec<String>> {
    let mut batches = Vec::with_capacity(channels.len().div_ceil(CHANNELS_MAX));
    while !channels.is_empty() {
        let rest = channels.split_off(channels.len().min(CHANNELS_MAX));
        batches.push(std::mem::replace(&mut channels, rest));
    }
    batches
}
