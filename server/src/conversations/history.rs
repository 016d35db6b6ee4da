//! Reading back: pages of a history, and what changed since a version.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, command::HistoryRange, wire, wire::reply::Result as Answer};

use super::{Caller, Parts, rules, unavailable};

pub(super) async fn history(
    parts: &Parts,
    caller: Caller,
    conversation: ConversationId,
    range: HistoryRange,
    limit: u32,
) -> Result<Answer, Refusal> {
    // Facts before messages: the version told is then one the page is at least true at.
    let facts = parts.allowed(Action::Read, caller, conversation).await?;
    let messages = parts.store.history(conversation, range, facts.first_seq, limit).await.map_err(unavailable)?;
    // Messages are numbered without a gap, so the ends of the page tell.
    let (more_before, more_after) = match (messages.first(), messages.last()) {
        (Some(first), Some(last)) => (first.seq > facts.first_seq, last.seq < facts.last_seq),
        _ => match range {
            HistoryRange::Newest => (false, false),
            HistoryRange::Before(seq) => (false, seq <= facts.last_seq),
            HistoryRange::After(seq) => (seq >= facts.first_seq && facts.last_seq > 0, false),
        },
    };
    Ok(Answer::MessagePage(wire::MessagePage { messages, more_before, more_after, version: facts.version }))
}

pub(super) async fn changes(
    parts: &Parts,
    caller: Caller,
    conversation: ConversationId,
    since_version: u32,
) -> Result<Answer, Refusal> {
    parts.allowed(Action::Read, caller, conversation).await?;
    let changes = parts.live.changes(caller, conversation, Some(since_version)).await.map_err(unavailable)?;
    changes.map(Answer::Changes).ok_or_else(rules::not_found)
}
