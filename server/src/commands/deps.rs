//! The parts of the server that commands use, and the policy checks that several commands share.

use std::sync::Arc;

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal};

use super::Cursors;
use crate::{
    auth::Caller,
    clock::Clock,
    facts::{
        Facts, Snapshot,
        policy_gate::{self, PolicyGate},
    },
    fanout::Hub,
    limits::Allowances,
    store::{
        Store,
        lookups::Lookups,
        queries::{member_context::MemberContext, pages::Page},
    },
    writer::Writer,
};

/// The parts of the server that commands use. Cheap to clone, so that the future of an answer can own them.
#[derive(Clone)]
pub struct CommandDeps {
    /// The database.
    pub store: Store,
    /// Look-ups by key that are batched over all callers.
    pub lookups: Lookups,
    /// Rooms and online users, for events and unread counts.
    pub hub: Hub,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Executes the commands that change conversations.
    pub writer: Writer,
    /// The cache of the tenants' snapshots.
    pub facts: Facts,
    /// Asks the policy, and records denials.
    pub gate: PolicyGate,
    /// Encrypts the cursors of lists.
    pub cursors: Cursors,
    /// Each user's allowances over all their connections.
    pub allowances: Arc<Allowances>,
}

impl CommandDeps {
    /// Returns the caller's context in a conversation, if the policy allows the caller the action there. A refusal does not
    /// reveal whether the conversation exists to a caller who can't read it.
    pub(super) async fn allowed(
        &self,
        action: Action,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<MemberContext, Refusal> {
        let membership = self.membership(caller, conversation).await?;
        self.ask(action, caller, &membership).await?;
        Ok(membership)
    }

    /// Returns the caller's context in a conversation. If the caller is not a member, the policy must allow the caller to
    /// read the conversation; for a member, the policy is not asked.
    pub(super) async fn membership(&self, caller: Caller, conversation: ConversationId) -> Result<MemberContext, Refusal> {
        let membership = self.lookups.member_contexts.get((conversation, caller.user)).await?;
        let membership =
            membership.filter(|membership| membership.tenant == caller.tenant).ok_or_else(policy_gate::not_found)?;
        if membership.role.is_none() {
            self.ask(Action::Read, caller, &membership).await?;
        }
        Ok(membership)
    }

    /// Asks the policy whether the caller may read a page. The decision uses the membership that was read with the page, and
    /// facts that are at least as new as the page. Returns these facts.
    pub(super) async fn allow_page<T>(&self, caller: Caller, page: &Page<T>) -> Result<Arc<Snapshot>, Refusal> {
        if page.membership.tenant != caller.tenant {
            return Err(policy_gate::not_found());
        }
        let facts = self.facts.at_version(caller.tenant, page.facts).await?;
        self.gate.allow_in(&facts, Action::Read, caller.user, &page.membership)?;
        Ok(facts)
    }

    /// Asks the policy with the latest facts, and returns these facts. If the action is allowed, everything that was read
    /// before this call may be sent to the caller, because the caller still had the right when it was read.
    pub(super) async fn ask(
        &self,
        action: Action,
        caller: Caller,
        membership: &MemberContext,
    ) -> Result<Arc<Snapshot>, Refusal> {
        let facts = self.facts.latest(caller.tenant).await?;
        self.gate.allow_in(&facts, action, caller.user, membership)?;
        Ok(facts)
    }
}
