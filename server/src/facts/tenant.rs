//! One tenant on this node: its snapshot, and how it moves on.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use arc_swap::ArcSwapOption;
use causerie_protocol::{TenantId, facts};

use super::{Move, Moves, Snapshot, Touched, convert, snapshot::CompiledRules};
use crate::store::{Store, StoreError, queries::facts::read::Version};

pub(super) struct Tenant {
    id: TenantId,
    snapshot: ArcSwapOption<Snapshot>,
    /// Everything is to be read anew. Until then the snapshot serves those who only show.
    void: AtomicBool,
    /// Held while a snapshot is made from the one before. Never over an await.
    stepping: Mutex<()>,
    /// Held while everything is read, so that a crowd reads it once.
    loading: Arc<tokio::sync::Mutex<()>>,
    moves: Arc<Moves>,
}

/// Why a snapshot does not serve.
pub(super) enum Behind {
    /// The log after this version is missing.
    Steps(u64),
    /// There is none, or what it holds can't be brought up to date.
    Void,
}

/// A step of the log that puts other rules in force.
pub(super) struct RulesStep {
    /// The version of the facts with it.
    at: u64,
    /// The version of the rules.
    pub rules: u64,
    changes: facts::Changes,
}

impl Tenant {
    pub(super) fn new(id: TenantId, moves: Arc<Moves>) -> Self {
        Self {
            id,
            snapshot: ArcSwapOption::empty(),
            void: AtomicBool::new(false),
            stepping: Mutex::default(),
            loading: Arc::default(),
            moves,
        }
    }

    /// The snapshot as of this moment: memberships begin and end by the clock.
    pub(super) fn now(&self, now_ms: i64) -> Option<Arc<Snapshot>> {
        let snapshot = self.snapshot.load_full()?;
        if snapshot.holds_at(now_ms) {
            return Some(snapshot);
        }
        let _stepping = self.stepping.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot.load_full()?;
        if before.holds_at(now_ms) {
            return Some(before);
        }
        let mut world = before.world.clone();
        world.advance(now_ms);
        Some(self.replace(&before, before.version, world, Touched::Everyone))
    }

    pub(super) fn ready(&self, version: Version, now_ms: i64) -> Result<Arc<Snapshot>, Behind> {
        match self.now(now_ms).filter(|_| !self.void.load(Ordering::Acquire)) {
            Some(snapshot) if snapshot.version < version.facts => Err(Behind::Steps(snapshot.version)),
            Some(snapshot) if snapshot.policy_version >= version.policy => Ok(snapshot),
            _ => Err(Behind::Void),
        }
    }

    /// Applies what the log says after version `from`, up to a step that changes rules, which it answers: for it the rules are
    /// to be read first. A log that was cut, or says that all is to be read, voids the snapshot.
    pub(super) fn apply(&self, from: u64, steps: Vec<(u64, facts::Changes)>, now_ms: i64) -> Option<RulesStep> {
        let _stepping = self.stepping.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot.load_full()?;
        // Another asker moved it meanwhile: whether that is enough, the caller looks again.
        if before.version != from {
            return None;
        }
        let mut version = before.version;
        let mut world = before.world.clone();
        let mut touched = Touched::People(Vec::new());
        let mut rules_step = None;
        for (at, changes) in steps {
            if at != version + 1 || convert::need_all(before.policy.vocabulary(), &changes) {
                self.void.store(true, Ordering::Release);
                return None;
            }
            if let Some(rules) = convert::rules(&changes) {
                rules_step = Some(RulesStep { at, rules, changes });
                break;
            }
            version = at;
            touched.add(convert::touched(&before.world, &changes));
            world.apply_all(&convert::changes(before.policy.vocabulary(), changes));
        }
        if version > before.version {
            world.advance(now_ms);
            self.replace(&before, version, world, touched);
        } else if rules_step.is_none() {
            // The log ends before the version it was asked for: it was cut.
            self.void.store(true, Ordering::Release);
        }
        rules_step
    }

    /// Applies a step that changes rules: nobody ever decides by new rules over older facts, or the other way round. Facts are
    /// held in the words of their rules: under other words, or rules that can't be read, they are to be read anew.
    pub(super) fn apply_rules(&self, step: RulesStep, rules: Option<CompiledRules>, now_ms: i64) {
        let _stepping = self.stepping.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = self.snapshot.load_full() else { return };
        if before.version + 1 != step.at {
            return;
        }
        let mut world = before.world.clone();
        world.apply_all(&convert::changes(before.policy.vocabulary(), step.changes));
        world.advance(now_ms);
        match rules.and_then(|rules| before.under_rules(rules, step.at, world)) {
            Some(after) => {
                self.snapshot.store(Some(Arc::new(after)));
                self.moves.push(self.id, Move::new(&before, Touched::Everyone));
            }
            None => self.void.store(true, Ordering::Release),
        }
    }

    /// One who wants everything to be read waits for this first, so that a crowd reads it once.
    pub(super) fn loading(&self) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(&self.loading)
    }

    /// There is a snapshot that can be brought up to date.
    pub(super) fn is_kept_up(&self) -> bool {
        self.snapshot.load().is_some() && !self.void.load(Ordering::Acquire)
    }

    /// Reads everything.
    pub(super) async fn load(&self, store: &Store, now_ms: i64) -> Result<(), StoreError> {
        let snapshot = Snapshot::load(store, self.id, now_ms).await?;
        let _stepping = self.stepping.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot.swap(Some(Arc::new(snapshot)));
        self.void.store(false, Ordering::Release);
        if let Some(before) = before {
            self.moves.push(self.id, Move::new(&before, Touched::Everyone));
        }
        Ok(())
    }

    fn replace(
        &self,
        before: &Arc<Snapshot>,
        version: u64,
        world: causerie_policy::World,
        touched: Touched,
    ) -> Arc<Snapshot> {
        let after = Arc::new(before.with(version, world));
        self.snapshot.store(Some(Arc::clone(&after)));
        self.moves.push(self.id, Move::new(before, touched));
        after
    }
}
