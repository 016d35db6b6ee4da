//! The joins task: it joins users to rooms and removes them. The first user of a conversation on this node opens its room,
//! the last user closes it. No other task opens or closes rooms, so opening and closing do not race.
//!
//! To join without missing a change, the task first subscribes to the channel, then reads the database, and then lets the
//! room deliver. Changes that arrive in between wait in the room, and the room drops the changes that the read already
//! contained. Thousands of users who connect at once share the queries.

use std::{collections::HashMap, sync::Arc};

use causerie_protocol::{ConversationId, UserId, wire};
use tokio::sync::mpsc;
use wire::event::Kind as Event;

use super::{
    bus::Channel,
    count::Count,
    hub::Hub,
    online_user::OnlineUser,
    requests::JoinRequest,
    room::{Reading, Reads, Room},
};
use crate::sessions::Frame;
use crate::{
    facts::view,
    store::{StoreError, batcher::gather, queries::inbox::InboxChange},
};

/// The number of users who are joined to their rooms by one round of queries.
const BATCH_MAX: usize = 256;
/// How often a position or conversation is read before the task gives up. A position is read again if versions were skipped
/// or the member was removed during the read.
const READS_MAX: usize = 5;

/// Executes the requests of the queue, in batches, until the server stops.
pub(super) async fn run(hub: Hub, mut requests: mpsc::Receiver<JoinRequest>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while gather(&mut requests, &mut batch, BATCH_MAX).await > 0 {
        let mut joining: HashMap<UserId, (Arc<OnlineUser>, Vec<_>)> = HashMap::new();
        let mut inbox_changes = Vec::new();
        let mut leaving = Vec::new();
        let mut stale_positions = Vec::new();
        let mut to_restore = Vec::new();
        for request in batch.drain(..) {
            match request {
                JoinRequest::Join { online, done } => {
                    joining.entry(online.id).or_insert_with(|| (online, Vec::new())).1.push(done);
                }
                JoinRequest::Leave { user } => leaving.push(user),
                JoinRequest::InboxChanged { user, version } => inbox_changes.push((user, version)),
                JoinRequest::Restore { conversation, user } => to_restore.push((conversation, user)),
                JoinRequest::RereadPosition { conversation, user } => stale_positions.push((conversation, user)),
            }
        }
        remove_users(&hub, leaving).await;
        if !joining.is_empty() {
            hub.0.metrics.lookup_batch_size.observe(joining.len() as f64);
            let online_users: Vec<Arc<OnlineUser>> = joining.values().map(|(online, _)| Arc::clone(online)).collect();
            let outcome = join_users(&hub, &online_users).await;
            for done in joining.into_values().flat_map(|(_, done)| done) {
                let _ = done.send(outcome.clone());
            }
        }
        for (user, version) in inbox_changes {
            if let Err(error) = inbox_changed(&hub, user, version).await {
                tracing::error!(%error, "joined conversations could not be read; the next check tries again");
                hub.0.check_all.notify_one();
            }
        }
        for (conversation, user) in to_restore {
            if let Err(error) = restore(&hub, conversation, user).await {
                tracing::warn!(%error, "a conversation could not be sent again to a member who may read it again; the user's next list or resume tries again");
            }
        }
        if let Err(error) = read_positions(&hub, stale_positions, false).await {
            tracing::warn!(%error, "read positions could not be read; the next change of each position tries again");
        }
        hub.0.metrics.rooms.set(i64::try_from(hub.0.rooms.len()).unwrap_or(0));
        hub.0.metrics.live_users.set(i64::try_from(hub.0.online_users.len()).unwrap_or(0));
    }
}

/// Joins these users to their rooms, except users who are joined already.
async fn join_users(hub: &Hub, online_users: &[Arc<OnlineUser>]) -> Result<(), StoreError> {
    let new: Vec<&Arc<OnlineUser>> = online_users.iter().filter(|online| online.inbox().is_none()).collect();
    let users: Vec<UserId> = new.iter().map(|online| online.id).collect();
    if users.is_empty() {
        return Ok(());
    }
    // The channel of the inbox comes first: a change of the user's conversations after the read then reaches this node.
    hub.subscribe(users.iter().map(|user| Channel::User(*user))).await;
    let mut opened = Vec::new();
    let outcome = join_inboxes(hub, &new, &users, &mut opened).await;
    close_empty_rooms(hub, opened);
    if outcome.is_err() {
        hub.unsubscribe(users.iter().map(|user| Channel::User(*user)));
        return outcome;
    }
    hub.users_came_online(&users).await;
    outcome
}

