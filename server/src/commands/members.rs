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

/// Returns one page of the members of a conversation whom the caller may see. `cursor` is empty for the first page.
///
/// # Errors
/// `Invalid` if the cursor is not valid, `NotFound` if the caller may not know the conversation, the policy's refusal if the
/// caller may not read it, and `Unavailable` if the database does not answer.
pub(super) async fn list(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
    cursor: &str,
    limit: u32,
) -> Result<Answer, Refusal> {
    let list = List::Members(conversation);
    let after = deps.cursors.open(list, caller, cursor, cursor::parse_position)?;
    let after = after.map(|(joined_at_ms, id)| (joined_at_ms, UserId(id)));
    let page = deps.store.members(conversation, caller.user, after, limit).await?;
    let mut page = page.ok_or_else(policy_gate::not_found)?;
    let facts = deps.allow_page(caller, &page).await?;
    let has_more = page.items.len() > limit as usize;
    page.items.truncate(limit as usize);
    let next_cursor = match page.items.last() {
        Some((joined_at_ms, member)) if has_more => {
            deps.cursors.seal(list, caller, &format!("{joined_at_ms}.{}", member.user.id))
        }
        _ => String::new(),
    };
    let members = page.items.into_iter().map(|(_, member)| member).collect();
    let members = view::members(&facts, caller.user, &page.membership, members);
    let members = members.into_iter().map(wire::Member::from).collect();
    Ok(Answer::MemberPage(wire::MemberPage { members, next_cursor }))
}

/// Adds users to a conversation, and returns the changed conversation.
///
/// # Errors
/// The policy's refusal if the caller may not add members or may not start a conversation with one of the users, `NotFound`
/// if the caller may not know the conversation, and `Unavailable` if the database does not answer.
pub(super) async fn add(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
    users: Vec<UserRef>,
) -> Result<Answer, Refusal> {
    deps.allowed(Action::AddMember, caller, conversation).await?;
    let (users, checks) = start::resolve_users(deps, caller, users, "addMembers.users").await?;
    let mutation = Mutation::AddMembers { conversation, users, checks };
    let result = deps.writer.write(WriteRequest { caller, mutation }).await?;
    write::answer(Some(deps), caller, result).await
}
