//! Edits a message.

use causerie_policy::Action;
use causerie_protocol::{MessageId, wire::event::Kind as Event};

use super::RequestContext;
use crate::{
    domain::Message,
    facts::policy_gate::{Rejection, not_found},
    fanout::Effect,
};

impl RequestContext<'_> {
    /// Replaces the text of a message. If the message already has this text, nothing changes.
    pub(super) fn edit(&mut self, id: MessageId, text: &str) -> Result<Message, Rejection> {
        let mut message = self.target(id, Action::Edit)?;
        if message.deleted_at_ms.is_some() {
            return Err(not_found().into());
        }
        if message.text == text {
            return Ok(message);
        }
        text.clone_into(&mut message.text);
        message.edited_at_ms = Some(self.now_ms);
        message.version = self.log.change();
        self.rewrite(&message);
        let event = Event::MessageEdited(message.clone().into());
        self.publish(message.version, Effect::Rewritten { seq: message.seq }, event);
        Ok(message)
    }
}
