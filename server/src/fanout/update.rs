//! What the writer publishes after a commit.

use bytes::Bytes;
use causerie_protocol::{ConversationId, NodeId, UserId, bus, wire};

use wire::event::Kind as Event;

use super::bus::Channel;
use crate::sessions::Frame;

/// Something that was committed, or an ephemeral event.
#[derive(Debug, Clone)]
pub enum Update {
    /// A conversation changed.
    Change(Change),
    /// A user's own position moved.
    Position(Position),
    /// A user joined or left conversations.
    Inbox {
        /// Who.
        user: UserId,
        /// The inbox's version after it.
        version: u32,
    },
    /// Nobody misses it if lost: typing, another member's reading.
    Ephemeral {
        /// Where.
        conversation: ConversationId,
        /// Who caused it, and is not told.
        user: UserId,
        /// What to show.
        frame: Frame,
        /// It was allowed by facts of this version: who may learn of it is asked of facts that are not older.
        facts: u64,
    },
}

/// One version of a conversation.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Change {
    pub conversation: ConversationId,
    pub version: u32,
    pub effect: Effect,
    pub frame: Frame,
    /// It was decided by facts of this version: who may read it is asked of facts that are not older. 0 where every member
    /// may read, whatever the facts.
    pub facts: u64,
}

/// What a change does to unread counts and audiences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// A new message: one more unread for all but its author.
    Sent {
        /// Its number.
        seq: u32,
        /// Who has read it by writing it.
        author: UserId,
    },
    /// A message that no longer counts.
    Uncounted {
        /// Its number.
        seq: u32,
    },
    /// A message that counts as before.
    Rewritten {
        /// Its number.
        seq: u32,
    },
    /// What members may do changed.
    Capabilities,
    /// Users who see no more.
    Removed(Vec<UserId>),
}

/// A member's position, true at a version of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Position {
    pub user: UserId,
    pub conversation: ConversationId,
    pub read_seq: u32,
    pub marked_unread: bool,
    pub unread: u32,
    pub version: u32,
}

impl Change {
    /// Of an event made on this node.
    #[must_use]
    pub fn new(conversation: ConversationId, version: u32, effect: Effect, kind: Event) -> Self {
        Self { conversation, version, effect, frame: Frame::change(conversation, version, kind), facts: 0 }
    }

    /// Of a change that was decided by facts of a version, see [`Self::facts`].
    #[must_use]
    pub fn decided_by(self, facts: u64) -> Self {
        Self { facts, ..self }
    }

    /// The event that would have told of a message as it is now, to an audience that has seen messages up to `last_seq`.
    #[must_use]
    pub fn of_message(conversation: ConversationId, message: &wire::Message, last_seq: u32) -> Self {
        let new = message.seq > last_seq;
        let event = wire::MessageEvent { message: Some(message.clone()) };
        let (effect, kind) = match (new, message.deleted_at.is_some()) {
            (true, false) => {
                // Ids in the database were made by this program.
                let author = message.author_id.parse().unwrap_or(UserId(uuid::Uuid::nil()));
                (Effect::Sent { seq: message.seq, author }, Event::MessageSent(event))
            }
            (false, true) => (Effect::Uncounted { seq: message.seq }, Event::MessageDeleted(event)),
            // Sent and deleted meanwhile: it keeps its place, and counts for nobody.
            (true, true) => (Effect::Rewritten { seq: message.seq }, Event::MessageDeleted(event)),
            (false, false) => (Effect::Rewritten { seq: message.seq }, Event::MessageEdited(event)),
        };
        Self::new(conversation, message.version, effect, kind)
    }

    /// The number of the message concerned; `None` when the change is of the conversation itself.
    #[must_use]
    pub fn seq(&self) -> Option<u32> {
        match self.effect {
            Effect::Sent { seq, .. } | Effect::Uncounted { seq } | Effect::Rewritten { seq } => Some(seq),
            Effect::None | Effect::Capabilities | Effect::Removed(_) => None,
        }
    }
}

impl Update {
    /// As other nodes hear it.
    #[must_use]
    pub fn signal(&self, node: NodeId) -> (Channel, bus::Signal) {
        let (channel, kind) = match self {
            Self::Change(change) => (Channel::Conversation(change.conversation), bus::signal::Kind::Change(change.into())),
            Self::Position(position) => (
                Channel::User(position.user),
                bus::signal::Kind::Position(bus::Position {
                    user: position.user.to_bytes(),
                    conversation: position.conversation.to_bytes(),
                    read_seq: position.read_seq,
                    marked_unread: position.marked_unread,
                    unread: position.unread,
                    version: position.version,
                }),
            ),
            Self::Inbox { user, version } => (
                Channel::User(*user),
                bus::signal::Kind::InboxMoved(bus::InboxMoved { user: user.to_bytes(), inbox_version: *version }),
            ),
            Self::Ephemeral { conversation, user, frame, facts } => (
                Channel::Conversation(*conversation),
                bus::signal::Kind::Passing(bus::Passing {
                    conversation: conversation.to_bytes(),
                    user: user.to_bytes(),
                    frame: frame.payload(),
                    facts: *facts,
                }),
            ),
        };
        (channel, bus::Signal { node: node.to_bytes(), kind: Some(kind) })
    }
}

impl From<&Change> for bus::Change {
    fn from(change: &Change) -> Self {
        let (effect, seq, author, removed) = match &change.effect {
            Effect::None => (bus::Effect::None, 0, Bytes::new(), Vec::new()),
            Effect::Sent { seq, author } => (bus::Effect::Sent, *seq, author.to_bytes(), Vec::new()),
            Effect::Uncounted { seq } => (bus::Effect::Uncounted, *seq, Bytes::new(), Vec::new()),
            Effect::Rewritten { seq } => (bus::Effect::Rewritten, *seq, Bytes::new(), Vec::new()),
            Effect::Capabilities => (bus::Effect::Capabilities, 0, Bytes::new(), Vec::new()),
            Effect::Removed(users) => {
                (bus::Effect::Removed, 0, Bytes::new(), users.iter().map(|user| user.to_bytes()).collect())
            }
        };
        Self {
            conversation: change.conversation.to_bytes(),
            version: change.version,
            seq,
            effect: effect as i32,
            author,
            frame: change.frame.payload(),
            removed,
            facts: change.facts,
        }
    }
}

impl TryFrom<bus::Change> for Change {
    type Error = causerie_protocol::ids::NotAnId;

    fn try_from(change: bus::Change) -> Result<Self, Self::Error> {
        let effect = match bus::Effect::try_from(change.effect) {
            Ok(bus::Effect::Sent) => Effect::Sent { seq: change.seq, author: UserId::from_slice(&change.author)? },
            Ok(bus::Effect::Uncounted) => Effect::Uncounted { seq: change.seq },
            Ok(bus::Effect::Removed) => {
                Effect::Removed(change.removed.iter().map(|user| UserId::from_slice(user)).collect::<Result<_, _>>()?)
            }
            Ok(bus::Effect::Capabilities) => Effect::Capabilities,
            Ok(bus::Effect::Rewritten) => Effect::Rewritten { seq: change.seq },
            Ok(bus::Effect::None) | Err(_) => Effect::None,
        };
        let (conversation, version) = (ConversationId::from_slice(&change.conversation)?, change.version);
        let frame = Frame::change_from_proto(conversation, version, change.frame);
        Ok(Self { conversation, version, effect, frame, facts: change.facts })
    }
}
