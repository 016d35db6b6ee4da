//! The commands of the protocol as typed methods. `protocol/proto/causerie/v1/command.proto` describes their fields and
//! limits. Each method can fail with any [`Error`].

use causerie_protocol::{
    ClientId, ConversationId, MessageId, UserId,
    command::{HistoryRange, Recipient, UserRef},
    wire::{self, ConversationKind, reply::Result as Answer, request::Command},
};

use crate::{
    client::Client,
    error::Error,
    mail::{MailDraft, recipients},
};

/// Sends a command and returns its reply. Another kind of reply is [`Error::UnexpectedReply`].
macro_rules! request_reply {
    ($client:expr, $command:ident($request:expr) => $answer:ident) => {
        match $client.request(Command::$command($request)).await? {
            Answer::$answer(answer) => Ok(answer),
            _ => Err(Error::UnexpectedReply),
        }
    };
}

#[allow(clippy::missing_errors_doc)] // the documentation of the module describes the errors of all methods
impl Client {
    /// Starts a conversation with one user, or finds the existing one.
    pub async fn start_direct(&self, with: UserRef) -> Result<wire::ConversationStarted, Error> {
        let kind = ConversationKind::Direct.into();
        let start = wire::StartConversation { kind, with: recipients([with]), ..Default::default() };
        self.start(start).await
    }

    /// Starts a group conversation. A repeated call with the same `client_id` returns the conversation of the first call.
    pub async fn start_group(
        &self,
        to: impl IntoIterator<Item = impl Into<Recipient>>,
        subject: impl Into<String>,
        client_id: ClientId,
    ) -> Result<wire::ConversationStarted, Error> {
        let start = wire::StartConversation {
            kind: ConversationKind::Group.into(),
            with: recipients(to),
            subject: subject.into(),
            client_id: client_id.to_string(),
            ..Default::default()
        };
        self.start(start).await
    }

    /// Sends a mail. A repeated call with the same `client_id` returns the mail of the first call. The answer names the
    /// members of the addressed groups who are not active.
    pub async fn send_mail(&self, mail: MailDraft, client_id: ClientId) -> Result<wire::ConversationStarted, Error> {
        self.start(mail.start(client_id)).await
    }

    /// Starts the user's note to self, or finds the existing one.
    pub async fn note_to_self(&self) -> Result<wire::ConversationStarted, Error> {
        let kind = ConversationKind::NoteToSelf.into();
        self.start(wire::StartConversation { kind, ..Default::default() }).await
    }

    /// Starts a conversation of any kind. A first message, if there is one, is stored in the same transaction.
    pub async fn start(&self, start: wire::StartConversation) -> Result<wire::ConversationStarted, Error> {
        request_reply!(self, StartConversation(start) => ConversationStarted)
    }

    /// A page of conversations, latest activity first. `cursor` is empty for the first page, and `next_cursor` of the
    /// previous page for each further page. An empty `next_cursor` marks the last page; an earlier page may be short or
    /// empty.
    pub async fn conversations(&self, cursor: impl Into<String>) -> Result<wire::ConversationPage, Error> {
        request_reply!(self, ListConversations(wire::ListConversations { cursor: cursor.into(), limit: 0 }) => ConversationPage)
    }

    /// One conversation in its current state.
    pub async fn conversation(&self, conversation: ConversationId) -> Result<wire::Conversation, Error> {
        let get = wire::GetConversation { conversation_id: conversation.to_string() };
        let found: Result<wire::ConversationFound, Error> = request_reply!(self, GetConversation(get) => ConversationFound);
        found?.conversation.ok_or(Error::UnexpectedReply)
    }

    /// A page of messages, oldest first. `limit` is the maximum number of messages: 1 to 100, or 0 for 50.
    pub async fn history(
        &self,
        conversation: ConversationId,
        range: HistoryRange,
        limit: u32,
    ) -> Result<wire::MessagePage, Error> {
        let (before_seq, after_seq) = match range {
            HistoryRange::Newest => (0, None),
            HistoryRange::Before(seq) => (seq, None),
            HistoryRange::After(seq) => (0, Some(seq)),
        };
        let get = wire::GetHistory { conversation_id: conversation.to_string(), before_seq, after_seq, limit };
        request_reply!(self, GetHistory(get) => MessagePage)
    }

    /// The changes of a conversation after a version. The client itself requests missing changes, so programs rarely need
    /// this method.
    pub async fn changes(&self, conversation: ConversationId, since_version: u32) -> Result<wire::Changes, Error> {
        request_reply!(self, GetChanges(wire::GetChanges { conversation_id: conversation.to_string(), since_version }) => Changes)
    }

    /// A page of members. `cursor` is described at [`Client::conversations`].
    pub async fn members(&self, conversation: ConversationId, cursor: impl Into<String>) -> Result<wire::MemberPage, Error> {
        let list = wire::ListMembers { conversation_id: conversation.to_string(), cursor: cursor.into(), limit: 0 };
        request_reply!(self, ListMembers(list) => MemberPage)
    }

