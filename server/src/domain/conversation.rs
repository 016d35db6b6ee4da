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
    /// The number of the last change.
    pub version: u32,
    /// The `seq` of the last message.
    pub last_seq: u32,
    /// The first [`limits::MEMBERS_SHOWN`](causerie_protocol::limits::MEMBERS_SHOWN) members that the member sees.
    pub members: Vec<Member>,
    /// The number of all members.
    pub member_count: u32,
    /// The last message that the member sees.
    pub last_message: Option<Message>,
    /// When the last message was sent or the conversation started, milliseconds since 1970 UTC.
    pub active_at_ms: i64,
    /// The member's own read position.
    pub read_state: ReadState,
    /// What the member may do. The store does not know; it leaves the list empty.
    pub capabilities: Vec<Capability>,
    /// Why the member can't write. The store does not know; it leaves this empty.
    pub cannot_send: Option<ErrorCode>,
    /// The first [`limits::ADDRESSEES_SHOWN`](causerie_protocol::limits::ADDRESSEES_SHOWN) addressees of a mail, in the
    /// order given.
    pub addressees: Vec<Addressee>,
    /// The member got the mail for information only.
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
    /// The member marked the conversation as unread by hand.
    pub marked_unread: bool,
}

/// An addressee of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Addressee {
    pub addressed: Addressed,
    /// The addressee gets the mail for information only.
    pub is_copy: bool,
}

/// A user, or a group as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Addressed {
    User(UserSummary),
    Group(Group),
}

/// The start key of the direct conversation of two users, or of a note to self. It does not depend on which of them starts.
#[must_use]
pub fn start_key(starter: UserId, peer: UserId) -> String {
    if starter == peer { format!("self:{starter}") } else { format!("pair:{}:{}", starter.min(peer), starter.max(peer)) }
}
