//! The readers task: it asks the rules which online members may read, whenever the answer may have changed.
//!
//! A room knows of each member whether the member may read. The rules are asked when a user comes, lists or resumes, when
//! facts move, and when a conversation is closed or opened, but not for each message. A change carries the version of the
//! facts by which it was decided. A room whose readers were decided by older facts keeps the change until this task has
//! asked about the members again. So a message sent after a revocation was acknowledged reaches no user whom the revocation
//! excluded, on any node. Where the rules let every member read, changes carry version 0 and no member is asked about.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::{ConversationId, TenantId, UserId};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::{
    hub::Hub,
    online_user::OnlineUser,
    room::{Applied, Count, Reads, Room},
};
use crate::{
    facts::Snapshot,
    sessions::Frame,
    store::{StoreError, queries::member_context::MemberContext},
};

/// Rooms decided together, and (conversation, user) pairs per query.
const BATCH_MAX: usize = 500;
/// The pause after a database failure: it starts at the first value and doubles up to the second.
const RETRY_MIN: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// If the facts of this many tenants cannot be read in one round, the database itself has failed.
const FAILING_TENANTS_MAX: usize = 2;

/// A change or a frame that waits for newer facts.
pub(super) enum Undecided {
    /// A conversation with waiting changes, whose members must be asked about.
    Changes(ConversationId),
    /// An ephemeral frame that waits for facts not older than those by which it was allowed.
    Ephemeral(Ephemeral),
}

/// A frame for the readers of a room that may be lost.
#[derive(Clone)]
#[allow(missing_docs)]
pub(super) struct Ephemeral {
    pub conversation: ConversationId,
    /// The user who caused the frame, and does not get it.
    pub cause: UserId,
    pub frame: Frame,
    /// The version of the facts by which the frame was allowed.
    pub facts: u64,
}

/// Decides about the conversations in `undecided`, until the server stops. Rooms that could not be decided are tried again
/// after [`RETRY_MIN`], then after longer pauses up to [`RETRY_MAX`].
pub(super) async fn run(hub: Hub, mut undecided: mpsc::Receiver<Undecided>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut failed: HashSet<ConversationId> = HashSet::new();
    let (mut wait, mut again_at) = (RETRY_MIN, Instant::now());
    loop {
        let more = undecided.recv_many(&mut batch, BATCH_MAX);
        let has_ended = match failed.is_empty() {
            true => more.await == 0,
            false => timeout_at(again_at, more).await == Ok(0),
        };
        if has_ended {
            return;
        }
        let mut rooms = HashSet::new();
        let mut passing = Vec::new();
        for one in batch.drain(..) {
            match one {
                Undecided::Changes(conversation) => drop(rooms.insert(conversation)),
                Undecided::Ephemeral(frame) => {
                    rooms.insert(frame.conversation);
                    passing.push(frame);
                }
            }
        }
        if Instant::now() >= again_at {
            rooms.extend(failed.drain());
        }
        let error = decide_all(&hub, rooms, &mut failed).await.err();
        if failed.is_empty() {
            wait = RETRY_MIN;
        } else if Instant::now() >= again_at {
            if let Some(error) = error {
                tracing::warn!(%error, count = failed.len(), "who may read could not be asked of all conversations; it is tried again");
            }
            again_at = Instant::now() + wait;
            wait = (wait * 2).min(RETRY_MAX);
        }
        for frame in passing {
            hub.try_push_ephemeral(&frame);
        }
    }
}

/// Decides about rooms; the ids of rooms that could not be decided are added to `failed`. A tenant whose facts cannot be
/// read holds up no other tenant. When [`FAILING_TENANTS_MAX`] tenants have failed, the rest is not tried.
async fn decide_all(
    hub: &Hub,
    rooms: HashSet<ConversationId>,
    failed: &mut HashSet<ConversationId>,
) -> Result<(), StoreError> {
    let (mut known, mut outcome) = (Known::default(), Ok(()));
    let mut failing: HashSet<TenantId> = HashSet::new();
    for room in rooms.into_iter().filter_map(|id| hub.room(id)) {
        let Some(tenant) = room.tenant() else { continue };
        if failing.len() >= FAILING_TENANTS_MAX || failing.contains(&tenant) {
            failed.insert(room.id);
            continue;
        }
        match decide(hub, &room, &mut known).await {
            Ok(asked) => hub.go_on(room.id, asked.applied),
            Err(error) => {
                failing.insert(tenant);
                failed.insert(room.id);
                outcome = Err(error);
            }
        }
    }
    outcome
}

/// The facts of tenants, each read at most once per round.
#[derive(Default)]
pub(super) struct Known(HashMap<TenantId, Arc<Snapshot>>);

impl Known {
    async fn of(&mut self, hub: &Hub, tenant: TenantId) -> Result<Arc<Snapshot>, StoreError> {
        if let Some(known) = self.0.get(&tenant) {
            return Ok(Arc::clone(known));
        }
        let facts = hub.0.facts.latest(tenant).await?;
        Ok(Arc::clone(self.0.entry(tenant).or_insert(facts)))
    }
}

/// The result of asking which members of a room may read.
pub(super) struct Asked {
    /// Whether the waiting changes are delivered.
    pub applied: Applied,
    /// The version of the facts; 0 where the rules let every member read.
    pub facts: u64,
}

