//! Requests that were checked: ids parsed, limits kept, nothing optional left over.
//!
//! [`Command::try_from`] is the one gate: socket and HTTP both pass it, so both refuse the same things in the same words.
//! A field's name in a [`Refusal`] is the path a JSON client wrote, `sendMessage.text`.

use crate::{
    ClientId, ConversationId, MessageId, UserId,
    codes::{ErrorCode, Refusal},
    limits, wire,
    wire::request::Command as Wire,
};

/// Something to do for an identified caller, over any transport.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the fields are described in proto/causerie/v1/command.proto
pub enum Command {
    StartConversation(StartConversation),
    ListConversations { cursor: String, limit: u32 },
    GetConversation { conversation: ConversationId },
    GetHistory { conversation: ConversationId, range: HistoryRange, limit: u32 },
    GetChanges { conversation: ConversationId, since_version: u32 },
    ListMembers { conversation: ConversationId, cursor: String, limit: u32 },
    SendMessage { conversation: ConversationId, draft: Draft },
    EditMessage { conversation: ConversationId, message: MessageId, text: String },
    DeleteMessage { conversation: ConversationId, message: MessageId },
    MarkRead { conversation: ConversationId, seq: u32 },
    MarkUnread { conversation: ConversationId },
    SetTyping { conversation: ConversationId, typing: bool },
    RenameConversation { conversation: ConversationId, subject: String },
    AddMembers { conversation: ConversationId, users: Vec<UserRef> },
    RemoveMember { conversation: ConversationId, user: UserId },
    GetUsers { users: Vec<UserId> },
    SearchDirectory { query: String, limit: u32 },
    GetPresence { users: Vec<UserId> },
}

/// Something only a socket can do: it concerns the connection itself.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum SocketCommand {
    Hello { token: String, client: wire::Client, resume: Option<Resume> },
    RefreshToken { token: String },
    Ping,
    Resume(Resume),
    WatchPresence { users: Vec<UserId> },
    Any(Command),
}

/// Who is meant: by the server's id or by the product's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum UserRef {
    Id(UserId),
    ExternalId(String),
}

/// A message not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Draft {
    pub client_id: ClientId,
    pub text: String,
}

/// Which conversation to start or find.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct StartConversation {
    pub target: Target,
    pub first_message: Option<Draft>,
}

/// With whom to start.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Target {
    NoteToSelf,
    Direct(UserRef),
    Group { with: Vec<UserRef>, subject: String, client_id: ClientId },
}

/// Which part of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryRange {
    /// The last messages.
    Newest,
    /// Messages before this seq.
    Before(u32),
    /// Messages after this seq.
    After(u32),
}

/// What a client holds of earlier times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Resume {
    pub epoch: String,
    pub inbox_version: u32,
    pub held: Vec<(ConversationId, u32)>,
}

impl TryFrom<wire::Request> for SocketCommand {
    type Error = Refusal;

    fn try_from(request: wire::Request) -> Result<Self, Refusal> {
        match request.command.ok_or_else(|| Refusal::new(ErrorCode::UnknownCommand, "no command this server knows"))? {
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
            command => Command::try_from(command).map(Self::Any),
        }
    }
}

impl TryFrom<Wire> for Command {
    type Error = Refusal;

