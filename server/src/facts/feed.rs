//! Keeps held facts fresh for open screens: woken when somebody says that facts moved, and by itself every second.

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

/// How long a change that nobody announced may stay unseen on open screens.
const EVERY: Duration = Duration::from_secs(1);

/// Tenants whose facts are said to have moved.
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

/// Brings what is held up to date, for ever.
pub async fn run(facts: Facts) {
    // However often it is woken for some tenants: the others are looked at in their time.
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
    // Together, so that one that is long to read does not keep the others waiting.
    let moving = versions.into_iter().map(async |(tenant, version)| {
        if let Err(error) = facts.at_version(tenant, version).await {
            tracing::warn!(%error, %tenant, "facts could not be brought up to date; open screens may be behind");
        }
    });
    join_all(moving).await;
    Ok(())
}