/// Asks about all current readers of a room, and delivers the waiting changes that these facts allow.
pub(super) async fn decide(hub: &Hub, room: &Arc<Room>, known: &mut Known) -> Result<Asked, StoreError> {
    let Some(tenant) = room.tenant() else { return Ok(Asked { applied: Applied::Done, facts: 0 }) };
    let facts = known.of(hub, tenant).await?;
    let (decision, readers) = room.begin_decision();
    let mut unable = Vec::new();
    let depends_on_facts = !facts.policy.members_read();
    if depends_on_facts {
        for chunk in readers.chunks(BATCH_MAX) {
            let found = hub.0.store.facts(chunk.iter().map(|user| (room.id, *user)).collect()).await?;
            let may = |user: &UserId| found.get(&(room.id, *user)).is_some_and(|place| facts.reads(*user, place));
            unable.extend(chunk.iter().copied().filter(|user| !may(user)));
        }
    }
    let decided = room.decide(decision, facts.version, &unable);
    if decided.is_doubtful {
        for user in unable {
            hub.restore(room.id, user);
        }
    }
    Ok(Asked { applied: decided.applied, facts: if depends_on_facts { facts.version } else { 0 } })
}

impl Hub {
    /// Decides by these facts about every conversation of an online user.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn settle_by(&self, online: &OnlineUser, facts: &Snapshot) -> Result<(), StoreError> {
        let rooms: Vec<Arc<Room>> = online.rooms().into_iter().filter_map(|id| self.room(id)).collect();
        if facts.policy.members_read() {
            for room in rooms {
                room.settle(online.id, true, facts.version, u32::MAX);
            }
            return Ok(());
        }
        for chunk in rooms.chunks(BATCH_MAX) {
            let pairs = chunk.iter().map(|room| (room.id, online.id)).collect();
            let found: HashMap<(ConversationId, UserId), MemberContext> = self.0.store.facts(pairs).await?;
            for room in chunk {
                if let Some(place) = found.get(&(room.id, online.id)) {
                    self.settle_member(room, online.id, place, facts);
                }
            }
        }
        Ok(())
    }

    /// The unread total of a user, online or not, over the conversations that the user may read by these facts. `of_all` is
    /// the unread total over all conversations of the user.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn readable_unread(&self, user: UserId, facts: &Snapshot, of_all: u32) -> Result<u32, StoreError> {
        if let Some(online) = self.0.online_users.get(&user).map(|online| Arc::clone(&online)) {
            self.settle_by(&online, facts).await?;
            if let Some((total_unread, _)) = online.inbox() {
                return Ok(total_unread);
            }
        }
        if facts.policy.members_read() {
            return Ok(of_all);
        }
        let inbox = self.0.store.inboxes(&[user]).await?.remove(&user);
        let positions = inbox.map(|inbox| inbox.positions).unwrap_or_default();
        let mut total_unread = 0u32;
        for chunk in positions.chunks(BATCH_MAX) {
            let found = self.0.store.facts(chunk.iter().map(|position| (position.conversation, user)).collect()).await?;
            let readable = chunk
                .iter()
                .filter(|position| found.get(&(position.conversation, user)).is_some_and(|place| facts.reads(user, place)));
            let weights =
                readable.map(|position| Count::new(position.read_seq, position.unread, position.marked_unread).weight());
            total_unread = weights.fold(total_unread, u32::saturating_add);
        }
        Ok(total_unread)
    }

    /// Decides about one member and returns whether the member may read then; `None` if the user is no member of the room. A
    /// member who may read again soon gets the whole conversation from the joins task.
    pub(super) fn settle_member(&self, room: &Room, user: UserId, place: &MemberContext, facts: &Snapshot) -> Option<Reads> {
        let may = facts.reads(user, place);
        let settled = room.settle(user, may, facts.version, place.version)?;
        if settled.is_doubtful || (may && settled.reads == Reads::No) {
            self.restore(room.id, user);
        }
        Some(settled.reads)
    }

    /// Sends an ephemeral frame: at once if facts not older than its own are in memory, otherwise by the readers task.
    pub(super) fn push_ephemeral(&self, frame: Ephemeral) {
        if !self.try_push_ephemeral(&frame) {
            // If the queue is full, the frame is dropped: no client depends on it.
            let _ = self.0.undecided.try_send(Undecided::Ephemeral(frame));
        }
    }

    fn try_push_ephemeral(&self, frame: &Ephemeral) -> bool {
        let Some(room) = self.room(frame.conversation) else { return true };
        let Some(facts) = room.tenant().and_then(|tenant| self.0.facts.cached(tenant)) else { return false };
        let is_decided = facts.policy.members_read() || room.is_decided(frame.facts);
        if facts.version >= frame.facts && is_decided {
            room.push_ephemeral(frame.cause, &frame.frame, |user| facts.shows_activity(user, frame.cause));
            return true;
        }
        false
    }

    pub(super) fn request_decision(&self, conversation: ConversationId) {
        // If the queue is full, the request is dropped: the periodic check finds the waiting changes.
        let _ = self.0.undecided.try_send(Undecided::Changes(conversation));
    }

    /// Requests the next step after [`Room::apply`], [`Room::repair`] or [`Room::decide`].
    pub(super) fn go_on(&self, room: ConversationId, applied: Applied) {
        match applied {
            Applied::Done => {}
            Applied::Gap => self.request_repair(room),
            Applied::Undecided => self.request_decision(room),
        }
    }
}
