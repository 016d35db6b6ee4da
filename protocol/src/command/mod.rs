//! Validated requests: ids are parsed, limits are checked, and fields that a command requires are not optional.
//!
//! [`Command::try_from`] validates requests over a socket and over HTTP, so both get the same refusals. The field in a
//! [`Refusal`] is the path in JSON, such as `sendMessage.text`.

mod check;
mod name;
mod start;

use self::check::{id, ids, invalid, line, missing, page, relation, text, too_large, user, users};
pub use self::name::name;
pub use self::start::{Recipient, StartConversation, Target};
use crate::{
    ClientId, ConversationId, GroupId, MessageId, UserId,
    codes::{ErrorCode, Refusal},
    limits, wire,
    wire::request::Command as Wire,
};

/// A command that a caller can send over a socket or over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A command that changes a conversation. The server looks nothing up before it puts the command into the conversation's
    /// lane.
    Write(WriteCommand),
    /// A command for which the server reads data before it changes or publishes something.
    Compound(CompoundCommand),
    /// A command that changes nothing.
    Read(ReadCommand),
}

/// A command that changes a conversation and for which the server looks nothing up before the change.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the fields are described in proto/causerie/v1/command.proto
pub enum WriteCommand {
    SendMessage { conversation: ConversationId, draft: Draft },
    EditMessage { conversation: ConversationId, message: MessageId, text: String },
    DeleteMessage { conversation: ConversationId, message: MessageId, own_copy: bool },
    MarkRead { conversation: ConversationId, seq: u32 },
    MarkUnread { conversation: ConversationId },
    RenameConversation { conversation: ConversationId, subject: String },
    RemoveMember { conversation: ConversationId, user: UserId },
    CloseConversation { conversation: ConversationId },
    ReopenConversation { conversation: ConversationId },
    DeleteConversation { conversation: ConversationId, for_all: bool },
}

/// A command for which the server reads data, for example the users that the command names, before it changes or publishes
/// something.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the fields are described in proto/causerie/v1/command.proto
pub enum CompoundCommand {
    StartConversation(StartConversation),
    AddMembers { conversation: ConversationId, users: Vec<UserRef> },
    SetTyping { conversation: ConversationId, typing: bool },
    Relate { relation: String, user: UserRef },
    AcceptRelation { relation: String, user: UserRef },
    Unrelate { relation: String, user: UserRef },
}

/// A command that changes nothing.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the fields are described in proto/causerie/v1/command.proto
pub enum ReadCommand {
    ListConversations { cursor: String, limit: u32 },
    GetConversation { conversation: ConversationId },
    GetHistory { conversation: ConversationId, range: HistoryRange, limit: u32 },
    GetChanges { conversation: ConversationId, since_version: u32 },
    ListMembers { conversation: ConversationId, cursor: String, limit: u32 },
    GetUsers { users: Vec<UserId> },
    SearchDirectory { query: String, limit: u32, cursor: String },
    ListRelations { relation: Option<String>, cursor: String, limit: u32 },
    GetPresence { users: Vec<UserId> },
}

/// A command that a client can send over a socket: a command about the connection itself, or any [`Command`].
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum SocketCommand {
    Hello { token: String, client: wire::Client, resume: Option<Resume> },
    RefreshToken { token: String },
    Ping,
    Resume(Resume),
    WatchPresence { users: Vec<UserId> },
    WatchContacts { users: Vec<UserRef> },
    Any(Command),
}

/// A reference to a user, by the server's id or by the external id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum UserRef {
    Id(UserId),
    ExternalId(String),
}

/// A reference to a group, by the server's id or by the external id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum GroupRef {
    Id(GroupId),
    ExternalId(String),
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The id that the client made for the message. A repeated command has the same id.
    pub client_id: ClientId,
    /// The text: not blank, without control characters, at most [`limits::TEXT_BYTES_MAX`] bytes.
    pub text: String,
}

/// The part of a conversation's history that a client requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryRange {
    /// The last messages.
    Newest,
    /// The last messages before this seq.
    Before(u32),
    /// The first messages after this seq.
    After(u32),
}

/// The state that a client holds from an earlier connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resume {
    /// The epoch that the server sent last. Empty if the client holds nothing.
    pub epoch: String,
    /// The version of the client's list of conversations. 0 if the client holds nothing.
    pub inbox_version: u32,
    /// The conversations that the client holds, each with its version.
    pub held: Vec<(ConversationId, u32)>,
}

impl TryFrom<wire::Request> for SocketCommand {
    type Error = Refusal;

