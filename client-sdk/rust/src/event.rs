//! The events that a client publishes.

use causerie_protocol::{ClientId, ConversationId, ErrorCode, wire};

use crate::error::SendError;

/// An event for the program.
///
/// Every message of a conversation arrives once, in order. A message that was sent, edited or deleted while there was no
/// connection arrives like a live one, in its current state: a new message as [`Event::MessageSent`] (also if it was deleted
/// in the meantime; it then has a `deleted_at`), an older one as edited or deleted. In three cases the program must load
/// what it shows again: [`Event::Resynced`] with `reload`, [`Event::ReloadList`] and [`Event::Lagged`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Any user sent a message. If this client sent it, the message has the client id of its [`crate::PendingMessage`].
    MessageSent(wire::Message),
    /// A message was edited.
    MessageEdited(wire::Message),
    /// A message was deleted for all members. It keeps its seq.
    MessageDeleted(wire::Message),
    /// Subject, state or members changed. Fields that did not change are absent.
    ConversationChanged(wire::ConversationChanged),
    /// The user joined a conversation. Its unread messages follow as [`Event::MessageSent`], unless there are more than 200;
    /// older messages are in [`crate::Client::history`].
    Joined(Box<wire::Conversation>),
    /// The user is not a member of this conversation any more.
    Left(ConversationId),
    /// Changes were missed and are repaired. Events of the missed messages came before this one.
    Resynced {
        /// The conversation in its current state.
        conversation: Box<wire::Conversation>,
        /// More was missed than the server lists, or messages were deleted for this user only. The program must drop the
        /// messages it shows and load [`crate::Client::history`] again.
        reload: bool,
    },
    /// More joins and leaves were missed than the server lists. The program must load [`crate::Client::conversations`]
    /// again.
    ReloadList,
    /// What the user may do in a conversation. Replaces the capabilities known before.
    Capabilities {
        /// The conversation they belong to.
        conversation: ConversationId,
        /// All capabilities, except those that this version does not know.
        capabilities: Vec<wire::Capability>,
        /// Why the user can't write, if the capabilities contain neither `Send` nor `Reply`.
        cannot_send: Option<ErrorCode>,
    },
    /// The read state of the user in a conversation. Replaces the one known before.
    ReadState {
        /// Read position and unread count.
        read_state: wire::ReadState,
        /// Unread count of all conversations together.
        total_unread: u32,
    },
    /// Unread count of all conversations together. Sent after each connect, and when the user leaves a conversation with
    /// unread messages.
    TotalUnread(u32),
    /// Another member moved their read position.
    MemberRead(wire::MemberRead),
    /// A relation of the user was requested, accepted or ended. An ended relation has no state.
    RelationChanged(wire::Relation),
    /// A member started or stopped typing.
    Typing(wire::Typing),
    /// What the user may do with watched users ([`crate::Client::watch_contacts`]). Each contact replaces the earlier contact
    /// with the same `user_ref`. The answer to each watch arrives here too, in its order with the changes; after a reconnect,
    /// all contacts arrive again.
    Contacts(Vec<wire::Contact>),
    /// Whether the user may start any conversation, or request any relation, changed. The first values are in
    /// [`crate::Client::welcome`].
    MayStart(wire::MayStartChanged),
    /// The presence of a watched user changed.
    Presence(wire::Presence),
    /// A message failed: the server refused it permanently, or closed the connection over it twice. The
    /// [`crate::PendingMessage`] has the same error. For messages that failed in an earlier run, this event follows the
    /// start. See [`crate::Client::failed_sends`].
    SendFailed {
        /// The conversation of the message.
        conversation: ConversationId,
        /// The client id of the message.
        client_id: ClientId,
        /// Why it failed.
        error: SendError,
    },
    /// The queue of this subscriber was full and events were dropped. The program must load what it shows again.
    Lagged {
        /// Number of dropped events.
        missed: u64,
    },
}
