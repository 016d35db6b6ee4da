//! Deletes a message for all members.

use causerie_policy::Action;
use causerie_protocol::{MessageId, wire::event::Kind as Event};

use super::RequestContext;
use crate::{
    domain::Message,
    facts::policy_gate::{Rejection, not_found},
    fanout::Effect,
    store::queries::audit::Entry,
};

impl RequestContext<'_> {
    /// Deletes a message for all members and returns its tombstone. A deleted message stays as it is.
    pub(super) fn delete(&mut self, id: MessageId) -> Result<Message, Rejection> {
        let message = self.target(id, Action::DeleteForAll)?;
        Ok(self.delete_for_all(message))
    }

    /// Deletes a message for all members on behalf of a back end, and returns its tombstone. The policy is not asked.
    /// `entry` is written to the audit log unless the message was deleted before.
    pub(super) fn erase_text(&mut self, id: MessageId, entry: Option<&Entry>) -> Result<Message, Rejection> {
        let message = self.current.targets.get(&id).filter(|message| message.conversation == self.conversation);
        let message = message.cloned().ok_or_else(not_found)?;
        if message.deleted_at_ms.is_none() {
            self.decided.audit.extend(entry.map(|entry| (self.actor.member.tenant, entry.clone())));
        }
        Ok(self.delete_for_all(message))
    }

    /// Deletes a message for all members, unless it is deleted already. Returns its tombstone.
    fn delete_for_all(&mut self, mut message: Message) -> Message {
        if message.deleted_at_ms.is_some() {
            return message;
        }
        message.text.clear();
        message.deleted_at_ms = Some(self.now_ms);
        message.version = self.log.uncount(message.seq);
        self.rewrite(&message);
        let event = Event::MessageDeleted(message.clone().into());
        self.publish(message.version, Effect::Uncounted { seq: message.seq }, event);
        message
    }
}
