//! An online member of a room: the member's unread count, and which part of the conversation the member sees.

use std::sync::Arc;

use crate::fanout::{count::Count, online_user::OnlineUser};

/// Whether a member may read the conversation. Only with `Yes` do the member's devices get its frames, and does its unread
/// count belong to the member's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// The rules were not asked yet. The devices got no frame of the conversation.
    Undecided,
    /// The member may read, and the devices know the conversation.
    Yes,
    /// The member may not read, and the devices know at most the conversation's id.
    No,
}

/// An online member of a room.
pub(super) struct RoomMember {
    pub online: Arc<OnlineUser>,
    pub count: Count,
    /// The version of the conversation at which `count` is true.
    pub count_version: u32,
    pub visibility: PackedVisibility,
}

/// Two facts about a member in one `u32`: whether the member may read, and from which message on the member sees everything
/// (see [`fully_visible_from_seq`](crate::store::queries::positions::MemberPosition::fully_visible_from_seq)). They are
/// packed because the server holds this value once per conversation of each online user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackedVisibility(u32);

impl PackedVisibility {
    /// The visibility of a member about whom the rules were not asked yet. The `seq` is capped at about a billion (30 bits).
    /// A member whose `seq` is higher may get later changes of messages whose own copy they deleted.
    pub(super) fn new(fully_visible_from_seq: u32) -> Self {
        Self(fully_visible_from_seq.min(u32::MAX >> 2) << 2)
    }

    pub(super) fn fully_visible_from_seq(self) -> u32 {
        self.0 >> 2
    }

    /// Raises the `seq` from which on the member sees everything; never lowers it.
    pub(super) fn raise_fully_visible_from(&mut self, fully_visible_from_seq: u32) {
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
    /// Whether the member may have deleted their own copy of the message `seq`.
    pub(super) fn may_not_see(&self, seq: u32) -> bool {
        seq < self.visibility.fully_visible_from_seq()
    }

    /// Replaces the count by `count`, which is true at version `count_version`, unless the read position has moved further
    /// in the meantime. Returns true if the count changed.
    pub(super) fn set_count(&mut self, count: Count, count_version: u32) -> bool {
        if count.read_seq < self.count.read_seq {
            return false;
        }
        let before = std::mem::replace(&mut self.count, count);
        self.count_version = count_version;
        if self.visibility.reads() == Reads::Yes {
            self.online.recounted(before, count);
        }
        before != count
    }

    /// The count that is part of the user's total: zero if the member may not read.
    pub(super) fn count_in_total(&self) -> Count {
        if self.visibility.reads() == Reads::Yes { self.count } else { Count::default() }
    }
}
