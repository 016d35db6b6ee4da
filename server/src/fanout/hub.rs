//! The hub: the registry of this node's rooms and online users, and the entry point of fan-out. Sessions join and leave
//! here.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use causerie_protocol::{ConnectionId, ConversationId, ErrorCode, Refusal, TenantId, UserId, bus};
use dashmap::{DashMap, DashSet};
use tokio::sync::{mpsc, oneshot};

use super::{
    bus::{Bus, Channel},
    capabilities::ChangedConversations,
    contacts::Contacts,
    online_user::{DeferredCounts, Entered, OnlineUser},
    publisher::Publisher,
    requests::{Ephemeral, JoinRequest, Undecided},
    room::Room,
    update::{Effect, Update},
};
use crate::{
    clock::Clock,
    facts::Facts,
    sessions::{Frame, Session},
    store::{Store, lookups::Lookups},
    telemetry::Metrics,
};

/// The registry of this node's rooms and online users. A clone shares the registry and costs one reference count.
#[derive(Clone)]
pub struct Hub(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub store: Store,
    pub lookups: Lookups,
    pub facts: Facts,
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    pub rooms: DashMap<ConversationId, Arc<Room>>,
    pub online_users: DashMap<UserId, Arc<OnlineUser>>,
    /// For each watched user, the sessions that receive the user's presence changes.
    pub watchers: DashMap<UserId, Vec<Arc<Session>>>,
    /// For each connection, the users whose presence its session watches.
    pub watching: DashMap<ConnectionId, Vec<UserId>>,
    pub contacts: Contacts,
    /// The reference count of each bus channel. Rooms, online users and watches hold references. The node unsubscribes from
    /// a channel when its count drops to zero.
    pub subscriptions: Mutex<HashMap<Channel, u32>>,
    /// The epoch of each tenant, as read when a user of the tenant last joined.
    pub epochs: DashMap<TenantId, String>,
    /// Tenants whose sessions this node has ended. A session of such a tenant that enters later is checked.
    pub ended_tenants: DashSet<TenantId>,
    pub publisher: Arc<Publisher>,
    /// Requests to the joins task.
    pub joins: mpsc::Sender<JoinRequest>,
    /// Conversations whose rooms missed a change.
    pub repair: mpsc::Sender<ConversationId>,
    /// Times of last visits that wait to be written to the database: user, and milliseconds since 1970 UTC.
    pub last_seen: mpsc::Sender<(UserId, i64)>,
    /// Conversations whose members' capabilities must be computed again.
    pub changed_conversations: ChangedConversations,
    /// Changes and ephemeral frames that wait for newer facts before they are delivered.
    pub undecided: mpsc::Sender<Undecided>,
    /// Whether the bus has no connection, so that signals of other nodes may be lost.
    pub bus_away: AtomicBool,
    /// Whether the bus is back and the read positions that moved on other nodes during the outage must still be read from
    /// the database.
    pub positions_stale: AtomicBool,
    /// Notified to start the periodic check of all rooms and online users at once.
    pub check_all: tokio::sync::Notify,
    pub deferred_counts: Arc<DeferredCounts>,
}

impl Hub {
    /// Adds a session. From this call on the session's outbox receives events; the call returns when the user is joined to
    /// the rooms of all their conversations on this node. `max` is the highest number of sessions of one user on this node.
    ///
    /// # Errors
    /// `ErrorCode::TooMany` if the user has `max` sessions already. `ErrorCode::Unavailable` if the database does not answer
    /// or the server is stopping.
    pub async fn join(&self, session: &Arc<Session>, max: usize) -> Result<(), Refusal> {
        let online = loop {
            let (tenant, user) = (session.tenant, session.user);
            // The guard of the map must be dropped before the await below. It is a temporary value of this statement, so it
            // is dropped at the end of the statement.
            let online = Arc::clone(
                &*self.0.online_users.entry(user).or_insert_with(|| OnlineUser::new(user, tenant, &self.0.deferred_counts)),
            );
            match online.enter(session, max) {
                Entered::Yes => break online,
                Entered::TooMany => return Err(Refusal::new(ErrorCode::TooMany, "this user has too many connections")),
                // The joins task removes this entry from the map in a moment; the next try makes a new one.
                Entered::Retired => tokio::task::yield_now().await,
            }
        };
        if online.inbox().is_none() {
            let (done, joined) = oneshot::channel();
            let request = JoinRequest::Join { online: Arc::clone(&online), done };
            let stopping = || Refusal::new(ErrorCode::Unavailable, "the server is stopping");
            self.0.joins.send(request).await.map_err(|_| stopping())?;
            joined.await.map_err(|_| stopping())??;
        }
        // A revocation that came after the token was checked and before the session entered found no session to close. The
        // online user has recorded it, from a signal or from the read of the positions, except when the bus is away.
        if online.was_revoked_since(session.issued_at_s()) || self.is_bus_away() {
            let status = self.0.lookups.account_statuses.get(online.id).await?;
            session.revoke(status.map_or(i64::MAX, |status| status.revokes_before_s()));
        }
        self.end_if_suspended(session).await?;
        Ok(())
    }