/// Adds the users to the rooms of their conversations, and gives each user the read inbox version. The rooms that were
/// opened are added to `opened`, also if the call fails.
async fn join_inboxes(
    hub: &Hub,
    online_users: &[&Arc<OnlineUser>],
    users: &[UserId],
    opened: &mut Vec<ConversationId>,
) -> Result<(), StoreError> {
    let memberships = hub.0.store.memberships(users).await?;
    opened.extend(open_rooms(hub, memberships.clone()).await);
    let readings = begin_readings(hub, memberships);
    let mut inboxes = hub.0.store.inboxes(users).await?;
    // Conversations that the user joined between the two reads.
    let joined = inboxes.values().flat_map(|inbox| &inbox.positions).map(|position| position.conversation).collect();
    opened.extend(open_rooms(hub, joined).await);
    let mut stale_positions = Vec::new();
    for online in online_users {
        let Some(inbox) = inboxes.get(&online.id) else { continue };
        for position in &inbox.positions {
            if let Some(room) = hub.room(position.conversation)
                && !room.join(online, position, false)
            {
                stale_positions.push((position.conversation, online.id));
            }
        }
    }
    drop(readings);
    read_positions(hub, stale_positions, false).await?;
    for online in online_users {
        let inbox = inboxes.remove(&online.id);
        let status = inbox.as_ref().map(|inbox| inbox.account_status);
        // A revocation between the check of the token and this point found no session to close.
        online.revoke(status.map_or(i64::MAX, |status| status.revokes_before_s()));
        if let Some(inbox) = inbox {
            hub.0.epochs.insert(online.tenant, inbox.epoch);
        }
        online.set_inbox_version(status.map_or(0, |status| status.inbox_version));
    }
    Ok(())
}

/// Calls [`Room::begin_reading`] for the rooms of these conversations.
fn begin_readings(hub: &Hub, conversations: impl IntoIterator<Item = ConversationId>) -> Vec<Reading> {
    let rooms = conversations.into_iter().filter_map(|conversation| hub.room(conversation));
    rooms.map(|room| room.begin_reading()).collect()
}

/// Reads positions and gives them to the rooms, see [`Room::join`]. A user who is no longer a member is removed from the
/// room.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement, or if positions change faster than they can be
/// read.
pub(super) async fn read_positions(
    hub: &Hub,
    mut pairs: Vec<(ConversationId, UserId)>,
    are_arriving: bool,
) -> Result<(), StoreError> {
    for _ in 0..READS_MAX {
        if pairs.is_empty() {
            return Ok(());
        }
        let _readings = begin_readings(hub, pairs.iter().map(|(conversation, _)| *conversation));
        let positions = hub.0.store.positions(&pairs).await?;
        pairs.retain(|(conversation, user)| {
            let Some(room) = hub.room(*conversation) else { return false };
            let online = hub.0.online_users.get(user).map(|online| Arc::clone(&online));
            match (online, positions.get(&(*conversation, *user))) {
                (Some(online), Some(position)) => !room.join(&online, position, are_arriving),
                _ => {
                    room.leave(*user);
                    false
                }
            }
        });
    }
    if pairs.is_empty() {
        return Ok(());
    }
    tracing::warn!(positions = pairs.len(), "read positions changed faster than they could be read");
    Err(StoreError::too_slow())
}

/// Opens rooms for the conversations that have none on this node, and subscribes to their channels before the conversations
/// are read. Returns the conversations whose rooms it opened.
async fn open_rooms(hub: &Hub, conversations: Vec<ConversationId>) -> Vec<ConversationId> {
    let mut opened = Vec::new();
    for conversation in conversations {
        hub.0.rooms.entry(conversation).or_insert_with(|| {
            opened.push(conversation);
            Arc::new(Room::new(conversation))
        });
    }
    hub.subscribe(opened.iter().map(|conversation| Channel::Conversation(*conversation))).await;
    opened
}

/// Closes rooms that were opened for a user who then did not join.
fn close_empty_rooms(hub: &Hub, mut opened: Vec<ConversationId>) {
    opened.retain(|conversation| hub.room(*conversation).is_some_and(|room| room.is_empty()));
    for conversation in &opened {
        hub.0.rooms.remove(conversation);
    }
    hub.unsubscribe(opened.into_iter().map(Channel::Conversation));
}

/// Removes users who have no session left on this node from their rooms.
async fn remove_users(hub: &Hub, users: Vec<UserId>) {
    let mut offline = Vec::new();
    for user in users {
        let Some(online) = hub.0.online_users.get(&user).map(|online| Arc::clone(&online)) else { continue };
        let Some(rooms) = online.retire() else { continue };
        hub.0.online_users.remove_if(&user, |_, other| Arc::ptr_eq(other, &online));
        leave_rooms(hub, user, rooms);
        if online.inbox().is_some() {
            offline.push(user);
        }
    }
    if !offline.is_empty() {
        hub.unsubscribe(offline.iter().map(|user| Channel::User(*user)));
        hub.users_went_offline(&offline).await;
    }
}

