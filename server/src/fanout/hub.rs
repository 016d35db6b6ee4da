//! The hub: the rooms and online users of this node, and how sessions join and leave.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use causerie_protocol::{ConnectionId, ConversationId, ErrorCode, Refusal, TenantId, UserId, bus};
use dashmap::DashMap;
use tokio::sync::{mpsc, oneshot};

use super::{
    bus::{Bus, Channel},
    joins,
    online_user::{DeferredCounts, Entered, OnlineUser},
    publisher::Publisher,
    readers::{Ephemeral, Undecided},
    room::Room,
    update::{Effect, Update},
};
use crate::{
    auth::Caller,
    clock::Clock,
    facts::Facts,
    sessions::{Frame, Session},
    store::{Store, lookups::Lookups},
    telemetry::Metrics,
};

/// The rooms and online users of this node. Cheap to clone.
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
    /// Who watches whom come and go: watched user to connections.
    pub watchers: DashMap<UserId, Vec<Arc<Session>>>,
    pub watching: DashMap<ConnectionId, Vec<UserId>>,
    /// Reference count per bus channel; unsubscribed when it drops to zero.
    pub listening: Mutex<HashMap<Channel, u32>>,
    /// The epochs of tenants, as of the last join of one of their users.
    pub epochs: DashMap<TenantId, String>,
    pub publisher: Arc<Publisher>,
    pub joins: mpsc::Sender<joins::Request>,
    pub repair: mpsc::Sender<ConversationId>,
    /// Last visits to be noted.
    pub visits: mpsc::Sender<(UserId, i64)>,
    /// Conversations in which members may do other things now.
    pub changed: mpsc::Sender<ConversationId>,
    /// What waits for facts, before it is delivered.
    pub undecided: mpsc::Sender<Undecided>,
    /// The bus lost its connection: other nodes may have said things unheard.
    pub unsure: AtomicBool,
    /// It is back: positions that moved on other nodes meanwhile have to be read.
    pub positions_unsure: AtomicBool,
    /// Check everything now.
    pub check_all: tokio::sync::Notify,
    pub deferred_counts: Arc<DeferredCounts>,
}

impl Hub {
    /// The session's outbox receives events from now on; answers once all its conversations are live here. `max`: how many
    /// sessions a user may have.
    ///
    /// # Errors
    /// When the user has so many already, or the user's conversations could not be read.
    pub async fn join(&self, session: &Arc<Session>, max: usize) -> Result<(), Refusal> {
        let online = loop {
            let Caller { tenant, user, .. } = session.caller;
            // In one statement: the map's guard must not live until the await below.
            let online = Arc::clone(
                &*self.0.online_users.entry(user).or_insert_with(|| OnlineUser::new(user, tenant, &self.0.deferred_counts)),
            );
            match online.enter(session, max) {
                Entered::Yes => break online,
                Entered::TooMany => return Err(Refusal::new(ErrorCode::TooMany, "this person has too many connections")),
                // About to leave the map.
                Entered::Retired => tokio::task::yield_now().await,
            }
        };
        let database_away = |error| {
            tracing::error!(%error, "a user could not be joined to their rooms");
            Refusal::new(ErrorCode::Unavailable, "the database can't serve now")
        };
        if online.inbox().is_none() {
            let (done, joined) = oneshot::channel();
            let request = joins::Request::Join { online: Arc::clone(&online), done };
            let stopping = || Refusal::new(ErrorCode::Unavailable, "the server is stopping");
            self.0.joins.send(request).await.map_err(|_| stopping())?;
            joined.await.map_err(|_| stopping())?.map_err(database_away)?;
        }
        // A revocation between the look at the token and the entering closed nobody. It was heard all the same, or read with the
        // positions, unless the bus is away.
        if online.heard_revocation(session.issued_at_s()) || self.is_unsure() {
            let status = self.0.lookups.account_statuses.get(online.id).await.map_err(database_away)?;
            session.revoke(status.map_or(i64::MAX, |status| status.revokes_before_s()));
        }
        Ok(())
    }

    /// The session hears nothing more.
    pub fn leave(&self, session: &Arc<Session>) {
        self.stop_watching(session);
        let Some(online) = self.0.online_users.get(&session.caller.user).map(|online| Arc::clone(&online)) else { return };
        if online.exit(session.connection) {
            let joins = self.0.joins.clone();
            let user = online.id;
            if let Err(mpsc::error::TrySendError::Full(request)) = joins.try_send(joins::Request::Leave { user }) {
                // A crowd leaves at once; who left keeps no socket, so waiting here costs one small task each.
                tokio::spawn(async move { joins.send(request).await.ok() });
            }
        }
    }

    /// Delivers what was committed: on this node at once, to the other nodes over the bus.
    pub fn publish(&self, updates: Vec<Update>) {
        for one in &updates {
            self.publish_here(one);
        }
        self.0.publisher.push(updates);
    }

