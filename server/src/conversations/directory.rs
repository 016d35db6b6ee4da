//! Finding people.

use causerie_policy::Action;
use causerie_protocol::{Refusal, UserId, wire, wire::reply::Result as Answer};

use super::{Caller, Parts, presence, rules, start, unavailable};
use crate::store::queries::directory;

pub(super) async fn users(parts: &Parts, caller: Caller, users: Vec<UserId>) -> Result<Answer, Refusal> {
    Ok(Answer::UserList(wire::UserList { users: presence::visible(parts, caller, users).await? }))
}

pub(super) async fn search(parts: &Parts, caller: Caller, query: &str, limit: u32) -> Result<Answer, Refusal> {
    let found = directory::search(parts.store.reader(), caller.tenant, query, limit).await.map_err(unavailable)?;
    let users: Vec<wire::User> = found
        .iter()
        .filter(|user| {
            let about = rules::person(user.status, user.id == caller.user);
            rules::allow(&parts.metrics, Action::Find, rules::ACTIVE, about).is_ok()
        })
        .map(wire::User::from)
        .collect();
    let keys = users
        .iter()
        .filter_map(|user| user.id.parse().ok())
        .map(|user: UserId| {
            (user, if user == caller.user { format!("self:{user}") } else { start::pair_key(caller.user, user) })
        })
        .collect();
    let existing = parts.store.direct_with(caller.tenant.0, keys).await.map_err(unavailable)?;
    let hits = users
        .into_iter()
        .map(|user| {
            let conversation = user.id.parse().ok().and_then(|id: UserId| existing.get(&id));
            let conversation_id = conversation.map(ToString::to_string).unwrap_or_default();
            wire::DirectoryHit { user: Some(user), conversation_id }
        })
        .collect();
    Ok(Answer::DirectoryPage(wire::DirectoryPage { hits }))
}
