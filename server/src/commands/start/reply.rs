//! Replies to a mail. A user who got a mail may reply to some users without an allow rule, unless a rule denies the reply.
//!
//! These users are the author of the mail and, if the author is an addressee of the reply, the users to whom the mail was
//! addressed by name. Groups always need an allow rule. A mail that is a reply itself may have reached the user through this
//! exemption. In this case the exemption holds only if all earlier authors of the thread are addressees of the new reply
//! too, or while the rules let the mail's author start a conversation with the user. Without this limit, two users who got
//! the same mail could continue to write to each other alone.

use std::collections::HashSet;

use causerie_policy::Action;
use causerie_protocol::{MessageId, Refusal, UserId, command::StartConversation};

use super::{super::CommandDeps, Check, CheckSubject};
use crate::{
    auth::Caller,
    facts::{Snapshot, policy_gate},
    store::queries::mails::RepliedMessage,
};

const FIELD: &str = StartConversation::IN_REPLY_TO;

/// The reply of a caller to a message.
pub(super) struct Reply {
    replied: RepliedMessage,
    /// The check that the writer repeats when it writes the reply.
    pub check: Check,
}

/// The addressees of a reply who need no allow rule.
pub(super) struct Exemption {
    /// The users who need no allow rule.
    pub users: Vec<UserId>,
    /// If set, the exemption holds only while the rules let this author start a conversation with the replying user.
    pub while_reached_by: Option<UserId>,
}

/// Reads the message to which the caller replies, and asks the policy whether the caller may reply to it.
///
/// # Errors
/// `NotFound` if the caller has no copy of the message, the policy's refusal if the caller may not reply to it, and
/// `Unavailable` if the database does not answer.
pub(super) async fn reply_to(deps: &CommandDeps, caller: Caller, message: MessageId) -> Result<Reply, Refusal> {
    let not_found = || policy_gate::not_found().field(FIELD);
    let replied = deps.store.replied_message(caller.tenant, caller.user, message).await?.ok_or_else(not_found)?;
    let context = deps.lookups.member_contexts.get((replied.conversation, caller.user)).await?;
    let conversation = context.ok_or_else(not_found)?;
    let is_author = replied.author == caller.user;
    let age_ms = deps.clock.now_ms().saturating_sub(replied.sent_at_ms);
    let subject = CheckSubject::Message { conversation, is_author, age_ms };
    let check = Check { action: Action::Reply, subject, field: FIELD.to_owned() };
    let facts = deps.facts.latest(caller.tenant).await?;
    check.ask(&deps.gate, &facts, caller.user)?;
    Ok(Reply { replied, check })
}

impl Reply {
    /// The users who need no allow rule if the reply is addressed to these users; `None` if all addressees need an allow
    /// rule.
    pub fn exemption(&self, facts: &Snapshot, caller: UserId, addressed: &HashSet<UserId>) -> Option<Exemption> {
        let RepliedMessage { author, addressees, earlier_authors, .. } = &self.replied;
        if *author == caller || !addressed.contains(author) {
            return None;
        }
        let holds_unconditionally = earlier_authors.iter().all(|earlier| *earlier == caller || addressed.contains(earlier));
        if !holds_unconditionally && !facts.may_start(*author, caller) {
            return None;
        }
        let users = addressees.iter().chain([author]).copied().collect();
        Some(Exemption { users, while_reached_by: (!holds_unconditionally).then_some(*author) })
    }
}
