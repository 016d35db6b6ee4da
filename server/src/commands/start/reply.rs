//! Replies to a mail. A user who holds a mail may reply to some users without an allow rule, unless a rule denies it.
//!
//! These users are the author of the mail and, if the author is an addressee of the reply, the users to whom the mail was
//! addressed by name. Groups always need an allow rule. A mail that is a reply itself may have reached the user by
//! this exemption. Then the exemption holds only if all earlier authors of the thread are addressees of the new reply too,
//! or while the rules let the mail's author start a conversation with the user. Without this limit two users who hold the
//! same mail could continue to write to each other alone.

use std::collections::HashSet;

use causerie_policy::Action;
use causerie_protocol::{MessageId, Refusal, UserId, command::StartConversation};

use super::{super::CommandDeps, Check, CheckSubject};
use crate::{
    auth::Caller,
    facts::{Snapshot, policy_gate},
    store::queries::mails::Parent,
};

const FIELD: &str = StartConversation::IN_REPLY_TO;

/// A message to which the caller replies.
pub(super) struct Answered {
    parent: Parent,
    /// The check that the writer repeats when it writes the reply.
    pub check: Check,
}

/// The addressees of a reply who need no allow rule.
pub(super) struct Exempt {
    pub users: Vec<UserId>,
    /// If set, the exemption holds only while the rules let this author start a conversation with the replying user.
    pub while_reached_by: Option<UserId>,
}

/// The message to which the caller replies.
///
/// # Errors
/// `NotFound` if the caller does not hold the message, the policy's refusal if the caller may not reply to it, and
/// `Unavailable` if the database does not answer.
pub(super) async fn answered(deps: &CommandDeps, caller: Caller, message: MessageId) -> Result<Answered, Refusal> {
    let not_held = || policy_gate::not_found().field(FIELD);
    let parent = deps.store.parent(caller.tenant, caller.user, message).await?.ok_or_else(not_held)?;
    let held = deps.lookups.member_contexts.get((parent.conversation, caller.user)).await?;
    let conversation = held.ok_or_else(not_held)?;
    let is_author = parent.author == caller.user;
    let age_ms = deps.clock.now_ms().saturating_sub(parent.sent_at_ms);
    let subject = CheckSubject::Message { conversation, is_author, age_ms };
    let check = Check { action: Action::Reply, subject, field: FIELD.to_owned() };
    let facts = deps.facts.latest(caller.tenant).await?;
    check.ask(&deps.gate, &facts, caller.user)?;
    Ok(Answered { parent, check })
}

impl Answered {
    /// The users who need no allow rule in a reply to these addressees; `None` if there is no exemption.
    pub fn exempts(&self, facts: &Snapshot, caller: UserId, addressed: &HashSet<UserId>) -> Option<Exempt> {
        let Parent { author, addressees, earlier_authors, .. } = &self.parent;
        if *author == caller || !addressed.contains(author) {
            return None;
        }
        let is_open = earlier_authors.iter().all(|earlier| *earlier == caller || addressed.contains(earlier));
        if !is_open && !facts.may_start(*author, caller) {
            return None;
        }
        let users = addressees.iter().chain([author]).copied().collect();
        Some(Exempt { users, while_reached_by: (!is_open).then_some(*author) })
    }
}