    pub(super) fn publish_here(&self, update: &Update) {
        match update {
            Update::Change(change) => {
                if let Some(room) = self.room(change.conversation) {
                    self.go_on(room.id, room.apply(change.clone(), self.0.clock.now_ms()));
                }
                self.0.metrics.frames_encoded.inc_by(change.frame.take_encodes());
                if change.effect == Effect::Capabilities {
                    self.recheck(change.conversation);
                }
            }
            Update::Position(position) => {
                if let Some(room) = self.room(position.conversation)
                    && !room.position(position)
                {
                    let (conversation, user) = (position.conversation, position.user);
                    // Refused when the queue is full: the next move of this position reads it.
                    let _ = self.0.joins.try_send(joins::Request::Position { conversation, user });
                }
            }
            Update::Inbox { user, version } => self.inbox_moved(*user, *version),
            Update::Ephemeral { conversation, user, frame, facts } => {
                let (frame, facts) = (frame.clone(), *facts);
                self.push_ephemeral(Ephemeral { conversation: *conversation, cause: *user, frame, facts });
            }
        }
    }

    /// Closes every session of a user on every node; their tokens issued before this second are void.
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

    /// Shows a frame on every device of a user, on every node. Lost if the bus is away: whoever needs it asks again.
    pub fn push_to_user(&self, user: UserId, frame: &Frame) {
        self.push_to_user_here(user, frame);
        let told = bus::Told { user: user.to_bytes(), frame: frame.payload() };
        self.0.publisher.push_signal(Channel::User(user), bus::signal::Kind::Told(told));
    }

    pub(super) fn push_to_user_here(&self, user: UserId, frame: &Frame) {
        if let Some(online) = self.0.online_users.get(&user).map(|online| Arc::clone(&online)) {
            online.push(frame);
        }
    }

    /// Where a live user stands: `(total unread, inbox version)`.
    #[must_use]
    pub fn inbox(&self, user: UserId) -> Option<(u32, u32)> {
        self.0.online_users.get(&user).and_then(|online| online.inbox())
    }

    pub(super) fn inbox_moved(&self, user: UserId, version: u32) {
        // A user who is being joined may have been read before this: the joins task comes to it after the join.
        let behind =
            self.0.online_users.get(&user).is_some_and(|online| online.inbox().is_none_or(|(_, known)| known < version));
        // Refused when the queue is full: the periodic check finds it.
        if behind && self.0.joins.try_send(joins::Request::InboxChanged { user, version }).is_err() {
            self.0.check_all.notify_one();
        }
    }

    pub(super) fn room(&self, conversation: ConversationId) -> Option<Arc<Room>> {
        self.0.rooms.get(&conversation).map(|room| Arc::clone(&room))
    }

    /// Facts of a tenant moved: open screens are told, here and on the other nodes.
    pub fn facts_moved(&self, tenant: TenantId, version: u64) {
        self.0.facts.wake(tenant);
        let moved = bus::FactsMoved { tenant: tenant.to_bytes(), version };
        self.0.publisher.push_signal(Channel::Nodes, bus::signal::Kind::FactsMoved(moved));
    }

    /// Members of a conversation may do other things now: those here are told.
    pub fn recheck(&self, conversation: ConversationId) {
        // Refused when full: screens that offer too much are refused by the server.
        let _ = self.0.changed.try_send(conversation);
    }

    /// A member may read a conversation again.
    pub(super) fn restore(&self, conversation: ConversationId, user: UserId) {
        // Refused when the queue is full: the user's next list or resume asks again.
        let _ = self.0.joins.try_send(joins::Request::Restore { conversation, user });
    }

    pub(super) fn request_repair(&self, conversation: ConversationId) {
        // Refused when full: the periodic check finds it.
        let _ = self.0.repair.try_send(conversation);
    }

    /// Listens to channels, counted; returns once the bus confirmed the new ones, or could not.
    pub(super) async fn listen(&self, channels: impl IntoIterator<Item = Channel>) {
        let new: Vec<Channel> = {
            let mut listening = self.0.listening.lock().unwrap_or_else(PoisonError::into_inner);
            channels
                .into_iter()
                .filter(|channel| {
                    let count = listening.entry(*channel).or_default();
                    *count += 1;
                    *count == 1
                })
                .collect()
        };
        if !new.is_empty() && self.0.bus.subscribe(new).await.is_err() {
            // Remembered by the bus; until it is back, positions are checked against the database.
            tracing::debug!("the bus is away; subscriptions wait for it");
        }
    }

    /// One reason less to listen.
    pub(super) fn unlisten(&self, channels: impl IntoIterator<Item = Channel>) {
        let mut listening = self.0.listening.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<Channel> = channels
            .into_iter()
            .filter(|channel| match listening.get_mut(channel) {
                Some(count) if *count > 1 => {
                    *count -= 1;
                    false
                }
                Some(_) => listening.remove(channel).is_some(),
                None => false,
            })
            .collect();
        if !gone.is_empty() {
            self.0.bus.unsubscribe(gone);
        }
    }

    pub(super) fn is_unsure(&self) -> bool {
        self.0.unsure.load(Ordering::Relaxed)
    }

    /// Age of the bus's last heartbeat, for readiness; `None` where there is none.
    #[must_use]
    pub fn bus(&self) -> &dyn Bus {
        &*self.0.bus
    }
}
