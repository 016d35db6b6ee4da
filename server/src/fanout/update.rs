//! The updates that the hub publishes: committed changes and ephemeral events.

use causerie_protocol::{ConversationId, UserId, wire};
use wire::event::Kind as Event;

use crate::{domain::Message, sessions::Frame};

/// A committed change or an ephemeral event, to be delivered on all nodes. `E` is the event for clients: the event itself
/// until [`Hub::publish`](super::Hub::publish), and then its encoded form, which all recipients share.
#[derive(Debug, Clone)]
pub enum Update<E = Event> {
    /// A conversation changed.
    Change(Change<E>),
    /// A user's own read position changed.
    ReadPosition(ReadPosition),
    /// A user joined or left conversations.
    Inbox {
        /// The user whose inbox changed.
        user: UserId,
        /// The inbox version after the change.
        version: u32,
    },
    /// An event that may be lost: typing, or another member's read position.
    Ephemeral {
        /// The conversation whose online members get the event.
        conversation: ConversationId,
        /// The user who caused the event, and does not get it.
        user: UserId,
        /// The event.
        event: E,
        /// The version of the facts by which the event was allowed. Its recipients must be decided by facts that are not
        /// older.
        facts: u64,
    },
}

/// One change of a conversation: its version, its effect on counts and members, and the event for clients. `E` is the event
/// as in [`Update`].
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Change<E = Event> {
    pub conversation: ConversationId,
    pub version: u32,
    pub effect: Effect,
    pub event: E,
    /// The version of the facts by which the change was decided. The readers of the change must be decided by facts that are
    /// not older. 0 if the rules let every member read.
    pub facts: u64,
}

/// The effect of a change on unread counts and on the members of the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// No effect on counts or members.
    None,
    /// A new message: the unread count of every member except its author grows by one.
    Sent {
        /// The `seq` of the message.
        seq: u32,
        /// The author. The author's read position moves to this message.
        author: UserId,
    },
    /// A message was deleted and no longer counts as unread.
    Uncounted {
        /// The `seq` of the message.
        seq: u32,
    },
    /// A message was edited, or deleted without having counted; counts stay as they are.
    Rewritten {
        /// The `seq` of the message.
        seq: u32,
    },
    /// The capabilities of the members may have changed.
    Capabilities,
    /// These users are no longer members.
    Removed(Vec<UserId>),
}

/// A member's own read position and unread count, true at `version` of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReadPosition {
    pub user: UserId,
    pub conversation: ConversationId,
    pub read_seq: u32,
    pub marked_unread: bool,
    pub unread: u32,
    pub version: u32,
}

impl Change {
    /// A change that was decided on this node. [`Self::facts`] is 0 until [`Self::decided_by`] sets it.
    #[must_use]
    pub fn new(conversation: ConversationId, version: u32, effect: Effect, event: Event) -> Self {
        Self { conversation, version, effect, event, facts: 0 }
    }

    /// The change with its event encoded.
    #[must_use]
    pub fn encode(self) -> Change<Frame> {
        let Self { conversation, version, effect, event, facts } = self;
        Change { conversation, version, effect, event: Frame::change(conversation, version, event), facts }
    }

    /// A change whose event brings members who have seen the messages up to `last_seq` to the current state of this message.
    #[must_use]
    pub fn of_message(message: Message, last_seq: u32) -> Self {
        let Message { conversation, seq, version, author, deleted_at_ms, .. } = message;
        let event = wire::MessageEvent::from(message);
        let (effect, event) = match (seq > last_seq, deleted_at_ms.is_some()) {
            (true, false) => (Effect::Sent { seq, author }, Event::MessageSent(event)),
            (false, true) => (Effect::Uncounted { seq }, Event::MessageDeleted(event)),
            // The message was sent and deleted in the meantime. It has a `seq`, and no unread count includes it.
            (true, true) => (Effect::Rewritten { seq }, Event::MessageDeleted(event)),
            (false, false) => (Effect::Rewritten { seq }, Event::MessageEdited(event)),
        };
        Self::new(conversation, version, effect, event)
    }
}

impl<E> Change<E> {
    /// The same change with this version of the facts; see [`Self::facts`].
    #[must_use]
    pub fn decided_by(self, facts: u64) -> Self {
        Self { facts, ..self }
    }

    /// The `seq` of the message that changed; `None` if the change is not about one message.
    #[must_use]
    pub fn seq(&self) -> Option<u32> {
        match self.effect {
            Effect::Sent { seq, .. } | Effect::Uncounted { seq } | Effect::Rewritten { seq } => Some(seq),
            Effect::None | Effect::Capabilities | Effect::Removed(_) => None,
        }
    }
}

impl Update {
    /// The update with its event encoded.
    #[must_use]
    pub fn encode(self) -> Update<Frame> {
        match self {
            Self::Change(change) => Update::Change(change.encode()),
            Self::ReadPosition(position) => Update::ReadPosition(position),
            Self::Inbox { user, version } => Update::Inbox { user, version },
            Self::Ephemeral { conversation, user, event, facts } => {
                Update::Ephemeral { conversation, user, event: Frame::event(event), facts }
            }
        }
    }
}
