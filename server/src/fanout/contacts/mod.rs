//! Contacts: each session may watch what its user may do with up to
//! [`CONTACTS_MAX`](causerie_protocol::limits::CONTACTS_MAX) users, and gets an event when the answer changes.
//!
//! [`Contacts`] holds the watches of this node and the changes that may affect them. One task ([`renewal::run`]) evaluates
//! the affected contacts again and sends the contacts that differ from the contacts that were sent last. A command registers
//! its watch before it reads anything, so no change can happen between the reading and the registration. Nothing is sent for
//! a watch before its command was answered.

mod evaluation;
pub(super) mod renewal;
mod watch;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use causerie_protocol::{ConnectionId, Refusal, TenantId, UserId, command::UserRef, wire};
use dashmap::DashMap;
use tokio::sync::Notify;

use self::watch::{Answered, Watch, WatchAddress};
use super::hub::Hub;
use crate::{
    facts::{AffectedUsers, FactsChange},
    sessions::Session,
    store::{StoreError, queries::users},
};

/// The watches of this node, and the changes that wait to be compared with them.
#[derive(Default)]
pub struct Contacts {
    watches: DashMap<ConnectionId, Arc<Watch>>,
    /// For each user, the watches by the user's sessions and the watches that name the user.
    by_user: DashMap<UserId, HashMap<WatchAddress, Arc<Watch>>>,
    pending: Mutex<HashMap<TenantId, PendingChanges>>,
    /// Notified when a change is added to `pending`.
    added: Notify,
}

/// What has changed in a tenant since the last renewal.
struct PendingChanges {
    /// The users whose rights, profiles or relations changed.
    affected: AffectedUsers,
    /// Whether users were added, so that a reference that named no user may name one now.
    has_new_users: bool,
    /// The users who joined or left a conversation, or whose conversation was closed or reopened.
    with_conversations: HashSet<UserId>,
    /// Watches whose command was answered from facts that may be older than a change that was handled before the answer.
    watches: HashSet<ConnectionId>,
}

impl Default for PendingChanges {
    fn default() -> Self {
        Self {
            affected: AffectedUsers::Some(Vec::new()),
            has_new_users: false,
            with_conversations: HashSet::new(),
            watches: HashSet::new(),
        }
    }
}

impl PendingChanges {
    fn add(&mut self, other: Self) {
        self.affected.add(other.affected);
        self.has_new_users |= other.has_new_users;
        self.with_conversations.extend(other.with_conversations);
        self.watches.extend(other.watches);
    }
}

impl Contacts {
    /// Records that the facts of a tenant changed.
    pub(super) fn facts_changed(&self, tenant: TenantId, change: &FactsChange) {
        if !self.watches.is_empty() {
            let (affected, has_new_users) = (change.affected.clone(), change.has_new_users);
            self.push(tenant, PendingChanges { affected, has_new_users, ..PendingChanges::default() });
        }
    }

    /// Records that a user joined or left a conversation, or that a conversation of the user was closed or reopened.
    pub(super) fn conversations_changed(&self, tenant: TenantId, user: UserId) {
        if self.by_user.contains_key(&user) {
            self.push(tenant, PendingChanges { with_conversations: HashSet::from([user]), ..PendingChanges::default() });
        }
    }

    /// Adds changes to the changes that wait for the next renewal.
    fn push(&self, tenant: TenantId, changes: PendingChanges) {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_default().add(changes);
        self.added.notify_one();
    }

    /// Waits for changes of a tenant that is not in `busy`, and takes them. Nothing is lost if the returned future is
    /// dropped.
    async fn take_pending(&self, busy: &HashSet<TenantId>) -> (TenantId, PendingChanges) {
        loop {
            {
                let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
                let next = pending.keys().find(|tenant| !busy.contains(tenant)).copied();
                if let Some(entry) = next.and_then(|tenant| pending.remove_entry(&tenant)) {
                    return entry;
                }
            }
            self.added.notified().await;
        }
    }

