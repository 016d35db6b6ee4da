//! Who is online, on which node.
//!
//! Each node keeps a set of its users in Redis, which dies soon after it stops refreshing it. The set is a copy: a Redis
//! that lost it gets it again within a second.

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

/// How long a node's set outlives its last refresh.
const LIFE: Duration = Duration::from_secs(15);
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// Users per command: no command keeps Redis from the others for long.
const PEOPLE_MAX: usize = 1_000;

/// This node's users, and the way to ask for others'.
pub(super) struct Presence {
    node: NodeId,
    names: Arc<Names>,
    other_nodes: Arc<Nodes>,
    /// Who is on this node.
    pub here: Desired<UserId>,
    /// The last writing failed, and nobody knows what of it is there.
    suspect: AtomicBool,
}

impl Presence {
    pub fn new(node: NodeId, names: Arc<Names>, other_nodes: Arc<Nodes>) -> Self {
        Self { node, names, other_nodes, here: Desired::new([]), suspect: AtomicBool::new(false) }
    }

    /// Writes this node's users over a new connection. That Redis does not take them, for want of memory perhaps, is no
    /// reason not to use it: [`Self::keep`] tries again.
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

    /// Keeps the copy true for ever.
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
        // A lost connection is noticed elsewhere.
        if let Err(error) = outcome {
            tracing::warn!(%error, "who is online here could not be written to Redis");
        }
    }

    /// This node's users are gone with it.
    pub async fn leave(&self, connections: &RedisConnections) {
        let mut pipeline = redis::pipe();
        pipeline.del(self.key()).ignore().zrem(self.names.nodes(), self.node.to_string()).ignore();
        // If it fails, they are gone a little later.
        let _ = connections.run::<()>(&pipeline).await;
    }

    /// Who of these is on any node.
    pub async fn of(&self, connections: &RedisConnections, users: &[UserId]) -> RedisResult<Vec<bool>> {
        let mut online: Vec<bool> = users.iter().map(|user| self.here.contains(user)).collect();
        let (nodes,) = connections.run::<(Vec<String>,)>(redis::pipe().zrange(self.names.nodes(), 0, -1)).await?;
        // A node that fell silent has a set for a while yet, but nobody is on it.
        let others: Vec<NodeId> = nodes
            .iter()
            .filter_map(|node| node.parse().ok())
            .filter(|node| *node != self.node && !self.other_nodes.is_gone(*node))
            .collect();
        if others.is_empty() {
            return Ok(online);
        }
        let keys: Vec<String> = others.into_iter().map(|node| self.names.online(node)).collect();
        for (users, online) in users.chunks(PEOPLE_MAX).zip(online.chunks_mut(PEOPLE_MAX)) {
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

    /// Writes the set as a whole. Nobody sees it half written.
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

    /// Writes what changed and lengthens the set's life. If Redis then does not have it as it should be, writes it anew.
    async fn write_changes(&self, connections: &RedisConnections, refresh: bool) -> RedisResult<()> {
        let batch = self.here.take();
        if !refresh && batch.added.is_empty() && batch.removed.is_empty() {
            batch.done();
            return Ok(());
        }
        let mut pipeline = redis::pipe();
        for users in batch.removed.chunks(PEOPLE_MAX) {
            let members: Vec<&[u8]> = users.iter().map(member).collect();
            pipeline.srem(self.key(), members).ignore();
        }
        self.add(&mut pipeline, &batch.added);
        // Nobody else writes this set.
        let (stored,) = connections.run::<(usize,)>(pipeline.scard(self.key())).await?;
        if stored != batch.len {
            tracing::info!(stored, expected = batch.len, "Redis forgot who is online here; it is told again");
            self.write_all(connections).await?;
        } else if refresh {
            self.register(connections).await?;
        }
        batch.done();
        Ok(())
    }

    /// Puts this node among the living and takes out the dead, both by Redis's clock.
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
        for users in users.chunks(PEOPLE_MAX) {
            let members: Vec<&[u8]> = users.iter().map(member).collect();
            pipeline.sadd(self.key(), members).ignore();
        }
        pipeline.pexpire(self.key(), milliseconds(LIFE)).ignore();
    }

    fn key(&self) -> String {
        self.names.online(self.node)
    }
}

/// 16 bytes instead of 36 letters: a set may hold tens of thousands.
fn member(user: &UserId) -> &[u8] {
    user.0.as_bytes()
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
