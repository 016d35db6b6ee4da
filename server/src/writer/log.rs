//! The state of one conversation while a batch is decided.

use causerie_protocol::ConversationId;

use crate::{
    domain::ConversationState,
    store::queries::append::{ActorContext, Counters},
};

/// The counters of a conversation, in memory. The database gets them after the whole batch is decided.
#[derive(Debug)]
pub(super) struct Log {
    conversation: ConversationId,
    pub version: u32,
    pub last_seq: u32,
    pub uncounted_seq: u32,
    pub member_count: u32,
    active_at_ms: i64,
    pub state: ConversationState,
    subject: Option<String>,
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
            subject: None,
            changed: false,
        }
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

    pub(super) fn rename(&mut self, subject: String) -> u32 {
        self.subject = Some(subject);
        self.change()
    }

    /// Stores a new state (open, closed) and returns the version of this change.
    pub(super) fn set_state(&mut self, state: ConversationState) -> u32 {
        self.state = state;
        self.change()
    }

    /// All members are gone. The version does not grow, because no member is left to see it.
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
            state: self.state,
            subject: self.subject,
        })
    }
}
