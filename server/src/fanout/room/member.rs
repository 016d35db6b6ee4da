//! An online member of a room: what is unread, and what the member sees.

use std::sync::Arc;

use causerie_protocol::UserId;

use crate::fanout::{
    online_user::OnlineUser,
    update::{Change, Effect},
};
use crate::sessions::Frame;

/// Whether a member may read the conversation. Only then do the member's devices hear of it, and is it in their total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Not asked yet, and nothing told.
    Undecided,
    /// They may, and the devices know the conversation.
    Yes,
    /// They may not, and the devices know no more than the conversation's id.
    No,
}

pub(super) struct RoomMember {
    pub online: Arc<OnlineUser>,
    pub count: Count,
    /// The version the count is true at.
    pub as_of: u32,
    pub visibility: PackedVisibility,
}

/// What a member sees of a conversation: whether they may read, and from which message on they see all (see
/// [`fully_visible_from_seq`](crate::store::queries::positions::MemberPosition::fully_visible_from_seq)). In one number, since there is one for each conversation of everyone who is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackedVisibility(u32);

impl PackedVisibility {
    /// Of a member the rules were not asked about yet. Conversations of more than a billion messages are looked at as if the
    /// member had deleted own copies of the last.
    pub(super) fn new(fully_visible_from_seq: u32) -> Self {
        Self(fully_visible_from_seq.min(u32::MAX >> 2) << 2)
    }

    pub(super) fn fully_visible_from_seq(self) -> u32 {
        self.0 >> 2
    }

    /// All is seen from a message on that may be later than before.
    pub(super) fn see_from(&mut self, fully_visible_from_seq: u32) {
        *self = Self(Self::new(self.fully_visible_from_seq().max(fully_visible_from_seq)).0 | self.0 & 3);
    }

    pub(super) fn reads(self) -> Reads {
        match self.0 & 3 {
            0 => Reads::Undecided,
            1 => Reads::Yes,
            _ => Reads::No,
        }
    }

    pub(super) fn set_reads(&mut self, reads: Reads) {
        let reads = match reads {
            Reads::Undecided => 0,
            Reads::Yes => 1,
            Reads::No => 2,
        };
        self.0 = self.0 & !3 | reads;
    }
}

impl RoomMember {
    /// A change as this member sees it. Of a message the member may have deleted their copy of, the devices ask, and are
    /// answered without it.
    pub(super) fn view<'a>(&self, change: &'a Change, gap: &'a Frame) -> &'a Frame {
        if change.seq().is_some_and(|seq| seq < self.visibility.fully_visible_from_seq()) { gap } else { &change.frame }
    }

    /// Replaces the count by one that is true at a version, unless the position moved further meanwhile. True when it is
    /// another count than before.
    pub(super) fn count_is(&mut self, count: Count, as_of: u32) -> bool {
        if count.read_seq < self.count.read_seq {
            return false;
        }
        let before = std::mem::replace(&mut self.count, count);
        self.as_of = as_of;
        if self.visibility.reads() == Reads::Yes {
            self.online.recounted(before, count);
        }
        before != count
    }

    /// What the conversation adds to the user's total.
    pub(super) fn counted(&self) -> Count {
        if self.visibility.reads() == Reads::Yes { self.count } else { Count::default() }
    }
}

/// Where a live member stands. Small, since there is one for each conversation of everyone who is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Number of the last message read.
    pub read_seq: u32,
    /// Twice the number of messages unread, and one if marked by hand.
    unread_and_mark: u32,
}

impl Count {
    /// As read from the database.
    #[must_use]
    pub fn new(read_seq: u32, unread: u32, marked_unread: bool) -> Self {
        Self { read_seq, unread_and_mark: unread.min(u32::MAX / 2) * 2 + u32::from(marked_unread) }
    }

    /// Messages unread.
    #[must_use]
    pub fn unread(&self) -> u32 {
        self.unread_and_mark / 2
    }

    /// Marked as unread by hand.
    #[must_use]
    pub fn marked_unread(&self) -> bool {
        self.unread_and_mark % 2 == 1
    }

    /// What it adds to the user's total: a conversation marked by hand counts as one.
    #[must_use]
    pub fn weight(&self) -> u32 {
        if self.unread() == 0 { u32::from(self.marked_unread()) } else { self.unread() }
    }

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