    /// Registers a watch in place of the connection's previous watch.
    fn register(&self, watch: &Arc<Watch>) {
        if let Some(before) = self.watches.insert(watch.session.connection, Arc::clone(watch)) {
            self.end(&before);
        }
        self.index(watch.session.user, watch);
    }

    /// Records that changes of the user affect the watch.
    fn index(&self, user: UserId, watch: &Arc<Watch>) {
        self.by_user.entry(user).or_default().insert(watch.address(), Arc::clone(watch));
    }

    /// Ends a watch and removes it from the index by user.
    fn end(&self, watch: &Arc<Watch>) {
        let watched = watch.end();
        for user in watched.into_iter().chain([watch.session.user]) {
            if let Some(mut watches) = self.by_user.get_mut(&user) {
                watches.remove(&watch.address());
            }
            self.by_user.remove_if(&user, |_, watches| watches.is_empty());
        }
    }

    /// Ends the watch of a connection.
    fn remove(&self, connection: ConnectionId) {
        if let Some((_, watch)) = self.watches.remove(&connection) {
            self.end(&watch);
        }
    }
}

impl Hub {
    /// Makes a session watch what its user may do with these users, instead of the users of its previous call. `answer`
    /// queues the answer to the client. Events of this watch are queued after the answer.
    ///
    /// # Errors
    /// `ErrorCode::Unavailable` if the database does not answer. The session watches nobody then.
    pub async fn watch_contacts(
        &self,
        session: &Arc<Session>,
        users: Vec<UserRef>,
        answer: impl FnOnce(wire::ContactList),
    ) -> Result<(), Refusal> {
        let contacts = &self.0.contacts;
        let watch = Watch::new(Arc::clone(session), users.clone());
        contacts.register(&watch);
        let evaluated = match self.evaluate_all(&watch, &users).await {
            Ok(evaluated) => evaluated,
            Err(error) => {
                contacts.watches.remove_if(&session.connection, |_, other| Arc::ptr_eq(other, &watch));
                contacts.end(&watch);
                return Err(error.into());
            }
        };
        if watch.answered(evaluated, answer) == Answered::Late {
            let watches = HashSet::from([session.connection]);
            contacts.push(session.tenant, PendingChanges { watches, ..PendingChanges::default() });
        }
        // If the connection ended in the meantime, it may have left before the watch was registered, so the watch is ended
        // here.
        if users.is_empty() || session.closing().is_some() {
            contacts.watches.remove_if(&session.connection, |_, other| Arc::ptr_eq(other, &watch));
            contacts.end(&watch);
        }
        Ok(())
    }

    /// Ends the watch of a session.
    pub(super) fn stop_watching_contacts(&self, session: &Session) {
        self.0.contacts.remove(session.connection);
    }

    /// Looks up the users of a new watch and evaluates all its contacts.
    async fn evaluate_all(&self, watch: &Arc<Watch>, users: &[UserRef]) -> Result<Vec<wire::Contact>, StoreError> {
        let (tenant, caller) = (watch.session.tenant, watch.session.user);
        let found = users::resolve(self.0.store.reader(), tenant, users).await?;
        for (index, user) in found.iter().enumerate() {
            if let Some(user) = user {
                self.resolve_entry(watch, index, user.id);
            }
        }
        let requests = users.iter().zip(&found);
        let requests: Vec<_> =
            requests.map(|(user, found)| (caller, user.clone(), found.as_ref().map(|found| found.id))).collect();
        evaluation::contacts(self, tenant, requests).await
    }

    /// Records which user an entry of a watch names.
    fn resolve_entry(&self, watch: &Arc<Watch>, index: usize, user: UserId) {
        // The watch is entered into the index by user after its entry is resolved. If the watch has ended in the meantime,
        // it is removed again.
        if watch.resolve(index, user) {
            self.0.contacts.index(user, watch);
            if watch.has_ended() {
                self.0.contacts.end(watch);
            }
        }
    }
}
