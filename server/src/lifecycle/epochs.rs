//! Stops a node whose database was replaced by another state of it, for example by a restore.
//!
//! A node holds versions and positions in memory and would continue with them, so its clients would mix both histories.
//! `causerie restore` refuses to run while it sees nodes, but it does not see a node that has just lost its connections. A
//! point-in-time recovery of PostgreSQL does not check for nodes at all. Both change the epochs of the tenants. The node
//! that is started next has nothing of the old state in memory.

use std::{collections::HashMap, sync::Arc, time::Duration};

use causerie_protocol::TenantId;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    app::App,
    jobs,
    store::{StoreError, queries::tenants},
};

/// How often the epochs are read. Each read is one query by key for the tenants in use.
const EVERY: Duration = Duration::from_secs(1);

/// The epochs of all tenants when this node starts to serve.
pub(super) async fn read(app: &App) -> Result<HashMap<TenantId, String>, StoreError> {
    let tenants = tenants::all(&app.store).await?;
    Ok(tenants.into_iter().map(|tenant| (tenant.id, tenant.epoch.to_string())).collect())
}

/// Reads the epochs of the tenants in use until an epoch has changed or its tenant is gone without having been deleted, and then
/// stops the server.
pub(super) async fn watch(app: Arc<App>, mut seen: HashMap<TenantId, String>) {
    let mut due = interval(EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopping = app.tasks.stopping();
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = due.tick() => {}
        }
        let held = app.facts.held_tenants();
        if held.is_empty() {
            continue;
        }
        // Other parts of the server log that the database does not answer.
        let Ok(now) = tenants::epochs(&app.store, &held).await else { continue };
        let gone: Vec<TenantId> = held.iter().copied().filter(|tenant| !now.contains_key(tenant)).collect();
        if !gone.is_empty() {
            let Ok(deleted) = jobs::deleted_tenants(&app.store).await else { continue };
            for tenant in gone.iter().filter(|tenant| deleted.contains(tenant)) {
                tracing::info!(tenant_id = %tenant, "this node forgets a deleted tenant");
                app.facts.forget(*tenant);
                seen.remove(tenant);
            }
        }
        let replaced = held.iter().find(|tenant| seen.get(tenant).is_some_and(|epoch| now.get(tenant) != Some(epoch)));
        if let Some(tenant) = replaced {
            tracing::error!(
                %tenant,
                "the epoch of a tenant changed: the database was restored while this node ran; leaving, so that a new node starts from it"
            );
            app.tasks.give_up();
            return;
        }
        // Adds the tenants that were created since the last read.
        seen.extend(now);
    }
}
