//! The list of conversations, and a single one.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, wire, wire::reply::Result as Answer};

use uuid::Uuid;

use super::{Caller, Parts, cursor, unavailable, view};
use crate::{
    facts::rules,
    store::queries::conversations::{AsOf, Summary},
};

pub(super) async fn list(parts: &Parts, caller: Caller, at: &str, limit: u32) -> Result<Answer, Refusal> {
    let before = cursor(at, "listConversations.cursor")?.map(|(at, id)| (at, ConversationId(id)));
    // The counters first: what changes after them comes as an event, or by resuming from them.
    let (total_unread, inbox_version) = match parts.live.inbox(caller.user) {
        Some(inbox) => inbox,
        None => parts.store.inbox(caller.user).await.map_err(unavailable)?,
    };
    let mut listed = parts.store.list_conversations(caller.user, before, limit).await.map_err(unavailable)?;
    let (epoch, mut facts) = match listed.as_of {
        Some(AsOf { epoch, facts }) => (epoch, parts.facts.at_least(caller.tenant, facts).await.map_err(unavailable)?),
        None => (
            parts.lookups.epochs.get(caller.tenant).await.map_err(unavailable)?.unwrap_or_default(),
            parts.facts.current(caller.tenant).await.map_err(unavailable)?,
        ),
    };
    let total_unread = parts.live.readable_unread(caller.user, &facts, total_unread).await.map_err(unavailable)?;
    let mut conversations = Vec::with_capacity(listed.summaries.len());
    let more = loop {
        // One more than asked for tells that there are more.
        let end = listed.summaries.get(limit as usize).and_then(|_| listed.summaries.get(limit as usize - 1)).map(place);
        listed.summaries.truncate(limit as usize);
        let seen = listed.summaries.drain(..).filter_map(|summary| view::conversation(&facts, caller.user, summary));
        conversations.extend(seen);
        match end {
            // What may not be read makes no page shorter.
            Some(end) if conversations.len() < limit as usize => {
                listed = parts.store.list_conversations(caller.user, Some(end), limit).await.map_err(unavailable)?;
                // As of after these were read: a right that ended meanwhile must not tell a message that followed.
                facts = parts.facts.current(caller.tenant).await.map_err(unavailable)?;
            }
            end => break end.is_some() || conversations.len() > limit as usize,
        }
    };
    conversations.truncate(limit as usize);
    let next_cursor = match conversations.last() {
        Some(last) if more => format!("{}.{}", active_at_ms(last), last.id),
        _ => String::new(),
    };
    Ok(Answer::ConversationPage(wire::ConversationPage { conversations, next_cursor, total_unread, epoch, inbox_version }))
}

/// Where a conversation stands in the list.
fn place(summary: &Summary) -> (i64, ConversationId) {
    let id = summary.facts.id.unwrap_or(ConversationId(Uuid::nil()));
    (active_at_ms(&summary.conversation), id)
}

fn active_at_ms(conversation: &wire::Conversation) -> i64 {
    conversation.active_at.as_ref().map_or(0, |at| at.seconds * 1000 + i64::from(at.nanos) / 1_000_000)
}

pub(super) async fn get(parts: &Parts, caller: Caller, conversation: ConversationId) -> Result<Answer, Refusal> {
    Ok(Answer::ConversationFound(wire::ConversationFound { conversation: Some(one(parts, caller, conversation).await?) }))
}

/// A conversation as the caller sees it.
pub(super) async fn one(parts: &Parts, caller: Caller, conversation: ConversationId) -> Result<wire::Conversation, Refusal> {
    let summary = parts
        .lookups
        .summaries
        .get((conversation, caller.user))
        .await
        .map_err(unavailable)?
        .filter(|summary| summary.facts.tenant == caller.tenant.0)
        .ok_or_else(rules::not_found)?;
    let facts = parts.facts.current(caller.tenant).await.map_err(unavailable)?;
    parts.rules.allow_in(&facts, Action::Read, caller.user, &summary.facts)?;
    view::conversation(&facts, caller.user, summary).ok_or_else(rules::not_found)
}
