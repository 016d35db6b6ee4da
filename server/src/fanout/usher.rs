//! Seats people, one task for all: whoever comes first into a conversation makes its room, whoever leaves last closes it,
//! and since nobody else does either, neither races.
//!
//! Joining without a race: subscribe, then read the database, then let the room deliver; what the bus said in between
//! waits in the room, and the room drops what the read already had. Thousands who come at once share the queries.

use std::{collections::HashMap, sync::Arc};

use causerie_protocol::{ConversationId, UserId, wire};
use tokio::sync::{mpsc, oneshot};
use wire::event::Kind as Event;

use super::{
    bus::Channel,
    live::Live,
    person::Person,
    room::{Count, Reading, Reads, Room},
};
use crate::sessions::Frame;
use crate::{
    facts::view,
    store::{StoreError, batcher::gather, queries::inbox::InboxChange},
};

/// People seated by one round of queries.
const BATCH_MAX: usize = 256;
/// Positions are read again so often, where versions were passed over meanwhile or the member was removed.
const RESEATS_MAX: usize = 5;

/// What the usher is asked.
pub enum Request {
    /// Make all conversations of a person live here.
    Seat {
        /// Who.
        person: Arc<Person>,
        /// Told when it is done. Then sessions that may not be here are closed already.
        done: oneshot::Sender<Result<(), StoreError>>,
    },
    /// The person's last session left.
    Unseat {
        /// Who.
        user: UserId,
    },
    /// A live person joined or left conversations.
    Inbox {
        /// Who.
        user: UserId,
        /// How far their inbox is; whoever was read at it or later meanwhile is not read again.
        version: u32,
    },
    /// A live member may read a conversation again.
    Restore {
        /// Which.
        conversation: ConversationId,
        /// Who.
        user: UserId,
    },
    /// A live member's position has to be read from the database.
    Position {
        /// Where.
        conversation: ConversationId,
        /// Whose.
        user: UserId,
    },
}

pub(super) async fn run(live: Live, mut requests: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while gather(&mut requests, &mut batch, BATCH_MAX).await > 0 {
        let mut coming: HashMap<UserId, (Arc<Person>, Vec<_>)> = HashMap::new();
        let mut moved = Vec::new();
        let mut leaving = Vec::new();
        let mut moved_far = Vec::new();
        let mut readable = Vec::new();
        for request in batch.drain(..) {
            match request {
                Request::Seat { person, done } => {
                    coming.entry(person.id).or_insert_with(|| (person, Vec::new())).1.push(done);
                }
                Request::Unseat { user } => leaving.push(user),
                Request::Inbox { user, version } => moved.push((user, version)),
                Request::Restore { conversation, user } => readable.push((conversation, user)),
                Request::Position { conversation, user } => moved_far.push((conversation, user)),
            }
        }
        unseat(&live, leaving).await;
        if !coming.is_empty() {
            live.0.metrics.lookup_batch_size.observe(coming.len() as f64);
            let people: Vec<Arc<Person>> = coming.values().map(|(person, _)| Arc::clone(person)).collect();
            let outcome = seat(&live, &people).await;
            for done in coming.into_values().flat_map(|(_, waiting)| waiting) {
                let _ = done.send(outcome.clone());
            }
        }
        for (user, version) in moved {
            if let Err(error) = inbox_moved(&live, user, version).await {
                tracing::error!(%error, "joinings could not be read; the next check tries again");
                live.0.check_all.notify_one();
            }
        }
        for (conversation, user) in readable {
            if let Err(error) = restore(&live, conversation, user).await {
                tracing::warn!(%error, "a conversation could not be given back; the person's next list or resume tries again");
            }
        }
        if let Err(error) = reseat(&live, moved_far, false).await {
            tracing::warn!(%error, "positions could not be read; the next move of each tells it");
        }
        live.0.metrics.rooms.set(i64::try_from(live.0.rooms.len()).unwrap_or(0));
        live.0.metrics.live_users.set(i64::try_from(live.0.people.len()).unwrap_or(0));
    }
}

