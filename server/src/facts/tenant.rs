//! The snapshot of one tenant on this node, and its updates.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use arc_swap::ArcSwapOption;
use causerie_protocol::{TenantId, facts};

use super::{AffectedUsers, FactsChange, FactsChanges, Snapshot, convert, snapshot::CompiledRules};
use crate::store::{Store, StoreError, queries::facts::read::Version};

/// The snapshot of one tenant, and the locks for its updates.
pub(super) struct Tenant {
    id: TenantId,
    snapshot: ArcSwapOption<Snapshot>,
    /// Whether the log can't update the snapshot, so that all facts must be loaded again. Until then the old snapshot is
    /// used for display only.
    must_reload: AtomicBool,
    /// Held while a new snapshot is made from the current snapshot. Never held over an await.
    update_lock: Mutex<()>,
    /// Held while all facts are loaded, so that concurrent callers load them once.
    loading: Arc<tokio::sync::Mutex<()>>,
    changes: Arc<FactsChanges>,
}

/// Why the snapshot can't be used for a decision.
pub(super) enum Outdated {
    /// The changes after this version are missing.
    MissingChanges(u64),
    /// There is no snapshot, or it can't be updated by the log.
    NeedsLoad,
}

/// A version of the log that changes the policy.
pub(super) struct PolicyStep {
    /// The version of the facts after this step.
    facts_version: u64,
    /// The version of the policy that this step puts in force.
    pub policy_version: u64,
    changes: facts::Changes,
}

impl Tenant {
    pub(super) fn new(id: TenantId, changes: Arc<FactsChanges>) -> Self {
        Self {
            id,
            snapshot: ArcSwapOption::empty(),
            must_reload: AtomicBool::new(false),
            update_lock: Mutex::default(),
            loading: Arc::default(),
            changes,
        }
    }

    /// The snapshot as of `now_ms`. Memberships begin and end by time, which may make a new snapshot of the same version.
    pub(super) fn at_time(&self, now_ms: i64) -> Option<Arc<Snapshot>> {
        let snapshot = self.snapshot.load_full()?;
        if snapshot.is_valid_at(now_ms) {
            return Some(snapshot);
        }
        let _update_guard = self.update_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot.load_full()?;
        if before.is_valid_at(now_ms) {
            return Some(before);
        }
        let mut world = before.world.clone();
        world.advance(now_ms);
        Some(self.replace(&before, before.version, world, (AffectedUsers::All, false)))
    }

    /// The snapshot, if it is at least at this version.
    pub(super) fn ready(&self, version: Version, now_ms: i64) -> Result<Arc<Snapshot>, Outdated> {
        match self.at_time(now_ms).filter(|_| !self.must_reload.load(Ordering::Acquire)) {
            Some(snapshot) if snapshot.version < version.facts => Err(Outdated::MissingChanges(snapshot.version)),
            Some(snapshot) if snapshot.policy_version >= version.policy => Ok(snapshot),
            _ => Err(Outdated::NeedsLoad),
        }
    }

    /// Applies the changes after version `from`, up to the first step that changes the policy. That step is returned,
    /// because its policy must be read first. If the log lacks versions, or a change requires loading all facts again, the
    /// snapshot is marked for a reload.
    pub(super) fn apply(&self, from: u64, steps: Vec<(u64, facts::Changes)>, now_ms: i64) -> Option<PolicyStep> {
        let _update_guard = self.update_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot.load_full()?;
        // If the version differs, another thread updated the snapshot meanwhile. The caller checks again whether the version
        // is sufficient.
        if before.version != from {
            return None;
        }
        let mut version = before.version;
        let mut world = before.world.clone();
        let (mut affected, mut has_new_users) = (AffectedUsers::Some(Vec::new()), false);
        let mut policy_step = None;
        for (facts_version, changes) in steps {
            if facts_version != version + 1 || convert::need_reload(before.policy.vocabulary(), &changes) {
                self.must_reload.store(true, Ordering::Release);
                return None;
            }
            if let Some(policy_version) = convert::new_policy_version(&changes) {
                policy_step = Some(PolicyStep { facts_version, policy_version, changes });
                break;
            }
            version = facts_version;
            affected.add(convert::affected_users(&before.world, &changes));
            has_new_users |= convert::has_new_users(&before.world, &changes);
            world.apply_all(&convert::changes(before.policy.vocabulary(), changes));
        }
        if version > before.version {
            world.advance(now_ms);
            self.replace(&before, version, world, (affected, has_new_users));
        } else if policy_step.is_none() {
            // The log ends before the requested version: it was pruned.
            self.must_reload.store(true, Ordering::Release);
        }
        policy_step
    }

    /// Applies a step that changes the policy, so that no decision combines a policy with the facts of another version. A
    /// snapshot holds facts as numbers of its vocabulary: if the new policy has another vocabulary or can't be read, the
    /// snapshot is marked for a reload.
    pub(super) fn apply_rules(&self, step: PolicyStep, rules: Option<CompiledRules>, now_ms: i64) {
        let _update_guard = self.update_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = self.snapshot.load_full() else { return };
        if before.version + 1 != step.facts_version {
            return;
        }
        let mut world = before.world.clone();
        world.apply_all(&convert::changes(before.policy.vocabulary(), step.changes));
        world.advance(now_ms);
        match rules.and_then(|rules| before.under_rules(rules, step.facts_version, world)) {
            Some(after) => {
                self.snapshot.store(Some(Arc::new(after)));
                self.changes.push(self.id, FactsChange::new(&before, AffectedUsers::All, true));
            }
            None => self.must_reload.store(true, Ordering::Release),
        }
    }

    /// The lock that serialises loads: a caller takes it before a load, so that concurrent callers load the facts once.
    pub(super) fn loading(&self) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(&self.loading)
    }

    /// Whether there is a snapshot that the log can update.
    pub(super) fn is_updatable(&self) -> bool {
        self.snapshot.load().is_some() && !self.must_reload.load(Ordering::Acquire)
    }

    /// Loads all facts and replaces the snapshot.
    pub(super) async fn load(&self, store: &Store, now_ms: i64) -> Result<(), StoreError> {
        let snapshot = Snapshot::load(store, self.id, now_ms).await?;
        let _update_guard = self.update_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot.swap(Some(Arc::new(snapshot)));
        self.must_reload.store(false, Ordering::Release);
        if let Some(before) = before {
            self.changes.push(self.id, FactsChange::new(&before, AffectedUsers::All, true));
        }
        Ok(())
    }

    fn replace(
        &self,
        before: &Arc<Snapshot>,
        version: u64,
        world: causerie_policy::World,
        (affected, has_new_users): (AffectedUsers, bool),
    ) -> Arc<Snapshot> {
        let after = Arc::new(before.with_world(version, world));
        self.snapshot.store(Some(Arc::clone(&after)));
        self.changes.push(self.id, FactsChange::new(before, affected, has_new_users));
        after
    }
}
