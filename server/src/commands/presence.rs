//! Answers which users are online, among the users whom the caller may see.

use causerie_protocol::{Refusal, UserId, wire::reply::Result as Answer};

use super::CommandDeps;
use crate::{auth::Caller, domain::User, store::queries::users};

pub(super) async fn get(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Answer, Refusal> {
    let visible = visible(deps, caller, users).await?;
    let users: Vec<UserId> = visible.iter().map(|user| user.id).collect();
    Ok(Answer::PresenceList(deps.hub.presence(&users).await))
}

/// Of the given users, those whom the caller may see. The answer leaves out the others, whether they exist or not.
///
/// # Errors
/// `Unavailable` if the database does not answer or refuses the statement.
pub async fn visible(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Vec<User>, Refusal> {
    let found = users::find(deps.store.reader(), caller.tenant, &users).await?;
    let facts = deps.facts.latest(caller.tenant).await?;
    Ok(found.into_iter().filter(|user| facts.sees(caller.user, user.id)).collect())
}
