//! Lists and adds members.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, UserId, command::UserRef, wire, wire::reply::Result as Answer};

use super::{
    CommandDeps,
    cursor::{self, List},
    start, write,
};
use crate::{
    auth::Caller,
    facts::{policy_gate, view},
    writer::{Mutation, WriteRequest},
};

pub(super) async fn list(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
    at: &str,
    limit: u32,
) -> Result<Answer, Refusal> {
    let members = List::Members(conversation);
    let after = deps.cursors.open(members, caller, at, cursor::parse_position)?.map(|(at, id)| (at, UserId(id)));
    let page = deps.store.members(conversation, caller.user, after, limit).await?;
    let mut page = page.ok_or_else(policy_gate::not_found)?;
    let facts = deps.allow_page(caller, &page).await?;
    let more = page.items.len() > limit as usize;
    page.items.truncate(limit as usize);
    let next_cursor = match page.items.last() {
        Some((at, member)) if more => deps.cursors.seal(members, caller, &format!("{at}.{}", member.user.id)),
        _ => String::new(),
    };
    let members = page.items.into_iter().map(|(_, member)| member).collect();
    let members = view::members(&facts, caller.user, &page.membership, members);
    let members = members.into_iter().map(wire::Member::from).collect();
    Ok(Answer::MemberPage(wire::MemberPage { members, next_cursor }))
}

pub(super) async fn add(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
    users: Vec<UserRef>,
) -> Result<Answer, Refusal> {
    deps.allowed(Action::AddMember, caller, conversation).await?;
    let (users, checks) = start::resolve_users(deps, caller, users, "addMembers.users").await?;
    let mutation = Mutation::AddMembers { conversation, users, checks };
    let done = deps.writer.write(WriteRequest { caller, mutation }).await?;
    write::answer(Some(deps), caller, done).await
}
