//! Closes and reopens a conversation.

use causerie_policy::{Action, Code};

use super::RequestContext;
use crate::{
    domain::{ConversationState, Numbered as _},
    facts::policy_gate::{Rejection, refusal},
    fanout::Effect,
};

impl RequestContext<'_> {
    /// Closes or reopens the conversation. If the conversation already has this state, nothing changes, and the caller only
    /// needs the right to read it.
    pub(super) fn set_state(&mut self, state: ConversationState) -> Result<(), Rejection> {
        let is_set = self.log.state() == state;
        self.authorize(match state {
            _ if is_set => Action::Read,
            ConversationState::Closed => Action::Close,
            _ => Action::Reopen,
        })?;
        if self.log.state() == ConversationState::Locked {
            return Err(refusal(Code::Locked).into());
        }
        if !is_set {
            let version = self.log.set_state(state);
            self.publish_conversation_changed(version, Effect::Capabilities, |changed| {
                changed.state = state.number().into()
            });
        }
        Ok(())
    }
}
