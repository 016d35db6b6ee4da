//! Commands that change a conversation and read nothing from the database first. Each goes directly to the lane of its
//! conversation.

use causerie_protocol::{
    ConversationId, Refusal,
    command::WriteCommand,
    wire::{self, reply::Result as Answer},
};
use futures::future::{FutureExt, ready};

use super::{CommandDeps, Pending, kept_subject, list};
use crate::{
    auth::Caller,
    writer::{Mutation, OutgoingMessage, WriteRequest, WriteResult},
};

/// Puts a command into the lane of its conversation and returns a future that gives its answer.
pub(super) async fn submit(deps: &CommandDeps, caller: Caller, command: WriteCommand) -> Pending {
    let mutation = match mutation(command) {
        Ok(mutation) => mutation,
        Err(refusal) => return ready(Err(refusal)).boxed(),
    };
    let answer_deps = shows_conversation(caller, &mutation).then(|| deps.clone());
    let written = deps.writer.submit(WriteRequest { caller, mutation }).await;
    async move { answer(answer_deps.as_ref(), caller, written.await?).await }.boxed()
}

fn mutation(command: WriteCommand) -> Result<Mutation, Refusal> {
    Ok(match command {
        WriteCommand::SendMessage { conversation, draft } => {
            Mutation::Send { conversation, message: OutgoingMessage::new(draft) }
        }
        WriteCommand::EditMessage { conversation, message, text } => Mutation::Edit { conversation, message, text },
        WriteCommand::DeleteMessage { conversation, message, own_copy: false } => Mutation::Delete { conversation, message },
        WriteCommand::DeleteMessage { conversation, message, own_copy: true } => {
            Mutation::DeleteOwnCopy { conversation, message }
        }
        WriteCommand::MarkRead { conversation, seq } => Mutation::MarkRead { conversation, seq },
        WriteCommand::MarkUnread { conversation } => Mutation::MarkUnread { conversation },
        WriteCommand::RenameConversation { conversation, subject } => {
            Mutation::Rename { conversation, subject: kept_subject(subject, "renameConversation.subject")? }
        }
        WriteCommand::RemoveMember { conversation, user } => Mutation::RemoveMember { conversation, user },
        WriteCommand::CloseConversation { conversation } => Mutation::Close { conversation },
        WriteCommand::ReopenConversation { conversation } => Mutation::Reopen { conversation },
        WriteCommand::DeleteConversation { conversation, for_all } => Mutation::DeleteConversation { conversation, for_all },
    })
}

/// Whether the answer contains the changed conversation. A caller who leaves the conversation gets only its id.
fn shows_conversation(caller: Caller, mutation: &Mutation) -> bool {
    match mutation {
        Mutation::Rename { .. } | Mutation::Close { .. } | Mutation::Reopen { .. } | Mutation::AddMembers { .. } => true,
        Mutation::RemoveMember { user, .. } => *user != caller.user,
        _ => false,
    }
}

/// The answer to an executed mutation. If the mutation changed a conversation, the answer contains the conversation as it is
/// now, which is read with `deps`; without `deps`, the answer contains only the id of the conversation.
pub(super) async fn answer(deps: Option<&CommandDeps>, caller: Caller, result: WriteResult) -> Result<Answer, Refusal> {
    Ok(match result {
        WriteResult::Sent(message) => Answer::MessageSent(wire::MessageSent { message: Some(message.into()) }),
        WriteResult::Edited(message) => Answer::MessageEdited(wire::MessageEdited { message: Some(message.into()) }),
        WriteResult::Deleted(message) => Answer::MessageDeleted(wire::MessageDeleted { message: Some(message.into()) }),
        WriteResult::Marked(read_state) => Answer::Marked(wire::Marked { read_state: Some(read_state.into()) }),
        WriteResult::Updated(conversation) => {
            let conversation = match deps {
                // Boxed, because this future is much larger than the futures of most answers.
                Some(deps) => Box::pin(current_conversation(deps, caller, conversation)).await?,
                None => id_only(conversation),
            };
            Answer::ConversationUpdated(wire::ConversationUpdated { conversation: Some(conversation) })
        }
        WriteResult::ConversationDeleted(conversation) => {
            Answer::ConversationDeleted(wire::ConversationDeleted { conversation_id: conversation.to_string() })
        }
    })
}

/// A conversation after a committed change, as the caller may see it now. If the caller may not read it any more, only its
/// id.
async fn current_conversation(
    deps: &CommandDeps,
    caller: Caller,
    conversation: ConversationId,
) -> Result<wire::Conversation, Refusal> {
    match list::conversation(deps, caller, conversation).await {
        // The change is committed, but the caller may not read the conversation any more.
        Err(refusal) if !refusal.code.temporary() => Ok(id_only(conversation)),
        found => Ok(found?.into()),
    }
}

fn id_only(conversation: ConversationId) -> wire::Conversation {
    wire::Conversation { id: conversation.to_string(), ..Default::default() }
}