/// Seats those who are not.
async fn seat(live: &Live, people: &[Arc<Person>]) -> Result<(), StoreError> {
    let new: Vec<&Arc<Person>> = people.iter().filter(|person| person.inbox().is_none()).collect();
    let users: Vec<UserId> = new.iter().map(|person| person.id).collect();
    if users.is_empty() {
        return Ok(());
    }
    // The inbox's own channel first: whoever is put into a conversation from now on hears of it.
    live.listen(users.iter().map(|user| Channel::User(*user))).await;
    let mut opened = Vec::new();
    let outcome = seat_inboxes(live, &new, &users, &mut opened).await;
    close_empty(live, opened);
    if outcome.is_err() {
        live.unlisten(users.iter().map(|user| Channel::User(*user)));
        return outcome;
    }
    live.came(&users).await;
    outcome
}

async fn seat_inboxes(
    live: &Live,
    people: &[&Arc<Person>],
    users: &[UserId],
    opened: &mut Vec<ConversationId>,
) -> Result<(), StoreError> {
    let memberships = live.0.store.memberships(users).await?;
    opened.extend(open(live, memberships.clone()).await);
    let readings = begin_readings(live, memberships);
    let mut inboxes = live.0.store.inboxes(users).await?;
    // Conversations joined between the two reads.
    let joined = inboxes.values().flat_map(|inbox| &inbox.seats).map(|seat| seat.conversation).collect();
    opened.extend(open(live, joined).await);
    let mut again = Vec::new();
    for person in people {
        let Some(inbox) = inboxes.get(&person.id) else { continue };
        for seat in &inbox.seats {
            if let Some(room) = live.room(seat.conversation)
                && !room.seat(person, seat, false)
            {
                again.push((seat.conversation, person.id));
            }
        }
    }
    drop(readings);
    reseat(live, again, false).await?;
    for person in people {
        let inbox = inboxes.remove(&person.id);
        let standing = inbox.as_ref().map(|inbox| inbox.standing);
        // Between the look at a token and now, a revocation found nobody to close.
        person.revoke(standing.map_or(i64::MAX, |standing| standing.revokes_before_s()));
        if let Some(inbox) = inbox {
            live.0.epochs.insert(person.tenant, inbox.epoch);
        }
        person.seated(standing.map_or(0, |standing| standing.inbox_version));
    }
    Ok(())
}

fn begin_readings(live: &Live, conversations: impl IntoIterator<Item = ConversationId>) -> Vec<Reading> {
    let rooms = conversations.into_iter().filter_map(|conversation| live.room(conversation));
    rooms.map(|room| room.begin_reading()).collect()
}

/// Reads positions anew and seats them, see [`Room::seat`]; those no longer members lose their seat. Fails where positions
/// could not be seated, so that whoever asked asks again.
pub(super) async fn reseat(live: &Live, mut pairs: Vec<(ConversationId, UserId)>, arriving: bool) -> Result<(), StoreError> {
    for _ in 0..RESEATS_MAX {
        if pairs.is_empty() {
            return Ok(());
        }
        let _readings = begin_readings(live, pairs.iter().map(|(conversation, _)| *conversation));
        let seats = live.0.store.seats(&pairs).await?;
        pairs.retain(|(conversation, user)| {
            let Some(room) = live.room(*conversation) else { return false };
            let person = live.0.people.get(user).map(|person| Arc::clone(&person));
            match (person, seats.get(&(*conversation, *user))) {
                (Some(person), Some(seat)) => !room.seat(&person, seat, arriving),
                _ => {
                    room.unseat(*user);
                    false
                }
            }
        });
    }
    if pairs.is_empty() {
        return Ok(());
    }
    tracing::warn!(seats = pairs.len(), "positions moved faster than they could be read");
    Err(StoreError::too_slow())
}

/// Makes rooms for conversations nobody here was in, and listens to them before anything of them is read; answers which.
async fn open(live: &Live, conversations: Vec<ConversationId>) -> Vec<ConversationId> {
    let mut opened = Vec::new();
    for conversation in conversations {
        live.0.rooms.entry(conversation).or_insert_with(|| {
            opened.push(conversation);
            Arc::new(Room::new(conversation))
        });
    }
    live.listen(opened.iter().map(|conversation| Channel::Conversation(*conversation))).await;
    opened
}

/// Closes those that were opened for somebody who was not seated after all.
fn close_empty(live: &Live, mut opened: Vec<ConversationId>) {
    opened.retain(|conversation| live.room(*conversation).is_some_and(|room| room.is_empty()));
    for conversation in &opened {
        live.0.rooms.remove(conversation);
    }
    live.unlisten(opened.into_iter().map(Channel::Conversation));
}

