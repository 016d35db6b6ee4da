//! Repair: compares the versions of rooms with the database and delivers the changes that a room missed.
//!
//! A room learns that it missed a change when a later one comes, when another node announces a version, or in a periodic
//! check. The check covers recently active rooms often and all rooms rarely. While the bus is away it covers all rooms
//! often, and nodes get the changes of other nodes only in this way.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use causerie_protocol::{ConversationId, UserId, wire};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until, timeout_at},
};
use wire::event::Kind as Event;

use super::{
    hub::Hub,
    joins,
    readers::{self, FactsByTenant},
    room::{Applied, Room},
};
use crate::sessions::Frame;
use crate::store::{StoreError, queries::users};

/// The number of conversations per query.
const BATCH_MAX: usize = 500;
/// The wait before a reported gap is repaired. A bus that lost one signal has usually lost more signals, and a signal that
/// came out of order is not lost.
const WAIT_AFTER_GAP: Duration = Duration::from_millis(20);
/// The wait before a gap that the periodic check found is repaired. The missing change was nearly always committed a moment
/// ago, and its signal is on the way. A read from the database would skip changes of members and make every client in the
/// room resume.
const WAIT_AFTER_CHECK: Duration = Duration::from_millis(200);

/// The intervals of the periodic check.
#[derive(Debug, Clone, Copy)]
pub struct Checks {
    /// The interval for conversations active within [`Self::recent_window`].
    pub recent: Duration,
    /// The interval for all rooms of the node.
    pub all: Duration,
    /// The interval for all rooms of the node while the bus is away.
    pub bus_away: Duration,
    /// How long after its last change a conversation counts as recently active.
    pub recent_window: Duration,
}

/// Repairs the rooms whose ids arrive in `gaps`, in batches.
pub(super) async fn run(hub: Hub, mut gaps: mpsc::Receiver<ConversationId>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while gaps.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let rooms: HashSet<ConversationId> = batch.drain(..).collect();
        check(&hub, &rooms.into_iter().collect::<Vec<_>>(), WAIT_AFTER_GAP).await;
    }
}

/// Compares the rooms with the database at intervals, until the server stops.
pub(super) async fn check_positions(hub: Hub, checks: Checks) {
    let mut all_due = Instant::now() + checks.all;
    loop {
        let due = if hub.is_bus_away() { checks.bus_away } else { checks.recent };
        let is_requested = timeout_at(Instant::now() + due, hub.0.check_all.notified()).await.is_ok();
        let now = Instant::now();
        let checks_all = is_requested || hub.is_bus_away() || now >= all_due;
        let rooms = if checks_all {
            all_due = now + checks.all;
            hub.0.rooms.iter().map(|room| *room.key()).collect()
        } else {
            recently_active(&hub, checks.recent_window)
        };
        for chunk in rooms.chunks(BATCH_MAX) {
            check(&hub, chunk, WAIT_AFTER_CHECK).await;
        }
        if checks_all {
            check_online_users(&hub).await;
        }
        if hub.0.positions_stale.swap(false, Ordering::Relaxed)
            && let Err(error) = reread_all_positions(&hub).await
        {
            tracing::warn!(%error, "read positions could not be read");
            hub.0.positions_stale.store(true, Ordering::Relaxed);
        }
        // A pause between checks, so that repeated calls of `check_all` leave the database time for other work.
        sleep_until(now + checks.bus_away.min(checks.recent) / 2).await;
    }
}

/// The conversations whose last change is not older than `window`.
fn recently_active(hub: &Hub, window: Duration) -> Vec<ConversationId> {
    let since = hub.0.clock.now_ms() - i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    hub.0.rooms.iter().filter(|room| room.active_at_ms() >= since).map(|room| *room.key()).collect()
}

/// As [`compare`]; a failure is logged.
async fn check(hub: &Hub, rooms: &[ConversationId], wait: Duration) {
    if rooms.is_empty() {
        return;
    }
    hub.0.metrics.position_checks.inc();
    if let Err(error) = compare(hub, rooms, wait).await {
        tracing::warn!(%error, "the versions of rooms could not be checked");
    }
}

