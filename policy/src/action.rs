//! Actions, and the resources on which users perform them.

use crate::facts::{GroupIx, RelationId, UserIx};

/// An action of a user. The rule language has a keyword for each action, see [`crate::ACTIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Find a user or a group in the directory.
    Find,
    /// See the profile and the presence of a user.
    SeeProfile,
    /// Start a conversation with a user, or add the user to a group conversation.
    Start,
    /// Start a conversation with several users.
    StartGroup,
    /// Address a message to all members of a group.
    AddressGroup,
    /// Send a message to an existing conversation.
    Send,
    /// Reply to the author and the addressees of a mail without the right to [`Action::Start`] with them.
    Reply,
    /// Edit a message.
    Edit,
    /// Delete a message for all members.
    DeleteForAll,
    /// Delete a message for the principal alone.
    DeleteOwnCopy,
    /// Close a conversation for all members.
    Close,
    /// Reopen a closed conversation.
    Reopen,
    /// Delete a conversation for the principal alone.
    DeleteConversation,
    /// Erase a conversation for all members.
    EraseConversation,
    /// Change the subject of a conversation.
    Rename,
    /// Add a user to a group conversation.
    AddMember,
    /// Remove another member from a group conversation.
    RemoveMember,
    /// Leave a group conversation.
    Leave,
    /// Read a conversation: its history, members and changes.
    Read,
    /// Request a mutual relation, or make a relation of the origin `own`.
    Request,
    /// Accept a requested relation.
    Accept,
    /// End a relation.
    Unrelate,
    /// Block a user.
    Block,
}

/// The type of the resource of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceType {
    /// Another user.
    User,
    /// A group of the tenant.
    Group,
    /// No resource.
    None,
    /// A conversation, or a message in it.
    Conversation,
}

impl Action {
    /// The type of the resource.
    #[must_use]
    pub fn resource_type(self) -> ResourceType {
        match self {
            Self::Find | Self::SeeProfile | Self::Start | Self::Request | Self::Accept | Self::Unrelate | Self::Block => {
                ResourceType::User
            }
            Self::AddressGroup => ResourceType::Group,
            Self::StartGroup => ResourceType::None,
            _ => ResourceType::Conversation,
        }
    }

    /// Whether the resource is one message, so that rules can use `author` and `age<`.
    #[must_use]
    pub fn is_about_a_message(self) -> bool {
        matches!(self, Self::Edit | Self::DeleteForAll | Self::DeleteOwnCopy | Self::Reply)
    }

    /// Whether the action can have a resource of this type. [`Action::Find`] has two types: users and groups.
    #[must_use]
    pub fn accepts(self, resource: ResourceType) -> bool {
        self.resource_type() == resource || (self == Self::Find && resource == ResourceType::Group)
    }
}

/// An action in a conversation that a client may offer to its user. The wire format has an enum `Capability` with the same
/// names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Capability {
    Send,
    Edit,
    Delete,
    DeleteOwnCopy,
    Rename,
    AddMember,
    RemoveMember,
    Leave,
    Close,
    Reopen,
    DeleteConversation,
    EraseConversation,
    Reply,
}

impl Capability {
    /// All capabilities, in the order in which the server sends them.
    pub const ALL: [Self; 13] = [
        Self::Send,
        Self::Edit,
        Self::Delete,
        Self::DeleteOwnCopy,
        Self::Rename,
        Self::AddMember,
        Self::RemoveMember,
        Self::Leave,
        Self::Close,
        Self::Reopen,
        Self::DeleteConversation,
        Self::EraseConversation,
        Self::Reply,
    ];

    /// The action that the capability allows.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Send => Action::Send,
            Self::Edit => Action::Edit,
            Self::Delete => Action::DeleteForAll,
            Self::DeleteOwnCopy => Action::DeleteOwnCopy,
            Self::Rename => Action::Rename,
            Self::AddMember => Action::AddMember,
            Self::RemoveMember => Action::RemoveMember,
            Self::Leave => Action::Leave,
            Self::Close => Action::Close,
            Self::Reopen => Action::Reopen,
            Self::DeleteConversation => Action::DeleteConversation,
            Self::EraseConversation => Action::EraseConversation,
            Self::Reply => Action::Reply,
        }
    }
}

/// The kind of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ConversationKind {
    NoteToSelf,
    Direct,
    Group,
    Mail,
}

/// The state of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ConversationState {
    Open,
    Closed,
    Locked,
}

/// The role of a member in a conversation. A [`RoleId`](crate::RoleId) is a role in a group or in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum MemberRole {
    Member,
    Owner,
}

/// A conversation from the view of the principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationContext {
    /// The kind of the conversation.
    pub kind: ConversationKind,
    /// The state of the conversation.
    pub state: ConversationState,
    /// The principal's role in it; `None` if the principal is not a member.
    pub role: Option<MemberRole>,
    /// The other member of a direct conversation, or the principal in a note to self. `None` in other kinds of
    /// conversations, and if the world does not have the other member.
    pub peer: Option<UserIx>,
}

/// The resource on which the principal performs an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// No resource (`start_group`).
    None,
    /// A user.
    User(UserIx),
    /// A relation with a user.
    Relation(UserIx, RelationId),
    /// A group of the tenant.
    Group(GroupIx),
    /// A conversation.
    Conversation(ConversationContext),
    /// A message in a conversation.
    Message {
        /// The conversation of the message.
        conversation: ConversationContext,
        /// Whether the principal is the author.
        is_author: bool,
        /// Milliseconds since the message was sent.
        age_ms: i64,
    },
}
