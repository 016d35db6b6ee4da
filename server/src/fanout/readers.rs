//! The readers task: it decides by the rules which online members may read, whenever the decision may have changed.
//!
//! A room stores for each member whether the member may read. This is decided when a user connects, lists or resumes, when
//! facts change, and when a conversation is closed or reopened, but not for each message. A change carries the version of
//! the facts by which it was decided. A room whose readers were decided by older facts keeps the change until this task has
//! decided again. So after a revocation of a user's right was answered, no node delivers a later message to this user. If
//! the rules let every member read, changes carry version 0 and no decision is needed.

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
    count::Count,
    hub::Hub,
    online_user::OnlineUser,
    requests::{Ephemeral, Undecided},
    room::{Applied, Reads, Room},
};
use crate::{
    facts::Snapshot,
    store::{StoreError, queries::member_context::MemberContext},
};

/// The maximum number of requests that are handled together, and of (conversation, user) pairs per query.
const BATCH_MAX: usize = 500;
/// The first pause after a database failure. The pause doubles after each further failure.
const RETRY_MIN: Duration = Duration::from_millis(200);
/// The longest pause after a database failure.
const RETRY_MAX: Duration = Duration::from_secs(5);
/// If the facts of this number of tenants cannot be read in one round, the database has probably failed.
const FAILING_TENANTS_MAX: usize = 2;