    fn try_from(command: Wire) -> Result<Self, Refusal> {
        Ok(match command {
            Wire::StartConversation(start) => Self::StartConversation(start.try_into()?),
            Wire::ListConversations(list) => {
                Self::ListConversations { cursor: list.cursor, limit: page(list.limit, "listConversations.limit")? }
            }
            Wire::GetConversation(get) => {
                Self::GetConversation { conversation: id(&get.conversation_id, "getConversation.conversationId")? }
            }
            Wire::GetHistory(get) => Self::GetHistory {
                conversation: id(&get.conversation_id, "getHistory.conversationId")?,
                range: match (get.before_seq, get.after_seq) {
                    (0, None) => HistoryRange::Newest,
                    (before, None) => HistoryRange::Before(before),
                    (0, Some(after)) => HistoryRange::After(after),
                    _ => return Err(invalid("getHistory.afterSeq", "does not go together with beforeSeq")),
                },
                limit: page(get.limit, "getHistory.limit")?,
            },
            Wire::GetChanges(get) => Self::GetChanges {
                conversation: id(&get.conversation_id, "getChanges.conversationId")?,
                since_version: get.since_version,
            },
            Wire::ListMembers(list) => Self::ListMembers {
                conversation: id(&list.conversation_id, "listMembers.conversationId")?,
                cursor: list.cursor,
                limit: page(list.limit, "listMembers.limit")?,
            },
            Wire::SendMessage(send) => Self::SendMessage {
                conversation: id(&send.conversation_id, "sendMessage.conversationId")?,
                draft: Draft::checked(send.client_id, send.text, "sendMessage")?,
            },
            Wire::EditMessage(edit) => Self::EditMessage {
                conversation: id(&edit.conversation_id, "editMessage.conversationId")?,
                message: id(&edit.message_id, "editMessage.messageId")?,
                text: text(edit.text, "editMessage.text")?,
            },
            Wire::DeleteMessage(delete) => Self::DeleteMessage {
                conversation: id(&delete.conversation_id, "deleteMessage.conversationId")?,
                message: id(&delete.message_id, "deleteMessage.messageId")?,
            },
            Wire::MarkRead(mark) => {
                Self::MarkRead { conversation: id(&mark.conversation_id, "markRead.conversationId")?, seq: mark.seq }
            }
            Wire::MarkUnread(mark) => {
                Self::MarkUnread { conversation: id(&mark.conversation_id, "markUnread.conversationId")? }
            }
            Wire::SetTyping(set) => {
                Self::SetTyping { conversation: id(&set.conversation_id, "setTyping.conversationId")?, typing: set.typing }
            }
            Wire::RenameConversation(rename) => Self::RenameConversation {
                conversation: id(&rename.conversation_id, "renameConversation.conversationId")?,
                subject: bounded(rename.subject, "renameConversation.subject", limits::SUBJECT_BYTES_MAX)?,
            },
            Wire::AddMembers(add) => Self::AddMembers {
                conversation: id(&add.conversation_id, "addMembers.conversationId")?,
                users: users(add.users, "addMembers.users", 1)?,
            },
            Wire::RemoveMember(remove) => Self::RemoveMember {
                conversation: id(&remove.conversation_id, "removeMember.conversationId")?,
                user: id(&remove.user_id, "removeMember.userId")?,
            },
            Wire::GetUsers(get) => Self::GetUsers { users: ids(&get.user_ids, "getUsers.userIds", limits::USERS_MAX)? },
            Wire::SearchDirectory(search) => Self::SearchDirectory {
                query: bounded(search.query, "searchDirectory.query", limits::QUERY_BYTES_MAX)?,
                limit: match search.limit {
                    0 => 20,
                    limit if limit <= limits::DIRECTORY_PAGE_MAX => limit,
                    _ => return Err(invalid("searchDirectory.limit", "is more than 50")),
                },
            },
            Wire::GetPresence(get) => {
                Self::GetPresence { users: ids(&get.user_ids, "getPresence.userIds", limits::PRESENCE_MAX)? }
            }
            Wire::Hello(_) | Wire::RefreshToken(_) | Wire::Ping(_) | Wire::Resume(_) | Wire::WatchPresence(_) => {
                return Err(Refusal::new(ErrorCode::UnknownCommand, "is for sockets only"));
            }
        })
    }
}

impl TryFrom<wire::StartConversation> for StartConversation {
    type Error = Refusal;

    fn try_from(start: wire::StartConversation) -> Result<Self, Refusal> {
        const WITH: &str = "startConversation.with";
        let with = users(start.with, WITH, 0)?;
        let target = match wire::ConversationKind::try_from(start.kind) {
            Ok(wire::ConversationKind::NoteToSelf) if with.is_empty() => Target::NoteToSelf,
            Ok(wire::ConversationKind::NoteToSelf) => return Err(invalid(WITH, "is for other kinds")),
            Ok(wire::ConversationKind::Direct) => match <[UserRef; 1]>::try_from(with) {
                Ok([peer]) => Target::Direct(peer),
                Err(_) => return Err(invalid(WITH, "names exactly one person")),
            },
            Ok(wire::ConversationKind::Group) => Target::Group {
                with,
                subject: bounded(start.subject, "startConversation.subject", limits::SUBJECT_BYTES_MAX)?,
                client_id: id(&start.client_id, "startConversation.clientId")?,
            },
            Ok(wire::ConversationKind::Unspecified) | Err(_) => {
                return Err(invalid("startConversation.kind", "is no kind that can be started"));
            }
        };
        let first_message = start
            .first_message
            .map(|draft| Draft::checked(draft.client_id, draft.text, "startConversation.firstMessage"))
            .transpose()?;
        Ok(Self { target, first_message })
    }
}

