//! Members in a batch: who is put in, and who is taken out.

use causerie_protocol::{ConversationId, UserId, limits, wire};

use super::state::{BatchState, Joining};
use crate::{fanout::Effect, store::kinds::MEMBER};

impl BatchState<'_> {
    pub(super) fn add(&mut self, conversation: ConversationId, users: &[wire::User]) {
        let mut added = Vec::new();
        let read_seq = self.log(conversation).last_seq;
        for user in users {
            let Ok(id) = user.id.parse::<UserId>() else { continue };
            if self.present.insert((conversation, id)) {
                self.put_in(Joining { conversation, user: id, role: MEMBER, read_seq });
                added.push(wire::Member { user: Some(user.clone()), role: i32::from(MEMBER), read_seq });
            }
        }
        if added.is_empty() {
            return;
        }
        let log = self.log(conversation);
        log.member_count += u32::try_from(added.len()).unwrap_or(0);
        let version = log.change();
        // One event goes to all, so that it names nobody where each may see others; `memberCount` tells that there are more.
        added.truncate(if self.secret_members { 0 } else { limits::MEMBERS_SHOWN });
        self.conversation_changed(conversation, version, Effect::None, |changed| changed.members_added = added);
    }

    /// Takes a member out of a group. Nothing is done, nor told, of a user who is no member: a repeated removal is answered like the
    /// first, and the answer does not tell who was a member.
    pub(super) fn remove(&mut self, conversation: ConversationId, user: UserId) {
        if self.present.contains(&(conversation, user)) {
            self.leave_group(conversation, user);
        }
    }

    /// Takes a member out, for all to see.
    pub(super) fn leave_group(&mut self, conversation: ConversationId, user: UserId) {
        self.present.remove(&(conversation, user));
        self.take_out(conversation, user);
        let log = self.log(conversation);
        log.member_count = log.member_count.saturating_sub(1);
        let version = log.change();
        let is_named = !self.secret_members;
        self.conversation_changed(conversation, version, Effect::Removed(vec![user]), |changed| {
            changed.members_removed.extend(is_named.then(|| user.to_string()));
        });
    }

    pub(super) fn put_in(&mut self, joining: Joining) {
        let member = (joining.conversation, joining.user);
        self.joining.push(joining);
        if self.leaving.remove(&member) {
            self.returned.insert(member);
        }
    }

    pub(super) fn take_out(&mut self, conversation: ConversationId, user: UserId) {
        let member = (conversation, user);
        // One who came within this very batch is taken out by not being put in, unless they were in before it.
        let before = self.joining.len();
        self.joining.retain(|joining| (joining.conversation, joining.user) != member);
        if self.joining.len() == before || self.returned.remove(&member) {
            self.leaving.insert(member);
        }
        if let Some(actor) = self.actors.get_mut(&(conversation, user)) {
            actor.former_role = actor.member.role.take().or(actor.former_role);
        }
    }
}
