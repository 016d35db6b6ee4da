//! The conversion between updates and the signals of the bus, in both directions.

use bytes::Bytes;
use causerie_protocol::{ConversationId, NodeId, UserId, bus, ids::NotAnId};

use super::{
    bus::Channel,
    update::{Change, Effect, ReadPosition, Update},
};
use crate::sessions::Frame;

impl Update<Frame> {
    /// The channel and the signal that carry this update to the other nodes.
    #[must_use]
    pub fn signal(&self, node: NodeId) -> (Channel, bus::Signal) {
        let (channel, kind) = match self {
            Self::Change(change) => (Channel::Conversation(change.conversation), bus::signal::Kind::Change(change.into())),
            Self::ReadPosition(position) => (
                Channel::User(position.user),
                bus::signal::Kind::ReadPositionChanged(bus::ReadPositionChanged {
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
                bus::signal::Kind::InboxChanged(bus::InboxChanged { user: user.to_bytes(), inbox_version: *version }),
            ),
            Self::Ephemeral { conversation, user, event, facts } => (
                Channel::Conversation(*conversation),
                bus::signal::Kind::Ephemeral(bus::Ephemeral {
                    conversation: conversation.to_bytes(),
                    user: user.to_bytes(),
                    frame: event.payload(),
                    facts: *facts,
                }),
            ),
        };
        (channel, bus::Signal { node: node.to_bytes(), kind: Some(kind) })
    }
}

impl From<&Change<Frame>> for bus::Change {
    fn from(change: &Change<Frame>) -> Self {
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
            frame: change.event.payload(),
            removed,
            facts: change.facts,
        }
    }
}

impl TryFrom<bus::Change> for Change<Frame> {
    type Error = NotAnId;

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
        let event = Frame::change_from_proto(conversation, version, change.frame);
        Ok(Self { conversation, version, effect, event, facts: change.facts })
    }
}

impl TryFrom<bus::ReadPositionChanged> for ReadPosition {
    type Error = NotAnId;

    fn try_from(position: bus::ReadPositionChanged) -> Result<Self, Self::Error> {
        Ok(Self {
            user: UserId::from_slice(&position.user)?,
            conversation: ConversationId::from_slice(&position.conversation)?,
            read_seq: position.read_seq,
            marked_unread: position.marked_unread,
            unread: position.unread,
            version: position.version,
        })
    }
}

impl TryFrom<bus::InboxChanged> for Update<Frame> {
    type Error = NotAnId;

    fn try_from(changed: bus::InboxChanged) -> Result<Self, Self::Error> {
        Ok(Self::Inbox { user: UserId::from_slice(&changed.user)?, version: changed.inbox_version })
    }
}

impl TryFrom<bus::Ephemeral> for Update<Frame> {
    type Error = NotAnId;

    fn try_from(ephemeral: bus::Ephemeral) -> Result<Self, Self::Error> {
        Ok(Self::Ephemeral {
            conversation: ConversationId::from_slice(&ephemeral.conversation)?,
            user: UserId::from_slice(&ephemeral.user)?,
            event: Frame::from_proto(ephemeral.frame),
            facts: ephemeral.facts,
        })
    }
}
