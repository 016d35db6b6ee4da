//! Reads pages of a history, and the changes since a version.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, command::HistoryRange, wire, wire::reply::Result as Answer};

use super::CommandDeps;
use crate::{auth::Caller, facts::policy_gate};

/// Returns at most `limit` messages of a conversation in the range, the oldest first.
///
/// # Errors
/// `NotFound` if the caller may not know the conversation, the policy's refusal if the caller may not read it, and
/// `Unavailable` if the database does not answer.
pub(super) async fn history(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
    range: HistoryRange,
    limit: u32,
) -> Result<Answer, Refusal> {
    let page = deps.store.history(conversation, caller.user, range, limit).await?;
    let page = page.ok_or_else(policy_gate::not_found)?;
    deps.allow_page(caller, &page).await?;
    let (more_before, more_after) = match (page.ends, page.items.first(), page.items.last()) {
        (None, ..) => (false, false),
        (Some((first_seq, last_seq)), Some(first), Some(last)) => (first.seq > first_seq, last.seq < last_seq),
        (Some((first_seq, last_seq)), ..) => match range {
            HistoryRange::Newest => (false, false),
            HistoryRange::Before(seq) => (false, seq <= last_seq),
            HistoryRange::After(seq) => (seq >= first_seq, false),
        },
    };
    let version = page.membership.version;
    let messages = page.items.into_iter().map(wire::Message::from).collect();
    Ok(Answer::MessagePage(wire::MessagePage { messages, more_before, more_after, version }))
}

/// Returns the changes of a conversation after the version `since_version`.
///
/// # Errors
/// The errors of [`history`].
pub(super) async fn changes(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
    since_version: u32,
) -> Result<Answer, Refusal> {
    deps.allowed(Action::Read, caller, conversation).await?;
    let changes = deps.hub.changes(caller, conversation, Some(since_version)).await?;
    changes.map(Answer::Changes).ok_or_else(policy_gate::not_found)
}
