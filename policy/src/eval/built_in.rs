//! What is refused whatever the rules allow.

use super::check::Question;
use crate::{
    action::{About, Action, Conversation, Kind, State},
    decision::{Code, RuleIx},
    facts::{Status, UserIx, World, bits::Bits},
    policy::Policy,
};

/// What denies something whatever the rules say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// The asking person is not active.
    Asking(Status),
    /// The person in question is not active: nothing begins with them.
    Asked(Status),
    /// The asking person has no seat in the conversation.
    NoSeat,
    /// The asking person may not read the conversation.
    NoRead,
    /// The action changes what others see, and the asking person may not send.
    NoSend,
    /// The action fits other kinds of conversation: only groups get and lose members, and a mail is one message for ever.
    Kind,
}

/// Why a question is refused: the rule, if there is one, and the code.
pub(super) type Refused = (Option<RuleIx>, Code);

impl Policy {
    /// What denies this whatever the rules say, if anything does. It is the reason of a decision that names no rule, and of
    /// one that names a rule of `read` or `send` for another action.
    #[must_use]
    pub fn built_in(&self, world: &World, action: Action, me: UserIx, about: About) -> Option<BuiltIn> {
        let Some(question) = Question::new(self, world, action, me, about) else {
            let status = world.status(me);
            return (status != Status::Active).then_some(BuiltIn::Asking(status));
        };
        if question.lacks_a_seat() {
            return Some(BuiltIn::NoSeat);
        }
        if question.unread().is_some() {
            return Some(BuiltIn::NoRead);
        }
        if let Some((reason, _)) = question.impossible() {
            return Some(reason);
        }
        let (_, them) = question.them.filter(|_| question.absent().is_some())?;
        Some(BuiltIn::Asked(them.status))
    }

    /// Whether every active member may read every conversation, whatever the facts are. Then nobody has to be asked again
    /// when facts change.
    #[must_use]
    pub fn members_read(&self) -> bool {
        self.plan.members_read()
    }
}

/// What an action needs besides a rule that allows it.
enum Need {
    /// Another kind of conversation.
    Kind,
    /// The right to send in such a conversation.
    Send(Conversation),
}

impl Question<'_> {
    /// Why the asking person may do nothing in a conversation: they may not read it. Going away is always left to the rules.
    pub(super) fn unread(&self) -> Option<Refused> {
        if self.needs_to_read() { self.instead(Action::Read).judge().err() } else { None }
    }

    /// Why something is refused in a conversation of this kind and state, whatever allows it.
    pub(super) fn impossible(&self) -> Option<(BuiltIn, Refused)> {
        match self.need()? {
            Need::Kind => Some((BuiltIn::Kind, (None, Code::Unsupported))),
            Need::Send(conversation) => self.of_send(conversation).judge().err().map(|refused| (BuiltIn::NoSend, refused)),
        }
    }

    /// Of people for whom rules allow it, leaves those for whom it is not refused here. The question is about nobody yet.
    pub(super) fn leave_possible(&self, people: &mut Bits) {
        if self.needs_to_read() {
            people.intersect(&self.instead(Action::Read).reach());
        }
        match self.need() {
            None => {}
            Some(Need::Kind) => *people = Bits::default(),
            Some(Need::Send(conversation)) => people.intersect(&self.of_send(conversation).reach()),
        }
    }

    fn needs_to_read(&self) -> bool {
        let goes = matches!(self.action, Action::Read | Action::Leave | Action::DeleteConversation);
        self.conversation.is_some() && !goes && !self.policy.plan.members_read()
    }

    fn need(&self) -> Option<Need> {
        let conversation = self.conversation?;
        let open = Conversation { state: State::Open, ..conversation };
        match self.action {
            Action::Send if conversation.kind == Kind::Mail => Some(Need::Kind),
            Action::AddMember | Action::RemoveMember | Action::Leave if conversation.kind != Kind::Group => Some(Need::Kind),
            Action::AddMember | Action::Edit | Action::Rename => Some(Need::Send(conversation)),
            Action::DeleteForAll if self.author && conversation.kind != Kind::Mail => Some(Need::Send(conversation)),
            Action::Reopen => Some(Need::Send(open)),
            Action::EraseConversation if conversation.kind == Kind::Direct => Some(Need::Send(open)),
            _ => None,
        }
    }

    fn of_send(&self, conversation: Conversation) -> Self {
        Self { conversation: Some(conversation), ..self.instead(Action::Send) }
    }

    /// The same person in the same conversation, asked about another action.
    fn instead(&self, action: Action) -> Self {
        Self { action, author: false, age_ms: None, ..*self }
    }
}
