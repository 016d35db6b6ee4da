//! The bus publisher: publishes updates and signals to the other nodes. The updates that wait are published in pipelined
//! batches.
//!
//! If the bus does not take a change, or too many updates wait, the publisher keeps only the version of the conversation. It
//! announces this version when the bus takes signals again, and the other nodes read from the database the changes that they
//! missed. Inbox versions and read positions are kept and published in the same way.

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

/// The maximum number of updates per batch. Redis answers such a batch within a millisecond.
const BATCH_MAX: usize = 512;
/// The number of updates that may wait. If more come, only their versions and positions are kept, which is enough for
/// repair.
const WAITING_MAX: usize = 20_000;
/// The time between two attempts to announce.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// The queue of updates and signals to the bus.
#[derive(Default)]
pub struct Publisher {
    waiting: Mutex<Waiting>,
    /// Notified when an update or a signal is queued.
    added: Notify,
}

#[derive(Default)]
struct Waiting {
    updates: Vec<Update<Frame>>,
    signals: Vec<(Channel, bus::signal::Kind)>,
    /// The versions of changes that were not published.
    unannounced: HashMap<ConversationId, u32>,
    /// The inbox versions that were not published.
    inboxes: HashMap<UserId, u32>,
    /// The read positions that were not published.
    positions: HashMap<(ConversationId, UserId), ReadPosition>,
}

impl Waiting {
    /// Keeps what must be announced later about an update that was not published.
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
    /// Queues committed updates. If too many wait, keeps only their versions and positions.
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
        self.added.notify_one();
    }

    /// Queues a signal that may be lost. It is dropped if the queue is full or the bus is away.
    pub fn push_signal(&self, channel: Channel, kind: bus::signal::Kind) {
        let mut waiting = self.lock();
        if waiting.signals.len() < WAITING_MAX {
            waiting.signals.push((channel, kind));
        }
        drop(waiting);
        self.added.notify_one();
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
    let mut announced_at = Instant::now();
    loop {
        if publisher.is_clean() {
            publisher.added.notified().await;
        } else {
            let _ = tokio::time::timeout(RETRY_AFTER, publisher.added.notified()).await;
        }
        // A busy queue must not delay the announcements.
        if !publisher.is_clean() && announced_at.elapsed() >= RETRY_AFTER {
            announce(&publisher, &*bus, node, &metrics).await;
            announced_at = Instant::now();
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
            batch.extend(signals.into_iter().map(|(channel, kind)| (channel, encode_signal(node, kind))));
            if bus.publish(batch).await.is_err() {
                let mut waiting = publisher.lock();
                for update in &updates {
                    waiting.remember(update);
                }
            }
        }
    }
}

/// Announces the versions of the changes whose signal was not published, and publishes the inbox versions and read positions
/// that were not published.
async fn announce(publisher: &Publisher, bus: &dyn Bus, node: NodeId, metrics: &Metrics) {
    let (versions, inboxes, positions) = {
        let mut waiting = publisher.lock();
        let Waiting { unannounced, inboxes, positions, .. } = &mut *waiting;
        (std::mem::take(unannounced), std::mem::take(inboxes), std::mem::take(positions))
    };
    let mut batch = Vec::with_capacity(versions.len() + inboxes.len() + positions.len());
    for (conversation, version) in &versions {
        let announce = bus::Announce { conversation: conversation.to_bytes(), version: *version };
        batch.push((Channel::Conversation(*conversation), encode_signal(node, bus::signal::Kind::Announce(announce))));
    }
    for (user, version) in &inboxes {
        let changed = bus::InboxChanged { user: user.to_bytes(), inbox_version: *version };
        batch.push((Channel::User(*user), encode_signal(node, bus::signal::Kind::InboxChanged(changed))));
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

fn encode_signal(node: NodeId, kind: bus::signal::Kind) -> Bytes {
    bus::Signal { node: node.to_bytes(), kind: Some(kind) }.encode_to_vec().into()
}
