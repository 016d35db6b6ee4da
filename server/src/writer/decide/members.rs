//! Adds members to conversations and removes them.

use causerie_policy::Action;
use causerie_protocol::{UserId, limits, wire};

use super::{
    super::{check::Check, state::Joining},
    RequestContext,
};
use crate::{
    domain::{Member, MemberRole, User},
    facts::policy_gate::Rejection,
    fanout::Effect,
};

impl RequestContext<'_> {
    /// Adds users to a group. Users who are members already are not changed.
    pub(super) fn add_members(&mut self, users: &[User], checks: &[Check]) -> Result<(), Rejection> {
        self.authorize(Action::AddMember)?;
        checks.iter().try_for_each(|check| check.authorize(self.facts, self.user))?;
        let mut added = Vec::new();
        let read_seq = self.log.last_seq();
        for user in users {
            if self.current.members.insert((self.conversation, user.id)) {
                self.join(Joining { conversation: self.conversation, user: user.id, role: MemberRole::Member, read_seq });
                added.push(Member { user: user.clone().into(), role: MemberRole::Member, read_seq });
            }
        }
        if added.is_empty() {
            return Ok(());
        }
        let version = self.log.add_members(added.len());
        // All members get the same event. If the rules hide members from each other, the event therefore names no member,
        // and `memberCount` shows that members were added.
        added.truncate(if self.facts.policy.secret_members() { 0 } else { limits::MEMBERS_SHOWN });
        self.publish_conversation_changed(version, Effect::None, |changed| {
            changed.members_added = added.into_iter().map(wire::Member::from).collect();
        });
        Ok(())
    }

    /// Removes a member from a group. If the user is no member, nothing is changed or published: a repeated removal gets the
    /// same answer as the first, and the answer does not reveal whether the user was a member.
    pub(super) fn remove_member(&mut self, user: UserId) -> Result<(), Rejection> {
        if user == self.user {
            self.restore_former_role();
            self.authorize(Action::Leave)?;
        } else {
            self.authorize(Action::RemoveMember)?;
        }
        if self.current.members.contains(&(self.conversation, user)) {
            self.leave_group(user);
        }
        Ok(())
    }

    /// Removes a member from a group, as a change that all members see.
    pub(super) fn leave_group(&mut self, user: UserId) {
        self.current.members.remove(&(self.conversation, user));
        self.leave(user);
        let version = self.log.remove_member();
        let names_user = !self.facts.policy.secret_members();
        self.publish_conversation_changed(version, Effect::Removed(vec![user]), |changed| {
            changed.members_removed.extend(names_user.then(|| user.to_string()));
        });
    }

    /// Stores a new membership. Later requests of the user in this batch are decided by this membership.
    pub(super) fn join(&mut self, joining: Joining) {
        let member = (joining.conversation, joining.user);
        if let Some(actor) = self.current.actors.get_mut(&member) {
            actor.member.role = Some(joining.role);
            actor.read_seq = joining.read_seq;
        }
        self.decided.joining.push(joining);
        if self.decided.leaving.remove(&member) {
            self.decided.returned.insert(member);
        }
    }

    /// Ends a membership.
    pub(super) fn leave(&mut self, user: UserId) {
        let member = (self.conversation, user);
        // If the user joined in this batch, the new membership is dropped. If the user was a member before the batch and
        // left and came back in it, the stored membership must end too.
        let before = self.decided.joining.len();
        self.decided.joining.retain(|joining| (joining.conversation, joining.user) != member);
        if self.decided.joining.len() == before || self.decided.returned.remove(&member) {
            self.decided.leaving.insert(member);
        }
        if let Some(actor) = self.current.actors.get_mut(&member) {
            actor.former_role = actor.member.role.take().or(actor.former_role);
        }
    }
}
