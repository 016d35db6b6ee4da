//! Ends the sessions of tenants that were suspended or deleted, on every node.
//!
//! The node that suspends a tenant ends its sessions and tells the other nodes. Each node also asks the database every
//! second about the tenants of its sessions: the command line suspends a tenant without the bus, and the bus may lose the
//! signal.

use std::{collections::HashSet, sync::Arc, time::Duration};

use causerie_protocol::{TenantId, bus};
use tokio::time::{MissedTickBehavior, interval};

use super::{bus::Channel, hub::Hub, online_user::OnlineUser};
use crate::{
    auth::AuthError,
    sessions::{CloseReason, Session},
    store::{StoreError, queries::tenant_states},
};

/// How often the database is asked. Each time one query by key reads the tenants of this node.
const CHECK_EVERY: Duration = Duration::from_secs(1);

impl Hub {
    /// Ends the sessions of a suspended tenant on every node.
    pub fn suspend(&self, tenant: TenantId) {
        self.end_sessions(&[tenant].into());
        let suspended = bus::TenantSuspended { tenant: tenant.to_bytes() };
        self.0.publisher.push_signal(Channel::Nodes, bus::signal::Kind::TenantSuspended(suspended));
    }

    /// Ends the sessions of these tenants on this node.
    pub(super) fn end_sessions(&self, tenants: &HashSet<TenantId>) {
        if tenants.is_empty() {
            return;
        }
        // The tenants are recorded before the sessions are collected. So a session that enters later finds its tenant in the
        // set.
        for tenant in tenants {
            self.0.ended_tenants.insert(*tenant);
        }
        // The users are collected first, so that no guard of the map is held while sessions end.
        let online = self.0.online_users.iter().filter(|online| tenants.contains(&online.tenant));
        let online: Vec<Arc<OnlineUser>> = online.map(|online| Arc::clone(&online)).collect();
        for online in &online {
            online.end(&close_reason());
        }
        if !online.is_empty() {
            tracing::info!(users = online.len(), "sessions ended: their tenant is suspended or deleted");
        }
    }

    /// Ends a session whose tenant was suspended or deleted after the token was checked and before the session entered.
    pub(super) async fn end_if_suspended(&self, session: &Session) -> Result<(), StoreError> {
        let tenant = session.tenant;
        if !self.0.ended_tenants.contains(&tenant) {
            return Ok(());
        }
        if tenant_states::closed_among(self.0.store.reader(), [tenant]).await?.is_empty() {
            self.0.ended_tenants.remove(&tenant);
        } else {
            session.end(close_reason());
        }
        Ok(())
    }

    /// Ends the sessions on this node of all tenants that the database says are suspended or deleted.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn end_suspended(&self) -> Result<(), StoreError> {
        let tenants: HashSet<TenantId> = self.0.epochs.iter().map(|epoch| *epoch.key()).collect();
        if tenants.is_empty() {
            return Ok(());
        }
        let mut closed = tenant_states::closed_among(self.0.store.reader(), tenants).await?;
        // The sessions of the tenants in `ended_tenants` have ended before, and a session that enters later is checked.
        closed.retain(|tenant| !self.0.ended_tenants.contains(tenant));
        self.end_sessions(&closed);
        Ok(())
    }
}

/// Ends the sessions of suspended and deleted tenants, in an endless loop.
pub(super) async fn run(hub: Hub) {
    let mut ticks = interval(CHECK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // A failure is ignored here: other parts of the server log that the database does not answer.
        let _ = hub.end_suspended().await;
    }
}

/// The reason for closing the sessions of a suspended or deleted tenant.
fn close_reason() -> CloseReason {
    CloseReason::Code(AuthError::Suspended.close_code(), AuthError::Suspended.to_string())
}