    fn try_from(request: wire::Request) -> Result<Self, Refusal> {
        match request
            .command
            .ok_or_else(|| Refusal::new(ErrorCode::UnknownCommand, "the request has no command that this server knows"))?
        {
            Wire::Hello(hello) => {
                if hello.token.is_empty() {
                    return Err(missing("hello.token"));
                }
                Ok(Self::Hello {
                    token: hello.token,
                    client: hello.client.unwrap_or_default(),
                    resume: hello.resume.map(|resume| Resume::checked(resume, "hello.resume")).transpose()?,
                })
            }
            Wire::RefreshToken(refresh) if refresh.token.is_empty() => Err(missing("refreshToken.token")),
            Wire::RefreshToken(refresh) => Ok(Self::RefreshToken { token: refresh.token }),
            Wire::Ping(_) => Ok(Self::Ping),
            Wire::Resume(resume) => Ok(Self::Resume(Resume::checked(resume, "resume")?)),
            Wire::WatchPresence(watch) => {
                Ok(Self::WatchPresence { users: ids(&watch.user_ids, "watchPresence.userIds", limits::PRESENCE_MAX)? })
            }
            Wire::WatchContacts(watch) => {
                Ok(Self::WatchContacts { users: users(watch.users, "watchContacts.users", 0..=limits::CONTACTS_MAX)? })
            }
            command => Command::try_from(command).map(Self::Any),
        }
    }
}

impl TryFrom<Wire> for Command {
    type Error = Refusal;

