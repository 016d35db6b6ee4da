//! Finds users and groups that the caller may write to.
//!
//! Each search is evaluated on the same facts and rules as a check, so that the list and the check agree. An answer does not
//! reveal whether a missing user is out of the caller's reach, misspelt or does not exist.

use causerie_policy::{
    Action, DirectoryCursor, DirectoryHit, DirectoryQuery, Entity, RelationId, RelationOrigin, Resource, UserIx,
};
use causerie_protocol::{GroupId, Refusal, UserId, wire, wire::reply::Result as Answer};
use uuid::Uuid;
use wire::directory_hit::Who as OnWire;

use super::{CommandDeps, cursor::List, presence, start};
use crate::{
    auth::Caller,
    facts::{Snapshot, policy_gate},
    names::fold,
    store::queries::{facts::groups as groups_of_tenant, people},
};

/// The key of the text that explains why a user may be missing. It is the same for every search, so that it reveals nothing.
const HELP: &str = "directory.missing";

pub(super) async fn users(deps: &CommandDeps, caller: Caller, users: Vec<UserId>) -> Result<Answer, Refusal> {
    let visible = presence::visible(deps, caller, users).await?;
    Ok(Answer::UserList(wire::UserList { users: visible.iter().map(wire::User::from).collect() }))
}

pub(super) async fn search(
    deps: &CommandDeps,
    caller: Caller,
    query: &str,
    limit: u32,
    cursor: &str,
) -> Result<Answer, Refusal> {
    let facts = deps.facts.latest(caller.tenant).await?;
    let me = facts.user(caller.user).ok_or_else(policy_gate::not_found)?;
    let words: Vec<String> = fold::words(query).into_iter().collect();
    let after = deps.cursors.open(List::Directory, caller, cursor, read_position)?;
    let search = DirectoryQuery { words: &words, after: after.as_ref(), limit: limit as usize };
    let found = facts.policy.complete(&facts.world, me, &search);
    let hits = shown(deps, caller, me, &facts, &found.hits).await?;
    let next_cursor = found.next.map(|next| {
        let position = format!("{}.{}", Uuid::from_u128(next.key), next.word);
        deps.cursors.seal(List::Directory, caller, &position)
    });
    let next_cursor = next_cursor.unwrap_or_default();
    let may_start_group = facts.policy.decide(&facts.world, Action::StartGroup, me, Resource::None).is_allowed();
    Ok(Answer::DirectoryPage(wire::DirectoryPage { hits, next_cursor, help: HELP.to_owned(), may_start_group }))
}

/// Parses a position of the form `<uuid>.<word>`.
fn read_position(position: &str) -> Option<DirectoryCursor> {
    let (key, word) = position.split_once('.')?;
    let key = Uuid::parse_str(key).ok()?.as_u128();
    Some(DirectoryCursor { word: word.to_owned(), key })
}

/// The hits as the caller gets them, in the same order.
async fn shown(
    deps: &CommandDeps,
    caller: Caller,
    me: UserIx,
    facts: &Snapshot,
    hits: &[DirectoryHit],
) -> Result<Vec<wire::DirectoryHit>, Refusal> {
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
    let keys = users.iter().map(|user| (*user, start::start_key(caller.user, *user))).collect();
    let people = people::find(deps.store.reader(), caller.tenant, &users).await?;
    let groups = groups_of_tenant::find(deps.store.reader(), caller.tenant, &groups).await?;
    let existing = deps.store.direct_with(caller.tenant, keys).await?;
    // The profiles may be newer than the facts that the search used. The answer leaves out users who are out of reach by
    // now.
    let now = deps.facts.latest(caller.tenant).await?;
    let is_found = |hit: &&DirectoryHit| match hit.entity {
        Entity::User(ix) => now.finds(caller.user, user(ix)),
        Entity::Group(ix) => now.finds_group(caller.user, group(ix)),
    };
    let hits = hits.iter().filter(is_found).filter_map(|hit| {
        let (who, conversation, may_request) = match hit.entity {
            Entity::User(ix) => {
                let id = user(ix);
                let user = people.iter().find(|user| user.id == id)?;
                (OnWire::User(user.into()), existing.get(&id), requests(facts, me, ix))
            }
            Entity::Group(ix) => {
                let id = group(ix);
                (OnWire::Group(groups.iter().find(|group| group.id == id)?.clone().into()), None, Vec::new())
            }
        };
        let conversation_id = conversation.map(ToString::to_string).unwrap_or_default();
        let can = hit.can.iter().filter_map(|action| on_wire(*action)).map(|action| action as i32).collect();
        Some(wire::DirectoryHit { who: Some(who), conversation_id, can, may_request })
    });
    Ok(hits.collect())
}

/// The names of the mutual relations for which the user `me` may ask the user `them`.
fn requests(facts: &Snapshot, me: UserIx, them: UserIx) -> Vec<String> {
    let words = facts.policy.vocabulary();
    let may = |relation: RelationId| {
        words.origin(relation) == RelationOrigin::Mutual
            && me != them
            && facts.world.relation(me, relation, them).is_none()
            && facts.world.relation(them, relation, me).is_none()
            && facts.policy.decide(&facts.world, Action::Request, me, Resource::Relation(them, relation)).is_allowed()
    };
    let names = words.relations.iter().map(|(name, _)| name);
    names.filter(|name| words.relation(name).is_some_and(may)).cloned().collect()
}

fn on_wire(action: Action) -> Option<wire::DirectoryAction> {
    match action {
        Action::Start => Some(wire::DirectoryAction::Start),
        Action::AddressGroup => Some(wire::DirectoryAction::AddressGroup),
        Action::SeeProfile => Some(wire::DirectoryAction::SeeProfile),
        _ => None,
    }
}
