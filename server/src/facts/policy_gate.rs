//! The interface to the policy crate: decides whether a command is allowed, builds the refusal if it is not, and lists the
//! capabilities of a user.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use causerie_policy::{Action, Code, ConversationContext, ConversationKind, Decision, Resource};
use causerie_protocol::{ConversationId, ErrorCode, GroupId, Refusal, UserId};
use uuid::Uuid;

use super::Snapshot;
use crate::{
    audit::{Denied, Refusals, Refused, Target},
    store::queries::member_context::MemberContext,
    telemetry::{Metrics, RuleLabel},
};

/// Evaluates the rules, counts denials in the metrics and sends them to the audit. Cheap to clone.
#[derive(Clone)]
pub struct PolicyGate {
    metrics: Arc<Metrics>,
    refusals: Refusals,
    /// `Some`: denials are collected here instead of being recorded at once.
    kept: Option<Arc<Mutex<Vec<Denial>>>>,
}

/// A denial by a rule, to be counted and written to the audit.
pub struct Denial {
    rule: String,
    refused: Refused,
}

impl PolicyGate {
    /// Counts denials in `metrics` and sends them to `refusals`.
    #[must_use]
    pub fn new(metrics: &Arc<Metrics>, refusals: &Refusals) -> Self {
        Self { metrics: Arc::clone(metrics), refusals: refusals.clone(), kept: None }
    }

    /// The same gate for decisions that may be repeated, such as those of a batch whose transaction fails: it keeps denials
    /// until [`PolicyGate::denials`] takes them. Clones share the same list.
    #[must_use]
    pub fn keeping_denials(&self) -> Self {
        Self { kept: Some(Arc::default()), ..self.clone() }
    }

    /// Takes the denials kept so far; empty if the gate records denials at once.
    #[must_use]
    pub fn denials(&self) -> Vec<Denial> {
        self.kept.as_ref().map(|kept| std::mem::take(&mut *locked(kept))).unwrap_or_default()
    }

    /// Counts the denials and sends them to the audit.
    pub fn note(&self, denials: Vec<Denial>) {
        for Denial { rule, refused } in denials {
            self.metrics.policy_denials.get_or_create(&RuleLabel { rule }).inc();
            self.refusals.take(refused);
        }
    }

    /// Decides whether the user may do this.
    ///
    /// # Errors
    /// The refusal for the user, if the rules deny the action.
    pub fn allow(&self, facts: &Snapshot, action: Action, me: UserId, about: Resource) -> Result<(), Refusal> {
        self.judge(facts, action, me, about, None)
    }

    /// Decides whether the user may do this in a conversation, given the user's membership in it.
    ///
    /// # Errors
    /// The refusal for the user, if the rules deny the action.
    pub fn allow_in(
        &self,
        facts: &Snapshot,
        action: Action,
        me: UserId,
        conversation: &MemberContext,
    ) -> Result<(), Refusal> {
        let about = Resource::Conversation(facts.conversation(me, conversation));
        self.judge(facts, action, me, about, conversation.id)
    }

    /// Decides whether the user may do this to a message, given the user's membership in its conversation. `age_ms` is the
    /// age of the message; `mine` says that the user wrote it.
    ///
    /// # Errors
    /// The refusal for the user, if the rules deny the action.
    pub fn allow_to_message(
        &self,
        facts: &Snapshot,
        action: Action,
        me: UserId,
        conversation: &MemberContext,
        mine: bool,
        age_ms: i64,
    ) -> Result<(), Refusal> {
        let about = Resource::Message { conversation: facts.conversation(me, conversation), is_author: mine, age_ms };
        self.judge(facts, action, me, about, conversation.id)
    }

    fn judge(
        &self,
        facts: &Snapshot,
        action: Action,
        me: UserId,
        about: Resource,
        conversation: Option<ConversationId>,
    ) -> Result<(), Refusal> {
        let denied = |rule: Option<&str>, code| {
            let target = target(facts, about, conversation);
            let conversation = conversation_of(about).map(|conversation| conversation.kind);
            self.denied(facts, rule, denied_by(facts, me, action, target, rule, code, conversation));
        };
        match facts.decide(action, me, about) {
            Some(Decision::Allow { .. }) => Ok(()),
            Some(Decision::Deny { rule, code, public_code }) => {
                denied(rule.map(|rule| facts.policy.rule_name(rule)), code);
                Err(refusal(public_code))
            }
            None => {
                denied(None, Code::NotFound);
                Err(not_found())
            }
        }
    }

