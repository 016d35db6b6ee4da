//! The facts and the policy of each tenant, held in memory as one snapshot per version.
//!
//! The database is authoritative. A node holds a [`Snapshot`] of each tenant that a request has asked for, and updates it on
//! use: the caller first reads the tenant's current version ([`Facts::latest`]: one integer, read once for all concurrent
//! callers), then the missing changes are read from the tenant's log and applied. A decision that begins after a revocation
//! was acknowledged therefore includes the revocation, on every node, without leases or confirmations. Without the database,
//! no decision is made. The [`feed`] only updates what clients show.

mod cannot_send;
mod convert;
pub mod feed;
mod openings;
pub mod policy_gate;
mod snapshot;
mod tenant;
#[cfg(test)]
mod tests;
pub mod towards;
pub mod view;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use causerie_protocol::{TenantId, UserId};
use dashmap::DashMap;
use sea_orm::ConnectionTrait;
use tokio::sync::{Notify, Semaphore};

use self::tenant::{Outdated, Tenant};
pub use self::{
    openings::Openings,
    snapshot::{Snapshot, policy},
};
use crate::{
    clock::Clock,
    store::{
        Store, StoreError,
        lookups::Lookups,
        queries::facts::read::{self, Version},
    },
};

/// The maximum number of log versions that are read and applied at a time.
const STEPS_MAX: u32 = 200;
/// The maximum number of tenants whose facts are loaded at the same time. A load keeps a database connection for seconds,
/// and other requests need connections too.
const LOADS_MAX: usize = 2;
/// With more affected users than this, a change counts as affecting all users.
const AFFECTED_MAX: usize = 10_000;

/// The snapshots of all tenants that a request has asked for. Cheap to clone.
#[derive(Clone)]
pub struct Facts(Arc<Inner>);

struct Inner {
    store: Store,
    lookups: Lookups,
    clock: Arc<dyn Clock>,
    tenants: DashMap<TenantId, Arc<Tenant>>,
    changes: Arc<FactsChanges>,
    changed_tenants: feed::ChangedTenants,
    loads: Arc<Semaphore>,
}

/// The users whose rights may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AffectedUsers {
    /// The rights of these users, and the rights of other users towards them.
    Some(Vec<UserId>),
    /// The rights of any user of the tenant.
    All,
}

/// A change of facts that clients have not been informed of yet.
pub struct FactsChange {
    /// The snapshot before each change, oldest first. A client shows the state of one of these snapshots. Empty if there
    /// were too many changes.
    pub before: Vec<Arc<Snapshot>>,
    /// The users whose rights the changes after the first of these snapshots may affect.
    pub affected: AffectedUsers,
    /// Whether the changes may have added users. `affected` does not contain them.
    pub has_new_users: bool,
}

/// Maximum number of snapshots kept for a change that waits. With more, the change keeps none, and all affected users get an
/// update without a comparison.
const BEFORE_MAX: usize = 4;

impl FactsChange {
    pub(super) fn new(before: &Arc<Snapshot>, affected: AffectedUsers, has_new_users: bool) -> Self {
        Self { before: vec![Arc::clone(before)], affected, has_new_users }
    }

    /// Adds a later change.
    fn add(&mut self, later: Self) {
        self.affected.add(later.affected);
        self.has_new_users |= later.has_new_users;
        // A client may show any of these snapshots, so a comparison needs all of them. If some are missing, none is kept.
        let is_known = !self.before.is_empty() && !later.before.is_empty();
        if is_known && self.before.len() + later.before.len() <= BEFORE_MAX {
            self.before.extend(later.before);
        } else {
            self.before.clear();
        }
    }
}

/// The changes of each tenant that wait for [`Facts::changed`].
#[derive(Default)]
pub(super) struct FactsChanges {
    waiting: Mutex<HashMap<TenantId, FactsChange>>,
    added: Notify,
}

impl FactsChanges {
    /// Adds a change to the waiting change of the tenant.
    fn push(&self, tenant: TenantId, change: FactsChange) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get_mut(&tenant) {
            Some(known) => known.add(change),
            None => {
                waiting.insert(tenant, change);
            }
        }
        drop(waiting);
        self.added.notify_one();
    }

    /// Puts back a change that could not be sent to clients. Changes of the tenant that were pushed meanwhile are added to
    /// it.
    fn put_back(&self, tenant: TenantId, change: FactsChange) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut change = change;
        if let Some(later) = waiting.remove(&tenant) {
            change.add(later);
        }
        waiting.insert(tenant, change);
        drop(waiting);
        self.added.notify_one();
    }

    fn take(&self) -> HashMap<TenantId, FactsChange> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl AffectedUsers {
    /// Adds the users of another change.
    pub fn add(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Some(users), Self::Some(more)) if users.len() + more.len() <= AFFECTED_MAX => users.extend(more),
            _ => *self = Self::All,
        }
    }
}

