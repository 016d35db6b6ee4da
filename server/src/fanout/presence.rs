//! Presence: which users are online, for the sessions that watch them, and when users were last online.

use std::{collections::HashSet, sync::Arc};

use causerie_protocol::{Refusal, UserId, bus, wire};
use tokio::sync::mpsc;
use wire::event::Kind as Event;

use super::{bus::Channel, hub::Hub};
use crate::{
    domain::wire::timestamp,
    sessions::{Frame, Session},
    store::{Store, queries::users},
};

/// The maximum number of times that one statement writes.
const BATCH_MAX: usize = 1_000;

/// Stores the times at which users went offline (milliseconds since 1970 UTC), until the server stops.
pub(super) async fn store_last_seen(store: Store, mut visits: mpsc::Receiver<(UserId, i64)>) {
    let mut last_seen = Vec::new();
    while visits.recv_many(&mut last_seen, BATCH_MAX).await > 0 {
        if let Err(error) = users::set_last_seen(&store, &last_seen).await {
            tracing::warn!(%error, "the times of last visits could not be stored");
        }
        last_seen.clear();
    }
}

impl Hub {
    /// Makes a session watch these users: from now on it gets their presence changes, and no longer the presence changes of
    /// the users in its previous call. Returns the current presence of the users. The caller must have asked the policy
    /// about each user.
    ///
    /// # Errors
    /// Never at present: a user whose presence cannot be read counts as offline.
    pub async fn watch(&self, session: &Arc<Session>, users: Vec<UserId>) -> Result<wire::PresenceList, Refusal> {
        let users: Vec<UserId> = users.into_iter().collect::<HashSet<_>>().into_iter().collect();
        self.subscribe(users.iter().map(|user| Channel::User(*user))).await;
        // There is no await between the removal of the previous users and the entry of the new users. Otherwise two commands
        // that run at the same time could leave the users of the first command watched for ever.
        {
            let before = self.0.watching.insert(session.connection, users.clone());
            self.remove_watcher(session, before.unwrap_or_default());
            for user in &users {
                self.0.watchers.entry(*user).or_default().push(Arc::clone(session));
            }
        }
        if session.closing().is_some() {
            self.stop_watching(session);
        }
        Ok(self.presence(&users).await)
    }

    /// Ends the watch of a session.
    pub(super) fn stop_watching(&self, session: &Arc<Session>) {
        if let Some((_, users)) = self.0.watching.remove(&session.connection) {
            self.remove_watcher(session, users);
        }
    }

    /// Ends the watch of these users by a session.
    fn remove_watcher(&self, session: &Session, users: Vec<UserId>) {
        for user in &users {
            if let Some(mut watchers) = self.0.watchers.get_mut(user) {
                watchers.retain(|watcher| watcher.connection != session.connection);
            }
            self.0.watchers.remove_if(user, |_, watchers| watchers.is_empty());
        }
        self.unsubscribe(users.into_iter().map(Channel::User));
    }

    /// Returns whether each user is online on any node, and for offline users the time when they were last online.
    pub async fn presence(&self, users: &[UserId]) -> wire::PresenceList {
        let elsewhere = self.0.bus.presence(users.to_vec()).await.unwrap_or_default();
        let online: Vec<bool> = users
            .iter()
            .enumerate()
            .map(|(index, user)| self.is_joined_here(*user) || elsewhere.get(index).copied().unwrap_or(false))
            .collect();
        let offline: Vec<UserId> =
            users.iter().zip(&online).filter(|(_, online)| !**online).map(|(user, _)| *user).collect();
        let last_seen = users::last_seen(&self.0.store, &offline).await.unwrap_or_default();
        let presences = users
            .iter()
            .zip(online)
            .map(|(user, online)| wire::Presence {
                user_id: user.to_string(),
                online,
                last_seen_at: if online { None } else { last_seen.get(user).copied().map(timestamp) },
            })
            .collect();
        wire::PresenceList { presences }
    }

    /// Announces users whose first session has joined on this node.
    pub(super) async fn users_came_online(&self, users: &[UserId]) {
        let _ = self.0.bus.set_presence(users.iter().map(|user| (*user, true)).collect()).await;
        for user in users {
            self.presence_changed(*user, true);
            self.publish_presence(*user, true);
        }
    }

    /// Announces users whose last session on this node has ended, and queues the time for the database.
    pub(super) async fn users_went_offline(&self, users: &[UserId]) {
        let now_ms = self.0.clock.now_ms();
        // The task does not wait for a place in the queue. Otherwise the joins task, and every user who connects, would wait
        // for the database.
        if users.iter().any(|user| self.0.last_seen.try_send((*user, now_ms)).is_err()) {
            tracing::warn!("the database is too slow to store the times of last visits");
        }
        let _ = self.0.bus.set_presence(users.iter().map(|user| (*user, false)).collect()).await;
        let elsewhere = self.0.bus.presence(users.to_vec()).await.unwrap_or_default();
        for (index, user) in users.iter().enumerate() {
            if !elsewhere.get(index).copied().unwrap_or(false) {
                self.presence_changed(*user, false);
                self.publish_presence(*user, false);
            }
        }
    }

    fn publish_presence(&self, user: UserId, online: bool) {
        let changed = bus::PresenceChanged { user: user.to_bytes(), online };
        self.0.publisher.push_signal(Channel::User(user), bus::signal::Kind::PresenceChanged(changed));
    }

    /// Sends the presence of a user to the sessions on this node that watch the user and may still see the presence.
    pub(super) fn presence_changed(&self, user: UserId, online: bool) {
        let Some(watchers) = self.0.watchers.get(&user).map(|watchers| watchers.clone()) else { return };
        let online = online || self.is_joined_here(user);
        let last_seen_at = (!online).then(|| timestamp(self.0.clock.now_ms()));
        let presence = wire::Presence { user_id: user.to_string(), online, last_seen_at };
        let frame = Frame::event(Event::PresenceChanged(presence));
        // The watching user may have lost the right to see the presence since the watch began.
        let may_see = |session: &Session| {
            let facts = self.0.facts.cached(session.tenant);
            facts.is_some_and(|facts| facts.sees(session.user, user))
        };
        for session in watchers.into_iter().filter(|session| may_see(session)) {
            session.push(&frame);
        }
    }

    /// Sends the presence of every watched user again, after an outage of the bus or when a node was found or lost.
    pub(super) async fn refresh_presence(&self) {
        let watched: HashSet<UserId> = self.0.watchers.iter().map(|watched| *watched.key()).collect();
        let users: Vec<UserId> = watched.into_iter().collect();
        if users.is_empty() {
            return;
        }
        let Ok(online) = self.0.bus.presence(users.clone()).await else { return };
        for (user, online) in users.into_iter().zip(online) {
            self.presence_changed(user, online);
        }
    }

    /// Whether a user is online on this node and joined to their rooms.
    fn is_joined_here(&self, user: UserId) -> bool {
        self.0.online_users.get(&user).is_some_and(|online| online.inbox().is_some())
    }
}
