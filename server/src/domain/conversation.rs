//! Conversations as one of their members sees them.

use causerie_policy::Capability;
use causerie_protocol::{ConversationId, ErrorCode, MessageId, UserId};

use super::{ConversationKind, ConversationState, Group, MemberRole, Message, UserSummary};

/// A conversation as one member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The id of the conversation.
    pub id: ConversationId,
    /// Direct, group, mail or note to self.
    pub kind: ConversationKind,
    /// Open, closed or locked.
    pub state: ConversationState,
    /// Empty for a conversation without a subject.
    pub subject: String,
    /// The version: the number of the last change.
    pub version: u32,
    /// The `seq` of the last message.
    pub last_seq: u32,
    /// At most [`limits::MEMBERS_SHOWN`](causerie_protocol::limits::MEMBERS_SHOWN) members that the member may see.
    pub members: Vec<Member>,
    /// The number of all members.
    pub member_count: u32,
    /// The last message that the member sees.
    pub last_message: Option<Message>,
    /// When the last message was sent or the conversation started, milliseconds since 1970 UTC.
    pub active_at_ms: i64,
    /// The member's own read position.
    pub read_state: ReadState,
    /// The actions that the member may do now. The store leaves the list empty; `facts::view` fills it.
    pub capabilities: Vec<Capability>,
    /// The code with which a message of the member would be refused; `None` if the member may write. The store leaves it
    /// `None`; `facts::view` sets it.
    pub cannot_send: Option<ErrorCode>,
    /// The first [`limits::ADDRESSEES_SHOWN`](causerie_protocol::limits::ADDRESSEES_SHOWN) addressees of a mail, in the
    /// order given.
    pub addressees: Vec<Addressee>,
    /// Whether the member got the mail in copy (Cc).
    pub is_copy: bool,
    /// The message that a mail replies to; `None` if the member does not see that message.
    pub in_reply_to: Option<MessageId>,
}

/// A member of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Member {
    pub user: UserSummary,
    pub role: MemberRole,
    /// The `seq` of the last message that the member has read; 0 if the reader of this value must not know it.
    pub read_seq: u32,
}

/// A member's own read position and unread count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReadState {
    pub conversation: ConversationId,
    /// The `seq` of the last message that the member has read.
    pub read_seq: u32,
    pub unread: u32,
    /// Whether the member marked the conversation as unread by hand.
    pub marked_unread: bool,
}

/// An addressee of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Addressee {
    pub addressed: Addressed,
    /// Whether the addressee gets the mail in copy (Cc).
    pub is_copy: bool,
}

/// A user, or a group as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Addressed {
    User(UserSummary),
    Group(Group),
}

/// The start key of the direct conversation of two users, or of a note to self. The order of the two users does not matter.
#[must_use]
pub fn start_key(starter: UserId, peer: UserId) -> String {
    if starter == peer { format!("self:{starter}") } else { format!("pair:{}:{}", starter.min(peer), starter.max(peer)) }
}
