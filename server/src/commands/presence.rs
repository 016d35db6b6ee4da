//! Answers which users are online, among the users whom the caller may see.

use causerie_protocol::{Refusal, UserId, wire, wire::reply::Result as Answer};

use super::CommandDeps;
use crate::{auth::Caller, store::queries::people};

pub(super) async fn get(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Answer, Refusal> {
    let visible = visible(deps, caller, users).await?;
    let users: Vec<UserId> = visible.iter().filter_map(|user| user.id.parse().ok()).collect();
    Ok(Answer::PresenceList(deps.hub.presence(&users).await))
}

/// Of the given users, those whom the caller may see. The answer leaves out the others, whether they exist or not.
///
/// # Errors
/// `Unavailable` if the database does not answer or refuses the statement.
pub async fn visible(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Vec<wire::User>, Refusal> {
    let found = people::find(deps.store.reader(), caller.tenant, &users).await?;
    let facts = deps.facts.latest(caller.tenant).await?;
    Ok(found.iter().filter(|user| facts.sees(caller.user, user.id)).map(wire::User::from).collect())
}