/// Delivers to these rooms the changes that the database has and the rooms do not have. A gap that is closed by signals
/// within `wait` is not repaired.
async fn compare(hub: &Hub, rooms: &[ConversationId], wait: Duration) -> Result<(), StoreError> {
    let versions = hub.0.store.versions(rooms).await?;
    let missing = || {
        let rooms = versions.iter().filter_map(|(id, version)| Some((*id, hub.room(*id)?.seen()?.0, *version)));
        rooms.filter(|(_, seen, version)| seen < version).map(|(id, seen, _)| (id, seen)).collect::<Vec<_>>()
    };
    let mut behind = missing();
    // While the bus is away, no signal can arrive, so waiting is of no use.
    if !behind.is_empty() && !hub.is_bus_away() {
        sleep(wait).await;
        behind = missing();
    }
    if behind.is_empty() {
        return Ok(());
    }
    hub.0.metrics.gaps_repaired.inc_by(behind.len() as u64);
    let changed = hub.0.store.changed_since(behind).await?;
    let mut facts_by_tenant = FactsByTenant::default();
    for ((conversation, seen), changed) in changed {
        let Some(room) = hub.room(conversation) else { continue };
        // Whether each missing version has its message, so that no other change happened. Otherwise members or the subject
        // changed, a message changed twice, or there are too many changes.
        let is_complete = changed.messages.iter().map(|message| message.version).eq(seen + 1..=changed.version);
        if !is_complete {
            // The positions are read before anything is delivered, so that a member who was removed in between gets nothing.
            reread_positions(hub, &room).await?;
        }
        // The facts are read after the messages, so they are not older than the facts by which the messages were decided.
        let decision = readers::decide(hub, &room, &mut facts_by_tenant).await?;
        if room.repair(&changed.messages, changed.version, changed.last_seq, decision.facts) == Applied::Undecided {
            hub.follow_up(room.id, Applied::Undecided);
        }
        if !is_complete {
            // Changes that left no message have no event, so every client in the room is asked to resume.
            room.push(&Frame::event(Event::Gap(wire::Gap {})));
        }
    }
    Ok(())
}

/// Reads the positions of all online members of a room. Users who are no longer members are removed from it.
async fn reread_positions(hub: &Hub, room: &Room) -> Result<(), StoreError> {
    let online_users: Vec<(ConversationId, UserId)> =
        room.online_members().iter().map(|online| (room.id, online.id)).collect();
    for chunk in online_users.chunks(BATCH_MAX) {
        joins::read_positions(hub, chunk.to_vec(), false).await?;
    }
    Ok(())
}

/// Reads the positions of the online members of all rooms. A read position that moved on another node changes no version, so
/// no other check finds it.
async fn reread_all_positions(hub: &Hub) -> Result<(), StoreError> {
    let rooms: Vec<Arc<Room>> = hub.0.rooms.iter().map(|room| Arc::clone(&room)).collect();
    let members = rooms.iter().flat_map(|room| room.online_members().into_iter().map(|online| (room.id, online.id)));
    for chunk in members.collect::<Vec<_>>().chunks(BATCH_MAX) {
        joins::read_positions(hub, chunk.to_vec(), false).await?;
    }
    Ok(())
}

/// Finds joined conversations, left conversations and revocations whose signal was lost.
async fn check_online_users(hub: &Hub) {
    let online_users: Vec<UserId> = hub.0.online_users.iter().map(|online| *online.key()).collect();
    for chunk in online_users.chunks(BATCH_MAX) {
        match users::account_statuses(&hub.0.store, chunk).await {
            Ok(statuses) => {
                for (user, status) in statuses {
                    hub.inbox_changed(user, status.inbox_version);
                    // The signal of a revocation may have been lost.
                    hub.revoke_here(user, status.revokes_before_s());
                }
            }
            Err(error) => return tracing::warn!(%error, "the inbox versions of the online users could not be checked"),
        }
    }
}
