//! Sends a message.

use causerie_policy::Action;
use causerie_protocol::{ErrorCode, Refusal, command::Draft, wire::event::Kind as Event};

use super::{
    super::{request::OutgoingMessage, state::ReadPosition},
    RequestContext,
};
use crate::{
    domain::Message,
    facts::policy_gate::Rejection,
    fanout::{Change, Effect},
};

impl RequestContext<'_> {
    /// Sends a message of the caller, or finds the message that an earlier try stored.
    pub(super) fn send(&mut self, message: &OutgoingMessage) -> Result<Message, Rejection> {
        // The retry of a stored message is answered even if sending is no longer allowed.
        let is_stored = self
            .current
            .sent
            .get(&(self.user, message.draft.client_id))
            .is_some_and(|earlier| earlier.conversation == self.conversation);
        self.authorize(if is_stored { Action::Read } else { Action::Send })?;
        Ok(self.append(message, "sendMessage")?)
    }

    /// The message that an earlier send with the same client id created, in this batch or before it. Refuses if that message
    /// is in another conversation or has another text. `field` is the request's field that holds the draft.
    pub(super) fn sent_before(&self, draft: &Draft, field: &str) -> Result<Option<&Message>, Refusal> {
        let Some(earlier) = self.current.sent.get(&(self.user, draft.client_id)) else { return Ok(None) };
        let was_rewritten = earlier.edited_at_ms.is_some() || earlier.deleted_at_ms.is_some();
        let is_same_text = was_rewritten || earlier.text == draft.text;
        if earlier.conversation != self.conversation || !is_same_text {
            return Err(client_id_taken("message", format!("{field}.clientId")));
        }
        Ok(Some(earlier))
    }

    /// Appends a message of the caller, or finds the message that an earlier try appended. `field` is the request's field
    /// that holds the draft.
    pub(super) fn append(&mut self, outgoing: &OutgoingMessage, field: &str) -> Result<Message, Refusal> {
        let OutgoingMessage { id, draft } = outgoing;
        if let Some(earlier) = self.sent_before(draft, field)?.cloned() {
            // If the message id is the same, this request stored the message: an earlier run of the batch was committed, but
            // its commit was not confirmed. That run counted nothing.
            if earlier.id == *id {
                self.decided.counts.accepted += 1;
            } else {
                self.decided.counts.repeated += 1;
            }
            // The node that committed the message may have ended before it published the change, so the change is published
            // again. Rooms that have seen the version of the change drop the change.
            let known_seq = earlier.seq.saturating_sub(1);
            self.publish_change(Change::of_message(earlier.clone(), known_seq));
            return Ok(earlier);
        }
        // The message makes the other user of a direct conversation a member again, if that user deleted their copy.
        let actor = self.current.actors.get(&(self.conversation, self.user));
        let peer = actor.and_then(|actor| actor.member.peer);
        if let Some(peer) = peer.filter(|peer| self.current.left_peers.contains(&(self.conversation, *peer))) {
            self.restore_member(peer);
        }
        let (seq, version) = self.log.append(self.now_ms);
        let message = Message {
            id: *id,
            conversation: self.conversation,
            seq,
            version,
            author: self.user,
            client_id: draft.client_id,
            text: draft.text.clone(),
            sent_at_ms: self.now_ms,
            edited_at_ms: None,
            deleted_at_ms: None,
        };
        self.decided.messages.push(message.clone());
        self.current.sent.insert((self.user, draft.client_id), message.clone());
        let position = ReadPosition { read_seq: seq, marked_unread: false };
        self.decided.read_positions.insert((self.conversation, self.user), position);
        self.decided.counts.accepted += 1;
        let event = Event::MessageSent(message.clone().into());
        self.publish(version, Effect::Sent { seq, author: self.user }, event);
        Ok(message)
    }
}

/// The refusal of a client id that was used before for another `object`.
pub(super) fn client_id_taken(object: &str, field: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::Conflict, format!("this client id was used for another {object}")).field(field)
}