    /// Records in the audit that a user asked for a user or group that the tenant does not know: `user:…` or `group:…`, by
    /// the id in the request. Attempts to guess ids thus appear in the audit. Returns the refusal.
    #[must_use]
    pub fn unknown(&self, facts: &Snapshot, action: Action, me: UserId, named: String) -> Refusal {
        let denied = denied_by(facts, me, action, Some(Target::Unknown(named)), None, Code::NotFound, None);
        self.refusals.take(self.refusals.describe(denied));
        not_found()
    }

    fn denied(&self, facts: &Snapshot, rule: Option<&str>, denied: Denied) {
        // A tenant can give its own rules any number of names, but the number of metric labels must stay bounded.
        let rule = match rule {
            Some(rule) if facts.policy_is_preset() => format!("{}/{rule}", facts.policy.name()),
            Some(_) => "own".to_owned(),
            None => "default".to_owned(),
        };
        let denial = Denial { rule, refused: self.refusals.describe(denied) };
        match &self.kept {
            Some(kept) => locked(kept).push(denial),
            None => self.note(vec![denial]),
        }
    }
}

/// The denial in the terms of the audit.
fn denied_by(
    facts: &Snapshot,
    user: UserId,
    action: Action,
    target: Option<Target>,
    rule: Option<&str>,
    code: Code,
    conversation: Option<ConversationKind>,
) -> Denied {
    let (tenant, policy_version) = (facts.tenant, facts.policy_version);
    Denied { tenant, user, action, target, rule: rule.unwrap_or_default().to_owned(), code, conversation, policy_version }
}

/// The target that the audit records for an action.
fn target(facts: &Snapshot, about: Resource, conversation: Option<ConversationId>) -> Option<Target> {
    let user = |user| Target::User(UserId(Uuid::from_u128(facts.world.user_key(user))));
    match about {
        Resource::User(them) | Resource::Relation(them, _) => Some(user(them)),
        Resource::Group(group) => Some(Target::Group(GroupId(Uuid::from_u128(facts.world.group_key(group))))),
        // A direct conversation is recorded under the other user, not under its own id.
        _ => conversation_of(about)
            .and_then(|conversation| conversation.peer)
            .map(user)
            .or(conversation.map(Target::Conversation)),
    }
}

fn conversation_of(about: Resource) -> Option<ConversationContext> {
    match about {
        Resource::Conversation(conversation) | Resource::Message { conversation, .. } => Some(conversation),
        _ => None,
    }
}

/// Ignores poisoning: no code panics while it holds the lock.
fn locked(kept: &Mutex<Vec<Denial>>) -> MutexGuard<'_, Vec<Denial>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The refusal for objects that do not exist. Objects that the caller may not know of get the same refusal.
#[must_use]
pub fn not_found() -> Refusal {
    refusal(Code::NotFound)
}

/// The refusal for actions that no user can do here.
#[must_use]
pub fn unsupported() -> Refusal {
    refusal(Code::Unsupported)
}

/// The refusal of a denial: error code and sentence.
#[must_use]
pub fn refusal(code: Code) -> Refusal {
    let (code, sentence) = match code {
        Code::NotFound | Code::NotAMember => (
            ErrorCode::NotFound,
            "there is no such user, group, conversation or message, or the rules do not show it to this user; a user exists from the first token or \
             import on",
        ),
        Code::Unsupported => (
            ErrorCode::Unsupported,
            "this can't be done here: no rule allows it, or conversations of this kind do not have it",
        ),
        Code::NotAuthor => (ErrorCode::NotAuthor, "only the author may do this"),
        Code::Closed => (ErrorCode::Closed, "the conversation is closed"),
        Code::Locked => (ErrorCode::Locked, "the conversation is locked"),
        Code::RecipientInactive => (ErrorCode::RecipientInactive, "the other user is not active any more"),
        Code::CannotStart => (ErrorCode::CannotStart, "the rules do not let you start a conversation here"),
        Code::NeedsFriend => (ErrorCode::NeedsFriend, "this needs a relation that the other user accepted"),
        Code::MessagingOff => (ErrorCode::MessagingOff, "messaging is switched off"),
        Code::WindowOver => (ErrorCode::WindowOver, "the time in which this could be done is over"),
        Code::GroupNotAddressable => (ErrorCode::GroupNotAddressable, "this group can't be written to as a whole"),
        Code::TooMany => (ErrorCode::TooMany, "these are more users than may be written to at once"),
    };
    Refusal::new(code, sentence)
}
