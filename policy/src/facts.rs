//! What a decision may depend on.

/// Something a person wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See that a person exists: directory, profile, presence.
    Find,
    /// Start a conversation with a person, or put the person into a group.
    Start,
    /// Start a group.
    StartGroup,
    /// Read a conversation: history, members, changes.
    Read,
    /// Post in an existing conversation.
    Send,
    /// Change a message.
    Edit,
    /// Delete a message for everyone.
    DeleteForAll,
    /// Change the subject.
    Rename,
    /// Put someone into a group.
    AddMember,
    /// Take someone else out of a group.
    RemoveMember,
    /// Leave a group.
    Leave,
}

/// An action as a list of things a screen may offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the same words as in [`Action`] and in the wire's `Capability`
pub enum Capability {
    Send,
    Edit,
    Delete,
    Rename,
    AddMember,
    RemoveMember,
    Leave,
}

impl Capability {
    /// All, in the order they are told.
    pub const ALL: [Self; 7] =
        [Self::Send, Self::Edit, Self::Delete, Self::Rename, Self::AddMember, Self::RemoveMember, Self::Leave];

    /// The action it promises.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Send => Action::Send,
            Self::Edit => Action::Edit,
            Self::Delete => Action::DeleteForAll,
            Self::Rename => Action::Rename,
            Self::AddMember => Action::AddMember,
            Self::RemoveMember => Action::RemoveMember,
            Self::Leave => Action::Leave,
        }
    }
}

/// A person's standing with the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Status {
    Active,
    Deactivated,
    Removed,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Me {
    pub status: Status,
}

/// Another person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// It is the one who asks.
    pub same: bool,
    /// Their standing.
    pub status: Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    NoteToSelf,
    Direct,
    Group,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum State {
    Open,
    Closed,
    Locked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Role {
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
    /// The asking person's role; `None` for one who is no member.
    pub role: Option<Role>,
    /// The other person of a direct conversation.
    pub peer: Option<Status>,
}

/// What the action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// No one in particular.
    Nothing,
    /// A person.
    Person(Person),
    /// A conversation.
    Conversation(Conversation),
    /// A message in a conversation.
    Message {
        /// Where it stands.
        conversation: Conversation,
        /// The asking person wrote it.
        mine: bool,
    },
}
