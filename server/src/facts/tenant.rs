//! One tenant on this node: its snapshot, and how it moves on.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use arc_swap::ArcSwapOption;
use causerie_protocol::{TenantId, facts};
use sea_orm::ConnectionTrait;

use super::{Move, Moves, Snapshot, Touched, convert, snapshot::Rules};
use crate::store::{
    Store, StoreError,
    queries::facts::read::{self, Version},
};

pub(super) struct Tenant {
    id: TenantId,
    snapshot: ArcSwapOption<Snapshot>,
    /// Everything is to be read anew. Until then the snapshot serves those who only show.
    void: AtomicBool,
    /// Held while a snapshot is made from the one before. Never over an await.
    stepping: Mutex<()>,
    /// Held while everything is read, so that a crowd reads it once.
    loading: tokio::sync::Mutex<()>,
    moves: Arc<Moves>,
}

/// Why a snapshot does not serve.
pub(super) enum Behind {
    /// The log after this version is missing.
    Steps(u64),
    /// Its rules are others now.
    Rules,
    /// There is none, or what it holds can't be brought up to date.
    Void,
}

impl Tenant {
    pub(super) fn new(id: TenantId, moves: Arc<Moves>) -> Self {
        Self {
            id,
            snapshot: ArcSwapOption::empty(),
            void: AtomicBool::new(false),
            stepping: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
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
            Some(snapshot) if snapshot.policy_version < version.policy => Err(Behind::Rules),
            Some(snapshot) if snapshot.version < version.facts => Err(Behind::Steps(snapshot.version)),
            Some(snapshot) => Ok(snapshot),
            None => Err(Behind::Void),
        }
    }

    /// Applies what the log says after version `from`, up to where rules change. A log that was cut, or says that all is to be
    /// read, voids the snapshot.
    pub(super) fn apply(&self, from: u64, steps: Vec<(u64, facts::Changes)>, now_ms: i64) {
        let _stepping = self.stepping.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = self.snapshot.load_full() else { return };
        // Another asker moved it meanwhile: whether that is enough, the caller looks again.
        if before.version != from {
            return;
        }
        let mut version = before.version;
        let mut world = before.world.clone();
        let mut touched = Touched::People(Vec::new());
        for (at, changes) in steps {
            if convert::rules(&changes).is_some_and(|rules| rules > before.policy_version) {
                if version == before.version {
                    return;
                }
                break;
            }
            if at != version + 1 || convert::need_all(before.policy.vocabulary(), &changes) {
                self.void.store(true, Ordering::Release);
                return;
            }
            version = at;
            touched.add(convert::touched(&before.world, &changes));
            world.apply_all(&convert::changes(before.policy.vocabulary(), changes));
        }
        if version == before.version {
            // The log ends before the version it was asked for: it was cut.
            self.void.store(true, Ordering::Release);
            return;
        }
        world.advance(now_ms);
        self.replace(&before, version, world, touched);
    }

    /// Puts the rules in force over the facts there are. Facts are held in the words of their rules: under other words they
    /// are to be read anew.
    pub(super) async fn take_rules(&self, connection: &impl ConnectionTrait) -> Result<(), StoreError> {
        let rules = Rules::read(connection, self.id).await?;
        let _stepping = self.stepping.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = self.snapshot.load_full() else { return Ok(()) };
        if before.policy_version >= rules.version {
            return Ok(());
        }
        match before.under_rules(rules) {
            Some(after) => {
                self.snapshot.store(Some(Arc::new(after)));
                self.moves.push(self.id, Move { before, touched: Touched::Everyone });
            }
            None => self.void.store(true, Ordering::Release),
        }
        Ok(())
    }

    /// Reads everything.
    pub(super) async fn load(&self, store: &Store, now_ms: i64) -> Result<(), StoreError> {
        let _loading = self.loading.lock().await;
        if self.snapshot.load().is_some() && !self.void.load(Ordering::Acquire) {
            // Whoever held the lock before read it; if that is not new enough, the next look says so.
            let version = read::versions(store.reader(), &[self.id]).await?.remove(&self.id).unwrap_or_default();
            if self.ready(version, now_ms).is_ok() {
                return Ok(());
            }
        }
        let snapshot = Snapshot::load(store, self.id, now_ms).await?;
        let _stepping = self.stepping.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot.swap(Some(Arc::new(snapshot)));
        self.void.store(false, Ordering::Release);
        if let Some(before) = before {
            self.moves.push(self.id, Move { before, touched: Touched::Everyone });
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
        self.moves.push(self.id, Move { before: Arc::clone(before), touched });
        after
    }
}
