//! Deletes the caller's own copy of a message, hides the past messages of a conversation from a user, and makes a user who
//! deleted their copy of a conversation a member again.

use causerie_policy::Action;
use causerie_protocol::{MessageId, UserId};

use super::{super::state::Joining, RequestContext};
use crate::{
    domain::{MemberRole, Message},
    facts::policy_gate::Rejection,
};

impl RequestContext<'_> {
    /// Deletes the caller's own copy of a message and returns its tombstone for the caller.
    pub(super) fn delete_own_copy(&mut self, id: MessageId) -> Result<Message, Rejection> {
        let mut message = self.target(id, Action::DeleteOwnCopy)?;
        let member = (self.conversation, self.user);
        let copy = (self.conversation, self.user, message.seq);
        if self.current.hidden.insert(copy) {
            self.decided.hiding.push(copy);
            // The user has seen the message that they delete, so it counts as read. Hidden messages are therefore never
            // unread.
            if let Some(actor) = self.current.actors.get_mut(&member) {
                actor.read_seq = actor.read_seq.max(message.seq);
            }
            if let Some(position) = self.decided.read_positions.get_mut(&member) {
                position.read_seq = position.read_seq.max(message.seq);
            }
        }
        message.text.clear();
        message.deleted_at_ms = Some(self.now_ms);
        Ok(message)
    }

    /// Hides all messages up to now from a user.
    pub(super) fn hide_past(&mut self, user: UserId) {
        let first_seq = self.log.last_seq() + 1;
        self.decided.forgetting.insert((self.conversation, user), first_seq);
        if let Some(actor) = self.current.actors.get_mut(&(self.conversation, user)) {
            actor.member.first_seq = first_seq;
        }
    }

    /// Makes a user who deleted their copy of a conversation a member again. The user sees none of the earlier messages.
    pub(super) fn restore_member(&mut self, user: UserId) {
        let read_seq = self.log.last_seq();
        self.join(Joining { conversation: self.conversation, user, role: MemberRole::Member, read_seq });
        self.current.left_peers.remove(&(self.conversation, user));
        if let Some(actor) = self.current.actors.get_mut(&(self.conversation, user)) {
            actor.member.first_seq = read_seq + 1;
        }
    }
}
