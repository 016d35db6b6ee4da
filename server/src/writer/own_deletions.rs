//! Own copies in a batch: who deletes theirs, of a message or of a conversation, and who gets one back.

use std::collections::HashSet;

use causerie_protocol::{ConversationId, UserId, wire};

use super::state::{BatchState, Joining};
use crate::store::{
    kinds::{DIRECT, GROUP, MEMBER},
    queries::columns::timestamp,
};

impl BatchState<'_> {
    /// Deletes somebody's own copy of a message; answers what is left of it for them.
    pub(super) fn hide(&mut self, conversation: ConversationId, user: UserId, mut message: wire::Message) -> wire::Message {
        let copy = (conversation, user, message.seq);
        if self.own_deletions.hidden.insert(copy) {
            self.own_deletions.hiding.push(copy);
            // One deletes what one has seen, so that what is unread is never hidden.
            if let Some(actor) = self.actors.get_mut(&(conversation, user)) {
                actor.read_seq = actor.read_seq.max(message.seq);
            }
            if let Some(reading) = self.readings.get_mut(&(conversation, user)) {
                reading.read_seq = reading.read_seq.max(message.seq);
            }
        }
        message.text.clear();
        message.deleted_at = Some(timestamp(self.now_ms));
        message
    }

    /// Deletes somebody's own copy of a conversation. In a group everyone sees that they left; elsewhere nobody learns of it.
    pub(super) fn forget(&mut self, conversation: ConversationId, user: UserId, kind: i16) {
        if kind == GROUP {
            self.leave_group(conversation, user);
        } else {
            self.take_out(conversation, user);
            if kind == DIRECT {
                self.own_deletions.away.insert((conversation, user));
            }
        }
        self.forget_past(conversation, user);
    }

    /// Somebody has a copy of a conversation that is to be erased.
    pub(super) fn is_held(&self, conversation: ConversationId) -> bool {
        !self.holders(conversation).is_empty()
    }

    /// Who has a copy of a conversation that is to be erased, as far as the batch is worked out.
    fn holders(&self, conversation: ConversationId) -> HashSet<UserId> {
        let mut holders = self.own_deletions.holders.get(&conversation).cloned().unwrap_or_default();
        for (_, gone) in self.leaving.iter().filter(|(from, _)| *from == conversation) {
            holders.remove(gone);
        }
        holders.extend(self.joining.iter().filter(|joining| joining.conversation == conversation).map(|one| one.user));
        holders
    }

    /// Deletes the copies of everyone. Nobody is left to be told of a version.
    pub(super) fn erase(&mut self, conversation: ConversationId, kind: i16) {
        for user in self.holders(conversation) {
            self.take_out(conversation, user);
            self.forget_past(conversation, user);
            match kind {
                DIRECT => drop(self.own_deletions.away.insert((conversation, user))),
                GROUP => drop(self.present.remove(&(conversation, user))),
                _ => {}
            }
        }
        if kind == GROUP {
            self.log(conversation).empty();
        }
    }

    /// Gives one back a conversation they deleted their copy of, with nothing in it yet.
    pub(super) fn come_back(&mut self, conversation: ConversationId, user: UserId) {
        let read_seq = self.log(conversation).last_seq;
        self.put_in(Joining { conversation, user, role: MEMBER, read_seq });
        self.own_deletions.away.remove(&(conversation, user));
        if let Some(actor) = self.actors.get_mut(&(conversation, user)) {
            actor.member.role = Some(MEMBER);
            actor.member.first_seq = read_seq + 1;
            actor.read_seq = read_seq;
        }
    }

    pub(super) fn forget_past(&mut self, conversation: ConversationId, user: UserId) {
        let first_seq = self.log(conversation).last_seq + 1;
        self.own_deletions.forgetting.insert((conversation, user), first_seq);
    }
}
