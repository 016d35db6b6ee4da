//! What commands work with, and the questions that several commands ask the policy.

use std::sync::Arc;

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal};

use super::{Cursors, unavailable};
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

/// What commands work with. Cheap to clone, so that an answer to come owns all it needs.
#[derive(Clone)]
pub struct CommandDeps {
    /// The database.
    pub store: Store,
    /// Batched look-ups.
    pub lookups: Lookups,
    /// The live world.
    pub hub: Hub,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The way into the log.
    pub writer: Writer,
    /// What is known of the tenants.
    pub facts: Facts,
    /// Yes or no.
    pub gate: PolicyGate,
    /// Where pages of lists end.
    pub cursors: Cursors,
    /// How much people may send.
    pub allowances: Arc<Allowances>,
}

impl CommandDeps {
    /// The caller's context in a conversation, if they may do this there. Others learn nothing of it, whether it exists
    /// or not.
    pub(super) async fn allowed(
        &self,
        action: Action,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<MemberContext, Refusal> {
        let place = self.place(caller, conversation).await?;
        self.ask(action, caller, &place).await?;
        Ok(place)
    }

    /// The caller's context in a conversation they are in. What they may do there is not asked yet.
    pub(super) async fn place(&self, caller: Caller, conversation: ConversationId) -> Result<MemberContext, Refusal> {
        let place = self.lookups.facts.get((conversation, caller.user)).await.map_err(unavailable)?;
        let place = place.filter(|place| place.tenant == caller.tenant.0).ok_or_else(policy_gate::not_found)?;
        if place.role.is_none() {
            self.ask(Action::Read, caller, &place).await?;
        }
        Ok(place)
    }

    /// Asks whether the caller may have a page, by the membership and the facts that were read with it or later facts. Answers the
    /// facts it was decided by.
    pub(super) async fn allow_page<T>(&self, caller: Caller, page: &Page<T>) -> Result<Arc<Snapshot>, Refusal> {
        if page.place.tenant != caller.tenant.0 {
            return Err(policy_gate::not_found());
        }
        let facts = self.facts.at_version(caller.tenant, page.facts).await.map_err(unavailable)?;
        self.gate.allow_in(&facts, Action::Read, caller.user, &page.place)?;
        Ok(facts)
    }

    /// Asks the rules of now. What was read before this may be told when they say yes: a message that was sent after the
    /// caller lost a right was read after that, too. Answers the facts it was decided by.
    pub(super) async fn ask(&self, action: Action, caller: Caller, place: &MemberContext) -> Result<Arc<Snapshot>, Refusal> {
        let facts = self.facts.latest(caller.tenant).await.map_err(unavailable)?;
        self.gate.allow_in(&facts, action, caller.user, place)?;
        Ok(facts)
    }
}
