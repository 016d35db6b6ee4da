//! The context in which one request of a batch is decided, and the functions that several kinds of decisions use.

use causerie_policy::Action;
use causerie_protocol::{ConversationId, MessageId, UserId, wire};
use wire::event::Kind as Event;

use super::super::{
    log::Log,
    state::{Current, Decided},
};
use crate::{
    domain::Message,
    facts::{
        Snapshot,
        policy_gate::{Rejection, not_found},
    },
    fanout::{Change, Effect, Update},
    store::queries::append::ActorContext,
};

/// One request while it is decided.
pub(super) struct RequestContext<'a> {
    /// The time of the batch, in milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// The conversation that the request changes.
    pub conversation: ConversationId,
    /// The caller.
    pub user: UserId,
    /// The caller's membership by which the request is decided.
    pub actor: ActorContext,
    /// The facts of the caller's tenant.
    pub facts: &'a Snapshot,
    /// The counters of the conversation.
    pub log: &'a mut Log,
    /// The rows that decisions depend on.
    pub current: &'a mut Current,
    /// The decisions of the batch.
    pub decided: &'a mut Decided,
}

impl RequestContext<'_> {
    /// Checks that the policy allows the caller this action in the conversation.
    pub(super) fn authorize(&self, action: Action) -> Result<(), Rejection> {
        self.facts.authorize_in(action, self.user, &self.actor.member)
    }

    /// Gives a caller who has left their former role back for this request. Returns whether the caller has left. The answer
    /// to the command that made the caller leave may have been lost. The caller then repeats the command, and must get the
    /// same answer.
    pub(super) fn restore_former_role(&mut self) -> bool {
        let has_left = self.actor.member.role.is_none() && self.actor.former_role.is_some();
        if has_left {
            self.actor.member.role = self.actor.former_role;
        }
        has_left
    }

    /// Returns the message that a request changes, if the policy allows the caller this action on the message.
    pub(super) fn target(&self, id: MessageId, action: Action) -> Result<Message, Rejection> {
        self.authorize(Action::Read)?;
        let is_hidden = |message: &Message| self.current.hidden.contains(&(self.conversation, self.user, message.seq));
        let message = self
            .current
            .targets
            .get(&id)
            .filter(|message| message.conversation == self.conversation && message.seq >= self.actor.member.first_seq)
            // A user who deleted their own copy of a message can only delete the copy again, which changes nothing.
            .filter(|message| action == Action::DeleteOwnCopy || !is_hidden(message))
            .ok_or_else(not_found)?;
        let is_author = message.author == self.user;
        let age_ms = self.now_ms.saturating_sub(message.sent_at_ms);
        self.facts.authorize_on_message(action, self.user, &self.actor.member, is_author, age_ms)?;
        Ok(message.clone())
    }

    /// Stores an edited or deleted message.
    pub(super) fn rewrite(&mut self, message: &Message) {
        self.decided.rewritten.insert(message.id);
        self.current.targets.insert(message.id, message.clone());
    }

    /// Publishes the event `conversationChanged`. `fill` sets the fields that changed.
    pub(super) fn publish_conversation_changed(
        &mut self,
        version: u32,
        effect: Effect,
        fill: impl FnOnce(&mut wire::ConversationChanged),
    ) {
        let mut changed = wire::ConversationChanged {
            conversation_id: self.conversation.to_string(),
            version,
            member_count: self.log.member_count(),
            ..Default::default()
        };
        fill(&mut changed);
        self.publish(version, effect, Event::ConversationChanged(changed));
    }

    /// Publishes a change of the conversation after the commit.
    pub(super) fn publish(&mut self, version: u32, effect: Effect, event: Event) {
        self.publish_change(Change::new(self.conversation, version, effect, event));
    }

    /// Publishes a change of the conversation after the commit.
    pub(super) fn publish_change(&mut self, change: Change) {
        // If the rules let every member read, no facts are needed to decide about the readers.
        let facts = if self.facts.policy.members_read() { 0 } else { self.facts.version };
        self.decided.updates.push(Update::Change(change.decided_by(facts)));
    }
}
