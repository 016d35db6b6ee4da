//! A member's read position and unread count.

use causerie_protocol::UserId;

use super::update::Effect;

/// A member's read position and unread count, in 8 bytes: the server holds one per conversation of each online user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// The read position: the `seq` of the last message that the member has read.
    pub read_seq: u32,
    /// Twice the unread count, plus one if the conversation is marked as unread by hand.
    unread_and_mark: u32,
}

impl Count {
    /// A count as read from the database.
    #[must_use]
    pub fn new(read_seq: u32, unread: u32, marked_unread: bool) -> Self {
        Self { read_seq, unread_and_mark: unread.min(u32::MAX / 2) * 2 + u32::from(marked_unread) }
    }

    /// The number of unread messages.
    #[must_use]
    pub fn unread(&self) -> u32 {
        self.unread_and_mark / 2
    }

    /// Whether the user marked the conversation as unread by hand.
    #[must_use]
    pub fn marked_unread(&self) -> bool {
        self.unread_and_mark % 2 == 1
    }

    /// The number that this conversation adds to the user's total: a conversation that is only marked by hand adds one.
    #[must_use]
    pub fn weight(&self) -> u32 {
        if self.unread() == 0 { u32::from(self.marked_unread()) } else { self.unread() }
    }

    /// Applies the effect of a change for the member `user`.
    pub(super) fn apply(&mut self, user: UserId, effect: &Effect) {
        match effect {
            Effect::Sent { seq, author } if *author == user => *self = Self { read_seq: *seq, ..Self::default() },
            Effect::Sent { .. } => *self = Self::new(self.read_seq, self.unread() + 1, self.marked_unread()),
            Effect::Uncounted { seq } if *seq > self.read_seq => {
                *self = Self::new(self.read_seq, self.unread().saturating_sub(1), self.marked_unread());
            }
            Effect::Uncounted { .. }
            | Effect::Rewritten { .. }
            | Effect::Capabilities
            | Effect::None
            | Effect::Removed(_) => {}
        }
    }
}
