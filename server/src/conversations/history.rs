//! Reading back: pages of a history, and what changed since a version.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, command::HistoryRange, wire, wire::reply::Result as Answer};

use super::{Caller, Parts, unavailable};
use crate::facts::rules;

pub(super) async fn history(
    parts: &Parts,
    caller: Caller,
    conversation: ConversationId,
    range: HistoryRange,
    limit: u32,
) -> Result<Answer, Refusal> {
    // Facts before messages: the version told is then one the page is at least true at.
    let facts = parts.place(caller, conversation).await?;
    let sight = facts.sight(caller.user);
    let messages = parts.store.history(conversation, range, sight, limit).await.map_err(unavailable)?;
    // Messages are numbered without a gap, so the ends of what is seen tell; they are looked up where some are hidden.
    let ends = match sight.hidden_seq {
        0 => Some((facts.first_seq, facts.last_seq)).filter(|(first_seq, last_seq)| first_seq <= last_seq),
        _ => parts.store.ends(conversation, sight).await.map_err(unavailable)?,
    };
    parts.ask(Action::Read, caller, &facts).await?;
    let (more_before, more_after) = match (ends, messages.first(), messages.last()) {
        (None, ..) => (false, false),
        (Some((first_seq, last_seq)), Some(first), Some(last)) => (first.seq > first_seq, last.seq < last_seq),
        (Some((first_seq, last_seq)), ..) => match range {
            HistoryRange::Newest => (false, false),
            HistoryRange::Before(seq) => (false, seq <= last_seq),
            HistoryRange::After(seq) => (seq >= first_seq, false),
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
