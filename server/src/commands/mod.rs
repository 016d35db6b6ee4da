//! The commands of users, for WebSocket and HTTP: one file per kind of command.
//!
//! [`submit`] starts a command. Commands that change a conversation go to the [`writer`](crate::writer). Commands that read
//! ask the policy with the latest facts and read the database. To add a command, add a file here and a match arm in
//! [`submit`] or `reading`.

mod cursor;
mod deps;
mod directory;
mod erase_texts;
mod history;
mod list;
mod members;
mod presence;
mod relations;
pub mod start;
mod typing;

use causerie_protocol::{ErrorCode, Refusal, command::Command, wire::reply::Result as Answer};
use futures::future::{BoxFuture, FutureExt};

pub use self::erase_texts::{EraseTexts, TextsOf, erase_text};
use self::relations::Step;
use crate::{
    auth::Caller,
    names::visible,
    writer::{Mutation, WriteRequest, WriteResult},
};

/// A future that gives the answer to a command.
pub type Pending = BoxFuture<'static, Result<Answer, Refusal>>;

/// Executes a command and waits for its answer.
///
/// # Errors
/// The refusal for the caller if the command is denied or can't be executed.
pub async fn execute(deps: &CommandDeps, caller: Caller, command: Command) -> Result<Answer, Refusal> {
    submit(deps, caller, command).await.await
}

/// Starts a command and returns a future that gives its answer. When this function returns, a change of messages or read
/// positions waits in the lane of its conversation. The server executes such commands for one conversation in the order of
/// the calls.
pub async fn submit(deps: &CommandDeps, caller: Caller, command: Command) -> Pending {
    let mutation = match command {
        Command::SendMessage { conversation, draft } => Mutation::Send { conversation, draft },
        Command::EditMessage { conversation, message, text } => Mutation::Edit { conversation, message, text },
        Command::DeleteMessage { conversation, message, own_copy: false } => Mutation::Delete { conversation, message },
        Command::DeleteMessage { conversation, message, own_copy: true } => {
            Mutation::DeleteOwnCopy { conversation, message }
        }
        Command::DeleteConversation { conversation, for_all } => Mutation::DeleteConversation { conversation, for_all },
        Command::MarkRead { conversation, seq } => Mutation::MarkRead { conversation, seq },
        Command::MarkUnread { conversation } => Mutation::MarkUnread { conversation },
        read => return reading(deps.clone(), caller, read),
    };
    let done = deps.writer.submit(WriteRequest { caller, mutation }).await;
    async move { done.await.map(answer) }.boxed()
}

/// Executes the commands that only read, and the commands that read before they write.
fn reading(deps: CommandDeps, caller: Caller, command: Command) -> Pending {
    async move {
        match command {
            Command::StartConversation(start) => start::start(&deps, caller, start).await,
            Command::ListConversations { cursor, limit } => list::list(&deps, caller, &cursor, limit).await,
            Command::GetConversation { conversation } => list::get(&deps, caller, conversation).await,
            Command::GetHistory { conversation, range, limit } => {
                history::history(&deps, caller, conversation, range, limit).await
            }
            Command::GetChanges { conversation, since_version } => {
                history::changes(&deps, caller, conversation, since_version).await
            }
            Command::ListMembers { conversation, cursor, limit } => {
                members::list(&deps, caller, conversation, &cursor, limit).await
            }
            Command::RenameConversation { conversation, subject } => {
                let subject = kept_subject(subject, "renameConversation.subject")?;
                members::update(&deps, caller, conversation, Mutation::Rename { conversation, subject }).await
            }
            Command::AddMembers { conversation, users } => members::add(&deps, caller, conversation, users).await,
            Command::RemoveMember { conversation, user } => {
                members::update(&deps, caller, conversation, Mutation::RemoveMember { conversation, user }).await
            }
            Command::SetTyping { conversation, typing } => typing::set(&deps, caller, conversation, typing).await,
            Command::GetUsers { users } => directory::users(&deps, caller, users).await,
            Command::SearchDirectory { query, limit, cursor } => {
                directory::search(&deps, caller, &query, limit, &cursor).await
            }
            Command::GetPresence { users } => presence::get(&deps, caller, users).await,
            Command::Relate { relation, user } => relations::step(&deps, caller, relation, user, Step::Relate).await,
            Command::AcceptRelation { relation, user } => relations::step(&deps, caller, relation, user, Step::Accept).await,
            Command::Unrelate { relation, user } => relations::step(&deps, caller, relation, user, Step::End).await,
            Command::ListRelations { relation, cursor, limit } => {
                relations::list(&deps, caller, relation, &cursor, limit).await
            }
            Command::CloseConversation { conversation } => {
                members::update(&deps, caller, conversation, Mutation::Close { conversation }).await
            }
            Command::ReopenConversation { conversation } => {
                members::update(&deps, caller, conversation, Mutation::Reopen { conversation }).await
            }
            Command::SendMessage { .. }
            | Command::EditMessage { .. }
            | Command::DeleteMessage { .. }
            | Command::DeleteConversation { .. }
            | Command::MarkRead { .. }
            | Command::MarkUnread { .. } => unreachable!("handed to the writer by `submit`"),
        }
    }
    .boxed()
}

pub use cursor::Cursors;
pub use deps::CommandDeps;
pub use presence::visible;

fn answer(done: WriteResult) -> Answer {
    use causerie_protocol::wire;
    match done {
        WriteResult::Sent(message) => Answer::MessageSent(wire::MessageSent { message: Some(message) }),
        WriteResult::Edited(message) => Answer::MessageEdited(wire::MessageEdited { message: Some(message) }),
        WriteResult::Deleted(message) => Answer::MessageDeleted(wire::MessageDeleted { message: Some(message) }),
        WriteResult::ConversationDeleted(conversation) => {
            Answer::ConversationDeleted(wire::ConversationDeleted { conversation_id: conversation.to_string() })
        }
        WriteResult::Marked(read_state) => Answer::Marked(wire::Marked { read_state: Some(read_state) }),
        WriteResult::Updated(conversation) => {
            let conversation = wire::Conversation { id: conversation.to_string(), ..Default::default() };
            Answer::ConversationUpdated(wire::ConversationUpdated { conversation: Some(conversation) })
        }
    }
}

/// The subject in the form in which it is stored ([`visible::kept`]). Refuses a subject without visible characters.
fn kept_subject(subject: String, field: &str) -> Result<String, Refusal> {
    let refused = || Refusal::new(ErrorCode::Invalid, format!("`{field}` {}", visible::NOTHING_VISIBLE)).field(field);
    visible::kept(&subject).ok_or_else(refused)
}
