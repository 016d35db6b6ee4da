//! What a client is told unasked.

use causerie_protocol::{ClientId, ConversationId, wire};

use crate::error::SendError;

/// Something happened.
///
/// Every message of a conversation arrives once, in order. One that came while the connection was away arrives like a live
/// one: as sent when it is new, else as edited or deleted, in its current state (one sent and deleted meanwhile arrives as
/// sent, with `deleted_at`). Exceptions are told: [`Event::Resynced`] with `reload`, [`Event::ReloadList`] and
/// [`Event::Lagged`] say what to load anew.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A message was sent, perhaps by this client; its `client_id` tells.
    MessageSent(wire::Message),
    /// A message was edited.
    MessageEdited(wire::Message),
    /// A message was deleted for everyone; it keeps its place.
    MessageDeleted(wire::Message),
    /// Subject, state or members changed. What did not change is absent.
    ConversationChanged(wire::ConversationChanged),
    /// The user is in one more conversation. Its unread messages follow as [`Event::MessageSent`], unless they are more than 200;
    /// earlier ones are in [`crate::Client::history`].
    Joined(Box<wire::Conversation>),
    /// The person is in one conversation less.
    Left(ConversationId),
    /// Something was missed and is repaired: the conversation as it is now. The missed messages came before this event.
    Resynced {
        /// As it is now.
        conversation: Box<wire::Conversation>,
        /// Too much was missed to list, or own copies of messages were deleted: drop the messages held of it and load [`crate::Client::history`] anew.
        reload: bool,
    },
    /// Too much was joined or left to list: load [`crate::Client::conversations`] anew.
    ReloadList,
    /// What the person may do in a conversation; replaces what was known.
    Capabilities {
        /// Where.
        conversation: ConversationId,
        /// All of them. Those this version does not know are left out.
        capabilities: Vec<wire::Capability>,
    },
    /// Where the person stands in a conversation; replaces what was known.
    ReadState {
        /// Position and unread messages.
        read_state: wire::ReadState,
        /// Unread messages in all conversations together.
        total_unread: u32,
    },
    /// Unread messages in all conversations together, told with every connection, and when a conversation with unread
    /// messages was left.
    TotalUnread(u32),
    /// Another member read up to a message.
    MemberRead(wire::MemberRead),
    /// A relation of the person came, was answered, or ended: then it is without a state.
    RelationChanged(wire::Relation),
    /// Someone writes, or stopped.
    Typing(wire::Typing),
    /// Someone watched came or went.
    Presence(wire::Presence),
    /// A message in the outbox failed: the server refused it for good, or closed the connection over it twice. Also told by its
    /// [`crate::PendingMessage`]; of messages that failed in an earlier run, this event tells at the start. See
    /// [`crate::Client::failed_sends`].
    SendFailed {
        /// Where it was to go.
        conversation: ConversationId,
        /// Which.
        client_id: ClientId,
        /// Why.
        error: SendError,
    },
    /// This subscriber did not take its events, and its queue was full: so many were lost here. Load anew what is shown.
    Lagged {
        /// How many.
        missed: u64,
    },
}
