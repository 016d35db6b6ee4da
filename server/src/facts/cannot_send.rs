//! The error code that tells a member why they can't write in a conversation. It reveals nothing that the rules hide.

use causerie_policy::{Action, Code, ConversationContext, Decision, Resource};
use causerie_protocol::{ErrorCode, UserId};

use super::{Snapshot, policy_gate};
use crate::{
    domain::{ConversationKind, ConversationState, UserStatus},
    store::queries::member_context::MemberContext,
};

impl Snapshot {
    /// The code with which a message of the member would be refused; `None` if the member may write. In a mail, writing
    /// means to reply.
    #[must_use]
    pub fn cannot_send(&self, member: UserId, facts: &MemberContext) -> Option<ErrorCode> {
        let conversation = self.conversation(member, facts);
        let decision = match facts.kind {
            ConversationKind::Mail => {
                let resource = Resource::Message { conversation, is_author: false, age_ms: 0 };
                self.decide(Action::Reply, member, resource)
            }
            _ => self.decide(Action::Send, member, Resource::Conversation(conversation)),
        };
        match decision {
            Some(Decision::Allow { .. }) => None,
            Some(Decision::Deny { public_code, .. }) => Some(self.reason(member, conversation, public_code)),
            None => Some(ErrorCode::CannotStart),
        }
    }

    /// The code of a denial for a member who reads the conversation. The state and the status of the other user come first,
    /// because the member sees them in the conversation.
    fn reason(&self, member: UserId, conversation: ConversationContext, code: Code) -> ErrorCode {
        match conversation.state {
            ConversationState::Closed => return ErrorCode::Closed,
            ConversationState::Locked => return ErrorCode::Locked,
            ConversationState::Open => {}
        }
        let may_start =
            |peer| self.decide(Action::Start, member, Resource::User(peer)).is_some_and(|decision| decision.is_allowed());
        let is_out_of_reach = || conversation.peer.is_some_and(|peer| !may_start(peer));
        match code {
            Code::NotFound | Code::NotAMember => {}
            Code::Unsupported if is_out_of_reach() => {}
            code => return policy_gate::refusal(code).code,
        }
        // The rules do not let the member write to the other user, or they hide the reason.
        match conversation.peer.map(|peer| self.world.status(peer)) {
            None | Some(UserStatus::Active) => ErrorCode::CannotStart,
            Some(_) => ErrorCode::RecipientInactive,
        }
    }
}
