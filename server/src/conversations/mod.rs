//! What people do with conversations: one file per kind of command, for socket and HTTP alike.
//!
//! [`submit`] hands a command over. What changes a conversation goes to the [`writer`]; what only reads asks the policy
//! with facts of now, then the database. To add a command: a file here, an arm below.

mod cursor;
mod directory;
mod history;
mod list;
mod members;
mod presence;
mod relations;
pub mod start;
mod typing;
pub mod writer;

use std::sync::Arc;

use causerie_policy::Action;
use causerie_protocol::{ConversationId, ErrorCode, Refusal, command::Command, wire::reply::Result as Answer};
use futures::future::{BoxFuture, FutureExt};

use self::{
    relations::Step,
    writer::{Done, Op, Order},
};
use crate::{
    auth::Caller,
    facts::{
        Snapshot,
        rules::{self, Rules},
    },
    names::visible,
    store::{
        StoreError,
        queries::{conversations::Facts, pages::Page},
    },
};

/// The answer to come.
pub type Pending = BoxFuture<'static, Result<Answer, Refusal>>;

/// Carries a command out.
///
/// # Errors
/// The refusal the caller may read.
pub async fn execute(parts: &Parts, caller: Caller, command: Command) -> Result<Answer, Refusal> {
    submit(parts, caller, command).await.await
}

/// Hands a command over; the future returned resolves with the answer. Changes are in their lane when this returns, so
/// commands handed over one after the other for one conversation are done in that order.
pub async fn submit(parts: &Parts, caller: Caller, command: Command) -> Pending {
    let op = match command {
        Command::SendMessage { conversation, draft } => Op::Send { conversation, draft },
        Command::EditMessage { conversation, message, text } => Op::Edit { conversation, message, text },
        Command::DeleteMessage { conversation, message, own_copy: false } => Op::Delete { conversation, message },
        Command::DeleteMessage { conversation, message, own_copy: true } => Op::DeleteOwnCopy { conversation, message },
        Command::DeleteConversation { conversation, for_all } => Op::DeleteConversation { conversation, for_all },
        Command::MarkRead { conversation, seq } => Op::MarkRead { conversation, seq },
        Command::MarkUnread { conversation } => Op::MarkUnread { conversation },
        read => return reading(parts.clone(), caller, read),
    };
    let done = parts.writer.submit(Order { caller, op }).await;
    async move { done.await.map(answer) }.boxed()
}

