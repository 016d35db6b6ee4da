//! Starts a conversation that was created or found at the beginning of the transaction.

use causerie_policy::Action;
use causerie_protocol::command::StartConversation;

use super::{
    super::request::{Start, Started},
    RequestContext,
    send::client_id_taken,
};
use crate::{
    domain::{ConversationKind, MemberRole},
    facts::policy_gate::Rejection,
};

impl RequestContext<'_> {
    /// Opens the conversation for the caller and sends the first message. `created`: the conversation was created for this
    /// request. `rejection`: the reason why the request must not create a conversation; an existing conversation can
    /// be found nevertheless.
    pub(super) fn start(
        &mut self,
        start: &Start,
        created: bool,
        rejection: Option<Rejection>,
    ) -> Result<Started, Rejection> {
        let kind = self.actor.member.kind;
        // Whether the caller deleted their copy of the conversation. The caller may get it back only if they may start it.
        let was_deleted =
            self.actor.member.role.is_none() && matches!(kind, ConversationKind::NoteToSelf | ConversationKind::Direct);
        if was_deleted {
            if let Some(rejection) = rejection {
                return Err(rejection);
            }
            self.actor.member.role = Some(MemberRole::Member);
        }
        self.authorize(Action::Read)?;
        if let Some(message) = &start.first_message {
            let is_stored = self.sent_before(&message.draft, StartConversation::FIRST_MESSAGE)?.is_some();
            match kind {
                _ if is_stored || (created && kind == ConversationKind::Mail) => {}
                ConversationKind::Mail => return Err(client_id_taken("mail", StartConversation::CLIENT_ID).into()),
                _ => {
                    let may_send = self.authorize(Action::Send);
                    may_send.map_err(|rejection| rejection.field(StartConversation::FIRST_MESSAGE))?;
                }
            }
        }
        // Nothing is refused after this point.
        if was_deleted {
            self.restore_member(self.user);
        }
        let first_message = start.first_message.as_ref();
        let first_message =
            first_message.map(|message| self.append(message, StartConversation::FIRST_MESSAGE)).transpose()?;
        Ok(Started { conversation: self.conversation, created, first_message })
    }
}