impl Draft {
    fn checked(client_id: String, body: String, place: &str) -> Result<Self, Refusal> {
        Ok(Self { client_id: id(&client_id, &format!("{place}.clientId"))?, text: text(body, &format!("{place}.text"))? })
    }
}

impl Resume {
    fn checked(resume: wire::Resume, place: &str) -> Result<Self, Refusal> {
        if resume.held.len() > limits::HELD_MAX {
            return Err(too_large(&format!("{place}.held"), limits::HELD_MAX, "conversations"));
        }
        let held = resume
            .held
            .iter()
            .enumerate()
            .map(|(at, held)| Ok((id(&held.conversation_id, &format!("{place}.held[{at}].conversationId"))?, held.version)))
            .collect::<Result<_, Refusal>>()?;
        Ok(Self { epoch: resume.epoch, inbox_version: resume.inbox_version, held })
    }
}

/// Parses an id or blames the field.
fn id<T: std::str::FromStr>(value: &str, field: &str) -> Result<T, Refusal> {
    if value.is_empty() {
        return Err(missing(field));
    }
    value.parse().map_err(|_| invalid(field, "is not a UUID"))
}

fn ids<T: std::str::FromStr>(values: &[String], field: &str, max: usize) -> Result<Vec<T>, Refusal> {
    if values.len() > max {
        return Err(too_large(field, max, "ids"));
    }
    values.iter().enumerate().map(|(at, value)| id(value, &format!("{field}[{at}]"))).collect()
}

fn users(refs: Vec<wire::UserRef>, field: &str, min: usize) -> Result<Vec<UserRef>, Refusal> {
    if refs.len() < min {
        return Err(missing(field));
    }
    if refs.len() > limits::MEMBERS_PER_COMMAND_MAX {
        return Err(too_large(field, limits::MEMBERS_PER_COMMAND_MAX, "people"));
    }
    refs.into_iter()
        .enumerate()
        .map(|(at, one)| match one.by {
            Some(wire::user_ref::By::Id(value)) => id(&value, &format!("{field}[{at}].id")).map(UserRef::Id),
            Some(wire::user_ref::By::ExternalId(value)) if !value.is_empty() => {
                bounded(value, &format!("{field}[{at}].externalId"), limits::EXTERNAL_ID_BYTES_MAX).map(UserRef::ExternalId)
            }
            _ => Err(invalid(&format!("{field}[{at}]"), "has neither id nor externalId")),
        })
        .collect()
}

/// A page size within 1 to [`limits::PAGE_MAX`], 0 standing for the default.
fn page(limit: u32, field: &str) -> Result<u32, Refusal> {
    match limit {
        0 => Ok(limits::PAGE_DEFAULT),
        1..=limits::PAGE_MAX => Ok(limit),
        _ => Err(invalid(field, &format!("is more than {}", limits::PAGE_MAX))),
    }
}

/// A message's text: something visible, not too long, storable everywhere.
fn text(value: String, field: &str) -> Result<String, Refusal> {
    if value.trim().is_empty() {
        return Err(invalid(field, "is empty"));
    }
    bounded(value, field, limits::TEXT_BYTES_MAX)
}

fn bounded(value: String, field: &str, max: usize) -> Result<String, Refusal> {
    if value.len() > max {
        return Err(too_large(field, max, "bytes"));
    }
    // Nobody can read them, PostgreSQL can't store NUL, and in JSON each takes six bytes.
    if value.contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(invalid(field, "contains control characters"));
    }
    Ok(value)
}

fn missing(field: &str) -> Refusal {
    invalid(field, "is missing")
}

fn invalid(field: &str, why: &str) -> Refusal {
    Refusal::new(ErrorCode::Invalid, format!("`{field}` {why}")).field(field)
}

fn too_large(field: &str, max: usize, unit: &str) -> Refusal {
    Refusal::new(ErrorCode::TooLarge, format!("`{field}` has more than {max} {unit}")).field(field)
}