/// Commands that read, or that look before they write.
fn reading(parts: Parts, caller: Caller, command: Command) -> Pending {
    async move {
        match command {
            Command::StartConversation(start) => start::start(&parts, caller, start).await,
            Command::ListConversations { cursor, limit } => list::list(&parts, caller, &cursor, limit).await,
            Command::GetConversation { conversation } => list::get(&parts, caller, conversation).await,
            Command::GetHistory { conversation, range, limit } => {
                history::history(&parts, caller, conversation, range, limit).await
            }
            Command::GetChanges { conversation, since_version } => {
                history::changes(&parts, caller, conversation, since_version).await
            }
            Command::ListMembers { conversation, cursor, limit } => {
                members::list(&parts, caller, conversation, &cursor, limit).await
            }
            Command::RenameConversation { conversation, subject } => {
                let subject = kept_subject(subject, "renameConversation.subject")?;
                members::update(&parts, caller, conversation, Op::Rename { conversation, subject }).await
            }
            Command::AddMembers { conversation, users } => members::add(&parts, caller, conversation, users).await,
            Command::RemoveMember { conversation, user } => {
                members::update(&parts, caller, conversation, Op::RemoveMember { conversation, user }).await
            }
            Command::SetTyping { conversation, typing } => typing::set(&parts, caller, conversation, typing).await,
            Command::GetUsers { users } => directory::users(&parts, caller, users).await,
            Command::SearchDirectory { query, limit, cursor } => {
                directory::search(&parts, caller, &query, limit, &cursor).await
            }
            Command::GetPresence { users } => presence::get(&parts, caller, users).await,
            Command::Relate { relation, user } => relations::step(&parts, caller, relation, user, Step::Relate).await,
            Command::AcceptRelation { relation, user } => {
                relations::step(&parts, caller, relation, user, Step::Accept).await
            }
            Command::Unrelate { relation, user } => relations::step(&parts, caller, relation, user, Step::End).await,
            Command::ListRelations { relation, cursor, limit } => {
                relations::list(&parts, caller, relation, &cursor, limit).await
            }
            Command::CloseConversation { conversation } => {
                members::update(&parts, caller, conversation, Op::Close { conversation }).await
            }
            Command::ReopenConversation { conversation } => {
                members::update(&parts, caller, conversation, Op::Reopen { conversation }).await
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

/// What commands work with. Cheap to clone, so that an answer to come owns all it needs.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub store: crate::store::Store,
    /// Batched look-ups.
    pub lookups: crate::store::lookups::Lookups,
    /// The live world.
    pub live: crate::fanout::Live,
    /// The time of day.
    pub clock: std::sync::Arc<dyn crate::clock::Clock>,
    /// The way into the log.
    pub writer: writer::Writer,
    /// What is known of the tenants.
    pub facts: crate::facts::Facts,
    /// Yes or no.
    pub rules: Rules,
    /// Where pages of lists end.
    pub cursors: Cursors,
    /// How much people may send.
    pub allowances: std::sync::Arc<crate::pace::Allowances>,
}

impl Parts {
    /// Facts about the caller in a conversation, if they may do this there. Others learn nothing of it, whether it exists
    /// or not.
    async fn allowed(&self, action: Action, caller: Caller, conversation: ConversationId) -> Result<Facts, Refusal> {
        let place = self.place(caller, conversation).await?;
        self.ask(action, caller, &place).await?;
        Ok(place)
    }

    /// Facts about the caller in a conversation they are in. What they may do there is not asked yet.
    async fn place(&self, caller: Caller, conversation: ConversationId) -> Result<Facts, Refusal> {
        let place = self.lookups.facts.get((conversation, caller.user)).await.map_err(unavailable)?;
        let place = place.filter(|place| place.tenant == caller.tenant.0).ok_or_else(rules::not_found)?;
        if place.role.is_none() {
            self.ask(Action::Read, caller, &place).await?;
        }
        Ok(place)
    }

    /// Asks whether the caller may have a page, by the membership and the facts that were read with it or later facts. Answers the
    /// facts it was decided by.
    async fn allow_page<T>(&self, caller: Caller, page: &Page<T>) -> Result<Arc<Snapshot>, Refusal> {
        if page.place.tenant != caller.tenant.0 {
            return Err(rules::not_found());
        }
        let facts = self.facts.at_least(caller.tenant, page.facts).await.map_err(unavailable)?;
        self.rules.allow_in(&facts, Action::Read, caller.user, &page.place)?;
        Ok(facts)
    }

    /// Asks the rules of now. What was read before this may be told when they say yes: a message that was sent after the
    /// caller lost a right was read after that, too. Answers the facts it was decided by.
    async fn ask(&self, action: Action, caller: Caller, place: &Facts) -> Result<Arc<Snapshot>, Refusal> {
        let facts = self.facts.current(caller.tenant).await.map_err(unavailable)?;
        self.rules.allow_in(&facts, action, caller.user, place)?;
        Ok(facts)
    }
}

pub use cursor::Cursors;
pub use presence::visible;

fn answer(done: Done) -> Answer {
    use causerie_protocol::wire;
    match done {
        Done::Sent(message) => Answer::MessageSent(wire::MessageSent { message: Some(message) }),
        Done::Edited(message) => Answer::MessageEdited(wire::MessageEdited { message: Some(message) }),
        Done::Deleted(message) => Answer::MessageDeleted(wire::MessageDeleted { message: Some(message) }),
        Done::ConversationDeleted(conversation) => {
            Answer::ConversationDeleted(wire::ConversationDeleted { conversation_id: conversation.to_string() })
        }
        Done::Marked(read_state) => Answer::Marked(wire::Marked { read_state: Some(read_state) }),
        Done::Started { .. } | Done::Updated => unreachable!("answered with the conversation by their own handlers"),
    }
}

/// A subject as it is kept ([`visible::kept`]).
fn kept_subject(subject: String, field: &str) -> Result<String, Refusal> {
    let refused = || Refusal::new(ErrorCode::Invalid, format!("`{field}` {}", visible::NOTHING_VISIBLE)).field(field);
    visible::kept(&subject).ok_or_else(refused)
}

/// Logs what the database said; the caller reads only that it failed.
fn unavailable(error: StoreError) -> Refusal {
    tracing::error!(%error, "a command failed");
    Refusal::new(ErrorCode::Unavailable, "the database can't serve now")
}
