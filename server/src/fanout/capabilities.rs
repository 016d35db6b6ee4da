//! Sends members their capabilities when facts, rules, time or the conversation change them.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use causerie_protocol::{ConversationId, TenantId, UserId, wire};
use tokio::{sync::Notify, time::sleep};
use wire::event::Kind as Event;

use super::{hub::Hub, online_user::OnlineUser, room::Reads};
use crate::{
    domain::wire::capabilities,
    facts::{AffectedUsers, FactsChange, Snapshot},
    sessions::Frame,
    store::{StoreError, queries::member_context::MemberContext},
};

/// The number of (conversation, user) pairs per query.
const BATCH_MAX: usize = 500;
/// The pause after each round, so that a burst of changes (for example an import) is handled in one round.
const BATCH_PAUSE: Duration = Duration::from_millis(20);
/// The pause after a database failure.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// An online member of a conversation.
type RoomMember = (ConversationId, UserId);

/// The conversations whose members' capabilities must be computed again. Each conversation is in the set once, so the set
/// has at most as many entries as the node has rooms.
#[derive(Default)]
pub(super) struct ChangedConversations {
    waiting: Mutex<HashSet<ConversationId>>,
    /// Notified when a conversation is added.
    added: Notify,
}

impl ChangedConversations {
    pub(super) fn add(&self, conversation: ConversationId) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(conversation);
        self.added.notify_one();
    }

    /// Waits for changed conversations, and takes them.
    async fn take(&self) -> HashSet<ConversationId> {
        loop {
            let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            if !waiting.is_empty() {
                return waiting;
            }
            self.added.notified().await;
        }
    }
}

/// Sends the capabilities that changed because facts changed, until the server stops.
pub(super) async fn follow_facts(hub: Hub) {
    loop {
        let mut failed = Vec::new();
        for (tenant, change) in hub.0.facts.changed().await {
            if let Err(error) = follow_change(&hub, tenant, &change).await {
                tracing::warn!(%error, %tenant, "changed capabilities could not be sent; the next try follows");
                failed.push((tenant, change));
            }
        }
        // One pause follows for all failed tenants together, so that they delay the other tenants only once.
        let pause = if failed.is_empty() { BATCH_PAUSE } else { RETRY_AFTER };
        for (tenant, change) in failed {
            hub.0.facts.put_back(tenant, change);
        }
        sleep(pause).await;
    }
}

/// Sends the capabilities of all online members of the conversations that changed, until the server stops.
pub(super) async fn follow_conversations(hub: Hub) {
    loop {
        let rooms = hub.0.changed_conversations.take().await;
        let members = rooms.iter().filter_map(|id| hub.room(*id)).flat_map(|room| members_of(&room)).collect::<Vec<_>>();
        while let Err(error) = push_capabilities(&hub, &members, &[]).await {
            tracing::warn!(%error, "changed capabilities could not be sent; the next try follows");
            sleep(RETRY_AFTER).await;
        }
        for (_, user) in members {
            if let Some(tenant) = hub.0.online_users.get(&user).map(|online| online.tenant) {
                hub.0.contacts.conversations_changed(tenant, user);
            }
        }
    }
}

/// Sends the users of a tenant what changed for them because its facts changed.
async fn follow_change(hub: &Hub, tenant: TenantId, change: &FactsChange) -> Result<(), StoreError> {
    hub.0.contacts.facts_changed(tenant, change);
    let after = hub.0.facts.latest(tenant).await?;
    hub.renew_openings(tenant, &after, &change.affected, change.has_new_users).await;
    let members = match &change.affected {
        AffectedUsers::All => {
            let online_users: Vec<Arc<OnlineUser>> = hub.0.online_users.iter().map(|online| Arc::clone(&online)).collect();
            for online in online_users.iter().filter(|online| online.tenant == tenant) {
                close_if_inactive(hub, &after, online.id);
            }
            let of_tenant = online_users.iter().filter(|online| online.tenant == tenant);
            of_tenant.flat_map(|online| online.rooms().into_iter().map(|room| (room, online.id))).collect()
        }
        AffectedUsers::Some(users) => {
            let users: Vec<UserId> = users.iter().copied().collect::<HashSet<_>>().into_iter().collect();
            for user in &users {
                close_if_inactive(hub, &after, *user);
            }
            affected_members(hub, &users).await?
        }
    };
    push_capabilities(hub, &members, &change.before).await
}

/// Closes the sessions of a user whose account is not active any more.
fn close_if_inactive(hub: &Hub, facts: &Snapshot, user: UserId) {
    // A user whom the facts do not know was created after the facts were read.
    let is_inactive = facts.user(user).is_some_and(|ix| facts.world.status(ix) != causerie_policy::UserStatus::Active);
    if is_inactive {
        hub.revoke_here(user, i64::MAX);
    }
}

/// The memberships of these users in their rooms, and the memberships of all online members of these users' direct
/// conversations.
async fn affected_members(hub: &Hub, users: &[UserId]) -> Result<Vec<RoomMember>, StoreError> {
    let mut members: HashSet<RoomMember> = HashSet::new();
    for user in users {
        if let Some(online) = hub.0.online_users.get(user).map(|online| Arc::clone(&online)) {
            members.extend(online.rooms().into_iter().map(|room| (room, *user)));
        }
    }
    for chunk in users.chunks(BATCH_MAX) {
        for conversation in hub.0.store.direct_conversations(chunk).await? {
            if let Some(room) = hub.room(conversation) {
                members.extend(members_of(&room));
            }
        }
    }
    Ok(members.into_iter().collect())
}

/// The online members of a room.
fn members_of(room: &super::room::Room) -> Vec<RoomMember> {
    room.online_members().iter().map(|online| (room.id, online.id)).collect()
}

/// Sends each member their capabilities if these differ from the capabilities by one of the snapshots in `before`. If
/// `before` is empty, sends them to all members.
async fn push_capabilities(hub: &Hub, members: &[RoomMember], before: &[Arc<Snapshot>]) -> Result<(), StoreError> {
    for chunk in members.chunks(BATCH_MAX) {
        let found: HashMap<RoomMember, MemberContext> = hub.0.store.member_contexts(chunk.to_vec()).await?;
        for ((conversation, user), membership) in found {
            let after = hub.0.facts.cached_or_load(membership.tenant).await?;
            let Some(room) = hub.room(conversation).filter(|_| membership.role.is_some()) else { continue };
            let reads_before = room.reads(user);
            let reads_now = hub.decide_member(&room, user, &membership, &after);
            let capabilities_by =
                |facts: &Snapshot| (facts.capabilities(user, &membership), facts.cannot_send(user, &membership));
            let now = capabilities_by(&after);
            // A snapshot that does not know the user says nothing about the capabilities that the client has.
            let differs = |before: &Arc<Snapshot>| before.user(user).is_none() || capabilities_by(before) != now;
            let has_changed = before.is_empty() || before.iter().any(differs);
            // A member who may read again since this moment gets the whole conversation, which includes the capabilities.
            if reads_before == Some(Reads::Yes) && reads_now == Some(Reads::Yes) && has_changed {
                let conversation_id = conversation.to_string();
                let (may, cannot_send) = now;
                let (capabilities, cannot_send) = (capabilities(&may), cannot_send.map_or(0, i32::from));
                let changed = wire::CapabilitiesChanged { conversation_id, capabilities, cannot_send };
                room.push_to_member(user, &Frame::event(Event::CapabilitiesChanged(changed)));
            }
        }
    }
    Ok(())
}
