//! Deletes users' own copies of messages and conversations, and gives users a conversation back, in the state of a batch.

use std::collections::HashSet;

use causerie_protocol::{ConversationId, UserId, wire};

use super::state::{BatchState, Joining};
use crate::{
    domain::{ConversationKind, MemberRole},
    store::queries::columns::timestamp,
};

impl BatchState<'_> {
    /// Deletes a user's own copy of a message and returns its tombstone for this user.
    pub(super) fn hide(&mut self, conversation: ConversationId, user: UserId, mut message: wire::Message) -> wire::Message {
        let copy = (conversation, user, message.seq);
        if self.own_deletions.hidden.insert(copy) {
            self.own_deletions.hiding.push(copy);
            // The user has seen the message that they delete, so it counts as read. Hidden messages are therefore never
            // unread.
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

    /// Deletes a user's own copy of a conversation. In a group the members see that the user left. In other kinds no other
    /// member gets a change.
    pub(super) fn forget(&mut self, conversation: ConversationId, user: UserId, kind: ConversationKind) {
        if kind == ConversationKind::Group {
            self.leave_group(conversation, user);
        } else {
            self.take_out(conversation, user);
            if kind == ConversationKind::Direct {
                self.own_deletions.away.insert((conversation, user));
            }
        }
        self.forget_past(conversation, user);
    }

    /// Whether any user has a copy of a conversation that is to be erased.
    pub(super) fn is_held(&self, conversation: ConversationId) -> bool {
        !self.holders(conversation).is_empty()
    }

    /// The users who have a copy of a conversation that is to be erased, after the requests decided so far.
    fn holders(&self, conversation: ConversationId) -> HashSet<UserId> {
        let mut holders = self.own_deletions.holders.get(&conversation).cloned().unwrap_or_default();
        for (_, gone) in self.leaving.iter().filter(|(from, _)| *from == conversation) {
            holders.remove(gone);
        }
        holders.extend(self.joining.iter().filter(|joining| joining.conversation == conversation).map(|one| one.user));
        holders
    }

    /// Deletes the copies of all users. No change is published, because no member is left to get it.
    pub(super) fn erase(&mut self, conversation: ConversationId, kind: ConversationKind) {
        for user in self.holders(conversation) {
            self.take_out(conversation, user);
            self.forget_past(conversation, user);
            match kind {
                ConversationKind::Direct => drop(self.own_deletions.away.insert((conversation, user))),
                ConversationKind::Group => drop(self.present.remove(&(conversation, user))),
                _ => {}
            }
        }
        if kind == ConversationKind::Group {
            self.log(conversation).empty();
        }
    }

    /// Makes a user who deleted their copy of a conversation a member again. The user sees none of the earlier messages.
    pub(super) fn come_back(&mut self, conversation: ConversationId, user: UserId) {
        let read_seq = self.log(conversation).last_seq;
        self.put_in(Joining { conversation, user, role: MemberRole::Member, read_seq });
        self.own_deletions.away.remove(&(conversation, user));
        if let Some(actor) = self.actors.get_mut(&(conversation, user)) {
            actor.member.role = Some(MemberRole::Member);
            actor.member.first_seq = read_seq + 1;
            actor.read_seq = read_seq;
        }
    }

    pub(super) fn forget_past(&mut self, conversation: ConversationId, user: UserId) {
        let first_seq = self.log(conversation).last_seq + 1;
        self.own_deletions.forgetting.insert((conversation, user), first_seq);
    }
}