    fn try_from(command: Wire) -> Result<Self, Refusal> {
        Ok(match command {
            Wire::StartConversation(start) => Self::Compound(CompoundCommand::StartConversation(start.try_into()?)),
            Wire::ListConversations(list) => Self::Read(ReadCommand::ListConversations {
                cursor: list.cursor,
                limit: page(list.limit, "listConversations.limit")?,
            }),
            Wire::GetConversation(get) => Self::Read(ReadCommand::GetConversation {
                conversation: id(&get.conversation_id, "getConversation.conversationId")?,
            }),
            Wire::GetHistory(get) => Self::Read(ReadCommand::GetHistory {
                conversation: id(&get.conversation_id, "getHistory.conversationId")?,
                range: match (get.before_seq, get.after_seq) {
                    (0, None) => HistoryRange::Newest,
                    (before, None) => HistoryRange::Before(before),
                    (0, Some(after)) => HistoryRange::After(after),
                    _ => {
                        return Err(invalid(
                            "getHistory.afterSeq",
                            "can't be given together with `beforeSeq`: give one of them",
                        ));
                    }
                },
                limit: page(get.limit, "getHistory.limit")?,
            }),
            Wire::GetChanges(get) => Self::Read(ReadCommand::GetChanges {
                conversation: id(&get.conversation_id, "getChanges.conversationId")?,
                since_version: get.since_version,
            }),
            Wire::ListMembers(list) => Self::Read(ReadCommand::ListMembers {
                conversation: id(&list.conversation_id, "listMembers.conversationId")?,
                cursor: list.cursor,
                limit: page(list.limit, "listMembers.limit")?,
            }),
            Wire::SendMessage(send) => Self::Write(WriteCommand::SendMessage {
                conversation: id(&send.conversation_id, "sendMessage.conversationId")?,
                draft: Draft::checked(send.client_id, send.text, "sendMessage")?,
            }),
            Wire::EditMessage(edit) => Self::Write(WriteCommand::EditMessage {
                conversation: id(&edit.conversation_id, "editMessage.conversationId")?,
                message: id(&edit.message_id, "editMessage.messageId")?,
                text: text(edit.text, "editMessage.text")?,
            }),
            Wire::DeleteMessage(delete) => Self::Write(WriteCommand::DeleteMessage {
                conversation: id(&delete.conversation_id, "deleteMessage.conversationId")?,
                message: id(&delete.message_id, "deleteMessage.messageId")?,
                own_copy: delete.own_copy,
            }),
            Wire::MarkRead(mark) => Self::Write(WriteCommand::MarkRead {
                conversation: id(&mark.conversation_id, "markRead.conversationId")?,
                seq: mark.seq,
            }),
            Wire::MarkUnread(mark) => Self::Write(WriteCommand::MarkUnread {
                conversation: id(&mark.conversation_id, "markUnread.conversationId")?,
            }),
            Wire::SetTyping(set) => Self::Compound(CompoundCommand::SetTyping {
                conversation: id(&set.conversation_id, "setTyping.conversationId")?,
                typing: set.typing,
            }),
            Wire::RenameConversation(rename) => Self::Write(WriteCommand::RenameConversation {
                conversation: id(&rename.conversation_id, "renameConversation.conversationId")?,
                subject: line(rename.subject, "renameConversation.subject", limits::SUBJECT_BYTES_MAX)?,
            }),
            Wire::AddMembers(add) => Self::Compound(CompoundCommand::AddMembers {
                conversation: id(&add.conversation_id, "addMembers.conversationId")?,
                users: users(add.users, "addMembers.users", 1..=limits::MEMBERS_PER_COMMAND_MAX)?,
            }),
            Wire::RemoveMember(remove) => Self::Write(WriteCommand::RemoveMember {
                conversation: id(&remove.conversation_id, "removeMember.conversationId")?,
                user: id(&remove.user_id, "removeMember.userId")?,
            }),
            Wire::CloseConversation(close) => Self::Write(WriteCommand::CloseConversation {
                conversation: id(&close.conversation_id, "closeConversation.conversationId")?,
            }),
            Wire::ReopenConversation(reopen) => Self::Write(WriteCommand::ReopenConversation {
                conversation: id(&reopen.conversation_id, "reopenConversation.conversationId")?,
            }),
            Wire::DeleteConversation(delete) => Self::Write(WriteCommand::DeleteConversation {
                conversation: id(&delete.conversation_id, "deleteConversation.conversationId")?,
                for_all: delete.for_all,
            }),
            Wire::GetUsers(get) => {
                Self::Read(ReadCommand::GetUsers { users: ids(&get.user_ids, "getUsers.userIds", limits::USERS_MAX)? })
            }
            Wire::SearchDirectory(search) => Self::Read(ReadCommand::SearchDirectory {
                query: line(search.query, "searchDirectory.query", limits::QUERY_BYTES_MAX)?,
                limit: match search.limit {
                    0 => 20,
                    limit if limit <= limits::DIRECTORY_PAGE_MAX => limit,
                    _ => return Err(invalid("searchDirectory.limit", "is more than 50, the most hits of a page")),
                },
                cursor: search.cursor,
            }),
            Wire::Relate(relate) => Self::Compound(CompoundCommand::Relate {
                relation: relation(relate.relation, "relate.relation")?,
                user: user(relate.user, "relate.user")?,
            }),
            Wire::AcceptRelation(accept) => Self::Compound(CompoundCommand::AcceptRelation {
                relation: relation(accept.relation, "acceptRelation.relation")?,
                user: user(accept.user, "acceptRelation.user")?,
            }),
            Wire::Unrelate(unrelate) => Self::Compound(CompoundCommand::Unrelate {
                relation: relation(unrelate.relation, "unrelate.relation")?,
                user: user(unrelate.user, "unrelate.user")?,
            }),
            Wire::ListRelations(list) => Self::Read(ReadCommand::ListRelations {
                relation: match list.relation {
                    all if all.is_empty() => None,
                    name => Some(relation(name, "listRelations.relation")?),
                },
                cursor: list.cursor,
                limit: page(list.limit, "listRelations.limit")?,
            }),
            Wire::GetPresence(get) => Self::Read(ReadCommand::GetPresence {
                users: ids(&get.user_ids, "getPresence.userIds", limits::PRESENCE_MAX)?,
            }),
            Wire::Hello(_)
            | Wire::RefreshToken(_)
            | Wire::Ping(_)
            | Wire::Resume(_)
            | Wire::WatchPresence(_)
            | Wire::WatchContacts(_) => {
                return Err(Refusal::new(ErrorCode::UnknownCommand, "this command is for sockets only"));
            }
        })
    }
}

impl Draft {
    fn checked(client_id: String, body: String, path: &str) -> Result<Self, Refusal> {
        Ok(Self {
            client_id: id(&client_id, format_args!("{path}.clientId"))?,
            text: text(body, format_args!("{path}.text"))?,
        })
    }
}

impl Resume {
    fn checked(resume: wire::Resume, path: &str) -> Result<Self, Refusal> {
        if resume.held.len() > limits::HELD_MAX {
            return Err(too_large(format_args!("{path}.held"), limits::HELD_MAX, "conversations"));
        }
        let held = resume
            .held
            .iter()
            .enumerate()
            .map(|(index, held)| {
                Ok((id(&held.conversation_id, format_args!("{path}.held[{index}].conversationId"))?, held.version))
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(Self { epoch: resume.epoch, inbox_version: resume.inbox_version, held })
    }
}
