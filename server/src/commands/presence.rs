//! Who is online, of those the caller may see.

use causerie_protocol::{Refusal, UserId, wire, wire::reply::Result as Answer};

use super::{CommandDeps, unavailable};
use crate::{auth::Caller, store::queries::people};

pub(super) async fn get(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Answer, Refusal> {
    let visible = visible(deps, caller, users).await?;
    let users: Vec<UserId> = visible.iter().filter_map(|user| user.id.parse().ok()).collect();
    Ok(Answer::PresenceList(deps.hub.presence(&users).await))
}

/// Those of these people the caller may see. The others are left out, whether they exist or not.
///
/// # Errors
/// When the database fails.
pub async fn visible(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Vec<wire::User>, Refusal> {
    let found = people::find(deps.store.reader(), caller.tenant, &users).await.map_err(unavailable)?;
    let facts = deps.facts.latest(caller.tenant).await.map_err(unavailable)?;
    Ok(found.iter().filter(|user| facts.sees(caller.user, user.id)).map(wire::User::from).collect())
}
