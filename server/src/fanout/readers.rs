//! Who of the live members may read, asked again whenever it may have changed.
//!
//! A seat says whether its member may read. It is asked of the rules when a person comes, lists or resumes, when facts move
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
    live::Live,
    person::Person,
    room::{Applied, Count, Reads, Room},
};
use crate::sessions::Frame;
use crate::{
    facts::Snapshot,
    store::{StoreError, queries::conversations::Facts},
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
    Passing(Passing),
}

/// A frame for a live audience that nobody misses.
#[derive(Clone)]
#[allow(missing_docs)]
pub(super) struct Passing {
    pub conversation: ConversationId,
    /// The person who caused it, and is not shown it.
    pub cause: UserId,
    pub frame: Frame,
    /// The version of the facts it was allowed by.
    pub facts: u64,
}

/// Decides about what it is told of, for ever. What could not be decided waits for the database, longer each time.
pub(super) async fn run(live: Live, mut undecided: mpsc::Receiver<Undecided>) {
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
                Undecided::Passing(frame) => {
                    rooms.insert(frame.conversation);
                    passing.push(frame);
                }
            }
        }
        if Instant::now() >= again_at {
            rooms.extend(failed.drain());
        }
        let error = decide_all(&live, rooms, &mut failed).await.err();
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
            live.pass_now(&frame);
        }
    }
}

/// Decides about rooms; those it could not are added to `failed`. A tenant whose facts can't be had holds up no other; once another
/// tenant's can't be had either, it is the database that fails, and the rest is not tried.
async fn decide_all(
    live: &Live,
    rooms: HashSet<ConversationId>,
    failed: &mut HashSet<ConversationId>,
) -> Result<(), StoreError> {
    let (mut known, mut outcome) = (Known::default(), Ok(()));
    let mut failing: HashSet<TenantId> = HashSet::new();
    for room in rooms.into_iter().filter_map(|id| live.room(id)) {
        let Some(tenant) = room.tenant() else { continue };
        if failing.len() >= FAILING_TENANTS_MAX || failing.contains(&tenant) {
            failed.insert(room.id);
            continue;
        }
        match decide(live, &room, &mut known).await {
            Ok(asked) => live.go_on(room.id, asked.applied),
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
    async fn of(&mut self, live: &Live, tenant: TenantId) -> Result<Arc<Snapshot>, StoreError> {
        if let Some(known) = self.0.get(&tenant) {
            return Ok(Arc::clone(known));
        }
        let facts = live.0.facts.current(tenant).await?;
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
pub(super) async fn decide(live: &Live, room: &Arc<Room>, known: &mut Known) -> Result<Asked, StoreError> {
    let Some(tenant) = room.tenant() else { return Ok(Asked { applied: Applied::Done, facts: 0 }) };
    let facts = known.of(live, tenant).await?;
    let (decision, readers) = room.begin_decision();
    let mut unable = Vec::new();
    let depends_on_facts = !facts.policy.members_read();
    if depends_on_facts {
        for chunk in readers.chunks(BATCH_MAX) {
            let found = live.0.store.facts(chunk.iter().map(|user| (room.id, *user)).collect()).await?;
            let may = |user: &UserId| found.get(&(room.id, *user)).is_some_and(|place| facts.reads(*user, place));
            unable.extend(chunk.iter().copied().filter(|user| !may(user)));
        }
    }
    let decided = room.decide(decision, facts.version, &unable);
    if decided.is_doubtful {
        for user in unable {
            live.restore(room.id, user);
        }
    }
    Ok(Asked { applied: decided.applied, facts: if depends_on_facts { facts.version } else { 0 } })
}

impl Live {
    /// Asks by these facts about every conversation of a person who is here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_by(&self, person: &Person, facts: &Snapshot) -> Result<(), StoreError> {
        let rooms: Vec<Arc<Room>> = person.rooms().into_iter().filter_map(|id| self.room(id)).collect();
        if facts.policy.members_read() {
            for room in rooms {
                room.settle(person.id, true, facts.version, u32::MAX);
            }
            return Ok(());
        }
        for chunk in rooms.chunks(BATCH_MAX) {
            let pairs = chunk.iter().map(|room| (room.id, person.id)).collect();
            let found: HashMap<(ConversationId, UserId), Facts> = self.0.store.facts(pairs).await?;
            for room in chunk {
                if let Some(place) = found.get(&(room.id, person.id)) {
                    self.settle_seat(room, person.id, place, facts);
                }
            }
        }
        Ok(())
    }

    /// What is unread for a person, here or not, in the conversations they may read by these facts. `of_all` is what is unread in
    /// all their conversations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readable_unread(&self, user: UserId, facts: &Snapshot, of_all: u32) -> Result<u32, StoreError> {
        if let Some(person) = self.0.people.get(&user).map(|person| Arc::clone(&person)) {
            self.settle_by(&person, facts).await?;
            if let Some((total_unread, _)) = person.inbox() {
                return Ok(total_unread);
            }
        }
        if facts.policy.members_read() {
            return Ok(of_all);
        }
        let inbox = self.0.store.inboxes(&[user]).await?.remove(&user);
        let seats = inbox.map(|inbox| inbox.seats).unwrap_or_default();
        let mut total_unread = 0u32;
        for chunk in seats.chunks(BATCH_MAX) {
            let found = self.0.store.facts(chunk.iter().map(|seat| (seat.conversation, user)).collect()).await?;
            let readable = chunk
                .iter()
                .filter(|seat| found.get(&(seat.conversation, user)).is_some_and(|place| facts.reads(user, place)));
            let weights = readable.map(|seat| Count::new(seat.read_seq, seat.unread, seat.marked_unread).weight());
            total_unread = weights.fold(total_unread, u32::saturating_add);
        }
        Ok(total_unread)
    }

    /// Takes a decision about a seat; answers what the member's devices know then. A member who may read again is told of the
    /// conversation soon, whole.
    pub(super) fn settle_seat(&self, room: &Room, user: UserId, place: &Facts, facts: &Snapshot) -> Option<Reads> {
        let may = facts.reads(user, place);
        let settled = room.settle(user, may, facts.version, place.version)?;
        if settled.is_doubtful || (may && settled.reads == Reads::No) {
            self.restore(room.id, user);
        }
        Some(settled.reads)
    }

    /// Shows a passing frame, at once where facts that are not older than its own are here.
    pub(super) fn pass(&self, frame: Passing) {
        if !self.pass_now(&frame) {
            // Refused when full: nobody misses it.
            let _ = self.0.undecided.try_send(Undecided::Passing(frame));
        }
    }

    fn pass_now(&self, frame: &Passing) -> bool {
        let Some(room) = self.room(frame.conversation) else { return true };
        let Some(facts) = room.tenant().and_then(|tenant| self.0.facts.here(tenant)) else { return false };
        let is_decided = facts.policy.members_read() || room.is_decided(frame.facts);
        if facts.version >= frame.facts && is_decided {
            room.pass(frame.cause, &frame.frame, |user| facts.shows_activity(user, frame.cause));
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
