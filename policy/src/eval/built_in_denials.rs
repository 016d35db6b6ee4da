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

/// The rule that denies, if a rule does, and the code.
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
        if evaluation.may_not_read().is_some() {
            return Some(BuiltInDenial::MayNotRead);
        }
        if let Some((reason, _)) = evaluation.impossible() {
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
enum Need {
    /// Not fulfilled: the action is not possible in this kind of conversation.
    AnotherKind,
    /// The right to send in this conversation.
    Send(ConversationContext),
}

impl Evaluation<'_> {
    /// The denial of `read`, for an action that requires the right to read. Leaving a conversation does not require it.
    pub(super) fn may_not_read(&self) -> Option<Denied> {
        if self.needs_to_read() { self.with_action(Action::Read).judge().err() } else { None }
    }

    /// The built-in denial of the action in a conversation of this kind and state.
    pub(super) fn impossible(&self) -> Option<(BuiltInDenial, Denied)> {
        match self.need()? {
            Need::AnotherKind => Some((BuiltInDenial::WrongConversationKind, (None, Code::Unsupported))),
            Need::Send(conversation) => {
                self.for_send(conversation).judge().err().map(|denied| (BuiltInDenial::MayNotSend, denied))
            }
        }
    }

    /// Removes the users for whom the action has a built-in denial. `self.them` must be `None`.
    pub(super) fn retain_possible(&self, users: &mut Bitset) {
        if self.needs_to_read() {
            users.intersect(&self.with_action(Action::Read).reach());
        }
        match self.need() {
            None => {}
            Some(Need::AnotherKind) => *users = Bitset::default(),
            Some(Need::Send(conversation)) => users.intersect(&self.for_send(conversation).reach()),
        }
    }

    fn needs_to_read(&self) -> bool {
        let ends_membership_or_reads = matches!(self.action, Action::Read | Action::Leave | Action::DeleteConversation);
        self.conversation.is_some() && !ends_membership_or_reads && !self.policy.plan.members_read()
    }

    fn need(&self) -> Option<Need> {
        let conversation = self.conversation?;
        let open = ConversationContext { state: ConversationState::Open, ..conversation };
        match self.action {
            Action::Send if conversation.kind == ConversationKind::Mail => Some(Need::AnotherKind),
            Action::AddMember | Action::RemoveMember | Action::Leave if conversation.kind != ConversationKind::Group => {
                Some(Need::AnotherKind)
            }
            Action::AddMember | Action::Edit | Action::Rename => Some(Need::Send(conversation)),
            Action::DeleteForAll if self.is_author && conversation.kind != ConversationKind::Mail => {
                Some(Need::Send(conversation))
            }
            Action::Reopen => Some(Need::Send(open)),
            Action::EraseConversation if conversation.kind == ConversationKind::Direct => Some(Need::Send(open)),
            _ => None,
        }
    }

    fn for_send(&self, conversation: ConversationContext) -> Self {
        Self { conversation: Some(conversation), ..self.with_action(Action::Send) }
    }

    /// The evaluation of another action for the same principal and conversation.
    fn with_action(&self, action: Action) -> Self {
        Self { action, is_author: false, age_ms: None, ..*self }
    }
}
