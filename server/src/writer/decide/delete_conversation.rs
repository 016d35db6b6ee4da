//! Deletes a conversation: the caller's own copy, or the copies of all users.

use std::collections::HashSet;

use causerie_policy::Action;
use causerie_protocol::UserId;

use super::RequestContext;
use crate::{
    domain::ConversationKind,
    facts::policy_gate::{Rejection, not_found},
};

impl RequestContext<'_> {
    /// Deletes the caller's own copy of the conversation. In a group the members see that the user left. In other kinds of
    /// conversations no other member gets a change.
    pub(super) fn delete_conversation(&mut self) -> Result<(), Rejection> {
        let has_left = self.restore_former_role();
        self.authorize(Action::DeleteConversation)?;
        match self.actor.member.kind {
            // The caller has left or was removed by another user, and still saw the past messages.
            _ if has_left => {}
            ConversationKind::Group => self.leave_group(self.user),
            kind => {
                self.leave(self.user);
                if kind == ConversationKind::Direct {
                    self.current.left_peers.insert((self.conversation, self.user));
                }
            }
        }
        self.hide_past(self.user);
        Ok(())
    }

    /// Deletes the copies of all users. No change is published, because no member is left to get it.
    pub(super) fn erase_conversation(&mut self) -> Result<(), Rejection> {
        let has_left = self.restore_former_role();
        self.authorize(Action::EraseConversation)?;
        let holders = self.holders();
        if has_left {
            return if holders.is_empty() { Ok(()) } else { Err(not_found().into()) };
        }
        let kind = self.actor.member.kind;
        for user in holders {
            self.leave(user);
            self.hide_past(user);
            match kind {
                ConversationKind::Direct => drop(self.current.left_peers.insert((self.conversation, user))),
                ConversationKind::Group => drop(self.current.members.remove(&(self.conversation, user))),
                _ => {}
            }
        }
        if kind == ConversationKind::Group {
            self.log.empty();
        }
        Ok(())
    }

    /// The users who have a copy of the conversation, after the requests decided so far.
    fn holders(&self) -> HashSet<UserId> {
        let mut holders = self.current.holders.get(&self.conversation).cloned().unwrap_or_default();
        for (_, user) in self.decided.leaving.iter().filter(|(conversation, _)| *conversation == self.conversation) {
            holders.remove(user);
        }
        let joining = self.decided.joining.iter().filter(|joining| joining.conversation == self.conversation);
        holders.extend(joining.map(|joining| joining.user));
        holders
    }
}
