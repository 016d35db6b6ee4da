//! Denials that are built in: no rule can change them.

use super::check::Evaluation;
use crate::{
    action::{Action, ConversationContext, ConversationKind, ConversationState, Resource},
    decision::{Code, RuleIx},
    facts::{UserIx, UserStatus, World, bitset::Bitset},
    policy::Policy,
};

/// The reason of a built-in denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltInDenial {
    /// The principal is not active.
    PrincipalInactive(UserStatus),
    /// The other user is not active: nothing can be started with the user.
    OtherUserInactive(UserStatus),
    /// The principal is not a member of the conversation.
    NotAMember,
    /// The principal may not read the conversation.
    MayNotRead,
    /// The action changes what other members see, and the principal may not send.
    MayNotSend,
    /// The action is not possible in this kind of conversation: only group conversations gain and lose members, and a mail
    /// has one message.
    WrongConversationKind,
}

/// A denial: the rule that denies, and the code. `None` if no rule denies.
pub(super) type Denied = (Option<RuleIx>, Code);

impl Policy {
    /// The built-in denial of the action, if there is one. It explains a decision without a rule, and a decision about
    /// another action that names a rule for `read` or `send`.
    #[must_use]
    pub fn built_in_denial(
        &self,
        world: &World,
        action: Action,
        principal: UserIx,
        resource: Resource,
    ) -> Option<BuiltInDenial> {
        let Some(evaluation) = Evaluation::new(self, world, action, principal, resource) else {
            let status = world.status(principal);
            return (status != UserStatus::Active).then_some(BuiltInDenial::PrincipalInactive(status));
        };
        if evaluation.is_not_a_member() {
            return Some(BuiltInDenial::NotAMember);
        }
        if evaluation.read_denial().is_some() {
            return Some(BuiltInDenial::MayNotRead);
        }
        if let Some((reason, _)) = evaluation.conversation_denial() {
            return Some(reason);
        }
        let (_, them) = evaluation.them.filter(|_| evaluation.other_user_inactive().is_some())?;
        Some(BuiltInDenial::OtherUserInactive(them.status))
    }

    /// Whether every active member may read every conversation, whatever the facts are. If so, a change of facts needs no
    /// new evaluation of `read`.
    #[must_use]
    pub fn members_read(&self) -> bool {
        self.plan.members_read()
    }
}

/// A built-in requirement of an action in a conversation, besides a rule that allows it.
enum Requirement {
    /// Not fulfilled: the action is not possible in this kind of conversation.
    OtherKind,
    /// The right to send in this conversation.
    Send(ConversationContext),
}

impl Evaluation<'_> {
    /// The denial of `read`, for an action that requires the right to read. The actions that leave a
    /// conversation or delete the caller's copy do not require it.
    pub(super) fn read_denial(&self) -> Option<Denied> {
        if self.requires_read() { self.with_action(Action::Read).deciding_rule().err() } else { None }
    }

    /// The built-in denial of the action in a conversation of this kind and state.
    pub(super) fn conversation_denial(&self) -> Option<(BuiltInDenial, Denied)> {
        match self.requirement()? {
            Requirement::OtherKind => Some((BuiltInDenial::WrongConversationKind, (None, Code::Unsupported))),
            Requirement::Send(conversation) => {
                self.for_send(conversation).deciding_rule().err().map(|denied| (BuiltInDenial::MayNotSend, denied))
            }
        }
    }

    /// Removes the users for whom the action has a built-in denial. `self.them` must be `None`.
    pub(super) fn remove_denied(&self, users: &mut Bitset) {
        if self.requires_read() {
            users.intersect(&self.with_action(Action::Read).reach());
        }
        match self.requirement() {
            None => {}
            Some(Requirement::OtherKind) => *users = Bitset::default(),
            Some(Requirement::Send(conversation)) => users.intersect(&self.for_send(conversation).reach()),
        }
    }

    /// Whether the action requires the right to read the conversation.
    fn requires_read(&self) -> bool {
        let is_exempt = matches!(self.action, Action::Read | Action::Leave | Action::DeleteConversation);
        self.conversation.is_some() && !is_exempt && !self.policy.plan.members_read()
    }

    /// The built-in requirement of the action, if the resource is a conversation.
    fn requirement(&self) -> Option<Requirement> {
        let conversation = self.conversation?;
        let open = ConversationContext { state: ConversationState::Open, ..conversation };
        match self.action {
            Action::Send if conversation.kind == ConversationKind::Mail => Some(Requirement::OtherKind),
            Action::AddMember | Action::RemoveMember | Action::Leave if conversation.kind != ConversationKind::Group => {
                Some(Requirement::OtherKind)
            }
            Action::AddMember | Action::Edit | Action::Rename => Some(Requirement::Send(conversation)),
            Action::DeleteForAll if self.is_author && conversation.kind != ConversationKind::Mail => {
                Some(Requirement::Send(conversation))
            }
            Action::Reopen => Some(Requirement::Send(open)),
            Action::EraseConversation if conversation.kind == ConversationKind::Direct => Some(Requirement::Send(open)),
            _ => None,
        }
    }

    /// The evaluation of `send` in the conversation, for the same principal.
    fn for_send(&self, conversation: ConversationContext) -> Self {
        Self { conversation: Some(conversation), ..self.with_action(Action::Send) }
    }

    /// The evaluation of another action for the same principal and conversation.
    fn with_action(&self, action: Action) -> Self {
        Self { action, is_author: false, age_ms: None, ..*self }
    }
}
