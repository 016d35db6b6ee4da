//! Moves the caller's read position, or marks the conversation as unread.

use causerie_policy::Action;

use super::{super::state::ReadPosition, RequestContext};
use crate::{domain::ReadState, facts::policy_gate::Rejection};

impl RequestContext<'_> {
    /// Moves the read position forward to `seq`, at most to the last message.
    pub(super) fn mark_read(&mut self, seq: u32) -> Result<ReadState, Rejection> {
        self.authorize(Action::Read)?;
        Ok(self.mark(seq.min(self.log.last_seq()), false))
    }

    /// Marks the conversation as unread by hand. The read position stays.
    pub(super) fn mark_unread(&mut self) -> Result<ReadState, Rejection> {
        self.authorize(Action::Read)?;
        Ok(self.mark(0, true))
    }

    /// Stores a read position. The unread count in the result is 0: it is known only after the batch is written.
    fn mark(&mut self, seq: u32, marked_unread: bool) -> ReadState {
        let member = (self.conversation, self.user);
        let stored = ReadPosition { read_seq: self.actor.read_seq, marked_unread: false };
        let position = self.decided.read_positions.entry(member).or_insert(stored);
        position.read_seq = position.read_seq.max(seq);
        position.marked_unread = marked_unread;
        let read_seq = position.read_seq;
        self.decided.marked.insert(member);
        ReadState { conversation: self.conversation, read_seq, unread: 0, marked_unread }
    }
}
