//! What is known of each tenant, held in memory: facts and rules, one version at a time.
//!
//! SQL is the truth; a node holds a [`Snapshot`] per tenant somebody asked for. Facts are pulled on use: whoever decides
//! asks for the tenant's version first ([`Facts::latest`], one integer, shared by all who ask at the moment), and what
//! is missing is read from the tenant's log and applied. So a decision taken after a revocation was answered knows of it, on every
//! node, without leases or confirmations. Without the database nothing is decided. The [`feed`] only wakes open screens.

mod convert;
pub mod feed;
pub mod policy_gate;
mod snapshot;
mod tenant;
#[cfg(test)]
mod tests;
pub mod view;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use causerie_protocol::{TenantId, UserId};
use dashmap::DashMap;
use sea_orm::ConnectionTrait;
use tokio::sync::{Notify, Semaphore};

pub use self::snapshot::{Snapshot, policy};
use self::tenant::{Behind, Tenant};
use crate::{
    clock::Clock,
    store::{
        Store, StoreError,
        lookups::Lookups,
        queries::facts::read::{self, Version},
    },
};

/// Versions read and applied at a time.
const STEPS_MAX: u32 = 200;
/// Tenants read at a time: each keeps a connection for seconds, and others read with the rest.
const LOADS_MAX: usize = 2;
/// More people touched than this count as everyone.
const TOUCHED_MAX: usize = 10_000;

/// The facts of all tenants somebody asked for. Cheap to clone.
#[derive(Clone)]
pub struct Facts(Arc<Inner>);

struct Inner {
    store: Store,
    lookups: Lookups,
    clock: Arc<dyn Clock>,
    tenants: DashMap<TenantId, Arc<Tenant>>,
    moves: Arc<Moves>,
    woken: feed::Woken,
    loads: Arc<Semaphore>,
}

/// Whose rights may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// These people's, and those of whoever deals with them.
    People(Vec<UserId>),
    /// Anybody's.
    Everyone,
}

/// What open screens may have been told by, and whom it concerns.
pub struct Move {
    /// Facts before each step, the oldest first; empty when there were too many steps. An open screen shows what one of these says.
    pub before: Vec<Arc<Snapshot>>,
    /// Who is concerned by what came since.
    pub touched: Touched,
}

/// Facts remembered of moves that wait to be looked at. If there are more, all people concerned are told, whatever they see.
const BEFORE_MAX: usize = 4;

impl Move {
    pub(super) fn new(before: &Arc<Snapshot>, touched: Touched) -> Self {
        Self { before: vec![Arc::clone(before)], touched }
    }

    /// Adds what came later.
    fn add(&mut self, later: Self) {
        self.touched.add(later.touched);
        // A screen may show any of the facts, so none of them is dropped alone.
        let is_known = !self.before.is_empty() && !later.before.is_empty();
        if is_known && self.before.len() + later.before.len() <= BEFORE_MAX {
            self.before.extend(later.before);
        } else {
            self.before.clear();
        }
    }
}

/// Moves of tenants that nobody looked at yet.
#[derive(Default)]
pub(super) struct Moves {
    waiting: Mutex<HashMap<TenantId, Move>>,
    some: Notify,
}

impl Moves {
    /// Remembers a move, together with those that wait.
    fn push(&self, tenant: TenantId, moved: Move) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get_mut(&tenant) {
            Some(known) => known.add(moved),
            None => {
                waiting.insert(tenant, moved);
            }
        }
        drop(waiting);
        self.some.notify_one();
    }

    /// Puts a move back that could not be told; what came since is told with it.
    fn give_back(&self, tenant: TenantId, moved: Move) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut moved = moved;
        if let Some(later) = waiting.remove(&tenant) {
            moved.add(later);
        }
        waiting.insert(tenant, moved);
        drop(waiting);
        self.some.notify_one();
    }

    fn take(&self) -> HashMap<TenantId, Move> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Touched {
    fn add(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::People(people), Self::People(more)) if people.len() + more.len() <= TOUCHED_MAX => people.extend(more),
            _ => *self = Self::Everyone,
        }
    }
}