    /// Replaces the text of one of the user's own messages.
    pub async fn edit(
        &self,
        conversation: ConversationId,
        message: MessageId,
        text: impl Into<String>,
    ) -> Result<wire::Message, Error> {
        let (conversation_id, message_id) = (conversation.to_string(), message.to_string());
        let edit = wire::EditMessage { conversation_id, message_id, text: text.into() };
        let edited: Result<wire::MessageEdited, Error> = request_reply!(self, EditMessage(edit) => MessageEdited);
        edited?.message.ok_or(Error::UnexpectedReply)
    }

    /// Deletes a message for all members.
    pub async fn delete(&self, conversation: ConversationId, message: MessageId) -> Result<wire::Message, Error> {
        let (conversation_id, message_id) = (conversation.to_string(), message.to_string());
        let delete = wire::DeleteMessage { conversation_id, message_id, own_copy: false };
        let deleted: Result<wire::MessageDeleted, Error> = request_reply!(self, DeleteMessage(delete) => MessageDeleted);
        deleted?.message.ok_or(Error::UnexpectedReply)
    }

    /// Deletes a message of any author for this user only. Other members keep it.
    pub async fn delete_own_copy(&self, conversation: ConversationId, message: MessageId) -> Result<(), Error> {
        let (conversation_id, message_id) = (conversation.to_string(), message.to_string());
        let delete = wire::DeleteMessage { conversation_id, message_id, own_copy: true };
        let deleted: Result<wire::MessageDeleted, Error> = request_reply!(self, DeleteMessage(delete) => MessageDeleted);
        deleted.map(|_| ())
    }

    /// Sets the user's read position to this seq.
    pub async fn mark_read(&self, conversation: ConversationId, seq: u32) -> Result<wire::ReadState, Error> {
        let mark = wire::MarkRead { conversation_id: conversation.to_string(), seq };
        let marked: Result<wire::Marked, Error> = request_reply!(self, MarkRead(mark) => Marked);
        marked?.read_state.ok_or(Error::UnexpectedReply)
    }

    /// Marks a conversation as unread.
    pub async fn mark_unread(&self, conversation: ConversationId) -> Result<wire::ReadState, Error> {
        let mark = wire::MarkUnread { conversation_id: conversation.to_string() };
        let marked: Result<wire::Marked, Error> = request_reply!(self, MarkUnread(mark) => Marked);
        marked?.read_state.ok_or(Error::UnexpectedReply)
    }

    /// Shows or hides the typing notice of the user. A shown notice ends after 6 seconds unless the program sets it again.
    pub async fn set_typing(&self, conversation: ConversationId, typing: bool) -> Result<(), Error> {
        let set = wire::SetTyping { conversation_id: conversation.to_string(), typing };
        let set: Result<wire::TypingSet, Error> = request_reply!(self, SetTyping(set) => TypingSet);
        set.map(|_| ())
    }

    /// Changes the subject of a group conversation.
    pub async fn rename(
        &self,
        conversation: ConversationId,
        subject: impl Into<String>,
    ) -> Result<wire::Conversation, Error> {
        let rename = wire::RenameConversation { conversation_id: conversation.to_string(), subject: subject.into() };
        updated(request_reply!(self, RenameConversation(rename) => ConversationUpdated))
    }

    /// Adds users to a group conversation.
    pub async fn add_members(
        &self,
        conversation: ConversationId,
        users: impl IntoIterator<Item = UserRef>,
    ) -> Result<wire::Conversation, Error> {
        let users = users.into_iter().map(wire_user_ref).collect();
        let add = wire::AddMembers { conversation_id: conversation.to_string(), users };
        updated(request_reply!(self, AddMembers(add) => ConversationUpdated))
    }

    /// Removes a user from a group conversation. A user who removes themselves leaves the conversation.
    pub async fn remove_member(&self, conversation: ConversationId, user: UserId) -> Result<wire::Conversation, Error> {
        let remove = wire::RemoveMember { conversation_id: conversation.to_string(), user_id: user.to_string() };
        updated(request_reply!(self, RemoveMember(remove) => ConversationUpdated))
    }

    /// Closes a conversation: members can read it, and no user can send to it.
    pub async fn close_conversation(&self, conversation: ConversationId) -> Result<wire::Conversation, Error> {
        let close = wire::CloseConversation { conversation_id: conversation.to_string() };
        updated(request_reply!(self, CloseConversation(close) => ConversationUpdated))
    }

    /// Opens a closed conversation again.
    pub async fn reopen_conversation(&self, conversation: ConversationId) -> Result<wire::Conversation, Error> {
        let reopen = wire::ReopenConversation { conversation_id: conversation.to_string() };
        updated(request_reply!(self, ReopenConversation(reopen) => ConversationUpdated))
    }

    /// Deletes a conversation for this user permanently, or for all members if `for_all` is true.
    pub async fn delete_conversation(&self, conversation: ConversationId, for_all: bool) -> Result<(), Error> {
        let delete = wire::DeleteConversation { conversation_id: conversation.to_string(), for_all };
        let deleted: Result<wire::ConversationDeleted, Error> =
            request_reply!(self, DeleteConversation(delete) => ConversationDeleted);
        deleted.map(|_| ())
    }

