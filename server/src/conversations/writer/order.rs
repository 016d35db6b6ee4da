//! What can be written.

use causerie_protocol::{ConversationId, MessageId, UserId, command::Draft, wire};

use crate::{conversations::Caller, store::queries::append::NewConversation};

/// One change somebody asks for.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who asks.
    pub caller: Caller,
    /// For what.
    pub op: Op,
}

/// The changes there are.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // they are the commands of the wire
pub enum Op {
    Start(Start),
    Send { conversation: ConversationId, draft: Draft },
    Edit { conversation: ConversationId, message: MessageId, text: String },
    Delete { conversation: ConversationId, message: MessageId },
    MarkRead { conversation: ConversationId, seq: u32 },
    MarkUnread { conversation: ConversationId },
    Rename { conversation: ConversationId, subject: String },
    AddMembers { conversation: ConversationId, users: Vec<wire::User> },
    RemoveMember { conversation: ConversationId, user: UserId },
}

/// Start a conversation, or find the one its key names.
#[derive(Debug, Clone)]
pub struct Start {
    /// As it will be if it is new.
    pub new: NewConversation,
    /// Members and their roles, the starter first.
    pub members: Vec<(UserId, i16)>,
    /// Said in the same transaction.
    pub first_message: Option<Draft>,
}

/// What became of an order.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Done {
    Started { conversation: ConversationId, created: bool, first_message: Option<wire::Message> },
    Sent(wire::Message),
    Edited(wire::Message),
    Deleted(wire::Message),
    Marked(wire::ReadState),
    Updated,
}

impl Order {
    /// Orders with the same key keep their order.
    pub(super) fn lane_key(&self) -> LaneKey<'_> {
        match &self.op {
            Op::Start(start) => LaneKey::Start(&start.new.start_key),
            Op::Send { conversation, .. }
            | Op::Edit { conversation, .. }
            | Op::Delete { conversation, .. }
            | Op::MarkRead { conversation, .. }
            | Op::MarkUnread { conversation }
            | Op::Rename { conversation, .. }
            | Op::AddMembers { conversation, .. }
            | Op::RemoveMember { conversation, .. } => LaneKey::Conversation(*conversation),
        }
    }
}

/// What decides the lane.
#[derive(Hash)]
pub(super) enum LaneKey<'a> {
    Start(&'a str),
    Conversation(ConversationId),
}