    /// Removes a session. The session receives no more events.
    pub fn leave(&self, session: &Arc<Session>) {
        self.stop_watching(session);
        self.stop_watching_contacts(session);
        let Some(online) = self.0.online_users.get(&session.user).map(|online| Arc::clone(&online)) else { return };
        if online.exit(session.connection) {
            let joins = self.0.joins.clone();
            let user = online.id;
            if let Err(mpsc::error::TrySendError::Full(request)) = joins.try_send(JoinRequest::Leave { user }) {
                // Many users may leave at once. A user who left holds no socket, so each waiting request costs one small
                // task.
                tokio::spawn(async move { joins.send(request).await.ok() });
            }
        }
    }

    /// Delivers committed updates on this node at once, and queues them for the other nodes. Encodes each event once.
    pub fn publish(&self, updates: Vec<Update>) {
        let updates: Vec<Update<Frame>> = updates.into_iter().map(Update::encode).collect();
        for update in &updates {
            self.publish_here(update);
        }
        self.0.publisher.push(updates);
    }

    pub(super) fn publish_here(&self, update: &Update<Frame>) {
        match update {
            Update::Change(change) => {
                if let Some(room) = self.room(change.conversation) {
                    self.follow_up(room.id, room.apply(change.clone(), self.0.clock.now_ms()));
                }
                self.0.metrics.frames_encoded.inc_by(change.event.take_encodes());
                if change.effect == Effect::Capabilities {
                    self.renew_capabilities(change.conversation);
                }
            }
            Update::ReadPosition(position) => {
                if let Some(room) = self.room(position.conversation)
                    && !room.apply_read_position(position)
                {
                    let (conversation, user) = (position.conversation, position.user);
                    // If the queue is full, the request is dropped: the next move of this position reads it.
                    let _ = self.0.joins.try_send(JoinRequest::RereadPosition { conversation, user });
                }
            }
            Update::Inbox { user, version } => self.inbox_changed(*user, *version),
            Update::Ephemeral { conversation, user, event, facts } => {
                let (frame, facts) = (event.clone(), *facts);
                self.push_ephemeral(Ephemeral { conversation: *conversation, cause: *user, frame, facts });
            }
        }
    }

    /// Closes those sessions of a user, on every node, whose token was issued before `issued_before_s` (seconds since 1970
    /// UTC).
    pub fn revoke(&self, user: UserId, issued_before_s: i64) {
        self.revoke_here(user, issued_before_s);
        let revoked = bus::Revoked { user: user.to_bytes(), issued_before: issued_before_s };
        self.0.publisher.push_signal(Channel::User(user), bus::signal::Kind::Revoked(revoked));
    }

    pub(super) fn revoke_here(&self, user: UserId, issued_before_s: i64) {
        if let Some(online) = self.0.online_users.get(&user).map(|online| Arc::clone(&online)) {
            online.revoke(issued_before_s);
        }
    }

    /// Sends a frame to every device of a user, on every node. Other nodes miss it while the bus is away, so a client must
    /// have another way to ask for the content of the frame.
    pub fn push_to_user(&self, user: UserId, frame: &Frame) {
        self.push_to_user_here(user, frame);
        let event = bus::UserEvent { user: user.to_bytes(), frame: frame.payload() };
        self.0.publisher.push_signal(Channel::User(user), bus::signal::Kind::UserEvent(event));
    }

    pub(super) fn push_to_user_here(&self, user: UserId, frame: &Frame) {
        if let Some(online) = self.0.online_users.get(&user).map(|online| Arc::clone(&online)) {
            online.push(frame);
        }
    }

