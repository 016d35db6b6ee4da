//! Names in Redis. All begin with the prefix, so that several servers can share one.

use causerie_protocol::NodeId;

use super::super::Channel;

/// Makes names and reads them.
#[derive(Debug)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub fn new(prefix: &str) -> Self {
        Self { prefix: format!("{prefix}:") }
    }

    /// `{prefix}:c:{conversation}`, `{prefix}:u:{user}`, `{prefix}:nodes`.
    pub fn channel(&self, channel: Channel) -> String {
        format!("{}{channel}", self.prefix)
    }

    /// The channel of that name; `None` for one that is not ours.
    pub fn parse(&self, name: &[u8]) -> Option<Channel> {
        std::str::from_utf8(name).ok()?.strip_prefix(&self.prefix)?.parse().ok()
    }

    /// The key of the set of users on a node, 16 bytes each.
    pub fn online(&self, node: NodeId) -> String {
        format!("{}online:{node}", self.prefix)
    }

    /// The key of the sorted set of nodes, scored with when each is taken for dead: milliseconds of Redis's clock.
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
