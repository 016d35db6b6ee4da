//! The seam to `policy`: database facts in, a yes or a refusal in the wire's words out.

use causerie_policy::{About, Action, Code, Conversation, Decision, Kind, Me, Person, Policy, Role, State, Status};
use causerie_protocol::{ErrorCode, Refusal, wire};

use crate::{
    store::queries::conversations::Facts,
    telemetry::{Metrics, RuleLabel},
};

/// Asks the policy and counts what it denies.
///
/// # Errors
/// The refusal the person may read.
pub fn allow(metrics: &Metrics, action: Action, me: Me, about: About) -> Result<(), Refusal> {
    match Policy::open().decide(action, me, about) {
        Decision::Allow { .. } => Ok(()),
        // No preset holds anything yet; what can't be delivered now is not accepted.
        Decision::Hold { rule, .. } => {
            metrics.policy_denials.get_or_create(&RuleLabel { rule }).inc();
            Err(Refusal::new(ErrorCode::Unsupported, "held messages are not supported"))
        }
        Decision::Deny { rule, public_code, .. } => {
            metrics.policy_denials.get_or_create(&RuleLabel { rule }).inc();
            Err(refusal(public_code))
        }
    }
}

/// About a conversation, as far as a person may act in it.
///
/// # Errors
/// The refusal the person may read.
pub fn allow_in(metrics: &Metrics, action: Action, me: Me, facts: &Facts) -> Result<(), Refusal> {
    allow(metrics, action, me, About::Conversation(conversation(facts)))
}

/// The answer for what does not exist, and for what is not the caller's to know of: the same.
#[must_use]
pub fn not_found() -> Refusal {
    refusal(Code::NotFound)
}

/// What a person may do in a conversation, for the wire.
#[must_use]
pub fn capabilities(me: Me, facts: &Facts) -> Vec<i32> {
    Policy::open()
        .capabilities(me, conversation(facts))
        .into_iter()
        .map(|capability| {
            let capability = match capability {
                causerie_policy::Capability::Send => wire::Capability::Send,
                causerie_policy::Capability::Edit => wire::Capability::Edit,
                causerie_policy::Capability::Delete => wire::Capability::Delete,
                causerie_policy::Capability::Rename => wire::Capability::Rename,
                causerie_policy::Capability::AddMember => wire::Capability::AddMember,
                causerie_policy::Capability::RemoveMember => wire::Capability::RemoveMember,
                causerie_policy::Capability::Leave => wire::Capability::Leave,
            };
            capability as i32
        })
        .collect()
}

/// The facts of a conversation in the policy's terms. What this program does not know is taken for the strictest.
#[must_use]
pub fn conversation(facts: &Facts) -> Conversation {
    Conversation {
        kind: match facts.kind {
            1 => Kind::NoteToSelf,
            2 => Kind::Direct,
            _ => Kind::Group,
        },
        state: match facts.state {
            1 => State::Open,
            2 => State::Closed,
            _ => State::Locked,
        },
        role: facts.role.map(|role| if role == 2 { Role::Owner } else { Role::Member }),
        peer: facts.peer_status.map(status),
    }
}

/// A person of the directory.
#[must_use]
pub fn person(status: wire::UserStatus, same: bool) -> About {
    About::Person(Person { same, status: self::status(i16::try_from(status as i32).unwrap_or(0)) })
}

/// Who asks.
#[must_use]
pub fn me(status: i16) -> Me {
    Me { status: self::status(status) }
}

/// A caller whose token was accepted: authentication refuses everyone who is not active.
pub const ACTIVE: Me = Me { status: Status::Active };

fn status(number: i16) -> Status {
    match number {
        1 => Status::Active,
        2 => Status::Deactivated,
        _ => Status::Removed,
    }
}

fn refusal(code: Code) -> Refusal {
    let (code, sentence) = match code {
        Code::NotFound | Code::NotAMember => (ErrorCode::NotFound, "there is no such thing, or it is not yours to see"),
        Code::Unsupported => (ErrorCode::Unsupported, "this can't be done here"),
        Code::NotAuthor => (ErrorCode::NotAuthor, "only the author may do this"),
        Code::Closed => (ErrorCode::Closed, "the conversation is closed"),
        Code::Locked => (ErrorCode::Locked, "the conversation is locked"),
        Code::RecipientInactive => (ErrorCode::RecipientInactive, "the other person is not active any more"),
    };
    Refusal::new(code, sentence)
}
