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
    /// Changes were missed, and the client has fetched them. The events of the missed messages precede this event.
    Resynced {
        /// The conversation in its current state.
        conversation: Box<wire::Conversation>,
        /// If true, the server did not list all missed changes, or messages were deleted for this user only. The program
        /// must drop the messages it shows and load [`crate::Client::history`] again.
        reload: bool,
    },
    /// The server did not list all missed joins and leaves. The program must load [`crate::Client::conversations`] again.
    ReloadList,
    /// The capabilities of the user in a conversation changed. They replace the capabilities known before.
    Capabilities {
        /// The conversation of the capabilities.
        conversation: ConversationId,
        /// All capabilities, except those that this version does not know.
        capabilities: Vec<wire::Capability>,
        /// Why the user can't write, if the capabilities contain neither `Send` nor `Reply`.
        cannot_send: Option<ErrorCode>,
    },
    /// The read state of the user in a conversation changed. It replaces the read state known before.
    ReadState {
        /// The read position, the unread count and the manual "unread" flag.
        read_state: wire::ReadState,
        /// The unread count of all conversations together.
        total_unread: u32,
    },
    /// The unread count of all conversations together. This event follows each connect, and a leave of a conversation with
    /// unread messages.
    TotalUnread(u32),
    /// The read position of another member changed.
    MemberRead(wire::MemberRead),
    /// A relation of the user was requested, accepted or ended. An ended relation has no state.
    RelationChanged(wire::Relation),
    /// A member started or stopped typing.
    Typing(wire::Typing),
    /// The actions that the user may do with watched users ([`crate::Client::watch_contacts`]). Each contact replaces the
    /// earlier contact with the same `user_ref`. The answer to each watch is published as this event too, in order with the
    /// changes. After a reconnect, all contacts are published again.
    Contacts(Vec<wire::Contact>),
    /// The answer to the question whether the user may start any conversation, or request any relation, changed. The first
    /// answers are in [`crate::Client::welcome`].
    MayStart(wire::MayStartChanged),
    /// The presence of a watched user changed.
    Presence(wire::Presence),
    /// A message failed: the server refused it permanently, or closed the connection over it twice. The
    /// [`crate::PendingMessage`] has the same error. Messages that failed in an earlier run cause this event after the start
    /// of the client. See [`crate::Client::failed_sends`].
    SendFailed {
        /// The conversation of the message.
        conversation: ConversationId,
        /// The client id of the message.
        client_id: ClientId,
        /// The reason of the failure.
        error: SendError,
    },
    /// The queue of this subscriber was full and events were dropped. The program must load what it shows again.
    Lagged {
        /// Number of dropped events.
        missed: u64,
    },
}
