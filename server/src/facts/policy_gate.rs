//! The interface to the policy crate: decides whether a command is allowed, builds the refusal if it is not, and lists the
//! capabilities of a user.

use std::sync::Arc;

use causerie_policy::{Action, Code, ConversationContext, ConversationKind, Decision, Resource};
use causerie_protocol::{ConversationId, ErrorCode, GroupId, Refusal, UserId};
use uuid::Uuid;

use super::Snapshot;
use crate::{
    audit::{Denied, Refusals, Target},
    store::queries::member_context::MemberContext,
    telemetry::{Metrics, RuleLabel},
};

/// Asks the policy about commands that are decided once. Counts the denials in the metrics and sends them to the audit log.
/// Cheap to clone.
#[derive(Clone)]
pub struct PolicyGate {
    metrics: Arc<Metrics>,
    refusals: Refusals,
}

/// A denial by a rule, to be counted and written to the audit.
#[derive(Debug)]
pub struct Denial {
    /// The label of the rule in the metrics.
    rule: String,
    denied: Denied,
}

/// The reason why a request is not executed. The denial is not recorded yet, because the request may be decided again.
#[derive(Debug)]
pub struct Rejection {
    refusal: Refusal,
    /// The denial to record if the request ends with this rejection; `None` if the policy did not decide.
    denial: Option<Box<Denial>>,
}

impl Rejection {
    /// The refusal for the caller, and the denial to record.
    #[must_use]
    pub fn into_parts(self) -> (Refusal, Option<Denial>) {
        (self.refusal, self.denial.map(|denial| *denial))
    }

    /// The same rejection; the refusal names this field of the request.
    #[must_use]
    pub fn field(self, field: impl Into<String>) -> Self {
        Self { refusal: self.refusal.field(field), ..self }
    }

    /// The same denial, with another refusal for the caller.
    #[must_use]
    pub fn with_refusal(self, refusal: Refusal) -> Self {
        Self { refusal, ..self }
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, denial: None }
    }
}

impl PolicyGate {
    /// Counts denials in `metrics` and sends them to `refusals`.
    #[must_use]
    pub fn new(metrics: &Arc<Metrics>, refusals: &Refusals) -> Self {
        Self { metrics: Arc::clone(metrics), refusals: refusals.clone() }
    }

    /// Records the denial of a rejection, and returns the refusal for the caller.
    #[must_use]
    pub fn record(&self, rejection: Rejection) -> Refusal {
        let (refusal, denial) = rejection.into_parts();
        self.record_all(denial);
        refusal
    }

    /// Counts the denials and sends them to the audit.
    pub fn record_all(&self, denials: impl IntoIterator<Item = Denial>) {
        for Denial { rule, denied } in denials {
            self.metrics.policy_denials.get_or_create(&RuleLabel { rule }).inc();
            self.refusals.take(self.refusals.describe(denied));
        }
    }

    /// Like [`Snapshot::authorize`]; also records a denial.
    ///
    /// # Errors
    /// The refusal for the user, if the rules deny the action.
    pub fn allow(&self, facts: &Snapshot, action: Action, user: UserId, resource: Resource) -> Result<(), Refusal> {
        facts.authorize(action, user, resource).map_err(|rejection| self.record(rejection))
    }

    /// Like [`Snapshot::authorize_in`]; also records a denial.
    ///
    /// # Errors
    /// The refusal for the user, if the rules deny the action.
    pub fn allow_in(
        &self,
        facts: &Snapshot,
        action: Action,
        user: UserId,
        conversation: &MemberContext,
    ) -> Result<(), Refusal> {
        facts.authorize_in(action, user, conversation).map_err(|rejection| self.record(rejection))
    }

    /// Records in the audit log that a request named a user or group that the tenant does not have, and returns the refusal.
    /// So attempts to guess ids appear in the audit log. `named` is `user:…` or `group:…`, with the id in the request.
    #[must_use]
    pub fn unknown(&self, facts: &Snapshot, action: Action, user: UserId, named: String) -> Refusal {
        let denied = audit_denial(facts, user, action, Some(Target::Unknown(named)), None, Code::NotFound, None);
        self.refusals.take(self.refusals.describe(denied));
        not_found()
    }
}