impl Facts {
    /// Knows nobody yet.
    #[must_use]
    pub fn new(store: &Store, lookups: &Lookups, clock: &Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            store: store.clone(),
            lookups: lookups.clone(),
            clock: Arc::clone(clock),
            tenants: DashMap::new(),
            moves: Arc::default(),
            woken: feed::Woken::default(),
            loads: Arc::new(Semaphore::new(LOADS_MAX)),
        }))
    }

    /// A tenant's facts as they are now: what was answered before this call is in them.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn latest(&self, tenant: TenantId) -> Result<Arc<Snapshot>, StoreError> {
        let version = self.0.lookups.facts_versions.get(tenant).await?.unwrap_or_default();
        self.at_version(tenant, version).await
    }

    /// A tenant's facts as this node has them: at most a moment old while the [`feed`] runs. For what screens show, not for
    /// what is decided.
    ///
    /// # Errors
    /// When they are not here yet and the database can't be asked.
    pub async fn cached_or_load(&self, tenant: TenantId) -> Result<Arc<Snapshot>, StoreError> {
        match self.cached(tenant) {
            Some(snapshot) => Ok(snapshot),
            None => self.latest(tenant).await,
        }
    }

    /// A tenant's facts as this node has them, if it has.
    #[must_use]
    pub fn cached(&self, tenant: TenantId) -> Option<Arc<Snapshot>> {
        let held = self.0.tenants.get(&tenant).map(|held| Arc::clone(&held))?;
        held.now(self.0.clock.now_ms())
    }

    /// A tenant's facts at this version or a later one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn at_version(&self, tenant: TenantId, version: Version) -> Result<Arc<Snapshot>, StoreError> {
        let held = self.held(tenant);
        loop {
            match held.ready(version, self.0.clock.now_ms()) {
                Ok(snapshot) => return Ok(snapshot),
                Err(Behind::Steps(from)) => self.follow(&held, self.0.store.reader(), tenant, from).await?,
                Err(Behind::Void) => self.load(&held).await?,
            }
        }
    }

    /// Applies what the log says after a version.
    async fn follow(
        &self,
        held: &Tenant,
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        from: u64,
    ) -> Result<(), StoreError> {
        let steps = read::log_since(connection, tenant, from, STEPS_MAX).await?;
        if let Some(step) = held.apply(from, steps, self.0.clock.now_ms()) {
            let rules = snapshot::CompiledRules::read(connection, tenant, step.rules).await?;
            held.apply_rules(step, rules, self.0.clock.now_ms());
        }
        Ok(())
    }

    /// Reads everything, in a task of its own: it may take longer than its askers wait, and then serves those who ask again.
    async fn load(&self, held: &Arc<Tenant>) -> Result<(), StoreError> {
        // Here rather than in the task: of a crowd that left, nobody reads it again.
        let alone = held.loading().lock_owned().await;
        if held.is_kept_up() {
            return Ok(());
        }
        let turn = Arc::clone(&self.0.loads).acquire_owned().await.map_err(|_| StoreError::too_slow())?;
        let (held, store, now_ms) = (Arc::clone(held), self.0.store.clone(), self.0.clock.now_ms());
        let loading = async move {
            let _held_until_the_end = (alone, turn);
            held.load(&store, now_ms).await
        };
        tokio::spawn(loading).await.map_err(|error| sea_orm::DbErr::Custom(format!("reading facts died: {error}")))?
    }

    /// The same inside a transaction, over its own connection. `None` when everything is to be read anew first
    /// ([`Facts::latest`]), which is too much for one who holds locks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn at_version_in(
        &self,
        transaction: &impl ConnectionTrait,
        tenant: TenantId,
        version: Version,
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let held = self.held(tenant);
        loop {
            match held.ready(version, self.0.clock.now_ms()) {
                Ok(snapshot) => return Ok(Some(snapshot)),
                Err(Behind::Steps(from)) => self.follow(&held, transaction, tenant, from).await?,
                Err(Behind::Void) => return Ok(None),
            }
        }
    }

    /// Facts of a tenant are said to have moved: those held are brought up to date soon.
    pub fn wake(&self, tenant: TenantId) {
        self.0.woken.push(tenant);
    }

    /// Waits until facts moved; answers what open screens do not know yet.
    pub async fn moved(&self) -> HashMap<TenantId, Move> {
        loop {
            let moved = self.0.moves.take();
            if !moved.is_empty() {
                return moved;
            }
            self.0.moves.some.notified().await;
        }
    }

    /// A move that could not be told: it is told again.
    pub fn not_told(&self, tenant: TenantId, moved: Move) {
        self.0.moves.give_back(tenant, moved);
    }

    /// The tenants in use on this node.
    #[must_use]
    pub fn held_tenants(&self) -> Vec<TenantId> {
        self.0.tenants.iter().map(|held| *held.key()).collect()
    }

    /// A tenant's facts as they are inside a transaction that holds their lock. They have been asked for before, so little is missing.
    ///
    /// # Errors
    /// When the database fails, or the rules changed in the very moment.
    pub async fn latest_in(
        &self,
        transaction: &impl ConnectionTrait,
        tenant: TenantId,
    ) -> Result<Arc<Snapshot>, StoreError> {
        let version = read::versions(transaction, &[tenant]).await?.remove(&tenant).unwrap_or_default();
        self.at_version_in(transaction, tenant, version).await?.ok_or_else(StoreError::too_slow)
    }

    fn held(&self, tenant: TenantId) -> Arc<Tenant> {
        Arc::clone(&self.0.tenants.entry(tenant).or_insert_with(|| Arc::new(Tenant::new(tenant, Arc::clone(&self.0.moves)))))
    }
}
