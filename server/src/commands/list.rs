//! Reads the caller's list of conversations, and a single conversation.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, limits, wire, wire::reply::Result as Answer};

use super::{
    CommandDeps,
    cursor::{self, List},
};
use crate::{
    auth::Caller,
    domain::Conversation,
    facts::{policy_gate, view},
    store::queries::conversations::AsOf,
};

/// The maximum number of statements for one page. Each statement after the first reads [`limits::PAGE_MAX`] conversations.
/// If the caller may read only few of these conversations, the page is short or empty.
const ROUNDS_MAX: u32 = 10;

/// Returns one page of the caller's conversations, the latest activity first. `cursor` is empty for the first page.
///
/// # Errors
/// `Invalid` if the cursor is not valid, `Unavailable` if the database does not answer.
pub(super) async fn list(deps: &CommandDeps, caller: Caller, cursor: &str, limit: u32) -> Result<Answer, Refusal> {
    let before = deps.cursors.open(List::Conversations, caller, cursor, cursor::parse_position)?;
    let before = before.map(|(active_at_ms, id)| (active_at_ms, ConversationId(id)));
    // The counters are read first: a later change reaches the client as an event, or when it resumes from these counters.
    let (total_unread, inbox_version) = match deps.hub.inbox(caller.user) {
        Some(inbox) => inbox,
        None => deps.store.inbox(caller.user).await?,
    };
    let mut page = deps.store.list_conversations(caller.user, before, limit).await?;
    let (epoch, mut facts) = match page.as_of {
        Some(AsOf { epoch, facts }) => (epoch, deps.facts.at_version(caller.tenant, facts).await?),
        None => (deps.lookups.epochs.get(caller.tenant).await?.unwrap_or_default(), deps.facts.latest(caller.tenant).await?),
    };
    let total_unread = deps.hub.readable_unread(caller.user, &facts, total_unread).await?;
    // Conversations that the caller may not read are left out. The loop reads more conversations until the page is full,
    // with at most `ROUNDS_MAX` statements.
    let (limit, mut requested, mut rounds) = (limit as usize, limit, 1);
    let (mut conversations, mut end) = (Vec::with_capacity(limit), None);
    let has_more = loop {
        // The query returns at most one conversation more than requested. The additional conversation shows that another
        // page follows.
        let has_more = page.summaries.len() > requested as usize;
        page.summaries.truncate(requested as usize);
        end = page.summaries.last().map(|last| position(&last.conversation)).or(end);
        conversations
            .extend(page.summaries.drain(..).filter_map(|summary| view::conversation(&facts, caller.user, summary)));
        if !has_more || conversations.len() >= limit || rounds == ROUNDS_MAX {
            break has_more;
        }
        (requested, rounds) = (limits::PAGE_MAX, rounds + 1);
        page = deps.store.list_conversations(caller.user, end, requested).await?;
        // The facts must be at least as new as the conversations read with them, so that a caller who has lost the right to
        // read does not get a message that was sent after the loss.
        if let Some(AsOf { facts: version, .. }) = page.as_of {
            facts = deps.facts.at_version(caller.tenant, version).await?;
        }
    };
    if conversations.len() > limit {
        conversations.truncate(limit);
        end = conversations.last().map(position);
    } else if !has_more {
        end = None;
    }
    let seal = |(active_at_ms, id): (i64, ConversationId)| {
        deps.cursors.seal(List::Conversations, caller, &format!("{active_at_ms}.{id}"))
    };
    let next_cursor = end.map(seal).unwrap_or_default();
    let conversations = conversations.into_iter().map(wire::Conversation::from).collect();
    Ok(Answer::ConversationPage(wire::ConversationPage { conversations, next_cursor, total_unread, epoch, inbox_version }))
}

/// The position of a conversation in the list: the time of its last activity in milliseconds, and its id.
fn position(conversation: &Conversation) -> (i64, ConversationId) {
    (conversation.active_at_ms, conversation.id)
}

/// Returns one conversation.
///
/// # Errors
/// The errors of [`conversation`].
pub(super) async fn get(deps: &CommandDeps, caller: Caller, id: ConversationId) -> Result<Answer, Refusal> {
    let conversation = conversation(deps, caller, id).await?;
    Ok(Answer::ConversationFound(wire::ConversationFound { conversation: Some(conversation.into()) }))
}

/// Returns a conversation as the caller may see it.
///
/// # Errors
/// `NotFound` if the caller may not know the conversation, the policy's refusal if the caller may not read it, and
/// `Unavailable` if the database does not answer.
pub(super) async fn conversation(deps: &CommandDeps, caller: Caller, id: ConversationId) -> Result<Conversation, Refusal> {
    let summary = deps
        .lookups
        .summaries
        .get((id, caller.user))
        .await?
        .filter(|summary| summary.member.tenant == caller.tenant)
        .ok_or_else(policy_gate::not_found)?;
    let facts = deps.facts.latest(caller.tenant).await?;
    deps.gate.allow_in(&facts, Action::Read, caller.user, &summary.member)?;
    view::conversation(&facts, caller.user, summary).ok_or_else(policy_gate::not_found)
}
