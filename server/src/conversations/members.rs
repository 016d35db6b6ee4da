//! Who is in a group, and its name.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, UserId, command::UserRef, wire, wire::reply::Result as Answer};

use super::{
    Parts,
    cursor::{self, List},
    list, start, unavailable,
    writer::{Op, Order},
};
use crate::{
    auth::Caller,
    facts::{rules, view},
};

pub(super) async fn list(
    parts: &Parts,
    caller: Caller,
    conversation: ConversationId,
    at: &str,
    limit: u32,
) -> Result<Answer, Refusal> {
    let members = List::Members(conversation);
    let after = parts.cursors.open(members, caller, at, cursor::place)?.map(|(at, id)| (at, UserId(id)));
    let page = parts.store.members(conversation, caller.user, after, limit).await.map_err(unavailable)?;
    let mut page = page.ok_or_else(rules::not_found)?;
    let facts = parts.allow_page(caller, &page).await?;
    let more = page.items.len() > limit as usize;
    page.items.truncate(limit as usize);
    let next_cursor = match page.items.last() {
        Some((at, wire::Member { user: Some(user), .. })) if more => {
            parts.cursors.seal(members, caller, &format!("{at}.{}", user.id))
        }
        _ => String::new(),
    };
    let members = page.items.into_iter().map(|(_, member)| member).collect();
    let members = view::members(&facts, caller.user, &page.place, members);
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
