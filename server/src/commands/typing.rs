//! Sends the typing state of the caller to the members of a conversation. The state is not stored, and the event may be
//! lost.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, wire, wire::reply::Result as Answer};

use super::CommandDeps;
use crate::{auth::Caller, fanout::Update};

/// Sends the typing state to the members. The policy must allow the caller to send messages.
///
/// # Errors
/// `NotFound` if the caller may not know the conversation, the policy's refusal if the caller may not send, and
/// `Unavailable` if the database does not answer.
pub(super) async fn set(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
    typing: bool,
) -> Result<Answer, Refusal> {
    let membership = deps.membership(caller, conversation).await?;
    let facts = deps.ask(Action::Send, caller, &membership).await?.version;
    let event = wire::event::Kind::Typing(wire::Typing {
        conversation_id: conversation.to_string(),
        user_id: caller.user.to_string(),
        typing,
    });
    deps.hub.publish(vec![Update::Ephemeral { conversation, user: caller.user, event, facts }]);
    Ok(Answer::TypingSet(wire::TypingSet {}))
}
