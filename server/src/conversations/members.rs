//! Who is in a group, and its name.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, UserId, command::UserRef, wire, wire::reply::Result as Answer};

use super::{
    Caller, Parts, cursor, list, start, unavailable, view,
    writer::{Op, Order},
};

pub(super) async fn list(
    parts: &Parts,
    caller: Caller,
    conversation: ConversationId,
    at: &str,
    limit: u32,
) -> Result<Answer, Refusal> {
    let after = cursor(at, "listMembers.cursor")?.map(|(at, id)| (at, UserId(id)));
    let place = parts.place(caller, conversation).await?;
    let mut page = parts.store.members(conversation, caller.user, after, limit).await.map_err(unavailable)?;
    let more = page.len() > limit as usize;
    page.truncate(limit as usize);
    let next_cursor = match page.last() {
        Some((at, wire::Member { user: Some(user), .. })) if more => format!("{at}.{}", user.id),
        _ => String::new(),
    };
    let facts = parts.ask(Action::Read, caller, &place).await?;
    let members = page.into_iter().map(|(_, member)| member).collect();
    let members = view::members(&facts, caller.user, &place, members);
    Ok(Answer::MemberPage(wire::MemberPage { members, next_cursor }))
}

pub(super) async fn add(
    parts: &Parts,
    caller: Caller,
    conversation: ConversationId,
    users: Vec<UserRef>,
) -> Result<Answer, Refusal> {
    parts.allowed(Action::AddMember, caller, conversation).await?;
    let (users, checks) = start::resolve_users(parts, caller, users, "addMembers.users").await?;
    update(parts, caller, conversation, Op::AddMembers { conversation, users, checks }).await
}

/// Changes the conversation and answers it as it is then; bare for one who just left.
pub(super) async fn update(parts: &Parts, caller: Caller, conversation: ConversationId, op: Op) -> Result<Answer, Refusal> {
    let left = matches!(&op, Op::RemoveMember { user, .. } if *user == caller.user);
    parts.writer.write(Order { caller, op }).await?;
    let bare = || wire::Conversation { id: conversation.to_string(), ..Default::default() };
    let conversation = if left {
        bare()
    } else {
        match list::one(parts, caller, conversation).await {
            // It was done, and the caller may not read the conversation as it is now.
            Err(refusal) if !refusal.code.temporary() => bare(),
            found => found?,
        }
    };
    Ok(Answer::ConversationUpdated(wire::ConversationUpdated { conversation: Some(conversation) }))
}