    /// Returns `(total unread, inbox version)` of a user who is online on this node and joined to their rooms; `None` for
    /// other users.
    #[must_use]
    pub fn inbox(&self, user: UserId) -> Option<(u32, u32)> {
        self.0.online_users.get(&user).and_then(|online| online.inbox())
    }

    /// Returns the number of users of a tenant who have a session on this node, and the number of these sessions.
    #[must_use]
    pub fn online(&self, tenant: TenantId) -> (usize, usize) {
        let of_tenant = self.0.online_users.iter().filter(|online| online.tenant == tenant);
        let sessions = of_tenant.map(|online| online.sessions()).filter(|sessions| *sessions > 0);
        sessions.fold((0, 0), |(users, all), sessions| (users + 1, all + sessions))
    }

    /// Requests that the joins task reads the conversations that the user joined or left up to this inbox version.
    pub(super) fn inbox_changed(&self, user: UserId, version: u32) {
        // If the user is just being joined, the join may have read an older inbox. The joins task handles this request after
        // the join.
        let behind =
            self.0.online_users.get(&user).is_some_and(|online| online.inbox().is_none_or(|(_, known)| known < version));
        // If the queue is full, the periodic check finds the difference.
        if behind && self.0.joins.try_send(JoinRequest::InboxChanged { user, version }).is_err() {
            self.0.check_all.notify_one();
        }
    }

    pub(super) fn room(&self, conversation: ConversationId) -> Option<Arc<Room>> {
        self.0.rooms.get(&conversation).map(|room| Arc::clone(&room))
    }

    /// Makes every node compute the capabilities of its online users again, because the facts of a tenant changed.
    pub fn facts_changed(&self, tenant: TenantId, version: u64) {
        self.0.facts.wake(tenant);
        let changed = bus::FactsChanged { tenant: tenant.to_bytes(), version };
        self.0.publisher.push_signal(Channel::Nodes, bus::signal::Kind::FactsChanged(changed));
    }

    /// Requests that the capabilities of the conversation's online members on this node are computed again and sent.
    pub fn renew_capabilities(&self, conversation: ConversationId) {
        // Without a room the conversation has no online member here.
        if self.0.rooms.contains_key(&conversation) {
            self.0.changed_conversations.add(conversation);
        }
    }

    /// Requests that the conversation is sent again to a member who may read it again.
    pub(super) fn request_restore(&self, conversation: ConversationId, user: UserId) {
        // If the queue is full, the request is dropped: the user's next list or resume asks again.
        let _ = self.0.joins.try_send(JoinRequest::Restore { conversation, user });
    }

    pub(super) fn request_repair(&self, conversation: ConversationId) {
        // If the queue is full, the request is dropped: the periodic check finds the gap.
        let _ = self.0.repair.try_send(conversation);
    }

    /// Adds one reference to each channel, and subscribes to the channels that had none. Returns when the bus has confirmed
    /// the subscriptions or reported a failure.
    pub(super) async fn subscribe(&self, channels: impl IntoIterator<Item = Channel>) {
        let new: Vec<Channel> = {
            let mut subscriptions = self.0.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
            channels
                .into_iter()
                .filter(|channel| {
                    let count = subscriptions.entry(*channel).or_default();
                    *count += 1;
                    *count == 1
                })
                .collect()
        };
        if !new.is_empty() && self.0.bus.subscribe(new).await.is_err() {
            // The bus remembers the subscriptions. Until it is back, positions are checked against the database.
            tracing::debug!("the bus is away; subscriptions wait for it");
        }
    }

    /// Removes one reference from each channel, and unsubscribes from the channels that have none left.
    pub(super) fn unsubscribe(&self, channels: impl IntoIterator<Item = Channel>) {
        let mut subscriptions = self.0.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        let unused: Vec<Channel> = channels
            .into_iter()
            .filter(|channel| match subscriptions.get_mut(channel) {
                Some(count) if *count > 1 => {
                    *count -= 1;
                    false
                }
                Some(_) => subscriptions.remove(channel).is_some(),
                None => false,
            })
            .collect();
        if !unused.is_empty() {
            self.0.bus.unsubscribe(unused);
        }
    }

    pub(super) fn is_bus_away(&self) -> bool {
        self.0.bus_away.load(Ordering::Relaxed)
    }

    /// The bus of this node. The readiness check reads the age of the bus's heartbeat.
    #[must_use]
    pub fn bus(&self) -> &dyn Bus {
        &*self.0.bus
    }
}
