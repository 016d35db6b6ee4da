//! The pair of connections to Redis: one for commands, one for subscriptions. If one of them is lost, both are given up.
//!
//! The library can reconnect and resubscribe by itself. This is not used, because the node must know in which period signals
//! were lost. A Redis Cluster would need other connections (`SPUBLISH`, `SSUBSCRIBE`, connections by slot) and
//! no other change.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, stream};
use redis::{
    AsyncConnectionConfig, Client, FromRedisValue, Pipeline, PushInfo, PushKind, RedisError, RedisResult, Value,
    aio::MultiplexedConnection,
};
use tokio_util::sync::CancellationToken;

use super::push_handler::PushHandler;

/// The time limit of a command and of a connection attempt. Redis answers in under a millisecond.
pub(super) const DEADLINE: Duration = Duration::from_secs(1);
/// The time limit of a batch of subscriptions, which waits behind other batches.
const SUBSCRIBE_DEADLINE: Duration = Duration::from_secs(2);
/// The maximum number of channels per command. Without this limit and [`COMMANDS_MAX`], a long answer could block both
/// sides.
const CHANNELS_MAX: usize = 500;
/// The maximum number of (un)subscribe commands that run at the same time.
const COMMANDS_MAX: usize = 8;
/// The reason of a loss that the library reports.
const BROKE: &str = "the connection broke";

/// Error codes of a server that is no longer the primary, or that serves no client. They count as a lost connection although
/// the connection is open.
const AWAY_CODES: &[&str] = &["READONLY", "LOADING", "CLUSTERDOWN", "MASTERDOWN"];

/// Two open connections to the same server.
pub(super) struct RedisConnections {
    commands: MultiplexedConnection,
    subscriber: MultiplexedConnection,
    loss: Loss,
}

/// Whether the connections must be given up, and the reason.
#[derive(Clone, Default)]
struct Loss {
    token: CancellationToken,
    reason: Arc<OnceLock<String>>,
}

impl Loss {
    /// Marks the connections as lost. The first reason is kept.
    fn report(&self, reason: impl Into<String>) {
        let _ = self.reason.set(reason.into());
        self.token.cancel();
    }
}

impl RedisConnections {
    /// Opens both connections.
    pub async fn open(client: &Client, push_handler: &Arc<PushHandler>) -> RedisResult<Self> {
        let loss = Loss::default();
        let (push_handler, subscriber_loss, commands_loss) = (Arc::clone(push_handler), loss.clone(), loss.clone());
        let config = || AsyncConnectionConfig::new().set_connection_timeout(Some(DEADLINE));
        let subscriber = config().set_response_timeout(Some(SUBSCRIBE_DEADLINE)).set_push_sender(move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                subscriber_loss.report(BROKE);
            } else {
                push_handler.push(push);
            }
            Ok::<(), ()>(())
        });
        let commands = config().set_response_timeout(Some(DEADLINE)).set_push_sender(move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                commands_loss.report(BROKE);
            }
            Ok::<(), ()>(())
        });
        let (commands, subscriber) = futures::try_join!(
            client.get_multiplexed_async_connection_with_config(&commands),
            client.get_multiplexed_async_connection_with_config(&subscriber),
        )?;
        Ok(Self { commands, subscriber, loss })
    }

    /// Waits until a connection is lost or the server is no longer the primary. Returns the reason.
    pub async fn lost(&self) -> String {
        self.loss.token.cancelled().await;
        self.lost_reason().unwrap_or_default()
    }

    /// The reason why the connections must be given up; `None` while they can be used.
    pub fn lost_reason(&self) -> Option<String> {
        self.loss.token.is_cancelled().then(|| self.loss.reason.get().cloned().unwrap_or_default())
    }

    /// The role of the server: `master`, `slave` or `sentinel`.
    pub async fn role(&self) -> RedisResult<String> {
        let role: Vec<Value> = self.check_outcome(redis::cmd("ROLE").query_async(&mut self.commands.clone()).await)?;
        Ok(role.into_iter().next().map(redis::from_redis_value).transpose()?.unwrap_or_default())
    }

    /// Runs commands in one round trip. Returns the results of the commands.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        self.check_outcome(pipeline.query_async(&mut self.commands.clone()).await)
    }

    /// Gives the connections up if the error is one of [`AWAY_CODES`].
    fn check_outcome<T>(&self, outcome: RedisResult<T>) -> RedisResult<T> {
        if let Err(error) = &outcome
            && is_away(error)
        {
            self.loss.report(error.to_string());
        }
        outcome
    }

    /// Subscribes; returns when Redis has confirmed every channel.
    pub async fn subscribe(&self, channels: Vec<String>) -> RedisResult<()> {
        let subscribing =
            |channels: Vec<String>| async move { self.check_outcome(self.subscriber.clone().subscribe(channels).await) };
        stream::iter(batches(channels)).map(subscribing).buffer_unordered(COMMANDS_MAX).try_collect().await
    }

    /// Unsubscribes; returns when Redis has confirmed every channel.
    pub async fn unsubscribe(&self, channels: Vec<String>) -> RedisResult<()> {
        let unsubscribing =
            |channels: Vec<String>| async move { self.check_outcome(self.subscriber.clone().unsubscribe(channels).await) };
        stream::iter(batches(channels)).map(unsubscribing).buffer_unordered(COMMANDS_MAX).try_collect().await
    }
}

/// Whether an error, or an error of any command in a pipeline, is one of [`AWAY_CODES`].
fn is_away(error: &RedisError) -> bool {
    let errors = error.clone().into_server_errors();
    errors.is_some_and(|errors| errors.iter().any(|(_, error)| AWAY_CODES.contains(&error.code())))
}

/// Splits channels into batches. No batch is empty: an UNSUBSCRIBE without channels would unsubscribe from all of them.
fn batches(mut channels: Vec<String>) -> Vec<Vec<String>> {
    let mut batches = Vec::with_capacity(channels.len().div_ceil(CHANNELS_MAX));
    while !channels.is_empty() {
        let rest = channels.split_off(channels.len().min(CHANNELS_MAX));
        batches.push(std::mem::replace(&mut channels, rest));
    }
    batches
}
