//! Ends a node whose database was replaced by another state of it.
//!
//! A node holds versions and positions in memory, and would go on from them: its clients would mix both histories. `causerie restore`
//! refuses while it sees nodes, but it does not see one that lost its connections for a moment, and a recovery of PostgreSQL to a
//! point in time asks nobody. Both change the epochs of the tenants. The node that starts in this one's place knows nothing of the
//! old state.

use std::{collections::HashMap, sync::Arc, time::Duration};

use causerie_protocol::TenantId;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    app::App,
    store::{StoreError, queries::tenants},
};

/// A query by key for the tenants in use.
const EVERY: Duration = Duration::from_secs(1);

/// The epochs of the tenants there are, as this node begins to serve them.
pub(super) async fn read(app: &App) -> Result<HashMap<TenantId, String>, StoreError> {
    let tenants = tenants::all(&app.store).await?;
    Ok(tenants.into_iter().map(|tenant| (tenant.id, tenant.epoch.to_string())).collect())
}

/// Looks at the epochs of the tenants in use until one is another than before, or its tenant is gone; then has the server leave.
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
        // While the database is away, other parts say so.
        let Ok(now) = tenants::epochs(&app.store, &held).await else { continue };
        let replaced = held.iter().find(|tenant| seen.get(tenant).is_some_and(|epoch| now.get(tenant) != Some(epoch)));
        if let Some(tenant) = replaced {
            tracing::error!(
                %tenant,
                "the epoch of a tenant changed: the database was restored while this node ran; leaving, so that a new node starts from it"
            );
            app.tasks.give_up();
            return;
        }
        // Tenants that were made meanwhile.
        seen.extend(now);
    }
}
