//! Finds and fills holes: the counters in the database against what the audience has seen.
//!
//! A hole shows itself when a later change comes, when another node announces a version, or in a periodic check: often for
//! what was recently active, slowly for everything, and fast for everything while the bus is away. That check *is* the
//! delivery between nodes then.

use std::{collections::HashSet, time::Duration};

use causerie_protocol::{ConversationId, UserId, wire};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout_at},
};
use wire::event::Kind as Event;

use super::{
    change::{Change, Effect},
    frame::Frame,
    live::Live,
    usher,
};
use crate::store::StoreError;

/// Conversations per query.
const BATCH_MAX: usize = 500;
/// A bus that lost one signal has usually lost more, and a signal that overtook another is not lost at all.
const WAIT_FOR_STRAGGLERS: Duration = Duration::from_millis(20);

/// How often positions are checked.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
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
        tokio::time::sleep(WAIT_FOR_STRAGGLERS).await;
        let rooms: HashSet<ConversationId> = batch.drain(..).collect();
        check(&live, &rooms.into_iter().collect::<Vec<_>>()).await;
    }
}

/// Compares positions with the database, for ever.
pub(super) async fn check_positions(live: Live, pace: Pace) {
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
            check(&live, chunk).await;
        }
        if everything {
            check_inboxes(&live).await;
        }
        // Asked again and again, it still leaves the database room to breathe.
        sleep_until(now + pace.bus_away.min(pace.recent) / 2).await;
    }
}

fn recently_active(live: &Live, window: Duration) -> Vec<ConversationId> {
    let since = live.0.clock.now_ms() - i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    live.0.rooms.iter().filter(|room| room.active_at_ms() >= since).map(|room| *room.key()).collect()
}

async fn check(live: &Live, rooms: &[ConversationId]) {
    if rooms.is_empty() {
        return;
    }
    live.0.metrics.position_checks.inc();
    if let Err(error) = compare(live, rooms).await {
        tracing::warn!(%error, "positions could not be checked");
    }
}

async fn compare(live: &Live, rooms: &[ConversationId]) -> Result<(), StoreError> {
    let versions = live.0.store.versions(rooms).await?;
    let mut behind = Vec::new();
    for (conversation, version) in versions {
        let Some(room) = live.room(conversation) else { continue };
        let Some((seen, _)) = room.seen() else { continue };
        if seen >= version {
            continue;
        }
        live.0.metrics.gaps_repaired.inc();
        behind.push((conversation, seen));
    }
    if behind.is_empty() {
        return Ok(());
    }
    let mut unexplained = Vec::new();
    for ((conversation, seen), changed) in live.0.store.changed_since(behind).await? {
        let Some(room) = live.room(conversation) else { continue };
        let Some((_, last_seq)) = room.seen() else { continue };
        let mut changes: Vec<Change> =
            changed.messages.iter().map(|message| change(conversation, message, last_seq)).collect();
        // Every version with its message: nothing else happened. Otherwise members or the subject changed, or a message
        // did twice.
        let explained = changes.iter().map(|change| change.version).eq(seen + 1..=changed.version);
        if !explained {
            unexplained.push(conversation);
            if changes.last().is_none_or(|last| last.version < changed.version) && !changed.too_many {
                changes.push(as_it_is(live, conversation, changed.version).await?);
            }
        }
        room.repair(&changes, changed.version, changed.last_seq);
        if changed.too_many {
            // Everyone is told to look for themselves.
            live.push_gap(&room);
        }
    }
    reread(live, &unexplained).await
}

/// Reads the positions of everyone in these rooms anew; whoever is no member any more loses the seat.
async fn reread(live: &Live, rooms: &[ConversationId]) -> Result<(), StoreError> {
    for conversation in rooms {
        let Some(room) = live.room(*conversation) else { continue };
        let people: Vec<(ConversationId, UserId)> = room.people().iter().map(|person| (*conversation, person.id)).collect();
        for chunk in people.chunks(BATCH_MAX) {
            usher::reseat(live, chunk.to_vec()).await?;
        }
    }
    Ok(())
}

async fn check_inboxes(live: &Live) {
    let people: Vec<UserId> = live.0.people.iter().map(|person| *person.key()).collect();
    for chunk in people.chunks(BATCH_MAX) {
        match live.0.store.inbox_versions(chunk).await {
            Ok(versions) => {
                for (user, version) in versions {
                    live.inbox_moved(user, version);
                }
            }
            Err(error) => return tracing::warn!(%error, "inboxes could not be checked"),
        }
    }
}

/// A message as the event that would have told of it.
fn change(conversation: ConversationId, message: &wire::Message, last_seq: u32) -> Change {
    let new = message.seq > last_seq;
    let event = wire::MessageEvent { message: Some(message.clone()) };
    let (effect, kind) = match (new, message.deleted_at.is_some()) {
        (true, false) => {
            // Ids in the database were made by this program.
            let author = message.author_id.parse().unwrap_or(UserId(uuid::Uuid::nil()));
            (Effect::Sent { seq: message.seq, author }, Event::MessageSent(event))
        }
        (false, true) => (Effect::Uncounted { seq: message.seq }, Event::MessageDeleted(event)),
        (true, true) => (Effect::None, Event::MessageDeleted(event)),
        (false, false) => (Effect::None, Event::MessageEdited(event)),
    };
    Change { conversation, version: message.version, effect, frame: Frame::event(kind) }
}

/// The conversation's own state as the event that would have told of its last version.
async fn as_it_is(live: &Live, conversation: ConversationId, version: u32) -> Result<Change, StoreError> {
    let mut event = live.0.store.conversation_changed(conversation).await?.unwrap_or_default();
    event.version = version;
    Ok(Change { conversation, version, effect: Effect::None, frame: Frame::event(Event::ConversationChanged(event)) })
}