/// Removes a user from rooms and closes the rooms that have no members left.
fn leave_rooms(hub: &Hub, user: UserId, rooms: Vec<ConversationId>) {
    let mut closed = Vec::new();
    for conversation in rooms {
        if hub.room(conversation).is_some_and(|room| room.leave(user)) {
            hub.0.rooms.remove(&conversation);
            closed.push(Channel::Conversation(conversation));
        }
    }
    hub.unsubscribe(closed);
}

/// Adds an online user to the rooms of the conversations that the user joined, removes the user from the rooms of the
/// conversations that the user left, and sends the events about both to the user's devices.
async fn inbox_changed(hub: &Hub, user: UserId, version: u32) -> Result<(), StoreError> {
    let Some(online) = hub.0.online_users.get(&user).map(|online| Arc::clone(&online)) else { return Ok(()) };
    let Some((_, known_version)) = online.inbox().filter(|(_, known_version)| *known_version < version) else {
        return Ok(());
    };
    let changes = hub.0.store.inbox_changes(user, known_version).await?;
    let joined: Vec<_> = changes.iter().filter(|change| change.joined).map(|change| change.conversation).collect();
    let opened = open_rooms(hub, joined.clone()).await;
    let outcome = read_positions(hub, joined.into_iter().map(|conversation| (conversation, user)).collect(), true).await;
    close_empty_rooms(hub, opened);
    outcome?;
    for InboxChange { conversation, inbox_version, joined, .. } in changes {
        if joined {
            send_joined(hub, &online, conversation, inbox_version).await?;
        } else {
            leave_rooms(hub, user, vec![conversation]);
            let conversation_id = conversation.to_string();
            online.push(&Frame::event(Event::ConversationLeft(wire::ConversationLeft { inbox_version, conversation_id })));
        }
        online.set_inbox_version(inbox_version);
    }
    hub.0.contacts.conversations_changed(online.tenant, user);
    Ok(())
}

/// Sends `conversationJoined` to the devices of a user who was added to the conversation's room, followed by the frames that
/// waited for the user. After a failure the frames wait until the next try.
async fn send_joined(
    hub: &Hub,
    online: &Arc<OnlineUser>,
    conversation: ConversationId,
    inbox_version: u32,
) -> Result<(), StoreError> {
    let Some(room) = hub.room(conversation) else { return Ok(()) };
    for _ in 0..READS_MAX {
        let summary = hub.0.lookups.summaries.get((conversation, online.id)).await?;
        let Some(summary) = summary.filter(|summary| summary.member.role.is_some()) else {
            // The user was removed in the meantime. The user's devices get `conversationLeft` when the later inbox version
            // is handled, and no event of the conversation before.
            leave_rooms(hub, online.id, vec![conversation]);
            return Ok(());
        };
        let version = summary.member.version;
        let state = summary.conversation.read_state;
        let facts = hub.0.facts.latest(online.tenant).await?;
        let Some(conversation) = view::conversation(&facts, online.id, summary) else {
            if room.refuse_arrival(online.id, facts.version, version) {
                hub.request_restore(conversation, online.id);
            }
            return Ok(());
        };
        let joined = wire::ConversationJoined { inbox_version, conversation: Some(conversation.into()) };
        let count = Count::new(state.read_seq, state.unread, state.marked_unread);
        if room.finish_arrival(online, &Frame::event(Event::ConversationJoined(joined)), version, count, facts.version) {
            return Ok(());
        }
    }
    tracing::warn!("facts changed faster than a conversation could be read");
    room.refuse_arrival(online.id, 0, 0);
    hub.request_restore(conversation, online.id);
    Ok(())
}

/// Sends a conversation to the devices of a member who may read it again. The user stayed a member, so the inbox version
/// does not change and the event has inbox version 0.
async fn restore(hub: &Hub, conversation: ConversationId, user: UserId) -> Result<(), StoreError> {
    let Some(online) = hub.0.online_users.get(&user).map(|online| Arc::clone(&online)) else { return Ok(()) };
    let Some(room) = hub.room(conversation).filter(|room| room.reads(user) == Some(Reads::No)) else { return Ok(()) };
    read_positions(hub, vec![(conversation, user)], true).await?;
    if room.reads(user).is_some() {
        send_joined(hub, &online, conversation, 0).await?;
    }
    Ok(())
}
