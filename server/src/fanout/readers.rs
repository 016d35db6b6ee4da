//! Who of the live members may read, asked again whenever it may have changed.
//!
//! A room knows of each member whether they may read. The rules are asked when a user comes, lists or resumes, when facts move
//! and when a conversation is closed or opened, and not for each message. A change names the version of the facts it was
//! decided by. A room that has decided by older facts keeps the change until the members were asked again here. So a message
//! sent after a revocation was answered reaches nobody the revocation shut out, on any node. Where the rules let every member
//! read, whatever the facts, changes name no version and nobody is asked.

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

/// Rooms decided together, and pairs per query.
const BATCH_MAX: usize = 500;
/// A database that fails is given this long, at first and in the end.
const RETRY_MIN: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// Of so many tenants the facts can't be had: the fault is not theirs.
const FAILING_TENANTS_MAX: usize = 2;

/// What waits for facts.
pub(super) enum Undecided {
    /// Changes of a conversation, for its members to be asked about.
    Changes(ConversationId),
    /// A frame that passes, for facts that are not older than those it was allowed by.
    Ephemeral(Ephemeral),
}

/// A frame for a live audience that nobody misses.
#[derive(Clone)]
#[allow(missing_docs)]
pub(super) struct Ephemeral {
    pub conversation: ConversationId,
    /// The user who caused it, and is not shown it.
    pub cause: UserId,
    pub frame: Frame,
    /// The version of the facts it was allowed by.
    pub facts: u64,
}

/// Decides about what it is told of, for ever. What could not be decided waits for the database, longer each time.
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

/// Decides about rooms; those it could not are added to `failed`. A tenant whose facts can't be had holds up no other; once another
/// tenant's can't be had either, it is the database that fails, and the rest is not tried.
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

/// Facts of tenants as of one moment.
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

/// What came of asking who may read in a room.
pub(super) struct Asked {
    /// What became of the changes that waited.
    pub applied: Applied,
    /// The version of the facts; 0 where the rules let members read whatever the facts.
    pub facts: u64,
}

/// Asks about every member of a room who reads so far, and delivers what waited and may be delivered by these facts.
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
    /// Asks by these facts about every conversation of a user who is here.
    ///
    /// # Errors
    /// When the database fails.
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

    /// What is unread for a user, here or not, in the conversations they may read by these facts. `of_all` is what is unread in
    /// all their conversations.
    ///
    /// # Errors
    /// When the database fails.
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

    /// Takes a decision about a member; answers what the member's devices know then. A member who may read again is told of the
    /// conversation soon, whole.
    pub(super) fn settle_member(&self, room: &Room, user: UserId, place: &MemberContext, facts: &Snapshot) -> Option<Reads> {
        let may = facts.reads(user, place);
        let settled = room.settle(user, may, facts.version, place.version)?;
        if settled.is_doubtful || (may && settled.reads == Reads::No) {
            self.restore(room.id, user);
        }
        Some(settled.reads)
    }

    /// Shows a passing frame, at once where facts that are not older than its own are here.
    pub(super) fn push_ephemeral(&self, frame: Ephemeral) {
        if !self.try_push_ephemeral(&frame) {
            // Refused when full: nobody misses it.
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
        // Refused when full: what waits is found by the check of positions.
        let _ = self.0.undecided.try_send(Undecided::Changes(conversation));
    }

    /// Goes on after a change was applied, or could not be yet.
    pub(super) fn go_on(&self, room: ConversationId, applied: Applied) {
        match applied {
            Applied::Done => {}
            Applied::Gap => self.request_repair(room),
            Applied::Undecided => self.request_decision(room),
        }
    }
}
