//! The contacts task: it evaluates the contacts that changes affect, and sends the contacts that differ.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::{ConnectionId, TenantId, UserId, command::UserRef};
use futures::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::sleep;

use super::{
    PendingChanges,
    evaluation::{self, ContactRequest},
    watch::{AffectedEntry, Watch},
};
use crate::{
    facts::AffectedUsers,
    fanout::hub::Hub,
    store::{StoreError, queries::users},
};

/// The pause after a database failure.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The maximum number of contacts that are evaluated and sent together.
const CONTACTS_AT_ONCE: usize = 2_000;

/// Renews the contacts that changes affect, until the server stops.
///
/// The tenants are renewed concurrently, so that a tenant with many watches, or whose facts can't be read, does not delay
/// the other tenants. Changes of a tenant that come during its renewal wait until the renewal ends.
pub(in crate::fanout) async fn run(hub: Hub) {
    let (mut renewals, mut busy) = (FuturesUnordered::new(), HashSet::new());
    loop {
        tokio::select! {
            (tenant, pending) = hub.0.contacts.take_pending(&busy) => {
                busy.insert(tenant);
                renewals.push(renew_or_retry(&hub, tenant, pending));
            }
            Some(tenant) = renewals.next() => {
                busy.remove(&tenant);
            }
        }
    }
}

/// Renews the contacts of a tenant. After a failure, the changes wait for the next try, and the call returns after a pause.
async fn renew_or_retry(hub: &Hub, tenant: TenantId, pending: PendingChanges) -> TenantId {
    if let Err(error) = renew(hub, tenant, &pending).await {
        tracing::warn!(%error, %tenant, "changed contacts could not be sent; the next try follows");
        hub.0.contacts.push(tenant, pending);
        sleep(RETRY_AFTER).await;
    }
    tenant
}

/// Evaluates the contacts of a tenant that changes affect, and sends the contacts that differ.
async fn renew(hub: &Hub, tenant: TenantId, pending: &PendingChanges) -> Result<(), StoreError> {
    let affected: Option<HashSet<UserId>> = match &pending.affected {
        AffectedUsers::All => None,
        AffectedUsers::Some(users) => Some(users.iter().copied().collect()),
    };
    let mut affected_entries = Vec::new();
    for watch in watches(hub, tenant, pending) {
        for entry in entries(&watch, pending, affected.as_ref()) {
            affected_entries.push((Arc::clone(&watch), entry));
        }
    }
    // The contacts are evaluated in parts, so that the contacts of a large tenant are not in memory at the same time.
    for part in affected_entries.chunks_mut(CONTACTS_AT_ONCE) {
        resolve(hub, tenant, part).await?;
        let requests =
            part.iter().map(|(watch, entry)| -> ContactRequest { (watch.session.user, entry.user_ref.clone(), entry.user) });
        let contacts = evaluation::contacts(hub, tenant, requests.collect()).await?;
        let mut by_watch: HashMap<ConnectionId, (Arc<Watch>, Vec<_>)> = HashMap::new();
        for ((watch, entry), contact) in part.iter().zip(contacts) {
            let (_, contacts) = by_watch.entry(watch.session.connection).or_insert_with(|| (Arc::clone(watch), Vec::new()));
            contacts.push((entry.index, contact));
        }
        for (watch, contacts) in by_watch.into_values() {
            watch.send(contacts);
        }
    }
    Ok(())
}

/// The watches of the tenant that the changes may affect, each once.
fn watches(hub: &Hub, tenant: TenantId, pending: &PendingChanges) -> Vec<Arc<Watch>> {
    let contacts = &hub.0.contacts;
    let all = || contacts.watches.iter().map(|watch| Arc::clone(&watch)).filter(|watch| watch.session.tenant == tenant);
    match &pending.affected {
        AffectedUsers::All => all().collect(),
        AffectedUsers::Some(_) if pending.has_new_users => all().collect(),
        AffectedUsers::Some(users) => {
            let watches_of = |user: &UserId| {
                contacts.by_user.get(user).map(|watches| watches.values().cloned().collect::<Vec<_>>()).unwrap_or_default()
            };
            let of_users = users.iter().flat_map(watches_of);
            // A change of a user's conversations affects only this user's own watches.
            let own = pending.with_conversations.iter().flat_map(|user| {
                watches_of(user).into_iter().filter(|watch| watch.session.user == *user).collect::<Vec<_>>()
            });
            let late = pending.watches.iter().filter_map(|connection| contacts.watches.get(connection));
            let late = late.map(|watch| Arc::clone(&watch));
            let watches: HashMap<ConnectionId, Arc<Watch>> =
                of_users.chain(own).chain(late).map(|watch| (watch.session.connection, watch)).collect();
            watches.into_values().collect()
        }
    }
}

/// The entries of a watch that the changes may affect. `affected`: the affected users; `None` for all users.
fn entries(watch: &Watch, pending: &PendingChanges, affected: Option<&HashSet<UserId>>) -> Vec<AffectedEntry> {
    let Some(users) = affected else { return watch.affected_entries(|_| true) };
    let caller = watch.session.user;
    let affects_all = users.contains(&caller)
        || pending.with_conversations.contains(&caller)
        || pending.watches.contains(&watch.session.connection);
    watch.affected_entries(|user| affects_all || user.map_or(pending.has_new_users, |user| users.contains(&user)))
}

/// Looks up the users of the entries that name no user yet, because such a user may have been added.
async fn resolve(hub: &Hub, tenant: TenantId, entries: &mut [(Arc<Watch>, AffectedEntry)]) -> Result<(), StoreError> {
    let unknown: HashSet<&UserRef> =
        entries.iter().filter(|(_, entry)| entry.user.is_none()).map(|(_, entry)| &entry.user_ref).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let unknown: Vec<UserRef> = unknown.into_iter().cloned().collect();
    let found = users::resolve(hub.0.store.reader(), tenant, &unknown).await?;
    let found: HashMap<UserRef, UserId> =
        unknown.into_iter().zip(found).filter_map(|(user_ref, user)| Some((user_ref, user?.id))).collect();
    for (watch, entry) in entries {
        if entry.user.is_none()
            && let Some(user) = found.get(&entry.user_ref)
        {
            hub.resolve_entry(watch, entry.index, *user);
            entry.user = Some(*user);
        }
    }
    Ok(())
}
