//! Updates the snapshots of this node, whose state clients show: after a signal that facts changed, and every second.

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

/// The interval of the checks without a signal: the longest time for which clients show an old state if a signal is lost.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// The tenants for which a signal about changed facts came.
#[derive(Default)]
pub(super) struct ChangedTenants {
    tenants: Mutex<HashSet<TenantId>>,
    added: Notify,
}

impl ChangedTenants {
    pub(super) fn push(&self, tenant: TenantId) {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
        self.added.notify_one();
    }

    fn take(&self) -> Vec<TenantId> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}

/// Updates the snapshots of this node in an endless loop.
pub async fn run(facts: Facts) {
    // A separate timer, so that frequent signals for some tenants do not delay the check of the others.
    let mut all_due = interval(CHECK_INTERVAL);
    all_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let tenants = tokio::select! {
            _ = all_due.tick() => facts.held_tenants(),
            () = facts.0.changed_tenants.added.notified() => facts.0.changed_tenants.take(),
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
    let updates = versions.into_iter().map(async |(tenant, version)| {
        if let Err(error) = facts.at_version(tenant, version).await {
            tracing::warn!(%error, %tenant, "facts could not be brought up to date; open screens may be behind");
        }
    });
    join_all(updates).await;
    Ok(())
}
