//! The counters of one conversation while a batch is decided.

use causerie_protocol::ConversationId;

use crate::{
    domain::ConversationState,
    store::queries::append::{ActorContext, Counters},
};

/// The counters of a conversation, in memory. The database gets them after the whole batch is decided.
#[derive(Debug)]
pub(super) struct Log {
    conversation: ConversationId,
    version: u32,
    last_seq: u32,
    /// The highest `seq` of a message that was deleted and counts as unread for no member.
    uncounted_seq: u32,
    member_count: u32,
    /// The time of the last message of the batch, in milliseconds since 1970 UTC; 0 if the batch has no message.
    active_at_ms: i64,
    state: ConversationState,
    /// Whether the batch changes the state.
    is_state_new: bool,
    /// The new subject; `None` if the batch does not rename the conversation.
    subject: Option<String>,
    /// Whether the counters differ from the stored counters.
    changed: bool,
}

impl Log {
    pub(super) fn new(conversation: ConversationId, actor: &ActorContext) -> Self {
        Self {
            conversation,
            version: actor.member.version,
            last_seq: actor.member.last_seq,
            uncounted_seq: actor.uncounted_seq,
            member_count: actor.member.member_count,
            active_at_ms: 0,
            state: actor.member.state,
            is_state_new: false,
            subject: None,
            changed: false,
        }
    }

    pub(super) fn version(&self) -> u32 {
        self.version
    }

    pub(super) fn last_seq(&self) -> u32 {
        self.last_seq
    }

    pub(super) fn member_count(&self) -> u32 {
        self.member_count
    }

    pub(super) fn state(&self) -> ConversationState {
        self.state
    }

    /// Assigns the version of the next change.
    pub(super) fn change(&mut self) -> u32 {
        self.changed = true;
        self.version += 1;
        self.version
    }

    /// Assigns `(seq, version)` of the next message.
    pub(super) fn append(&mut self, now_ms: i64) -> (u32, u32) {
        self.last_seq += 1;
        self.active_at_ms = now_ms;
        (self.last_seq, self.change())
    }

    /// Takes the message with this `seq` out of the unread counts, and returns the version of this change.
    pub(super) fn uncount(&mut self, seq: u32) -> u32 {
        self.uncounted_seq = self.uncounted_seq.max(seq);
        self.change()
    }

    /// Stores a new subject and returns the version of this change.
    pub(super) fn rename(&mut self, subject: String) -> u32 {
        self.subject = Some(subject);
        self.change()
    }

    /// Stores a new state (open, closed) and returns the version of this change.
    pub(super) fn set_state(&mut self, state: ConversationState) -> u32 {
        self.state = state;
        self.is_state_new = true;
        self.change()
    }

    /// Adds new members to the number of members and returns the version of this change.
    pub(super) fn add_members(&mut self, added: usize) -> u32 {
        self.member_count = self.member_count.saturating_add(u32::try_from(added).unwrap_or(u32::MAX));
        self.change()
    }

    /// Subtracts one from the number of members and returns the version of this change.
    pub(super) fn remove_member(&mut self) -> u32 {
        self.member_count = self.member_count.saturating_sub(1);
        self.change()
    }

    /// Records that the conversation has no members any more. The version does not grow, because no member is left to see
    /// it.
    pub(super) fn empty(&mut self) {
        self.member_count = 0;
        self.changed = true;
    }

    /// The counters to store, or `None` if nothing changed.
    pub(super) fn counters(self) -> Option<Counters> {
        self.changed.then_some(Counters {
            conversation: self.conversation,
            version: self.version,
            last_seq: self.last_seq,
            uncounted_seq: self.uncounted_seq,
            member_count: self.member_count,
            active_at_ms: self.active_at_ms,
            state: self.is_state_new.then_some(self.state),
            subject: self.subject,
        })
    }
}
