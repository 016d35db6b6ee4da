//! Finds and fills holes: the counters in the database against what the audience has seen.
//!
//! A hole shows itself when a later change comes, when another node announces a version, or in a periodic check: often for
//! what was recently active, slowly for everything, and fast for everything while the bus is away. That check *is* the
//! delivery between nodes then.

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
    live::Live,
    readers::{self, Known},
    room::{Applied, Room},
    usher,
};
use crate::sessions::Frame;
use crate::store::{StoreError, queries::people};

/// Conversations per query.
const BATCH_MAX: usize = 500;
/// A bus that lost one signal has usually lost more, and a signal that overtook another is not lost at all.
const WAIT_FOR_STRAGGLERS: Duration = Duration::from_millis(20);
/// What a periodic check finds missing was nearly always committed a moment ago, and is being told. To read it from the database
/// all the same would pass over changes of members, and send everyone there to resume.
const WAIT_FOR_NEWS: Duration = Duration::from_millis(200);

/// How often positions are checked.
#[derive(Debug, Clone, Copy)]
pub struct Checks {
    /// Conversations active within [`Self::recent_window`].
    pub recent: Duration,
    /// All live conversations.
    pub all: Duration,
    /// All live conversations, while the bus is away.
    pub bus_away: Duration,
    /// How long a conversation counts as recently active.
    pub recent_window: Duration,
}

/// Repairs the rooms it is told of, in batches.
pub(super) async fn run(live: Live, mut gaps: mpsc::Receiver<ConversationId>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while gaps.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let rooms: HashSet<ConversationId> = batch.drain(..).collect();
        check(&live, &rooms.into_iter().collect::<Vec<_>>(), WAIT_FOR_STRAGGLERS).await;
    }
}

/// Compares positions with the database, for ever.
pub(super) async fn check_positions(live: Live, pace: Checks) {
    let mut all_due = Instant::now() + pace.all;
    loop {
        let due = if live.is_unsure() { pace.bus_away } else { pace.recent };
        let asked = timeout_at(Instant::now() + due, live.0.check_all.notified()).await.is_ok();
        let now = Instant::now();
        let everything = asked || live.is_unsure() || now >= all_due;
        let rooms = if everything {
            all_due = now + pace.all;
            live.0.rooms.iter().map(|room| *room.key()).collect()
        } else {
            recently_active(&live, pace.recent_window)
        };
        for chunk in rooms.chunks(BATCH_MAX) {
            check(&live, chunk, WAIT_FOR_NEWS).await;
        }
        if everything {
            check_people(&live).await;
        }
        if live.0.positions_unsure.swap(false, Ordering::Relaxed)
            && let Err(error) = reread_all(&live).await
        {
            tracing::warn!(%error, "positions could not be read");
            live.0.positions_unsure.store(true, Ordering::Relaxed);
        }
        // Asked again and again, it still leaves the database room to breathe.
        sleep_until(now + pace.bus_away.min(pace.recent) / 2).await;
    }
}

fn recently_active(live: &Live, window: Duration) -> Vec<ConversationId> {
    let since = live.0.clock.now_ms() - i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    live.0.rooms.iter().filter(|room| room.active_at_ms() >= since).map(|room| *room.key()).collect()
}

async fn check(live: &Live, rooms: &[ConversationId], patience: Duration) {
    if rooms.is_empty() {
        return;
    }
    live.0.metrics.position_checks.inc();
    if let Err(error) = compare(live, rooms, patience).await {
        tracing::warn!(%error, "positions could not be checked");
    }
}

/// Brings rooms up to what the database holds. Changes that are told within `patience` after they were read are not missed.
async fn compare(live: &Live, rooms: &[ConversationId], patience: Duration) -> Result<(), StoreError> {
    let versions = live.0.store.versions(rooms).await?;
    let missing = || {
        let rooms = versions.iter().filter_map(|(id, version)| Some((*id, live.room(*id)?.seen()?.0, *version)));
        rooms.filter(|(_, seen, version)| seen < version).map(|(id, seen, _)| (id, seen)).collect::<Vec<_>>()
    };
    let mut behind = missing();
    // While the bus is away, nothing is told but what is found here.
    if !behind.is_empty() && !live.is_unsure() {
        sleep(patience).await;
        behind = missing();
    }
    if behind.is_empty() {
        return Ok(());
    }
    live.0.metrics.gaps_repaired.inc_by(behind.len() as u64);
    let changed = live.0.store.changed_since(behind).await?;
    let mut known = Known::default();
    for ((conversation, seen), changed) in changed {
        let Some(room) = live.room(conversation) else { continue };
        // Every version with its message: nothing else happened. Otherwise members or the subject changed, or a message did
        // twice, or too much did.
        let explained = changed.messages.iter().map(|message| message.version).eq(seen + 1..=changed.version);
        if !explained {
            // Before anything is delivered: whoever was taken out meanwhile must not hear it.
            reread(live, &room).await?;
        }
        // After the messages were read: facts of now are not older than those the messages were decided by.
        let asked = readers::decide(live, &room, &mut known).await?;
        if room.repair(&changed.messages, changed.version, changed.last_seq, asked.facts) == Applied::Undecided {
            live.go_on(room.id, Applied::Undecided);
        }
        if !explained {
            // What left no message is told by no event: everyone looks for themselves.
            room.push(&Frame::event(Event::Gap(wire::Gap {})));
        }
    }
    Ok(())
}

/// Reads the positions of everyone in a room anew; whoever is no member any more loses the seat.
async fn reread(live: &Live, room: &Room) -> Result<(), StoreError> {
    let people: Vec<(ConversationId, UserId)> = room.people().iter().map(|person| (room.id, person.id)).collect();
    for chunk in people.chunks(BATCH_MAX) {
        usher::reseat(live, chunk.to_vec(), false).await?;
    }
    Ok(())
}

/// Reads the positions of everyone here anew: a move on another node changes no version that a check would find.
async fn reread_all(live: &Live) -> Result<(), StoreError> {
    let rooms: Vec<Arc<Room>> = live.0.rooms.iter().map(|room| Arc::clone(&room)).collect();
    let seats = rooms.iter().flat_map(|room| room.people().into_iter().map(|person| (room.id, person.id)));
    for chunk in seats.collect::<Vec<_>>().chunks(BATCH_MAX) {
        usher::reseat(live, chunk.to_vec(), false).await?;
    }
    Ok(())
}

/// Finds joinings, leavings and revocations that went by unheard.
async fn check_people(live: &Live) {
    let people: Vec<UserId> = live.0.people.iter().map(|person| *person.key()).collect();
    for chunk in people.chunks(BATCH_MAX) {
        match people::standings(&live.0.store, chunk).await {
            Ok(standings) => {
                for (user, standing) in standings {
                    live.inbox_moved(user, standing.inbox_version);
                    // The signal that told of it may have been lost.
                    live.revoke_here(user, standing.revokes_before_s());
                }
            }
            Err(error) => return tracing::warn!(%error, "people could not be checked"),
        }
    }
}
