//! The names of channels and keys in Redis. All names begin with a prefix, so that several servers can share one Redis.

use causerie_protocol::NodeId;

use super::super::Channel;

/// Makes and parses names with one prefix.
#[derive(Debug)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub fn new(prefix: &str) -> Self {
        Self { prefix: format!("{prefix}:") }
    }

    /// The name of a channel: `{prefix}:c:{conversation}`, `{prefix}:u:{user}` or `{prefix}:nodes`.
    pub fn channel(&self, channel: Channel) -> String {
        format!("{}{channel}", self.prefix)
    }

    /// The channel with this name; `None` if the name has another prefix or is no channel.
    pub fn parse(&self, name: &[u8]) -> Option<Channel> {
        std::str::from_utf8(name).ok()?.strip_prefix(&self.prefix)?.parse().ok()
    }

    /// The key of the set of users online on a node. A member of the set is the 16 bytes of a user id.
    pub fn online(&self, node: NodeId) -> String {
        format!("{}online:{node}", self.prefix)
    }

    /// The key of the sorted set of nodes. The score is the time at which a node counts as dead, in milliseconds since 1970
    /// UTC by the clock of Redis.
    pub fn nodes(&self) -> String {
        format!("{}nodes", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use causerie_protocol::UserId;

    use super::*;

    #[test]
    fn names_of_another_prefix_are_ignored() {
        let (names, channel) = (Names::new("one"), Channel::User(UserId::new()));
        assert_eq!(names.parse(names.channel(channel).as_bytes()), Some(channel));
        for other in ["one2", "on", "two"] {
            assert_eq!(names.parse(Names::new(other).channel(channel).as_bytes()), None);
        }
        assert_eq!(names.parse(b"one:c:\xff"), None);
    }
}