async fn unseat(live: &Live, users: Vec<UserId>) {
    let mut gone = Vec::new();
    for user in users {
        let Some(person) = live.0.people.get(&user).map(|person| Arc::clone(&person)) else { continue };
        let Some(rooms) = person.retire() else { continue };
        live.0.people.remove_if(&user, |_, other| Arc::ptr_eq(other, &person));
        leave(live, user, rooms);
        if person.inbox().is_some() {
            gone.push(user);
        }
    }
    if !gone.is_empty() {
        live.unlisten(gone.iter().map(|user| Channel::User(*user)));
        live.went(&gone).await;
    }
}

/// Empties seats and closes the rooms nobody is in any more.
fn leave(live: &Live, user: UserId, rooms: Vec<ConversationId>) {
    let mut closed = Vec::new();
    for conversation in rooms {
        if live.room(conversation).is_some_and(|room| room.unseat(user)) {
            live.0.rooms.remove(&conversation);
            closed.push(Channel::Conversation(conversation));
        }
    }
    live.unlisten(closed);
}

/// Seats a person in what was joined, unseats them from what was left, and tells their devices.
async fn inbox_moved(live: &Live, user: UserId, version: u32) -> Result<(), StoreError> {
    let Some(person) = live.0.people.get(&user).map(|person| Arc::clone(&person)) else { return Ok(()) };
    let Some((_, known)) = person.inbox().filter(|(_, known)| *known < version) else { return Ok(()) };
    let changes = live.0.store.inbox_changes(user, known).await?;
    let joined: Vec<_> = changes.iter().filter(|change| change.joined).map(|change| change.conversation).collect();
    let opened = open(live, joined.clone()).await;
    let seated = reseat(live, joined.into_iter().map(|conversation| (conversation, user)).collect(), true).await;
    close_empty(live, opened);
    seated?;
    for InboxChange { conversation, inbox_version, joined, .. } in changes {
        if joined {
            tell_joined(live, &person, conversation, inbox_version).await?;
        } else {
            leave(live, user, vec![conversation]);
            let conversation_id = conversation.to_string();
            person.push(&Frame::event(Event::ConversationLeft(wire::ConversationLeft { inbox_version, conversation_id })));
        }
        person.seated(inbox_version);
    }
    Ok(())
}

/// Tells a person's devices of a conversation they were seated in; what waited for them follows. When it fails, it goes on
/// waiting for the next try.
async fn tell_joined(
    live: &Live,
    person: &Arc<Person>,
    conversation: ConversationId,
    inbox_version: u32,
) -> Result<(), StoreError> {
    let Some(room) = live.room(conversation) else { return Ok(()) };
    for _ in 0..RESEATS_MAX {
        let summary = live.0.lookups.summaries.get((conversation, person.id)).await?;
        let Some(summary) = summary.filter(|summary| summary.facts.role.is_some()) else {
            // Removed meanwhile, which a later inbox version tells. Until then nothing of it is for this person.
            leave(live, person.id, vec![conversation]);
            return Ok(());
        };
        let version = summary.facts.version;
        let state = summary.conversation.read_state.clone().unwrap_or_default();
        let facts = live.0.facts.current(person.tenant).await?;
        let Some(conversation) = view::conversation(&facts, person.id, summary) else {
            if room.turn_away(person.id, facts.version, version) {
                live.restore(conversation, person.id);
            }
            return Ok(());
        };
        let joined = wire::ConversationJoined { inbox_version, conversation: Some(conversation) };
        let count = Count::new(state.read_seq, state.unread, state.marked_unread);
        if room.admit(person, &Frame::event(Event::ConversationJoined(joined)), version, count, facts.version) {
            return Ok(());
        }
    }
    tracing::warn!("facts moved faster than a conversation could be read");
    room.turn_away(person.id, 0, 0);
    live.restore(conversation, person.id);
    Ok(())
}

/// Tells a person's devices of a conversation they may read again. The person stayed a member, so the inbox's version is the
/// same.
async fn restore(live: &Live, conversation: ConversationId, user: UserId) -> Result<(), StoreError> {
    let Some(person) = live.0.people.get(&user).map(|person| Arc::clone(&person)) else { return Ok(()) };
    let Some(room) = live.room(conversation).filter(|room| room.reads(user) == Some(Reads::No)) else { return Ok(()) };
    reseat(live, vec![(conversation, user)], true).await?;
    if room.reads(user).is_some() {
        tell_joined(live, &person, conversation, 0).await?;
    }
    Ok(())
}