/// Decisions of the rules. The functions record nothing; the caller records the denial of a rejection with
/// [`PolicyGate::record`].
impl Snapshot {
    /// Decides whether the user may do the action.
    ///
    /// # Errors
    /// The rejection, if the rules deny the action.
    pub fn authorize(&self, action: Action, user: UserId, resource: Resource) -> Result<(), Rejection> {
        self.authorize_resource(action, user, resource, None)
    }

    /// Decides whether the user may do the action in a conversation, given the user's membership in it.
    ///
    /// # Errors
    /// The rejection, if the rules deny the action.
    pub fn authorize_in(&self, action: Action, user: UserId, conversation: &MemberContext) -> Result<(), Rejection> {
        let resource = Resource::Conversation(self.conversation(user, conversation));
        self.authorize_resource(action, user, resource, conversation.id)
    }

    /// Decides whether the user may do the action with a message, given the user's membership in its conversation. `age_ms`
    /// is the age of the message; `is_author`: whether the user wrote it.
    ///
    /// # Errors
    /// The rejection, if the rules deny the action.
    pub fn authorize_on_message(
        &self,
        action: Action,
        user: UserId,
        conversation: &MemberContext,
        is_author: bool,
        age_ms: i64,
    ) -> Result<(), Rejection> {
        let resource = Resource::Message { conversation: self.conversation(user, conversation), is_author, age_ms };
        self.authorize_resource(action, user, resource, conversation.id)
    }

    fn authorize_resource(
        &self,
        action: Action,
        user: UserId,
        resource: Resource,
        conversation: Option<ConversationId>,
    ) -> Result<(), Rejection> {
        let denial = |rule: Option<&str>, code| {
            let target = target(self, resource, conversation);
            let kind = conversation_of(resource).map(|conversation| conversation.kind);
            let denied = audit_denial(self, user, action, target, rule, code, kind);
            Some(Box::new(Denial { rule: rule_label(self, rule), denied }))
        };
        match self.decide(action, user, resource) {
            Some(Decision::Allow { .. }) => Ok(()),
            Some(Decision::Deny { rule, code, public_code }) => {
                let denial = denial(rule.map(|rule| self.policy.rule_name(rule)), code);
                Err(Rejection { refusal: refusal(public_code), denial })
            }
            None => Err(Rejection { refusal: not_found(), denial: denial(None, Code::NotFound) }),
        }
    }
}

/// The label of a rule in the metrics. A tenant can give its own rules any number of names, but the number of labels must
/// stay bounded.
fn rule_label(facts: &Snapshot, rule: Option<&str>) -> String {
    match rule {
        Some(rule) if facts.policy_is_preset() => format!("{}/{rule}", facts.policy.name()),
        Some(_) => "own".to_owned(),
        None => "default".to_owned(),
    }
}

/// The denial as the audit log records it.
fn audit_denial(
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

/// The target that the audit log records for an action.
fn target(facts: &Snapshot, resource: Resource, conversation: Option<ConversationId>) -> Option<Target> {
    let user_target = |user| Target::User(UserId(Uuid::from_u128(facts.world.user_key(user))));
    match resource {
        Resource::User(other) | Resource::Relation(other, _) => Some(user_target(other)),
        Resource::Group(group) => Some(Target::Group(GroupId(Uuid::from_u128(facts.world.group_key(group))))),
        // A direct conversation is recorded under the other user, not under its own id.
        _ => conversation_of(resource)
            .and_then(|conversation| conversation.peer)
            .map(user_target)
            .or(conversation.map(Target::Conversation)),
    }
}

fn conversation_of(resource: Resource) -> Option<ConversationContext> {
    match resource {
        Resource::Conversation(conversation) | Resource::Message { conversation, .. } => Some(conversation),
        _ => None,
    }
}

/// The refusal for an object that does not exist, or that the rules hide from the caller.
#[must_use]
pub fn not_found() -> Refusal {
    refusal(Code::NotFound)
}

/// The refusal for an action that no user can do in this tenant or in this kind of conversation.
#[must_use]
pub fn unsupported() -> Refusal {
    refusal(Code::Unsupported)
}

/// The refusal for a public code: error code and sentence.
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
