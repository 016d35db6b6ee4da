//! The checks of a request: questions to the policy that were asked before the request was queued and are asked again under
//! the lock.

use std::collections::HashSet;

use causerie_policy::{Action, Code, Resource, UserStatus};
use causerie_protocol::{GroupId, Refusal, UserId};
use uuid::Uuid;

use crate::{
    auth::{AuthError, Caller},
    facts::{
        Snapshot,
        policy_gate::{self, PolicyGate, Rejection},
    },
    store::queries::member_context::MemberContext,
};

/// A question to the policy. The writer asks it again under the lock of the tenant's facts.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Check {
    pub action: Action,
    pub subject: CheckSubject,
    /// The field of the request that the refusal names; empty if the refusal names no field.
    pub field: String,
}

/// The subject of the action of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CheckSubject {
    Nothing,
    User(UserId),
    /// The addressee of a reply, who needs no allow rule: only a deny rule makes the check fail. If `while_reached_by` is
    /// set, this exception holds only while that user, the author of the message, may start a conversation with the replying
    /// user. Otherwise the check is the same as for [`Self::User`].
    ReplyAddressee {
        user: UserId,
        while_reached_by: Option<UserId>,
    },
    Group(GroupId),
    /// A member of a named group, in a conversation whose members see each other.
    GroupMember(UserId),
    /// The message that the caller replies to. `conversation` is the caller's membership in the message's conversation, read
    /// before the request was queued.
    Message {
        conversation: MemberContext,
        is_author: bool,
        age_ms: i64,
    },
}

/// Checks that a caller's token or API key is valid and that their tenant is not suspended. Must be called under the lock of
/// the change, so that no node writes for a credential whose revocation was answered. `valid_keys`: the valid API keys of
/// the batch, read under the lock.
///
/// # Errors
/// The rejection for the caller if the credential is not valid or the tenant is suspended.
pub(super) fn authenticate(
    caller: Caller,
    tokens_valid_from_s: i64,
    is_suspended: bool,
    valid_keys: &HashSet<Uuid>,
) -> Result<(), Rejection> {
    caller.credential.require_signed_from(tokens_valid_from_s).map_err(Refusal::from)?;
    if caller.credential.api_key().is_some_and(|key| !valid_keys.contains(&key)) {
        return Err(Refusal::from(AuthError::UnknownApiKey).into());
    }
    if is_suspended {
        return Err(Refusal::from(AuthError::Suspended).into());
    }
    Ok(())
}

impl Check {
    /// Asks the policy whether the user `caller` passes this check, and records a denial at once.
    ///
    /// # Errors
    /// The refusal for the user if the policy denies the action or does not find the subject.
    pub fn ask(&self, gate: &PolicyGate, facts: &Snapshot, caller: UserId) -> Result<(), Refusal> {
        self.authorize(facts, caller).map_err(|rejection| gate.record(rejection))
    }

    /// Asks the policy whether the user `caller` passes this check.
    ///
    /// # Errors
    /// The rejection for the user if the policy denies the action or does not find the subject.
    pub(super) fn authorize(&self, facts: &Snapshot, caller: UserId) -> Result<(), Rejection> {
        let allow = |resource: Option<Resource>| match resource {
            Some(resource) => facts.authorize(self.action, caller, resource),
            None => Err(policy_gate::not_found().into()),
        };
        let answer = match self.subject {
            CheckSubject::Nothing => allow(Some(Resource::None)),
            CheckSubject::User(user) => allow(facts.user(user).map(Resource::User)),
            CheckSubject::ReplyAddressee { user, while_reached_by } => match facts.user(user) {
                Some(user) if facts.world.status(user) != UserStatus::Active => {
                    Err(policy_gate::refusal(Code::RecipientInactive).into())
                }
                Some(user)
                    if !facts.denies(self.action, caller, Resource::User(user))
                        && while_reached_by.is_none_or(|author| facts.may_start(author, caller)) =>
                {
                    Ok(())
                }
                user => allow(user.map(Resource::User)),
            },
            CheckSubject::Group(group) => allow(facts.group(group).map(Resource::Group)),
            CheckSubject::GroupMember(user) => allow(facts.user(user).map(Resource::User))
                .map_err(|rejection| rejection.with_refusal(policy_gate::refusal(Code::GroupNotAddressable))),
            CheckSubject::Message { conversation, is_author, age_ms } => {
                facts.authorize_on_message(self.action, caller, &conversation, is_author, age_ms)
            }
        };
        answer.map_err(|rejection| if self.field.is_empty() { rejection } else { rejection.field(self.field.as_str()) })
    }
}