    /// Requests a mutual relation with a user (such as `friend`), or sets a directed relation (such as `block`). The
    /// tenant's policy declares the relations.
    pub async fn relate(&self, relation: impl Into<String>, user: UserRef) -> Result<Option<wire::Relation>, Error> {
        let relate = wire::Relate { relation: relation.into(), user: Some(wire_user_ref(user)) };
        related(request_reply!(self, Relate(relate) => RelationUpdated))
    }

    /// Accepts a relation that another user requested.
    pub async fn accept_relation(
        &self,
        relation: impl Into<String>,
        user: UserRef,
    ) -> Result<Option<wire::Relation>, Error> {
        let accept = wire::AcceptRelation { relation: relation.into(), user: Some(wire_user_ref(user)) };
        related(request_reply!(self, AcceptRelation(accept) => RelationUpdated))
    }

    /// Ends a relation, declines another user's request, or withdraws the own request.
    pub async fn unrelate(&self, relation: impl Into<String>, user: UserRef) -> Result<Option<wire::Relation>, Error> {
        let unrelate = wire::Unrelate { relation: relation.into(), user: Some(wire_user_ref(user)) };
        related(request_reply!(self, Unrelate(unrelate) => RelationUpdated))
    }

    /// A page of the user's relations. `relation` names one kind of relation; an empty text selects all kinds. `cursor` is
    /// described at [`Client::conversations`].
    pub async fn relations(
        &self,
        relation: impl Into<String>,
        cursor: impl Into<String>,
    ) -> Result<wire::RelationPage, Error> {
        let list = wire::ListRelations { relation: relation.into(), cursor: cursor.into(), limit: 0 };
        request_reply!(self, ListRelations(list) => RelationPage)
    }

    /// Users by id, at most 100.
    pub async fn users(&self, users: &[UserId]) -> Result<Vec<wire::User>, Error> {
        let list: Result<wire::UserList, Error> =
            request_reply!(self, GetUsers(wire::GetUsers { user_ids: ids_as_text(users) }) => UserList);
        Ok(list?.users)
    }

    /// A page of the users and groups in the user's reach that match a search text. `limit` is the maximum number of hits: 1
    /// to 50, or 0 for 20. `cursor` is described at [`Client::conversations`].
    pub async fn search_directory(
        &self,
        query: impl Into<String>,
        limit: u32,
        cursor: impl Into<String>,
    ) -> Result<wire::DirectoryPage, Error> {
        let search = wire::SearchDirectory { query: query.into(), limit, cursor: cursor.into() };
        request_reply!(self, SearchDirectory(search) => DirectoryPage)
    }

    /// Watches the presence of at most 200 users, and returns their presence now. The list replaces the list of the previous
    /// call. The client repeats the command on each connection. Changes arrive as [`crate::Event::Presence`].
    pub async fn watch_presence(&self, users: &[UserId]) -> Result<Vec<wire::Presence>, Error> {
        let watch = wire::WatchPresence { user_ids: ids_as_text(users) };
        let list: Result<wire::PresenceList, Error> = request_reply!(self, WatchPresence(watch) => PresenceList);
        Ok(list?.presences)
    }

    /// Watches the actions that the user may do with these users, at most 100. The list replaces the list of the previous
    /// call. Returns a contact for each user, in the order of `users`. The client repeats the command on each connection.
    /// Changes arrive as [`crate::Event::Contacts`]. An empty list ends the watch.
    pub async fn watch_contacts(&self, users: impl IntoIterator<Item = UserRef>) -> Result<Vec<wire::Contact>, Error> {
        let watch = wire::WatchContacts { users: users.into_iter().map(wire_user_ref).collect() };
        let list: Result<wire::ContactList, Error> = request_reply!(self, WatchContacts(watch) => ContactList);
        Ok(list?.contacts)
    }

    /// The presence of these users now, at most 200.
    pub async fn presence(&self, users: &[UserId]) -> Result<Vec<wire::Presence>, Error> {
        let get = wire::GetPresence { user_ids: ids_as_text(users) };
        let list: Result<wire::PresenceList, Error> = request_reply!(self, GetPresence(get) => PresenceList);
        Ok(list?.presences)
    }
}

fn updated(answer: Result<wire::ConversationUpdated, Error>) -> Result<wire::Conversation, Error> {
    answer?.conversation.ok_or(Error::UnexpectedReply)
}

fn related(answer: Result<wire::RelationUpdated, Error>) -> Result<Option<wire::Relation>, Error> {
    Ok(answer?.relation)
}

fn ids_as_text(users: &[UserId]) -> Vec<String> {
    users.iter().map(UserId::to_string).collect()
}

fn wire_user_ref(user: UserRef) -> wire::UserRef {
    let by = match user {
        UserRef::Id(id) => wire::user_ref::By::Id(id.to_string()),
        UserRef::ExternalId(id) => wire::user_ref::By::ExternalId(id),
    };
    wire::UserRef { by: Some(by) }
}
