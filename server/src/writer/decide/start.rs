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
    /// request. `rejection`: why the request must not create a conversation; an existing conversation can be found
    /// nevertheless.
    pub(super) fn start(
        &mut self,
        start: &Start,
        created: bool,
        rejection: Option<Rejection>,
    ) -> Result<Started, Rejection> {
        let kind = self.actor.member.kind;
        // The caller deleted their copy of the conversation. To get it back is like to start it.
        let comes_back =
            self.actor.member.role.is_none() && matches!(kind, ConversationKind::NoteToSelf | ConversationKind::Direct);
        if comes_back {
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
                    let sends = self.authorize(Action::Send);
                    sends.map_err(|rejection| rejection.field(StartConversation::FIRST_MESSAGE))?;
                }
            }
        }
        // From here on nothing can be refused.
        if comes_back {
            self.come_back(self.user);
        }
        let first_message = start.first_message.as_ref();
        let first_message =
            first_message.map(|message| self.append(message, StartConversation::FIRST_MESSAGE)).transpose()?;
        Ok(Started { conversation: self.conversation, created, first_message })
    }
}