/// Decides about the conversations in `undecided`, until the server stops. Rooms that could not be decided are tried again
/// after [`RETRY_MIN`], then after longer pauses up to [`RETRY_MAX`].
pub(super) async fn run(hub: Hub, mut undecided: mpsc::Receiver<Undecided>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut failed: HashSet<ConversationId> = HashSet::new();
    let (mut pause, mut retry_at) = (RETRY_MIN, Instant::now());
    loop {
        let received = undecided.recv_many(&mut batch, BATCH_MAX);
        let has_ended = match failed.is_empty() {
            true => received.await == 0,
            false => timeout_at(retry_at, received).await == Ok(0),
        };
        if has_ended {
            return;
        }
        let mut rooms = HashSet::new();
        let mut ephemeral = Vec::new();
        for item in batch.drain(..) {
            match item {
                Undecided::Changes(conversation) => drop(rooms.insert(conversation)),
                Undecided::Ephemeral(frame) => {
                    rooms.insert(frame.conversation);
                    ephemeral.push(frame);
                }
            }
        }
        if Instant::now() >= retry_at {
            rooms.extend(failed.drain());
        }
        let error = decide_all(&hub, rooms, &mut failed).await.err();
        if failed.is_empty() {
            pause = RETRY_MIN;
        } else if Instant::now() >= retry_at {
            if let Some(error) = error {
                tracing::warn!(%error, count = failed.len(), "the readers of some conversations could not be decided; the next try follows");
            }
            retry_at = Instant::now() + pause;
            pause = (pause * 2).min(RETRY_MAX);
        }
        for frame in ephemeral {
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
    let (mut facts, mut outcome) = (FactsByTenant::default(), Ok(()));
    let mut failing: HashSet<TenantId> = HashSet::new();
    for room in rooms.into_iter().filter_map(|id| hub.room(id)) {
        let Some(tenant) = room.tenant() else { continue };
        if failing.len() >= FAILING_TENANTS_MAX || failing.contains(&tenant) {
            failed.insert(room.id);
            continue;
        }
        match decide(hub, &room, &mut facts).await {
            Ok(decision) => hub.follow_up(room.id, decision.applied),
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
pub(super) struct FactsByTenant(HashMap<TenantId, Arc<Snapshot>>);

impl FactsByTenant {
    async fn get(&mut self, hub: &Hub, tenant: TenantId) -> Result<Arc<Snapshot>, StoreError> {
        if let Some(snapshot) = self.0.get(&tenant) {
            return Ok(Arc::clone(snapshot));
        }
        let facts = hub.0.facts.latest(tenant).await?;
        Ok(Arc::clone(self.0.entry(tenant).or_insert(facts)))
    }
}

/// The result of a decision about the readers of a room.
pub(super) struct RoomDecision {
    /// Whether the waiting changes are delivered.
    pub applied: Applied,
    /// The version of the facts; 0 where the rules let every member read.
    pub facts: u64,
}

/// Decides about all current readers of a room, and delivers the waiting changes that these facts allow.
pub(super) async fn decide(hub: &Hub, room: &Arc<Room>, facts: &mut FactsByTenant) -> Result<RoomDecision, StoreError> {
    let Some(tenant) = room.tenant() else { return Ok(RoomDecision { applied: Applied::Done, facts: 0 }) };
    let facts = facts.get(hub, tenant).await?;
    let (decision, readers) = room.begin_decision();
    let mut refused = Vec::new();
    let depends_on_facts = !facts.policy.members_read();
    if depends_on_facts {
        for chunk in readers.chunks(BATCH_MAX) {
            let found = hub.0.store.member_contexts(chunk.iter().map(|user| (room.id, *user)).collect()).await?;
            let may_read =
                |user: &UserId| found.get(&(room.id, *user)).is_some_and(|membership| facts.reads(*user, membership));
            refused.extend(chunk.iter().copied().filter(|user| !may_read(user)));
        }
    }
    let decided = room.decide(decision, facts.version, &refused);
    if decided.is_doubtful {
        for user in refused {
            hub.request_restore(room.id, user);
        }
    }
    Ok(RoomDecision { applied: decided.applied, facts: if depends_on_facts { facts.version } else { 0 } })
}

impl Hub {
    /// Decides by these facts about every conversation of an online user.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn decide_rooms_of(&self, online: &OnlineUser, facts: &Snapshot) -> Result<(), StoreError> {
        let rooms: Vec<Arc<Room>> = online.rooms().into_iter().filter_map(|id| self.room(id)).collect();
        if facts.policy.members_read() {
            for room in rooms {
                room.decide_member(online.id, true, facts.version, u32::MAX);
            }
            return Ok(());
        }
        for chunk in rooms.chunks(BATCH_MAX) {
            let pairs = chunk.iter().map(|room| (room.id, online.id)).collect();
            let found: HashMap<(ConversationId, UserId), MemberContext> = self.0.store.member_contexts(pairs).await?;
            for room in chunk {
                if let Some(membership) = found.get(&(room.id, online.id)) {
                    self.decide_member(room, online.id, membership, facts);
                }
            }
        }
        Ok(())
    }

    /// Returns the unread total of a user, online or not, over the conversations that the user may read by these facts.
    /// `total_of_all` is the unread total over all conversations of the user.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn readable_unread(&self, user: UserId, facts: &Snapshot, total_of_all: u32) -> Result<u32, StoreError> {
        if let Some(online) = self.0.online_users.get(&user).map(|online| Arc::clone(&online)) {
            self.decide_rooms_of(&online, facts).await?;
            if let Some((total_unread, _)) = online.inbox() {
                return Ok(total_unread);
            }
        }
        if facts.policy.members_read() {
            return Ok(total_of_all);
        }
        let inbox = self.0.store.inboxes(&[user]).await?.remove(&user);
        let positions = inbox.map(|inbox| inbox.positions).unwrap_or_default();
        let mut total_unread = 0u32;
        for chunk in positions.chunks(BATCH_MAX) {
            let found =
                self.0.store.member_contexts(chunk.iter().map(|position| (position.conversation, user)).collect()).await?;
            let readable = chunk.iter().filter(|position| {
                found.get(&(position.conversation, user)).is_some_and(|membership| facts.reads(user, membership))
            });
            let weights =
                readable.map(|position| Count::new(position.read_seq, position.unread, position.marked_unread).weight());
            total_unread = weights.fold(total_unread, u32::saturating_add);
        }
        Ok(total_unread)
    }

    /// Decides about one member. Returns whether the member may read after the decision; `None` if the user is no member of
    /// the room. A member who may read again soon gets the whole conversation from the joins task.
    pub(super) fn decide_member(
        &self,
        room: &Room,
        user: UserId,
        membership: &MemberContext,
        facts: &Snapshot,
    ) -> Option<Reads> {
        let may_read = facts.reads(user, membership);
        let decision = room.decide_member(user, may_read, facts.version, membership.version)?;
        if decision.is_doubtful || (may_read && decision.reads == Reads::No) {
            self.request_restore(room.id, user);
        }
        Some(decision.reads)
    }

    /// Sends an ephemeral frame: at once if facts that are not older than the facts of the frame are in memory, otherwise by
    /// the readers task.
    pub(super) fn push_ephemeral(&self, frame: Ephemeral) {
        if !self.try_push_ephemeral(&frame) {
            // If the queue is full, the frame is dropped: no client depends on ephemeral frames.
            let _ = self.0.undecided.try_send(Undecided::Ephemeral(frame));
        }
    }

    /// Sends an ephemeral frame. Returns false, and sends nothing, if it must wait for newer facts or for a decision about
    /// the readers.
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

    /// Requests that the readers of a conversation are decided.
    pub(super) fn request_decision(&self, conversation: ConversationId) {
        // If the queue is full, the request is dropped: the periodic check finds the waiting changes.
        let _ = self.0.undecided.try_send(Undecided::Changes(conversation));
    }

    /// Requests the next step after [`Room::apply`], [`Room::repair`] or [`Room::decide`].
    pub(super) fn follow_up(&self, room: ConversationId, applied: Applied) {
        match applied {
            Applied::Done => {}
            Applied::Gap => self.request_repair(room),
            Applied::Undecided => self.request_decision(room),
        }
    }
}
