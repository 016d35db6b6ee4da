//! Tells the caller which users are online. Users whom the caller may not see are left out.

use causerie_protocol::{Refusal, UserId, wire::reply::Result as Answer};

use super::CommandDeps;
use crate::{auth::Caller, domain::User, store::queries::users};

/// Returns the presence of the users with these ids whom the caller may see.
///
/// # Errors
/// The errors of [`visible`].
pub(super) async fn get(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Answer, Refusal> {
    let visible = visible(deps, caller, users).await?;
    let users: Vec<UserId> = visible.iter().map(|user| user.id).collect();
    Ok(Answer::PresenceList(deps.hub.presence(&users).await))
}

/// Returns the profiles of the given users whom the caller may see. The result does not show whether the other users exist.
///
/// # Errors
/// `Unavailable` if the database does not answer or refuses the statement.
pub async fn visible(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Vec<User>, Refusal> {
    let found = users::find(deps.store.reader(), caller.tenant, &users).await?;
    let facts = deps.facts.latest(caller.tenant).await?;
    Ok(found.into_iter().filter(|user| facts.sees(caller.user, user.id)).collect())
}
