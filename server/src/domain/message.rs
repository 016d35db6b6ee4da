//! Messages.

use causerie_protocol::{ClientId, ConversationId, MessageId, UserId};

/// A message. A deleted message is a tombstone, whose text is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Message {
    pub id: MessageId,
    pub conversation: ConversationId,
    /// The position in the conversation.
    pub seq: u32,
    /// The version of the conversation at which the message last changed.
    pub version: u32,
    pub author: UserId,
    pub client_id: ClientId,
    pub text: String,
    /// Milliseconds since 1970 UTC.
    pub sent_at_ms: i64,
    /// Milliseconds since 1970 UTC; `None` if the message was never edited.
    pub edited_at_ms: Option<i64>,
    /// Milliseconds since 1970 UTC; `None` if the message was not deleted.
    pub deleted_at_ms: Option<i64>,
}
