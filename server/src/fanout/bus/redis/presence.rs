//! Presence in Redis: which users are online on which node.
//!
//! Each node keeps a set of its users in Redis, which expires soon after the node stops refreshing it. The set is a copy: if
//! Redis lost it, it is written again within a second.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use causerie_protocol::{NodeId, UserId};
use redis::{Pipeline, RedisResult};
use tokio::time::{MissedTickBehavior, interval};

use super::{connections::RedisConnections, desired::Desired, names::Names, nodes::Nodes};

/// The time after the last refresh at which a node's set expires.
const LIFE: Duration = Duration::from_secs(15);
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// Users per command, so that no command keeps Redis from other clients for long.
const USERS_MAX: usize = 1_000;

/// Copies this node's online users to Redis, and reads those of other nodes.
pub(super) struct Presence {
    node: NodeId,
    names: Arc<Names>,
    other_nodes: Arc<Nodes>,
    /// The users online on this node.
    pub here: Desired<UserId>,
    /// The last write failed, so it is unknown which part of it Redis has.
    suspect: AtomicBool,
}

impl Presence {
    pub fn new(node: NodeId, names: Arc<Names>, other_nodes: Arc<Nodes>) -> Self {
        Self { node, names, other_nodes, here: Desired::new([]), suspect: AtomicBool::new(false) }
    }

    /// Writes this node's users over a new connection. If Redis does not accept them, for example for lack of memory, the
    /// connection is used all the same: [`Self::keep`] tries again.
    pub async fn begin(&self, connections: &RedisConnections) {
        self.here.begin();
        loop {
            let outcome = self.write_all(connections).await;
            self.note(outcome);
            if self.here.make_current() {
                return;
            }
        }
    }

    /// Keeps the copy up to date as long as the connection is used.
    pub async fn keep(&self, connections: &RedisConnections) -> Infallible {
        let mut refresh = interval(REFRESH_EVERY);
        refresh.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let refresh = tokio::select! {
                () = self.here.changed() => false,
                _ = refresh.tick() => true,
            };
            let outcome = if self.suspect.load(Ordering::Relaxed) {
                self.write_all(connections).await
            } else {
                self.write_changes(connections, refresh).await
            };
            self.note(outcome);
        }
    }

    fn note(&self, outcome: RedisResult<()>) {
        self.suspect.store(outcome.is_err(), Ordering::Relaxed);
        // The supervisor notices a lost connection.
        if let Err(error) = outcome {
            tracing::warn!(%error, "the online users of this node could not be written to Redis");
        }
    }

    /// Removes this node and its users from Redis.
    pub async fn leave(&self, connections: &RedisConnections) {
        let mut pipeline = redis::pipe();
        pipeline.del(self.key()).ignore().zrem(self.names.nodes(), self.node.to_string()).ignore();
        // If the removal fails, the entries expire a little later.
        let _ = connections.run::<()>(&pipeline).await;
    }

    /// For each of these users, whether the user is online on any node.
    pub async fn of(&self, connections: &RedisConnections, users: &[UserId]) -> RedisResult<Vec<bool>> {
        let mut online: Vec<bool> = users.iter().map(|user| self.here.contains(user)).collect();
        let (nodes,) = connections.run::<(Vec<String>,)>(redis::pipe().zrange(self.names.nodes(), 0, -1)).await?;
        // The set of a node that fell silent is still there for a while, but its users are not online.
        let others: Vec<NodeId> = nodes
            .iter()
            .filter_map(|node| node.parse().ok())
            .filter(|node| *node != self.node && !self.other_nodes.is_gone(*node))
            .collect();
        if others.is_empty() {
            return Ok(online);
        }
        let keys: Vec<String> = others.into_iter().map(|node| self.names.online(node)).collect();
        for (users, online) in users.chunks(USERS_MAX).zip(online.chunks_mut(USERS_MAX)) {
            let members: Vec<&[u8]> = users.iter().map(member).collect();
            let mut pipeline = redis::pipe();
            for key in &keys {
                pipeline.cmd("SMISMEMBER").arg(key).arg(&members);
            }
            for there in connections.run::<Vec<Vec<bool>>>(&pipeline).await? {
                for (online, there) in online.iter_mut().zip(there) {
                    *online |= there;
                }
            }
        }
        Ok(online)
    }

    /// Writes the whole set in one transaction, so that no other node reads a part of it.
    async fn write_all(&self, connections: &RedisConnections) -> RedisResult<()> {
        let batch = self.here.take_all();
        let mut pipeline = redis::pipe();
        pipeline.atomic().del(self.key()).ignore();
        self.add(&mut pipeline, &batch.added);
        connections.run::<()>(&pipeline).await?;
        self.register(connections).await?;
        batch.done();
        Ok(())
    }

    /// Writes the changes and refreshes the expiry of the set. If the size in Redis is then not the expected one, writes the
    /// whole set.
    async fn write_changes(&self, connections: &RedisConnections, refresh: bool) -> RedisResult<()> {
        let batch = self.here.take();
        if !refresh && batch.added.is_empty() && batch.removed.is_empty() {
            batch.done();
            return Ok(());
        }
        let mut pipeline = redis::pipe();
        for users in batch.removed.chunks(USERS_MAX) {
            let members: Vec<&[u8]> = users.iter().map(member).collect();
            pipeline.srem(self.key(), members).ignore();
        }
        self.add(&mut pipeline, &batch.added);
        // No other node writes this set, so its size must match.
        let (stored,) = connections.run::<(usize,)>(pipeline.scard(self.key())).await?;
        if stored != batch.len {
            tracing::info!(stored, expected = batch.len, "Redis lost the online users of this node; they are written again");
            self.write_all(connections).await?;
        } else if refresh {
            self.register(connections).await?;
        }
        batch.done();
        Ok(())
    }

    /// Registers this node as alive and removes dead nodes, both by the clock of Redis.
    async fn register(&self, connections: &RedisConnections) -> RedisResult<()> {
        let ((seconds, microseconds),) = connections.run::<((i64, i64),)>(redis::pipe().cmd("TIME")).await?;
        let now_ms = seconds * 1_000 + microseconds / 1_000;
        let mut pipeline = redis::pipe();
        pipeline
            .zadd(self.names.nodes(), self.node.to_string(), now_ms + milliseconds(LIFE))
            .ignore()
            .zrembyscore(self.names.nodes(), "-inf", now_ms)
            .ignore();
        connections.run(&pipeline).await
    }

    fn add(&self, pipeline: &mut Pipeline, users: &[UserId]) {
        for users in users.chunks(USERS_MAX) {
            let members: Vec<&[u8]> = users.iter().map(member).collect();
            pipeline.sadd(self.key(), members).ignore();
        }
        pipeline.pexpire(self.key(), milliseconds(LIFE)).ignore();
    }

    fn key(&self) -> String {
        self.names.online(self.node)
    }
}

/// 16 bytes instead of 36 characters: a set may hold tens of thousands of users.
fn member(user: &UserId) -> &[u8] {
    user.0.as_bytes()
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