impl Facts {
    /// A registry without snapshots; each is loaded when a request asks for its tenant.
    #[must_use]
    pub fn new(store: &Store, lookups: &Lookups, clock: &Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            store: store.clone(),
            lookups: lookups.clone(),
            clock: Arc::clone(clock),
            tenants: DashMap::new(),
            changes: Arc::default(),
            changed_tenants: feed::ChangedTenants::default(),
            loads: Arc::new(Semaphore::new(LOADS_MAX)),
        }))
    }

    /// The tenant's current facts. They include every change that was acknowledged before this call.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement, or if the stored policy can't be parsed.
    pub async fn latest(&self, tenant: TenantId) -> Result<Arc<Snapshot>, StoreError> {
        let version = self.0.lookups.facts_versions.get(tenant).await?.unwrap_or_default();
        self.at_version(tenant, version).await
    }

    /// The tenant's facts as this node holds them, at most about a second old while the [`feed`] runs. For display, not for
    /// decisions.
    ///
    /// # Errors
    /// `StoreError` if this node holds no snapshot of the tenant and loading it fails.
    pub async fn cached_or_load(&self, tenant: TenantId) -> Result<Arc<Snapshot>, StoreError> {
        match self.cached(tenant) {
            Some(snapshot) => Ok(snapshot),
            None => self.latest(tenant).await,
        }
    }

    /// The tenant's snapshot on this node; `None` if the node holds none.
    #[must_use]
    pub fn cached(&self, tenant: TenantId) -> Option<Arc<Snapshot>> {
        let state = self.0.tenants.get(&tenant).map(|state| Arc::clone(&state))?;
        state.at_time(self.0.clock.now_ms())
    }

    /// The tenant's facts at this version or a later version.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement, or if the stored policy can't be parsed.
    pub async fn at_version(&self, tenant: TenantId, version: Version) -> Result<Arc<Snapshot>, StoreError> {
        let state = self.tenant_state(tenant);
        loop {
            match state.ready(version, self.0.clock.now_ms()) {
                Ok(snapshot) => return Ok(snapshot),
                Err(Outdated::MissingChanges(from)) => self.follow(&state, self.0.store.reader(), tenant, from).await?,
                Err(Outdated::NeedsLoad) => self.load(&state).await?,
            }
        }
    }

    /// Reads the log after a version and applies it.
    async fn follow(
        &self,
        state: &Tenant,
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        from: u64,
    ) -> Result<(), StoreError> {
        let steps = read::log_since(connection, tenant, from, STEPS_MAX).await?;
        if let Some(step) = state.apply(from, steps, self.0.clock.now_ms()) {
            let rules = snapshot::CompiledRules::read(connection, tenant, step.policy_version).await?;
            state.apply_rules(step, rules, self.0.clock.now_ms());
        }
        Ok(())
    }

    /// Loads all facts in a separate task: the load may take longer than the callers wait, and later calls use its result.
    async fn load(&self, state: &Arc<Tenant>) -> Result<(), StoreError> {
        // The lock is taken before the task starts, so that callers who gave up leave no queued tasks that load the facts
        // again.
        let loading_guard = state.loading().lock_owned().await;
        if state.is_updatable() {
            return Ok(());
        }
        let load_permit = Arc::clone(&self.0.loads).acquire_owned().await.map_err(|_| StoreError::too_slow())?;
        let (state, store, now_ms) = (Arc::clone(state), self.0.store.clone(), self.0.clock.now_ms());
        let loading = async move {
            let _guards = (loading_guard, load_permit);
            state.load(&store, now_ms).await
        };
        tokio::spawn(loading).await.map_err(|error| sea_orm::DbErr::Custom(format!("reading facts died: {error}")))?
    }

    /// Like [`Facts::at_version`], over the connection of a transaction. `None` if all facts must be loaded again first
    /// ([`Facts::latest`]), which takes too long while the transaction holds locks.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn at_version_in(
        &self,
        transaction: &impl ConnectionTrait,
        tenant: TenantId,
        version: Version,
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let state = self.tenant_state(tenant);
        loop {
            match state.ready(version, self.0.clock.now_ms()) {
                Ok(snapshot) => return Ok(Some(snapshot)),
                Err(Outdated::MissingChanges(from)) => self.follow(&state, transaction, tenant, from).await?,
                Err(Outdated::NeedsLoad) => return Ok(None),
            }
        }
    }

    /// Drops the snapshot of a deleted tenant.
    pub fn forget(&self, tenant: TenantId) {
        self.0.tenants.remove(&tenant);
    }

    /// Handles a signal that facts of the tenant have changed: the [`feed`] updates the tenant's snapshot if this node holds
    /// one.
    pub fn wake(&self, tenant: TenantId) {
        self.0.changed_tenants.push(tenant);
    }

    /// Waits until the facts of at least one tenant have changed, and takes the changes.
    pub async fn changed(&self) -> HashMap<TenantId, FactsChange> {
        loop {
            let changes = self.0.changes.take();
            if !changes.is_empty() {
                return changes;
            }
            self.0.changes.added.notified().await;
        }
    }

    /// Puts back a change that could not be sent to clients, so that [`Facts::changed`] returns it again.
    pub fn put_back(&self, tenant: TenantId, change: FactsChange) {
        self.0.changes.put_back(tenant, change);
    }

    /// The tenants of which this node holds a snapshot or has begun to load it.
    #[must_use]
    pub fn held_tenants(&self) -> Vec<TenantId> {
        self.0.tenants.iter().map(|held| *held.key()).collect()
    }

    /// The tenant's current facts, read inside a transaction that holds the tenant's fact lock. The caller has called
    /// [`Facts::latest`] before the transaction, so few changes are missing.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement, or if all facts must be loaded again because
    /// the policy's vocabulary changed since the call of [`Facts::latest`].
    pub async fn latest_in(
        &self,
        transaction: &impl ConnectionTrait,
        tenant: TenantId,
    ) -> Result<Arc<Snapshot>, StoreError> {
        let version = read::versions(transaction, &[tenant]).await?.remove(&tenant).unwrap_or_default();
        self.at_version_in(transaction, tenant, version).await?.ok_or_else(StoreError::too_slow)
    }

    fn tenant_state(&self, tenant: TenantId) -> Arc<Tenant> {
        Arc::clone(
            &self.0.tenants.entry(tenant).or_insert_with(|| Arc::new(Tenant::new(tenant, Arc::clone(&self.0.changes)))),
        )
    }
}
