//! Speaks: publishes in pipelines, beats, and keeps who is online.
//!
//! Who is online on a node stands in a set of that node, which dies with it: it lives a few heartbeats. A Redis that
//! forgot everything gets the sets again with the next heartbeat.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use causerie_protocol::{
    NodeId, UserId,
    bus::{Heartbeat, Signal, signal::Kind},
};
use prost::Message;
use redis::{
    Pipeline, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{
    super::{BusError, Channel},
    DEADLINE,
};
use crate::telemetry::Metrics;

const BEAT_EVERY: Duration = Duration::from_secs(1);
/// A node's set outlives this many missed heartbeats, in seconds.
const ONLINE_S: i64 = 6;
/// Members per SADD when a set is written anew.
const REWRITE_MAX: usize = 1_000;

#[derive(Clone)]
pub struct Speaker {
    connection: ConnectionManager,
    prefix: Arc<str>,
    node: NodeId,
    online: Arc<Mutex<HashSet<UserId>>>,
    metrics: Arc<Metrics>,
}

impl Speaker {
    pub fn new(client: &redis::Client, prefix: &str, node: NodeId, metrics: &Arc<Metrics>) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(usize::MAX)
            .set_max_delay(Duration::from_secs(1))
            .set_connection_timeout(Some(DEADLINE))
            .set_response_timeout(Some(DEADLINE));
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client.clone(), config)?,
            prefix: prefix.into(),
            node,
            online: Arc::default(),
            metrics: Arc::clone(metrics),
        })
    }

    pub async fn publish(&self, batch: Vec<(Channel, Bytes)>) -> Result<(), BusError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut pipeline = redis::pipe();
        let count = batch.len() as u64;
        for (channel, payload) in &batch {
            pipeline.cmd("PUBLISH").arg(format!("{}:{channel}", self.prefix)).arg(&payload[..]).ignore();
        }
        match self.run::<()>(&pipeline).await {
            Ok(()) => {
                self.metrics.published.inc_by(count);
                Ok(())
            }
            Err(error) => {
                self.metrics.publish_failures.inc_by(count);
                Err(error)
            }
        }
    }

    /// Beats until it is stopped.
    pub async fn beat(&self) {
        let mut beats = interval(BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let signal = Signal { node: self.node.to_bytes(), kind: Some(Kind::Heartbeat(Heartbeat {})) }.encode_to_vec();
        loop {
            beats.tick().await;
            let known = self.online().len();
            let mut pipeline = redis::pipe();
            pipeline
                .cmd("PUBLISH")
                .arg(format!("{}:nodes", self.prefix))
                .arg(&signal)
                .ignore()
                .sadd(self.nodes_key(), self.node.to_string())
                .ignore()
                .expire(self.online_key(self.node), ONLINE_S)
                .ignore()
                .scard(self.online_key(self.node));
            // Counts that differ for a moment, because someone comes just now, cost one rewrite.
            if let Ok((stored,)) = self.run::<(usize,)>(&pipeline).await
                && stored != known
            {
                let _ = self.rewrite().await;
            }
        }
    }

    /// This node's people are gone with it.
    pub async fn leave(&self) {
        let mut pipeline = redis::pipe();
        pipeline.del(self.online_key(self.node)).ignore().srem(self.nodes_key(), self.node.to_string()).ignore();
        let _ = self.run::<()>(&pipeline).await;
    }

    pub async fn set_presence(&self, changes: Vec<(UserId, bool)>) -> Result<(), BusError> {
        let key = self.online_key(self.node);
        let mut pipeline = redis::pipe();
        {
            let mut online = self.online.lock().unwrap_or_else(PoisonError::into_inner);
            for (user, here) in changes {
                if here {
                    online.insert(user);
                    pipeline.sadd(&key, member(user)).ignore();
                } else {
                    online.remove(&user);
                    pipeline.srem(&key, member(user)).ignore();
                }
            }
        }
        pipeline.sadd(self.nodes_key(), self.node.to_string()).ignore().expire(&key, ONLINE_S).ignore();
        self.run::<()>(&pipeline).await
    }

    pub async fn presence(&self, users: Vec<UserId>) -> Result<Vec<bool>, BusError> {
        let mut online = vec![false; users.len()];
        if users.is_empty() {
            return Ok(online);
        }
        let mut pipeline = redis::pipe();
        pipeline.smembers(self.nodes_key());
        let (nodes,): (Vec<String>,) = self.run(&pipeline).await?;
        if nodes.is_empty() {
            return Ok(online);
        }
        let members: Vec<Vec<u8>> = users.into_iter().map(member).collect();
        let mut pipeline = redis::pipe();
        for node in nodes {
            pipeline.cmd("SMISMEMBER").arg(format!("{}:online:{node}", self.prefix)).arg(&members);
        }
        // A node that died without a word has no set any more: nobody is on it.
        let answers: Vec<Vec<bool>> = self.run(&pipeline).await?;
        for answer in answers {
            for (known, here) in online.iter_mut().zip(answer) {
                *known |= here;
            }
        }
        Ok(online)
    }

    async fn rewrite(&self) -> Result<(), BusError> {
        let key = self.online_key(self.node);
        let online: Vec<Vec<u8>> = self.online().into_iter().map(member).collect();
        let mut pipeline = redis::pipe();
        pipeline.atomic().del(&key).ignore();
        for chunk in online.chunks(REWRITE_MAX) {
            pipeline.sadd(&key, chunk).ignore();
        }
        pipeline.expire(&key, ONLINE_S).ignore();
        self.run::<()>(&pipeline).await
    }

    async fn run<T: redis::FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, BusError> {
        let mut connection = self.connection.clone();
        match timeout(DEADLINE, pipeline.query_async(&mut connection)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                tracing::debug!(%error, "Redis refused");
                Err(BusError::Away)
            }
            Err(_) => Err(BusError::Away),
        }
    }

    fn online(&self) -> HashSet<UserId> {
        self.online.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn online_key(&self, node: NodeId) -> String {
        format!("{}:online:{node}", self.prefix)
    }

    fn nodes_key(&self) -> String {
        format!("{}:nodes", self.prefix)
    }
}

/// 16 bytes instead of 36 letters: a set may hold hundreds of thousands.
fn member(user: UserId) -> Vec<u8> {
    user.0.as_bytes().to_vec()
}
