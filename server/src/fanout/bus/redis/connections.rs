//! A pair of connections to Redis: one to say things and ask, one to hear. They live and die together.
//!
//! The library can reconnect and resubscribe by itself. It is not used: whoever hears must know *when* nothing was heard, and
//! that everything is again. A Redis Cluster needs other connections (`SPUBLISH`, `SSUBSCRIBE`, connections by slot) and nothing
//! else.

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

/// A command, or a connection, that takes longer has failed. Redis answers in under a millisecond.
pub(super) const DEADLINE: Duration = Duration::from_secs(1);
/// The same for a batch of subscriptions, which waits behind others.
const SUBSCRIBE_DEADLINE: Duration = Duration::from_secs(2);
/// Channels per command, and commands under way: neither side stalls the other with long answers.
const CHANNELS_MAX: usize = 500;
const COMMANDS_MAX: usize = 8;
const BROKE: &str = "the connection broke";

/// Answers of a server that is not the primary any more, or serves nobody: as bad as a lost connection, although the
/// connection stands.
const AWAY: &[&str] = &["READONLY", "LOADING", "CLUSTERDOWN", "MASTERDOWN"];

/// Two connections that stand.
pub(super) struct RedisConnections {
    commands: MultiplexedConnection,
    subscriber: MultiplexedConnection,
    lost: Lost,
}

/// Whether and why the connections are of no more use.
#[derive(Clone, Default)]
struct Lost {
    token: CancellationToken,
    why: Arc<OnceLock<String>>,
}

impl Lost {
    fn because(&self, why: impl Into<String>) {
        let _ = self.why.set(why.into());
        self.token.cancel();
    }
}

impl RedisConnections {
    /// Connects.
    pub async fn open(client: &Client, push_handler: &Arc<PushHandler>) -> RedisResult<Self> {
        let lost = Lost::default();
        let (hearing, breaking, also_breaking) = (Arc::clone(push_handler), lost.clone(), lost.clone());
        let config = || AsyncConnectionConfig::new().set_connection_timeout(Some(DEADLINE));
        let subscriber = config().set_response_timeout(Some(SUBSCRIBE_DEADLINE)).set_push_sender(move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                breaking.because(BROKE);
            } else {
                hearing.push(push);
            }
            Ok::<(), ()>(())
        });
        let commands = config().set_response_timeout(Some(DEADLINE)).set_push_sender(move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                also_breaking.because(BROKE);
            }
            Ok::<(), ()>(())
        });
        let (commands, subscriber) = futures::try_join!(
            client.get_multiplexed_async_connection_with_config(&commands),
            client.get_multiplexed_async_connection_with_config(&subscriber),
        )?;
        Ok(Self { commands, subscriber, lost })
    }

    /// Returns when either connection is lost, or the server is not the primary any more; says why.
    pub async fn lost(&self) -> String {
        self.lost.token.cancelled().await;
        self.why_lost().unwrap_or_default()
    }

    /// Why the connections are of no more use; `None` while they are.
    pub fn why_lost(&self) -> Option<String> {
        self.lost.token.is_cancelled().then(|| self.lost.why.get().cloned().unwrap_or_default())
    }

    /// What the server is: `master`, `slave` or `sentinel`.
    pub async fn role(&self) -> RedisResult<String> {
        let role: Vec<Value> = self.noted(redis::cmd("ROLE").query_async(&mut self.commands.clone()).await)?;
        Ok(role.into_iter().next().map(redis::from_redis_value).transpose()?.unwrap_or_default())
    }

    /// Runs commands in one round trip.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        self.noted(pipeline.query_async(&mut self.commands.clone()).await)
    }

    /// Notes an answer that ends the connections.
    fn noted<T>(&self, outcome: RedisResult<T>) -> RedisResult<T> {
        if let Err(error) = &outcome
            && is_away(error)
        {
            self.lost.because(error.to_string());
        }
        outcome
    }

    /// Returns once Redis has confirmed each.
    pub async fn subscribe(&self, channels: Vec<String>) -> RedisResult<()> {
        let subscribing =
            |channels: Vec<String>| async move { self.noted(self.subscriber.clone().subscribe(channels).await) };
        stream::iter(batches(channels)).map(subscribing).buffer_unordered(COMMANDS_MAX).try_collect().await
    }

    /// Returns once Redis has confirmed each.
    pub async fn unsubscribe(&self, channels: Vec<String>) -> RedisResult<()> {
        let unsubscribing =
            |channels: Vec<String>| async move { self.noted(self.subscriber.clone().unsubscribe(channels).await) };
        stream::iter(batches(channels)).map(unsubscribing).buffer_unordered(COMMANDS_MAX).try_collect().await
    }
}

/// Also as the answer to one of several commands.
fn is_away(error: &RedisError) -> bool {
    let errors = error.clone().into_server_errors();
    errors.is_some_and(|errors| errors.iter().any(|(_, error)| AWAY.contains(&error.code())))
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
