//! Finds users and groups that the caller may write to.
//!
//! A search evaluates the same facts and rules as the decision about a single action, so that both agree. An answer does
//! not reveal whether a missing user is out of the caller's reach, is misspelt or does not exist.

use std::sync::Arc;

use causerie_policy::{Action, DirectoryCursor, DirectoryHit, DirectoryQuery, Entity, Resource};
use causerie_protocol::{GroupId, Refusal, UserId, wire, wire::reply::Result as Answer};
use uuid::Uuid;
use wire::directory_hit::Who;

use super::{CommandDeps, cursor::List, presence};
use crate::{
    auth::Caller,
    facts::{Snapshot, policy_gate},
    names::fold,
    store::queries::{facts::groups as groups_of_tenant, users},
};

/// The key of the text that explains why a user may be missing. It is the same for every search, so that it reveals nothing.
const HELP: &str = "directory.missing";

/// Returns the profiles of the users with these ids. Users whom the caller may not see are left out.
pub(super) async fn users(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Answer, Refusal> {
    let visible = presence::visible(deps, caller, users).await?;
    Ok(Answer::UserList(wire::UserList { users: visible.iter().map(wire::User::from).collect() }))
}

/// Returns one page of the users and groups that the caller finds with `query`. `limit` is the maximum number of hits.
/// `cursor` is empty for the first page.
pub(super) async fn search(
    deps: &CommandDeps,
    caller: Caller,
    query: &str,
    limit: u32,
    cursor: &str,
) -> Result<Answer, Refusal> {
    let facts = deps.facts.latest(caller.tenant).await?;
    let principal = facts.user(caller.user).ok_or_else(policy_gate::not_found)?;
    let words: Vec<String> = fold::words(query).into_iter().collect();
    let after = deps.cursors.open(List::Directory, caller, cursor, parse_position)?;
    let search = DirectoryQuery { words: &words, after: after.as_ref(), limit: limit as usize };
    let found = facts.policy.complete(&facts.world, principal, &search);
    let (hits, latest) = to_wire_hits(deps, caller, &facts, &found.hits).await?;
    let next_cursor = found.next.map(|next| {
        let position = format!("{}.{}", Uuid::from_u128(next.key), next.word);
        deps.cursors.seal(List::Directory, caller, &position)
    });
    let next_cursor = next_cursor.unwrap_or_default();
    let may_start_group =
        latest.decide(Action::StartGroup, caller.user, Resource::None).is_some_and(|decision| decision.is_allowed());
    let note_actions = latest.towards(caller.user, caller.user, None).map(|allowed| allowed.can).unwrap_or_default();
    let may_start_note =
        [wire::DirectoryAction::Start, wire::DirectoryAction::Send].iter().all(|action| note_actions.contains(action));
    let help = HELP.to_owned();
    Ok(Answer::DirectoryPage(wire::DirectoryPage { hits, next_cursor, help, may_start_group, may_start_note }))
}

/// Parses a position of the form `<uuid>.<word>`.
fn parse_position(position: &str) -> Option<DirectoryCursor> {
    let (key, word) = position.split_once('.')?;
    let key = Uuid::parse_str(key).ok()?.as_u128();
    Some(DirectoryCursor { word: word.to_owned(), key })
}

/// Converts the hits to wire messages, in the same order, and leaves out users and groups that the caller can no longer
/// reach. Also returns the latest facts, with which the hits were checked again.
async fn to_wire_hits(
    deps: &CommandDeps,
    caller: Caller,
    facts: &Snapshot,
    hits: &[DirectoryHit],
) -> Result<(Vec<wire::DirectoryHit>, Arc<Snapshot>), Refusal> {
    let user = |ix| UserId(Uuid::from_u128(facts.world.user_key(ix)));
    let group = |ix| GroupId(Uuid::from_u128(facts.world.group_key(ix)));
    let mut users = Vec::new();
    let mut groups = Vec::new();
    for hit in hits {
        match hit.entity {
            Entity::User(ix) => users.push(user(ix)),
            Entity::Group(ix) => groups.push(group(ix)),
        }
    }
    let pairs: Vec<_> = users.iter().map(|user| (caller.user, *user)).collect();
    let profiles = users::find(deps.store.reader(), caller.tenant, &users).await?;
    let groups = groups_of_tenant::find(deps.store.reader(), caller.tenant, &groups).await?;
    let direct_conversations = deps.store.direct_of_pairs(caller.tenant, &pairs).await?;
    // The profiles may be newer than the facts that the search used. The answer leaves out users and groups that are no
    // longer in the caller's reach.
    let latest = deps.facts.latest(caller.tenant).await?;
    let is_reachable = |hit: &&DirectoryHit| match hit.entity {
        Entity::User(ix) => latest.finds(caller.user, user(ix)),
        Entity::Group(ix) => latest.finds_group(caller.user, group(ix)),
    };
    let hits = hits.iter().filter(is_reachable).filter_map(|hit| {
        Some(match hit.entity {
            Entity::User(ix) => {
                let id = user(ix);
                let user = profiles.iter().find(|user| user.id == id)?;
                let direct = direct_conversations.get(&(caller.user, id));
                let allowed = latest.towards(caller.user, id, direct)?;
                let conversation = direct.filter(|_| allowed.reads).and_then(|direct| direct.id);
                wire::DirectoryHit {
                    who: Some(Who::User(user.into())),
                    conversation_id: conversation.map(|id| id.to_string()).unwrap_or_default(),
                    can: allowed.can.into_iter().map(i32::from).collect(),
                    may_request: allowed.may_request,
                    relations: allowed.relations,
                }
            }
            Entity::Group(ix) => {
                let id = group(ix);
                let group = groups.iter().find(|group| group.id == id)?.clone();
                let address_action = hit.can.contains(&Action::AddressGroup).then_some(wire::DirectoryAction::AddressGroup);
                let can = address_action.into_iter().map(i32::from).collect();
                wire::DirectoryHit { who: Some(Who::Group(group.into())), can, ..wire::DirectoryHit::default() }
            }
        })
    });
    let hits = hits.collect();
    Ok((hits, latest))
}
