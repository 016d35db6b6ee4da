//! Short names for kinds and states of conversations and for roles of members.

use crate::domain::{ConversationKind, ConversationState, MemberRole};

/// A note to self.
pub const NOTE_TO_SELF: ConversationKind = ConversationKind::NoteToSelf;
/// A direct conversation: two users.
pub const DIRECT: ConversationKind = ConversationKind::Direct;
/// A group conversation: any number of users, with a subject.
pub const GROUP: ConversationKind = ConversationKind::Group;
/// A mail: one message to users and groups.
pub const MAIL: ConversationKind = ConversationKind::Mail;

/// Members may send messages.
pub const OPEN: ConversationState = ConversationState::Open;
/// The conversation has ended.
pub const CLOSED: ConversationState = ConversationState::Closed;
/// The product or an operator has stopped the conversation.
pub const LOCKED: ConversationState = ConversationState::Locked;

/// The role of most members.
pub const MEMBER: MemberRole = MemberRole::Member;
