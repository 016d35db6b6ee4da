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

/// How long after the last refresh a node's set expires.
const EXPIRES_AFTER: Duration = Duration::from_secs(15);
/// How often a node refreshes its set.
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// The maximum number of users per command, so that no command delays other clients of Redis for long.
const USERS_MAX: usize = 1_000;

/// Copies this node's online users to Redis, and reads the online users of other nodes.
pub(super) struct Presence {
    node: NodeId,
    names: Arc<Names>,
    other_nodes: Arc<Nodes>,
    /// The users online on this node.
    pub local_users: Desired<UserId>,
    /// Whether the last write failed, so that it is unknown which part of the write Redis has executed.
    last_write_failed: AtomicBool,
}

impl Presence {
    pub fn new(node: NodeId, names: Arc<Names>, other_nodes: Arc<Nodes>) -> Self {
        Self { node, names, other_nodes, local_users: Desired::new([]), last_write_failed: AtomicBool::new(false) }
    }

    /// Writes this node's users over a new connection. If Redis does not accept them, for example for lack of memory, the
    /// connection is used nevertheless: [`Self::keep`] tries again.
    pub async fn begin(&self, connections: &RedisConnections) {
        self.local_users.begin();
        loop {
            let outcome = self.write_all(connections).await;
            self.record_outcome(outcome);
            if self.local_users.make_current() {
                return;
            }
        }
    }

    /// Keeps the copy up to date over this connection. Never returns.
    pub async fn keep(&self, connections: &RedisConnections) -> Infallible {
        let mut refresh = interval(REFRESH_EVERY);
        refresh.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let refresh = tokio::select! {
                () = self.local_users.changed() => false,
                _ = refresh.tick() => true,
            };
            let outcome = if self.last_write_failed.load(Ordering::Relaxed) {
                self.write_all(connections).await
            } else {
                self.write_changes(connections, refresh).await
            };
            self.record_outcome(outcome);
        }
    }

    /// Records whether a write succeeded, and logs its failure.
    fn record_outcome(&self, outcome: RedisResult<()>) {
        self.last_write_failed.store(outcome.is_err(), Ordering::Relaxed);
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

    /// Returns for each of these users, in the same order, whether the user is online on any node.
    pub async fn online(&self, connections: &RedisConnections, users: &[UserId]) -> RedisResult<Vec<bool>> {
        let mut online: Vec<bool> = users.iter().map(|user| self.local_users.contains(user)).collect();
        let (nodes,) = connections.run::<(Vec<String>,)>(redis::pipe().zrange(self.names.nodes(), 0, -1)).await?;
        // The set of a node that is gone stays in Redis for a while, but its users are not online.
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
            for online_there in connections.run::<Vec<Vec<bool>>>(&pipeline).await? {
                for (online, online_there) in online.iter_mut().zip(online_there) {
                    *online |= online_there;
                }
            }
        }
        Ok(online)
    }

    /// Writes the whole set in one transaction, so that no other node reads a part of it.
    async fn write_all(&self, connections: &RedisConnections) -> RedisResult<()> {
        let batch = self.local_users.take_all();
        let mut pipeline = redis::pipe();
        pipeline.atomic().del(self.key()).ignore();
        self.add(&mut pipeline, &batch.added);
        connections.run::<()>(&pipeline).await?;
        self.register(connections).await?;
        batch.done();
        Ok(())
    }

    /// Writes the changes and refreshes the expiry of the set. If the set in Redis then has another size than this node's
    /// set, writes the whole set.
    async fn write_changes(&self, connections: &RedisConnections, refresh: bool) -> RedisResult<()> {
        let batch = self.local_users.take();
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
            .zadd(self.names.nodes(), self.node.to_string(), now_ms + milliseconds(EXPIRES_AFTER))
            .ignore()
            .zrembyscore(self.names.nodes(), "-inf", now_ms)
            .ignore();
        connections.run(&pipeline).await
    }

    /// Adds the commands that add users to the set and refresh its expiry.
    fn add(&self, pipeline: &mut Pipeline, users: &[UserId]) {
        for users in users.chunks(USERS_MAX) {
            let members: Vec<&[u8]> = users.iter().map(member).collect();
            pipeline.sadd(self.key(), members).ignore();
        }
        pipeline.pexpire(self.key(), milliseconds(EXPIRES_AFTER)).ignore();
    }

    /// The key of this node's set.
    fn key(&self) -> String {
        self.names.online(self.node)
    }
}

/// The member of a set for a user: 16 bytes instead of 36 characters, because a set may hold tens of thousands of users.
fn member(user: &UserId) -> &[u8] {
    user.0.as_bytes()
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
