//! Stops a node whose database was replaced by an earlier state of the same database, for example by a restore.
//!
//! A node has versions and positions of the old state in memory. If it continued with them, its clients would mix both
//! histories. `causerie restore` refuses to run while it sees nodes, but it does not see a node that has just lost its
//! connections. A point-in-time recovery of PostgreSQL does not check for nodes at all. Both change the epochs of the
//! tenants. A node that starts later has nothing of the old state in memory.

use std::{collections::HashMap, sync::Arc, time::Duration};

use causerie_protocol::TenantId;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    app::App,
    jobs,
    store::{StoreError, queries::tenants},
};

/// The interval at which the epochs are read. Each read is one query by key for the tenants in use.
const READ_INTERVAL: Duration = Duration::from_secs(1);

/// The epochs of all tenants when this node starts to serve.
pub(super) async fn read(app: &App) -> Result<HashMap<TenantId, String>, StoreError> {
    let tenants = tenants::all(&app.store).await?;
    Ok(tenants.into_iter().map(|tenant| (tenant.id, tenant.epoch.to_string())).collect())
}

/// Reads the epochs of the tenants in use at intervals. Stops the server if the epoch of a tenant has changed, or if the
/// database no longer has a tenant that was not deleted by a job. `known_epochs` are the epochs when the node started.
pub(super) async fn watch(app: Arc<App>, mut known_epochs: HashMap<TenantId, String>) {
    let mut ticks = interval(READ_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopping = app.tasks.stopping();
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let tenants_in_use = app.facts.held_tenants();
        if tenants_in_use.is_empty() {
            continue;
        }
        // Other parts of the server log that the database does not answer.
        let Ok(current_epochs) = tenants::epochs(&app.store, &tenants_in_use).await else { continue };
        let missing: Vec<TenantId> =
            tenants_in_use.iter().copied().filter(|tenant| !current_epochs.contains_key(tenant)).collect();
        if !missing.is_empty() {
            let Ok(deleted) = jobs::deleted_tenants(&app.store).await else { continue };
            for tenant in missing.iter().filter(|tenant| deleted.contains(tenant)) {
                tracing::info!(tenant_id = %tenant, "this node forgets a deleted tenant");
                app.facts.forget(*tenant);
                known_epochs.remove(tenant);
            }
        }
        let changed = tenants_in_use
            .iter()
            .find(|tenant| known_epochs.get(tenant).is_some_and(|epoch| current_epochs.get(tenant) != Some(epoch)));
        if let Some(tenant) = changed {
            tracing::error!(
                %tenant,
                "the epoch of a tenant changed: the database was restored while this node ran; leaving, so that a new node starts from it"
            );
            app.tasks.give_up();
            return;
        }
        // Adds the tenants that were created since the last read.
        known_epochs.extend(current_epochs);
    }
}
