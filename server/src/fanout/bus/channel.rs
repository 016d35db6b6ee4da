//! The channels of the bus and their names.

use std::{fmt, str::FromStr};

use causerie_protocol::{ConversationId, UserId, ids::NotAnId};

/// A channel of the bus. Conversation and user ids are unique across tenants, so each channel belongs to one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// Changes of a conversation, and its ephemeral events.
    Conversation(ConversationId),
    /// Signals about one user: read positions, inbox changes, presence, revocations.
    User(UserId),
    /// Signals for all nodes, among them heartbeats. Every node is subscribed to this channel from the start.
    Nodes,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conversation(id) => write!(f, "c:{id}"),
            Self::User(id) => write!(f, "u:{id}"),
            Self::Nodes => f.write_str("nodes"),
        }
    }
}

impl FromStr for Channel {
    type Err = NotAnId;

    fn from_str(name: &str) -> Result<Self, NotAnId> {
        match name.split_once(':') {
            Some(("c", id)) => id.parse().map(Self::Conversation),
            Some(("u", id)) => id.parse().map(Self::User),
            None if name == "nodes" => Ok(Self::Nodes),
            _ => Err(NotAnId),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_names_are_parsed_back() {
        for channel in [Channel::Conversation(ConversationId::new()), Channel::User(UserId::new()), Channel::Nodes] {
            assert_eq!(channel.to_string().parse(), Ok(channel));
        }
    }

    #[test]
    fn other_names_are_no_channels() {
        for name in ["", "c", "c:", "c:1", "x:0193b3a0-0000-7000-8000-000000000000", "nodes:", "nodes:1"] {
            assert_eq!(name.parse::<Channel>(), Err(NotAnId), "{name:?}");
        }
    }
}
