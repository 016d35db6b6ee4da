//! Tells users whether they may start any conversation, or request any relation, when it changes.

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

/// The users who are evaluated before other tasks get a turn.
const USERS_AT_ONCE: usize = 256;

/// The openings that the devices of an online user know.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// `None` until a session was welcomed.
    openings: Option<Openings>,
    /// The version of the facts that decided last, also if nothing was known then.
    version: u64,
}

impl Hub {
    /// The openings of a user who has joined. Their changes are sent from now on.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn openings(&self, caller: Caller) -> Result<Openings, StoreError> {
        loop {
            // A change that this node has not read yet is sent when it is read.
            let facts = self.0.facts.cached_or_load(caller.tenant).await?;
            let Some(online) = self.0.online_users.get(&caller.user).map(|online| Arc::clone(&online)) else {
                return Ok(facts.openings(caller.user));
            };
            let first = online.openings(|known| {
                // A change with newer facts passed while nothing was known: the next round decides by these.
                if known.openings.is_none() && known.version <= facts.version {
                    *known = Known { openings: Some(facts.openings(caller.user)), version: facts.version };
                }
                known.openings
            });
            if let Some(openings) = first {
                return Ok(openings);
            }
        }
    }

    /// Sends the openings of the tenant's online users that a change of facts changed.
    pub(super) async fn renew_openings(
        &self,
        tenant: TenantId,
        facts: &Snapshot,
        affected: &AffectedUsers,
        has_new_users: bool,
    ) {
        let online_users: Vec<Arc<OnlineUser>> = self.0.online_users.iter().map(|online| Arc::clone(&online)).collect();
        for (at, online) in online_users.into_iter().filter(|online| online.tenant == tenant).enumerate() {
            if at % USERS_AT_ONCE == USERS_AT_ONCE - 1 {
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
