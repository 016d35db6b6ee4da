//! Tells users whether they may start any conversation and request any relation, and tells them when this changes.

use std::sync::Arc;

use causerie_protocol::{TenantId, wire};
use wire::event::Kind as Event;

use super::{hub::Hub, online_user::OnlineUser};
use crate::{
    auth::Caller,
    facts::{AffectedUsers, Openings, Snapshot},
    sessions::Frame,
    store::StoreError,
};

/// The number of users who are evaluated before other tasks may run.
const USERS_AT_ONCE: usize = 256;

/// The openings that the devices of an online user know.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KnownOpenings {
    /// `None` until a session was welcomed.
    openings: Option<Openings>,
    /// The version of the facts that were used last, also if `openings` was `None` then.
    version: u64,
}

impl Hub {
    /// The openings of a user who has joined. From now on the user's sessions get changed openings.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn openings(&self, caller: Caller) -> Result<Openings, StoreError> {
        loop {
            // A change of facts that this node has not read yet is handled when it is read.
            let facts = self.0.facts.cached_or_load(caller.tenant).await?;
            let Some(online) = self.0.online_users.get(&caller.user).map(|online| Arc::clone(&online)) else {
                return Ok(facts.openings(caller.user));
            };
            let stored = online.openings(|known| {
                // If `renew_openings` ran with newer facts in the meantime, the next round of the loop uses these.
                if known.openings.is_none() && known.version <= facts.version {
                    *known = KnownOpenings { openings: Some(facts.openings(caller.user)), version: facts.version };
                }
                known.openings
            });
            if let Some(openings) = stored {
                return Ok(openings);
            }
        }
    }

    /// Sends changed openings to the online users of a tenant whose facts changed.
    pub(super) async fn renew_openings(
        &self,
        tenant: TenantId,
        facts: &Snapshot,
        affected: &AffectedUsers,
        has_new_users: bool,
    ) {
        let online_users: Vec<Arc<OnlineUser>> = self.0.online_users.iter().map(|online| Arc::clone(&online)).collect();
        for (index, online) in online_users.into_iter().filter(|online| online.tenant == tenant).enumerate() {
            if index % USERS_AT_ONCE == USERS_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let changed = online.openings(|known| {
                if known.version > facts.version {
                    return None;
                }
                known.version = facts.version;
                let before = known.openings?;
                let now = facts.openings_after(online.id, before, affected, has_new_users);
                known.openings = Some(now);
                let differs = (before.may_start(), before.may_request()) != (now.may_start(), now.may_request());
                differs.then_some(now)
            });
            if let Some(now) = changed {
                let changed = wire::MayStartChanged { may_start: now.may_start(), may_request: now.may_request() };
                online.push(&Frame::event(Event::MayStartChanged(changed)));
            }
        }
    }
}
