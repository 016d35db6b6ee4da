//! Deletes a message for all members.

use causerie_policy::Action;
use causerie_protocol::{MessageId, wire};
use wire::event::Kind as Event;

use super::RequestContext;
use crate::{
    facts::policy_gate::{Rejection, not_found},
    fanout::Effect,
    store::queries::columns::timestamp,
};

impl RequestContext<'_> {
    /// Deletes a message for all members and returns its tombstone. A deleted message stays as it is.
    pub(super) fn delete(&mut self, id: MessageId) -> Result<wire::Message, Rejection> {
        let message = self.target(id, Action::DeleteForAll)?;
        Ok(self.delete_for_all(id, message))
    }

    /// Deletes a message for all members on behalf of a back end, and returns its tombstone. No rule is asked.
    pub(super) fn erase_text(&mut self, id: MessageId) -> Result<wire::Message, Rejection> {
        let conversation_id = self.conversation.to_string();
        let message = self.current.targets.get(&id).filter(|message| message.conversation_id == conversation_id);
        let message = message.cloned().ok_or_else(not_found)?;
        Ok(self.delete_for_all(id, message))
    }

    fn delete_for_all(&mut self, id: MessageId, mut message: wire::Message) -> wire::Message {
        if message.deleted_at.is_some() {
            return message;
        }
        message.text.clear();
        message.deleted_at = Some(timestamp(self.now_ms));
        message.version = self.log.uncount(message.seq);
        self.rewrite(id, &message);
        let event = Event::MessageDeleted(wire::MessageEvent { message: Some(message.clone()) });
        self.publish(message.version, Effect::Uncounted { seq: message.seq }, event);
        message
    }
}
