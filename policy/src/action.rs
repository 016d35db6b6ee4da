//! What people do, and where.

use crate::facts::{GroupIx, Relation, UserIx};

/// Something a person wants to do. The words are those of the rule language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Be offered a person or a group in the directory.
    Find,
    /// See a person's profile and presence.
    SeeProfile,
    /// Start a conversation with a person, or put the person into a group.
    Start,
    /// Have a conversation of several people at all.
    StartGroup,
    /// Write to all of a group of the product by naming the group.
    AddressGroup,
    /// Post in an existing conversation.
    Send,
    /// Answer those a message was from and to, whatever else the rules say of them.
    Reply,
    /// Change a message.
    Edit,
    /// Delete a message for everyone.
    DeleteForAll,
    /// Delete one's own copy of a message.
    DeleteOwnCopy,
    /// End a conversation for all.
    Close,
    /// Let a closed one go on.
    Reopen,
    /// Delete one's own copy of a conversation.
    DeleteConversation,
    /// Erase a conversation for all its members.
    EraseConversation,
    /// Change the subject.
    Rename,
    /// Put someone into a group conversation.
    AddMember,
    /// Take someone else out of it.
    RemoveMember,
    /// Leave it.
    Leave,
    /// Read it: history, members, changes.
    Read,
    /// Ask for a mutual relation, or enter a one-sided one.
    Request,
    /// Say yes to a request.
    Accept,
    /// End a relation.
    Unrelate,
    /// Block a person.
    Block,
}

/// What actions are done to; [`About`] says which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Target {
    Person,
    Group,
    Nobody,
    Conversation,
}

impl Action {
    /// What it is done to.
    #[must_use]
    pub fn target(self) -> Target {
        match self {
            Self::Find | Self::SeeProfile | Self::Start | Self::Request | Self::Accept | Self::Unrelate | Self::Block => {
                Target::Person
            }
            Self::AddressGroup => Target::Group,
            Self::StartGroup => Target::Nobody,
            _ => Target::Conversation,
        }
    }

    /// Whether it is done to one message of a conversation, so that rules can ask for its author and age.
    #[must_use]
    pub fn is_about_a_message(self) -> bool {
        matches!(self, Self::Edit | Self::DeleteForAll | Self::DeleteOwnCopy | Self::Reply)
    }

    /// Whether it can be done to such a thing; groups are found as well as people.
    #[must_use]
    pub fn fits(self, target: Target) -> bool {
        self.target() == target || (self == Self::Find && target == Target::Group)
    }
}

/// An action in a conversation as a thing a screen may offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the same words as in [`Action`] and in the wire's `Capability`
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
    /// All, in the order they are told.
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

    /// The action it promises.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    NoteToSelf,
    Direct,
    Group,
    Mail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum State {
    Open,
    Closed,
    Locked,
}

/// What a member is in a conversation; a role is held in a group of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Seat {
    Member,
    Owner,
}

/// A conversation, as it concerns the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// What it is.
    pub kind: Kind,
    /// Whether it goes on.
    pub state: State,
    /// What the asking person is in it; `None` for one who is no member.
    pub seat: Option<Seat>,
    /// The other one of a direct conversation, oneself in a note to self; `None` in others, and for one who is not known.
    pub peer: Option<UserIx>,
}

/// What the action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// No one in particular (`start_group`).
    Nothing,
    /// A person.
    Person(UserIx),
    /// A relation with a person.
    Relation(UserIx, Relation),
    /// A group of the product.
    Group(GroupIx),
    /// A conversation.
    Conversation(Conversation),
    /// A message in a conversation.
    Message {
        /// Where it stands.
        conversation: Conversation,
        /// The asking person wrote it.
        mine: bool,
        /// Milliseconds since it was sent.
        age_ms: i64,
    },
}
