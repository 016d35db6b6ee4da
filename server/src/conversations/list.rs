//! The list of conversations, and a single one.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, wire, wire::reply::Result as Answer};

use super::{Caller, Parts, cursor, unavailable, view};
use crate::{facts::rules, store::queries::conversations::AsOf};

pub(super) async fn list(parts: &Parts, caller: Caller, at: &str, limit: u32) -> Result<Answer, Refusal> {
    let before = cursor(at, "listConversations.cursor")?.map(|(at, id)| (at, ConversationId(id)));
    // The counters first: what changes after them comes as an event, or by resuming from them.
    let (total_unread, inbox_version) = match parts.live.inbox(caller.user) {
        Some(inbox) => inbox,
        None => parts.store.inbox(caller.user).await.map_err(unavailable)?,
    };
    let listed = parts.store.list_conversations(caller.user, before, limit).await.map_err(unavailable)?;
    let (epoch, facts) = match listed.as_of {
        Some(AsOf { epoch, facts }) => (epoch, parts.facts.at_least(caller.tenant, facts).await.map_err(unavailable)?),
        None => (
            parts.lookups.epochs.get(caller.tenant).await.map_err(unavailable)?.unwrap_or_default(),
            parts.facts.current(caller.tenant).await.map_err(unavailable)?,
        ),
    };
    let mut summaries = listed.summaries;
    let more = summaries.len() > limit as usize;
    summaries.truncate(limit as usize);
    let seen = summaries.into_iter().map(|summary| view::conversation(&facts, caller.user, summary));
    let conversations: Vec<_> = seen.collect();
    let next_cursor = match conversations.last() {
        Some(last) if more => {
            let at = last.active_at.as_ref().map_or(0, |at| at.seconds * 1000 + i64::from(at.nanos) / 1_000_000);
            format!("{at}.{}", last.id)
        }
        _ => String::new(),
    };
    Ok(Answer::ConversationPage(wire::ConversationPage { conversations, next_cursor, total_unread, epoch, inbox_version }))
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
    Ok(view::conversation(&facts, caller.user, summary))
}
