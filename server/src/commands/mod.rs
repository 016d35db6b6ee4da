//! The commands of users, for WebSocket and HTTP: one file per kind of command.
//!
//! [`submit`] starts a command. The kind of the command ([`Command`]) decides how: [`mod@write`] gives commands that change
//! a conversation to the [`writer`](crate::writer), and all other commands ask the policy with the latest facts. To add a
//! command, add a file here and a match arm in `compound` or `read`, or a match arm in [`mod@write`].

mod cursor;
mod deps;
mod directory;
mod erase_texts;
mod history;
mod list;
mod members;
mod presence;
mod relations;
mod start;
mod typing;
mod write;

use causerie_protocol::{
    ErrorCode, Refusal,
    command::{Command, CompoundCommand, ReadCommand},
    wire::reply::Result as Answer,
};
use futures::future::{BoxFuture, FutureExt};

pub use self::erase_texts::{EraseTexts, EraseTextsPayload, erase_text};
use self::relations::Step;
use crate::{auth::Caller, names::visible};

/// A future that gives the answer to a command.
pub type Pending = BoxFuture<'static, Result<Answer, Refusal>>;

/// Executes a command and waits for its answer.
///
/// # Errors
/// The refusal for the caller if the command is denied or can't be executed.
pub async fn execute(deps: &CommandDeps, caller: Caller, command: Command) -> Result<Answer, Refusal> {
    submit(deps, caller, command).await.await
}

/// Starts a command and returns a future that gives its answer. When this function returns, a `WriteCommand` waits in the
/// lane of its conversation. The server executes the write commands of one conversation in the order of the calls.
pub async fn submit(deps: &CommandDeps, caller: Caller, command: Command) -> Pending {
    match command {
        Command::Write(command) => write::submit(deps, caller, command).await,
        Command::Compound(command) => compound(deps.clone(), caller, command).boxed(),
        Command::Read(command) => read(deps.clone(), caller, command).boxed(),
    }
}

async fn compound(deps: CommandDeps, caller: Caller, command: CompoundCommand) -> Result<Answer, Refusal> {
    let deps = &deps;
    match command {
        CompoundCommand::StartConversation(start) => start::start(deps, caller, start).await,
        CompoundCommand::AddMembers { conversation, users } => members::add(deps, caller, conversation, users).await,
        CompoundCommand::SetTyping { conversation, typing } => typing::set(deps, caller, conversation, typing).await,
        CompoundCommand::Relate { relation, user } => relations::step(deps, caller, relation, user, Step::Relate).await,
        CompoundCommand::AcceptRelation { relation, user } => {
            relations::step(deps, caller, relation, user, Step::Accept).await
        }
        CompoundCommand::Unrelate { relation, user } => relations::step(deps, caller, relation, user, Step::End).await,
    }
}

async fn read(deps: CommandDeps, caller: Caller, command: ReadCommand) -> Result<Answer, Refusal> {
    let deps = &deps;
    match command {
        ReadCommand::ListConversations { cursor, limit } => list::list(deps, caller, &cursor, limit).await,
        ReadCommand::GetConversation { conversation } => list::get(deps, caller, conversation).await,
        ReadCommand::GetHistory { conversation, range, limit } => {
            history::history(deps, caller, conversation, range, limit).await
        }
        ReadCommand::GetChanges { conversation, since_version } => {
            history::changes(deps, caller, conversation, since_version).await
        }
        ReadCommand::ListMembers { conversation, cursor, limit } => {
            members::list(deps, caller, conversation, &cursor, limit).await
        }
        ReadCommand::GetUsers { users } => directory::users(deps, caller, users).await,
        ReadCommand::SearchDirectory { query, limit, cursor } => {
            directory::search(deps, caller, &query, limit, &cursor).await
        }
        ReadCommand::ListRelations { relation, cursor, limit } => {
            relations::list(deps, caller, relation, &cursor, limit).await
        }
        ReadCommand::GetPresence { users } => presence::get(deps, caller, users).await,
    }
}

pub use cursor::Cursors;
pub use deps::CommandDeps;
pub use presence::visible;

/// Returns the subject in the form in which it is stored ([`visible::stored_form`]).
///
/// # Errors
/// `Invalid` with this field if the subject has no visible character.
fn kept_subject(subject: String, field: &str) -> Result<String, Refusal> {
    let refusal = || Refusal::new(ErrorCode::Invalid, format!("`{field}` {}", visible::NOTHING_VISIBLE)).field(field);
    visible::stored_form(&subject).ok_or_else(refusal)
}
