//! The contacts task: it evaluates the contacts that changes concern, and sends those that differ.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use causerie_protocol::{ConnectionId, TenantId, UserId, command::UserRef};
use futures::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::sleep;

use super::{
    Due,
    evaluation::{self, Asked},
    watch::{Concerned, Watch},
};
use crate::{
    facts::AffectedUsers,
    fanout::hub::Hub,
    store::{StoreError, queries::users},
};

/// The pause after a database failure.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The contacts that are evaluated and sent together.
const CONTACTS_AT_ONCE: usize = 2_000;

/// Renews the contacts that changes concern, until the server stops.
///
/// The tenants are renewed beside each other, so that a tenant with many watches, or whose facts can't be read, does not delay
/// the others. The changes of a tenant that come during its renewal wait for its end.
pub(in crate::fanout) async fn run(hub: Hub) {
    let (mut renewals, mut busy) = (FuturesUnordered::new(), HashSet::new());
    loop {
        tokio::select! {
            (tenant, due) = hub.0.contacts.take_due(&busy) => {
                busy.insert(tenant);
                renewals.push(renew_or_retry(&hub, tenant, due));
            }
            Some(tenant) = renewals.next() => {
                busy.remove(&tenant);
            }
        }
    }
}

/// Renews the contacts of a tenant. After a failure, the changes wait for the next try, and the call returns after a pause.
async fn renew_or_retry(hub: &Hub, tenant: TenantId, due: Due) -> TenantId {
    if let Err(error) = renew(hub, tenant, &due).await {
        tracing::warn!(%error, %tenant, "changed contacts could not be sent; the next try follows");
        hub.0.contacts.push(tenant, due);
        sleep(RETRY_AFTER).await;
    }
    tenant
}

async fn renew(hub: &Hub, tenant: TenantId, due: &Due) -> Result<(), StoreError> {
    let affected: Option<HashSet<UserId>> = match &due.affected {
        AffectedUsers::All => None,
        AffectedUsers::Some(users) => Some(users.iter().copied().collect()),
    };
    let mut concerned = Vec::new();
    for watch in watches(hub, tenant, due) {
        for entry in entries(&watch, due, affected.as_ref()) {
            concerned.push((Arc::clone(&watch), entry));
        }
    }
    // In parts, so that the contacts of a large tenant are not in memory together.
    for part in concerned.chunks_mut(CONTACTS_AT_ONCE) {
        resolve(hub, tenant, part).await?;
        let asked =
            part.iter().map(|(watch, entry)| -> Asked { (watch.session.caller.user, entry.asked.clone(), entry.user) });
        let contacts = evaluation::contacts(hub, tenant, asked.collect()).await?;
        let mut by_watch: HashMap<ConnectionId, (Arc<Watch>, Vec<_>)> = HashMap::new();
        for ((watch, entry), contact) in part.iter().zip(contacts) {
            let (_, contacts) = by_watch.entry(watch.session.connection).or_insert_with(|| (Arc::clone(watch), Vec::new()));
            contacts.push((entry.at, contact));
        }
        for (watch, contacts) in by_watch.into_values() {
            watch.send(contacts);
        }
    }
    Ok(())
}

/// The watches of the tenant that the changes may concern, each once.
fn watches(hub: &Hub, tenant: TenantId, due: &Due) -> Vec<Arc<Watch>> {
    let contacts = &hub.0.contacts;
    let all =
        || contacts.watches.iter().map(|watch| Arc::clone(&watch)).filter(|watch| watch.session.caller.tenant == tenant);
    match &due.affected {
        AffectedUsers::All => all().collect(),
        AffectedUsers::Some(_) if due.has_new_users => all().collect(),
        AffectedUsers::Some(users) => {
            let of = |user: &UserId| {
                contacts.by_user.get(user).map(|watches| watches.values().cloned().collect::<Vec<_>>()).unwrap_or_default()
            };
            let of_users = users.iter().flat_map(of);
            // A change of a user's conversations concerns this user's own watches only.
            let own = due.with_conversations.iter().flat_map(|user| {
                of(user).into_iter().filter(|watch| watch.session.caller.user == *user).collect::<Vec<_>>()
            });
            let named = due.watches.iter().filter_map(|connection| contacts.watches.get(connection));
            let named = named.map(|watch| Arc::clone(&watch));
            let watches: HashMap<ConnectionId, Arc<Watch>> =
                of_users.chain(own).chain(named).map(|watch| (watch.session.connection, watch)).collect();
            watches.into_values().collect()
        }
    }
}

/// The entries of a watch that the changes may concern. `affected`: the affected users; `None` for all.
fn entries(watch: &Watch, due: &Due, affected: Option<&HashSet<UserId>>) -> Vec<Concerned> {
    let Some(users) = affected else { return watch.concerned(|_| true) };
    let me = watch.session.caller.user;
    let all = users.contains(&me) || due.with_conversations.contains(&me) || due.watches.contains(&watch.session.connection);
    watch.concerned(|user| all || user.map_or(due.has_new_users, |user| users.contains(&user)))
}

/// Looks up the entries that name nobody yet: their user may have been added.
async fn resolve(hub: &Hub, tenant: TenantId, concerned: &mut [(Arc<Watch>, Concerned)]) -> Result<(), StoreError> {
    let unknown: HashSet<&UserRef> =
        concerned.iter().filter(|(_, entry)| entry.user.is_none()).map(|(_, entry)| &entry.asked).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let unknown: Vec<UserRef> = unknown.into_iter().cloned().collect();
    let found = users::resolve(hub.0.store.reader(), tenant, &unknown).await?;
    let found: HashMap<UserRef, UserId> =
        unknown.into_iter().zip(found).filter_map(|(asked, user)| Some((asked, user?.id))).collect();
    for (watch, entry) in concerned {
        if entry.user.is_none()
            && let Some(user) = found.get(&entry.asked)
        {
            hub.resolve_entry(watch, entry.at, *user);
            entry.user = Some(*user);
        }
    }
    Ok(())
}
