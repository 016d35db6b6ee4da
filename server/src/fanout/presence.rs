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

/// The number of times of last visits written by one statement.
const BATCH_MAX: usize = 1_000;

/// Stores when users went offline, until the server stops.
pub(super) async fn store_last_seen(store: Store, mut ended: mpsc::Receiver<(UserId, i64)>) {
    let mut last_seen = Vec::new();
    while ended.recv_many(&mut last_seen, BATCH_MAX).await > 0 {
        if let Err(error) = users::set_last_seen(&store, &last_seen).await {
            tracing::warn!(%error, "the times of last visits could not be stored");
        }
        last_seen.clear();
    }
}

impl Hub {
    /// Sends a session the presence changes of these users from now on, instead of those of the users in its previous call;
    /// returns their current presence. The caller has asked the policy about each user.
    ///
    /// # Errors
    /// Never at present: a user whose presence cannot be read counts as offline.
    pub async fn watch(&self, session: &Arc<Session>, users: Vec<UserId>) -> Result<wire::PresenceList, Refusal> {
        let users: Vec<UserId> = users.into_iter().collect::<HashSet<_>>().into_iter().collect();
        self.listen(users.iter().map(|user| Channel::User(*user))).await;
        // There is no await between the removal of the previous users and the entry of the new ones: otherwise two such
        // commands at once would leave the first command's users watched for ever.
        {
            let before = self.0.watching.insert(session.connection, users.clone());
            self.forget(session, before.unwrap_or_default());
            for user in &users {
                self.0.watchers.entry(*user).or_default().push(Arc::clone(session));
            }
        }
        if session.closing().is_some() {
            self.stop_watching(session);
        }
        Ok(self.presence(&users).await)
    }

    pub(super) fn stop_watching(&self, session: &Arc<Session>) {
        if let Some((_, users)) = self.0.watching.remove(&session.connection) {
            self.forget(session, users);
        }
    }

    fn forget(&self, session: &Session, users: Vec<UserId>) {
        for user in &users {
            if let Some(mut watchers) = self.0.watchers.get_mut(user) {
                watchers.retain(|watcher| watcher.connection != session.connection);
            }
            self.0.watchers.remove_if(user, |_, watchers| watchers.is_empty());
        }
        self.unlisten(users.into_iter().map(Channel::User));
    }

    /// The presence of each user on any node; offline users with the time when they were last online.
    pub async fn presence(&self, users: &[UserId]) -> wire::PresenceList {
        let elsewhere = self.0.bus.presence(users.to_vec()).await.unwrap_or_default();
        let online: Vec<bool> = users
            .iter()
            .enumerate()
            .map(|(at, user)| self.is_here(*user) || elsewhere.get(at).copied().unwrap_or(false))
            .collect();
        let away: Vec<UserId> = users.iter().zip(&online).filter(|(_, online)| !**online).map(|(user, _)| *user).collect();
        let seen = users::last_seen(&self.0.store, &away).await.unwrap_or_default();
        let presences = users
            .iter()
            .zip(online)
            .map(|(user, online)| wire::Presence {
                user_id: user.to_string(),
                online,
                last_seen_at: if online { None } else { seen.get(user).copied().map(timestamp) },
            })
            .collect();
        wire::PresenceList { presences }
    }

    /// The first session of each of these users has joined on this node.
    pub(super) async fn users_came_online(&self, users: &[UserId]) {
        let _ = self.0.bus.set_presence(users.iter().map(|user| (*user, true)).collect()).await;
        for user in users {
            self.presence_changed(*user, true);
            self.publish_presence(*user, true);
        }
    }

    /// The last session of each of these users on this node has ended.
    pub(super) async fn users_went_offline(&self, users: &[UserId]) {
        let now_ms = self.0.clock.now_ms();
        // The queue is not awaited: the joins task, and with it every user who connects, would wait for the database to
        // write.
        if users.iter().any(|user| self.0.last_seen.try_send((*user, now_ms)).is_err()) {
            tracing::warn!("the database is too slow to store the times of last visits");
        }
        let _ = self.0.bus.set_presence(users.iter().map(|user| (*user, false)).collect()).await;
        let elsewhere = self.0.bus.presence(users.to_vec()).await.unwrap_or_default();
        for (at, user) in users.iter().enumerate() {
            if !elsewhere.get(at).copied().unwrap_or(false) {
                self.presence_changed(*user, false);
                self.publish_presence(*user, false);
            }
        }
    }

    fn publish_presence(&self, user: UserId, online: bool) {
        let changed = bus::PresenceChanged { user: user.to_bytes(), online };
        self.0.publisher.push_signal(Channel::User(user), bus::signal::Kind::PresenceChanged(changed));
    }

    pub(super) fn presence_changed(&self, user: UserId, online: bool) {
        let Some(watchers) = self.0.watchers.get(&user).map(|watchers| watchers.clone()) else { return };
        let online = online || self.is_here(user);
        let last_seen_at = (!online).then(|| timestamp(self.0.clock.now_ms()));
        let presence = wire::Presence { user_id: user.to_string(), online, last_seen_at };
        let frame = Frame::event(Event::PresenceChanged(presence));
        // A user who could see the presence when the watch began may have lost that right since.
        let sees = |session: &Session| {
            let facts = self.0.facts.cached(session.caller.tenant);
            facts.is_some_and(|facts| facts.sees(session.caller.user, user))
        };
        for session in watchers.into_iter().filter(|session| sees(session)) {
            session.push(&frame);
        }
    }

    /// Sends the presence of every watched user anew: after an outage of the bus, or when a node came or went.
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

    fn is_here(&self, user: UserId) -> bool {
        self.0.online_users.get(&user).is_some_and(|online| online.inbox().is_some())
    }
}
