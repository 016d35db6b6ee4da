//! Adds members to conversations and removes them, in the state of a batch.

use causerie_protocol::{ConversationId, UserId, limits, wire};

use super::state::{BatchState, Joining};
use crate::{
    domain::{MemberRole, Numbered as _},
    fanout::Effect,
};

impl BatchState<'_> {
    pub(super) fn add(&mut self, conversation: ConversationId, users: &[wire::User]) {
        let mut added = Vec::new();
        let read_seq = self.log(conversation).last_seq;
        for user in users {
            let Ok(id) = user.id.parse::<UserId>() else { continue };
            if self.present.insert((conversation, id)) {
                self.put_in(Joining { conversation, user: id, role: MemberRole::Member, read_seq });
                added.push(wire::Member { user: Some(user.clone()), role: MemberRole::Member.number().into(), read_seq });
            }
        }
        if added.is_empty() {
            return;
        }
        let log = self.log(conversation);
        log.member_count += u32::try_from(added.len()).unwrap_or(0);
        let version = log.change();
        // All members get the same event. Where each member may see different members, the event therefore names no member,
        // and `memberCount` shows that members were added.
        added.truncate(if self.secret_members { 0 } else { limits::MEMBERS_SHOWN });
        self.conversation_changed(conversation, version, Effect::None, |changed| changed.members_added = added);
    }

    /// Removes a member from a group. For a user who is no member this changes and publishes nothing: a repeated removal
    /// gets the same answer as the first, and the answer does not reveal whether the user was a member.
    pub(super) fn remove(&mut self, conversation: ConversationId, user: UserId) {
        if self.present.contains(&(conversation, user)) {
            self.leave_group(conversation, user);
        }
    }

    /// Removes a member from a group, as a change that all members see.
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
        // A user who joined in this batch is removed by dropping the joining. If the user was a member before the batch,
        // left and came back in it, the stored membership must be removed too.
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
