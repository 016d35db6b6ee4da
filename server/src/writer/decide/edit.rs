//! Edits a message.

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
    /// Replaces the text of a message. The text that the message already has changes nothing.
    pub(super) fn edit(&mut self, id: MessageId, text: &str) -> Result<wire::Message, Rejection> {
        let mut message = self.target(id, Action::Edit)?;
        if message.deleted_at.is_some() {
            return Err(not_found().into());
        }
        if message.text == text {
            return Ok(message);
        }
        text.clone_into(&mut message.text);
        message.edited_at = Some(timestamp(self.now_ms));
        message.version = self.log.change();
        self.rewrite(id, &message);
        let event = Event::MessageEdited(wire::MessageEvent { message: Some(message.clone()) });
        self.publish(message.version, Effect::Rewritten { seq: message.seq }, event);
        Ok(message)
    }
}
