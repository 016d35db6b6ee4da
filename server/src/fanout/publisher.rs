//! The bus publisher: publishes to the other nodes, with everything that waits in one pipelined batch.
//!
//! Once the bus is back, the conversation's version is announced instead, and the
//! other nodes read from the database the changes that they missed; positions are published as they are.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use causerie_protocol::{ConversationId, NodeId, UserId, bus};
use prost::Message;
use tokio::sync::Notify;

use super::{
    bus::{Bus, Channel},
    update::{ReadPosition, Update},
};
use crate::{sessions::Frame, telemetry::Metrics};

/// The number of updates per batch; Redis answers one batch within a millisecond.
const BATCH_MAX: usize = 512;
/// The number of updates that may wait. Beyond it only versions and positions are kept, which is enough for repair.
const WAITING_MAX: usize = 20_000;
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// The queue of updates and signals to the bus.
#[derive(Default)]
pub struct Publisher {
    waiting: Mutex<Waiting>,
    some: Notify,
}

#[derive(Default)]
struct Waiting {
    updates: Vec<Update<Frame>>,
    signals: Vec<(Channel, bus::signal::Kind)>,
    /// The versions of changes that were not published.
    unannounced: HashMap<ConversationId, u32>,
    inboxes: HashMap<UserId, u32>,
    /// The read positions that were not published.
    positions: HashMap<(ConversationId, UserId), ReadPosition>,
}

impl Waiting {
    fn remember(&mut self, update: &Update<Frame>) {
        match update {
            Update::Change(change) => {
                let version = self.unannounced.entry(change.conversation).or_default();
                *version = change.version.max(*version);
            }
            Update::Inbox { user, version } => {
                let known = self.inboxes.entry(*user).or_default();
                *known = (*version).max(*known);
            }
            Update::ReadPosition(position) => {
                self.positions.insert((position.conversation, position.user), *position);
            }
            Update::Ephemeral { .. } => {}
        }
    }
}

impl Publisher {
    /// Queues committed updates.
    pub fn push(&self, updates: Vec<Update<Frame>>) {
        let mut waiting = self.lock();
        if waiting.updates.len() + updates.len() > WAITING_MAX {
            for update in &updates {
                waiting.remember(update);
            }
        } else {
            waiting.updates.extend(updates);
        }
        drop(waiting);
        self.some.notify_one();
    }

    /// Queues a signal that may be lost: it is dropped when the queue is full or the bus is away.
    pub fn push_signal(&self, channel: Channel, kind: bus::signal::Kind) {
        let mut waiting = self.lock();
        if waiting.signals.len() < WAITING_MAX {
            waiting.signals.push((channel, kind));
        }
        drop(waiting);
        self.some.notify_one();
    }

    /// Whether nothing waits to be announced after a failed publish.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let waiting = self.lock();
        waiting.unannounced.is_empty() && waiting.inboxes.is_empty() && waiting.positions.is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Publishes the queued updates and signals, until the server stops.
pub async fn run(publisher: Arc<Publisher>, bus: Arc<dyn Bus>, node: NodeId, metrics: Arc<Metrics>) {
    let mut tried = Instant::now();
    loop {
        if publisher.is_clean() {
            publisher.some.notified().await;
        } else {
            let _ = tokio::time::timeout(RETRY_AFTER, publisher.some.notified()).await;
        }
        // A busy queue must not delay the announcements.
        if !publisher.is_clean() && tried.elapsed() >= RETRY_AFTER {
            announce(&publisher, &*bus, node, &metrics).await;
            tried = Instant::now();
        }
        loop {
            let (updates, signals) = {
                let mut waiting = publisher.lock();
                let count = waiting.updates.len().min(BATCH_MAX);
                (waiting.updates.drain(..count).collect::<Vec<_>>(), std::mem::take(&mut waiting.signals))
            };
            if updates.is_empty() && signals.is_empty() {
                break;
            }
            let mut batch: Vec<(Channel, Bytes)> = Vec::with_capacity(updates.len() + signals.len());
            for update in &updates {
                let (channel, signal) = update.signal(node);
                batch.push((channel, signal.encode_to_vec().into()));
            }
            batch.extend(signals.into_iter().map(|(channel, kind)| (channel, signal(node, kind))));
            if bus.publish(batch).await.is_err() {
                let mut waiting = publisher.lock();
                for update in &updates {
                    waiting.remember(update);
                }
            }
        }
    }
}

/// Announces the versions of changes whose own signal was not published, and publishes the positions that were not.
async fn announce(publisher: &Publisher, bus: &dyn Bus, node: NodeId, metrics: &Metrics) {
    let (versions, inboxes, positions) = {
        let mut waiting = publisher.lock();
        let Waiting { unannounced, inboxes, positions, .. } = &mut *waiting;
        (std::mem::take(unannounced), std::mem::take(inboxes), std::mem::take(positions))
    };
    let mut batch = Vec::with_capacity(versions.len() + inboxes.len() + positions.len());
    for (conversation, version) in &versions {
        let announce = bus::Announce { conversation: conversation.to_bytes(), version: *version };
        batch.push((Channel::Conversation(*conversation), signal(node, bus::signal::Kind::Announce(announce))));
    }
    for (user, version) in &inboxes {
        let changed = bus::InboxChanged { user: user.to_bytes(), inbox_version: *version };
        batch.push((Channel::User(*user), signal(node, bus::signal::Kind::InboxChanged(changed))));
    }
    for position in positions.values() {
        let (channel, signal) = Update::ReadPosition(*position).signal(node);
        batch.push((channel, signal.encode_to_vec().into()));
    }
    let count = batch.len() as u64;
    if bus.publish(batch).await.is_ok() {
        metrics.announced_again.inc_by(count);
        return;
    }
    let mut waiting = publisher.lock();
    for (conversation, version) in versions {
        let known = waiting.unannounced.entry(conversation).or_default();
        *known = version.max(*known);
    }
    for (user, version) in inboxes {
        let known = waiting.inboxes.entry(user).or_default();
        *known = version.max(*known);
    }
    for (key, position) in positions {
        // A position that is in the map already was queued in the meantime and is newer.
        waiting.positions.entry(key).or_insert(position);
    }
}

fn signal(node: NodeId, kind: bus::signal::Kind) -> Bytes {
    bus::Signal { node: node.to_bytes(), kind: Some(kind) }.encode_to_vec().into()
}
