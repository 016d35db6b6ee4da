//! Answering a mail: whom one may write to because they wrote to one, unless a rule denies it.

use causerie_policy::Action;
use causerie_protocol::{MessageId, Refusal, UserId, command::StartConversation};

use super::{
    super::{Caller, Parts, unavailable},
    Check, Whom,
};
use crate::facts::rules;

const FIELD: &str = StartConversation::IN_REPLY_TO;

/// The author of a message the caller holds, and the people it was addressed to by name; and what must still be allowed when
/// the answer is written. Groups are never exempt, and nobody is for one who answers oneself.
///
/// # Errors
/// When the caller does not hold the message, or must not answer it.
pub(super) async fn exempt(
    parts: &Parts,
    caller: Caller,
    message: MessageId,
) -> Result<(Vec<UserId>, Option<Check>), Refusal> {
    let not_held = || rules::not_found().field(FIELD);
    let parent = parts.store.parent(caller.tenant, caller.user, message).await.map_err(unavailable)?.ok_or_else(not_held)?;
    let held = parts.lookups.facts.get((parent.conversation, caller.user)).await.map_err(unavailable)?;
    let held = held.ok_or_else(not_held)?;
    let check = Check { action: Action::Reply, whom: Whom::Conversation(held), field: FIELD.to_owned() };
    let facts = parts.facts.current(caller.tenant).await.map_err(unavailable)?;
    check.ask(&parts.rules, &facts, caller.user)?;
    let mut people = Vec::new();
    if parent.author != caller.user {
        people = parent.people;
        people.push(parent.author);
    }
    Ok((people, Some(check)))
}
