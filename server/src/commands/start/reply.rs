//! Answering a mail: whom a person may write to because of a mail they hold, unless a rule denies it.
//!
//! An answer may go to the author and, as long as the author is among those addressed, to the people the mail was addressed to
//! by name. Groups are never exempt. A mail that is an answer itself may have reached the person by this exemption. Then it
//! lets the person write to its author and the others only while everyone who wrote in the thread before is addressed as well,
//! or where the rules let its author start with the person: else two people who hold one mail could go on alone.

use std::collections::HashSet;

use causerie_policy::Action;
use causerie_protocol::{MessageId, Refusal, UserId, command::StartConversation};

use super::{
    super::{CommandDeps, unavailable},
    Check, Whom,
};
use crate::{
    auth::Caller,
    facts::{Snapshot, policy_gate},
    store::queries::mails::Parent,
};

const FIELD: &str = StartConversation::IN_REPLY_TO;

/// A message that is answered.
pub(super) struct Answered {
    parent: Parent,
    /// What must still be allowed when the answer is written.
    pub check: Check,
}

/// Whom an answer may go to without a rule that allows it.
pub(super) struct Exempt {
    pub people: Vec<UserId>,
    /// Only while the rules let this author start with the answering person.
    pub by: Option<UserId>,
}

/// The message, if the caller holds it and may answer it.
///
/// # Errors
/// When the caller does not hold the message, or must not answer it.
pub(super) async fn answered(deps: &CommandDeps, caller: Caller, message: MessageId) -> Result<Answered, Refusal> {
    let not_held = || policy_gate::not_found().field(FIELD);
    let parent = deps.store.parent(caller.tenant, caller.user, message).await.map_err(unavailable)?.ok_or_else(not_held)?;
    let held = deps.lookups.facts.get((parent.conversation, caller.user)).await.map_err(unavailable)?;
    let conversation = held.ok_or_else(not_held)?;
    let mine = parent.author == caller.user;
    let age_ms = deps.clock.now_ms().saturating_sub(parent.sent_at_ms);
    let whom = Whom::Message { conversation, mine, age_ms };
    let check = Check { action: Action::Reply, whom, field: FIELD.to_owned() };
    let facts = deps.facts.latest(caller.tenant).await.map_err(unavailable)?;
    check.ask(&deps.gate, &facts, caller.user)?;
    Ok(Answered { parent, check })
}

impl Answered {
    /// Whom an answer to these people may go to without a rule that allows it.
    pub fn exempts(&self, facts: &Snapshot, me: UserId, addressed: &HashSet<UserId>) -> Option<Exempt> {
        let Parent { author, people, earlier_authors, .. } = &self.parent;
        if *author == me || !addressed.contains(author) {
            return None;
        }
        let is_open = earlier_authors.iter().all(|earlier| *earlier == me || addressed.contains(earlier));
        if !is_open && !facts.may_start(*author, me) {
            return None;
        }
        let people = people.iter().chain([author]).copied().collect();
        Some(Exempt { people, by: (!is_open).then_some(*author) })
    }
}
