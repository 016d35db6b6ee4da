//! Keeps the snapshots of this node up to date for clients that show them: after a signal that facts changed, and every
//! second.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use causerie_protocol::TenantId;
use futures::future::join_all;
use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval},
};

use super::Facts;
use crate::store::{StoreError, queries::facts::read};

/// The longest time that clients show an old state after a change for which no signal came.
const EVERY: Duration = Duration::from_secs(1);

/// Tenants whose facts have changed, according to a signal.
#[derive(Default)]
pub(super) struct Woken {
    tenants: Mutex<HashSet<TenantId>>,
    some: Notify,
}

impl Woken {
    pub(super) fn push(&self, tenant: TenantId) {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        self.some.notify_one();
    }

    fn take(&self) -> Vec<TenantId> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}

/// Updates the snapshots of this node in an endless loop.
pub async fn run(facts: Facts) {
    // A separate timer, so that frequent signals for some tenants do not delay the check of the others.
    let mut all_due = interval(EVERY);
    all_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let tenants = tokio::select! {
            _ = all_due.tick() => facts.held_tenants(),
            () = facts.0.woken.some.notified() => facts.0.woken.take(),
        };
        let held: Vec<TenantId> = tenants.into_iter().filter(|tenant| facts.0.tenants.contains_key(tenant)).collect();
        if let Err(error) = refresh(&facts, &held).await {
            tracing::warn!(%error, "facts could not be brought up to date; open screens may be behind");
        }
    }
}

async fn refresh(facts: &Facts, tenants: &[TenantId]) -> Result<(), StoreError> {
    if tenants.is_empty() {
        return Ok(());
    }
    let versions = read::versions(facts.0.store.reader(), tenants).await?;
    // In parallel, so that a tenant whose facts take long to read does not delay the others.
    let moving = versions.into_iter().map(async |(tenant, version)| {
        if let Err(error) = facts.at_version(tenant, version).await {
            tracing::warn!(%error, %tenant, "facts could not be brought up to date; open screens may be behind");
        }
    });
    join_all(moving).await;
    Ok(())
}
