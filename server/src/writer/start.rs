//! Creates the conversations that a batch starts, and adds their members.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use causerie_policy::Action;
use causerie_protocol::{ConversationId, Refusal, TenantId, command::StartConversation};

use super::{
    WriterDeps,
    inboxes::raise,
    request::{Member, Mutation, WriteRequest},
    snapshots::{NotWritten, snapshot},
    state::distinct,
};
use crate::{
    domain::ConversationKind,
    facts::{
        Snapshot,
        policy_gate::{PolicyGate, not_found},
    },
    fanout::Update,
    store::{
        StoreError,
        queries::{append::NewConversation, members::NewMember, write_tx::WriteTx},
    },
};

/// The state of a batch after its locks were taken.
pub(super) struct Begun {
    pub refusals: Vec<Option<Refusal>>,
    pub started: Vec<Option<(ConversationId, bool)>>,
    /// The snapshots that were needed to decide the starts. Empty if the batch starts no conversation.
    pub facts: HashMap<TenantId, Arc<Snapshot>>,
}

/// Creates the conversations that the requests start. The facts are locked and read first, because they decide which
/// conversations may be created. The conversations are locked after they were created.
pub(super) async fn begin_with_starts(
    tx: &WriteTx,
    deps: &WriterDeps,
    gate: &PolicyGate,
    tenants: &HashSet<TenantId>,
    requests: &[WriteRequest],
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> Result<Begun, NotWritten> {
    let mut facts = HashMap::new();
    for (tenant, version) in tx.hold_facts(tenants.iter().copied()).await? {
        facts.insert(tenant, snapshot(tx, deps, tenant, version).await?);
    }
    let members: Vec<_> = requests.iter().map(|request| members(&facts, request)).collect();
    let refusals = requests.iter().zip(&members).map(|(request, members)| refused(gate, &facts, request, members));
    let refusals: Vec<_> = refusals.collect();
    let started = start(tx, requests, &members, &refusals, now_ms).await?;
    let places = requests
        .iter()
        .zip(&started)
        .filter_map(|(request, started)| request.mutation.place().or(started.map(|(id, _)| id)));
    tx.lock(distinct(places)).await?;
    join_started(tx, requests, &members, &started, now_ms, updates).await?;
    Ok(Begun { refusals, started, facts })
}

/// Why a request must not create its conversation, by the locked facts. An existing conversation can still be found.
fn refused(
    gate: &PolicyGate,
    facts: &HashMap<TenantId, Arc<Snapshot>>,
    request: &WriteRequest,
    members: &[Member],
) -> Option<Refusal> {
    let Mutation::Start(start) = &request.mutation else { return None };
    let Some(facts) = facts.get(&request.caller.tenant) else { return Some(not_found()) };
    if start.exists {
        return Some(not_found());
    }
    let me = request.caller.user;
    let ask = || -> Result<(), Refusal> {
        start.checks.iter().try_for_each(|check| check.ask(gate, facts, me))?;
        start.reaches(members)?;
        // A conversation is not created if the user could not read it or not send the requested first message.
        let to_be = start.facts();
        gate.allow_in(facts, Action::Read, me, &to_be)?;
        if start.first_message.is_some() && to_be.kind != ConversationKind::Mail {
            let blame = |refusal: Refusal| refusal.field(StartConversation::FIRST_MESSAGE);
            gate.allow_in(facts, Action::Send, me, &to_be).map_err(blame)?;
        }
        Ok(())
    };
    ask().err()
}

/// The members of the conversation that a request starts, by the locked facts.
fn members<'a>(facts: &HashMap<TenantId, Arc<Snapshot>>, request: &'a WriteRequest) -> Cow<'a, [Member]> {
    match (&request.mutation, facts.get(&request.caller.tenant)) {
        (Mutation::Start(start), Some(facts)) => start.members_now(facts),
        _ => Cow::Borrowed(&[]),
    }
}

/// Creates conversations. Returns for each request its conversation and whether it is new.
async fn start(
    tx: &WriteTx,
    requests: &[WriteRequest],
    members: &[Cow<'_, [Member]>],
    refusals: &[Option<Refusal>],
    now_ms: i64,
) -> Result<Vec<Option<(ConversationId, bool)>>, StoreError> {
    let keys: Vec<_> = requests
        .iter()
        .filter_map(|request| match &request.mutation {
            Mutation::Start(start) => Some((start.new.tenant, start.new.start_key.clone())),
            _ => None,
        })
        .collect();
    if keys.is_empty() {
        return Ok(vec![None; requests.len()]);
    }
    let allowed = requests.iter().zip(members).zip(refusals).filter(|(_, refusal)| refusal.is_none());
    let new = allowed.filter_map(|((request, members), _)| match &request.mutation {
        Mutation::Start(start) => {
            let member_count = u32::try_from(members.len()).unwrap_or(u32::MAX);
            Some(NewConversation { member_count, ..start.new.clone() })
        }
        _ => None,
    });
    tx.start(new.collect(), now_ms).await?;
    let found = tx.started(keys).await?;
    Ok(requests
        .iter()
        .map(|request| match &request.mutation {
            Mutation::Start(start) => {
                let id = *found.get(&(start.new.tenant, start.new.start_key.clone()))?;
                Some((id, id == start.new.id))
            }
            _ => None,
        })
        .collect())
}

/// Adds the members and addressees of the conversations that this batch created.
async fn join_started(
    tx: &WriteTx,
    requests: &[WriteRequest],
    members: &[Cow<'_, [Member]>],
    started: &[Option<(ConversationId, bool)>],
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> Result<(), StoreError> {
    let made = requests.iter().zip(members).zip(started);
    let made = made.filter_map(|((request, members), started)| match (&request.mutation, started) {
        (Mutation::Start(start), Some((conversation, true))) => Some((*conversation, start, members)),
        _ => None,
    });
    let (mut joining, mut addressees) = (Vec::new(), Vec::new());
    for (conversation, start, members) in made {
        joining.extend(members.iter().map(|member| (conversation, *member)));
        addressees.extend(start.addressees.iter().map(|addressee| (conversation, *addressee)));
    }
    let mut inboxes = raise(tx, joining.iter().map(|(_, member)| member.user)).await?;
    let members: Vec<NewMember> = joining
        .into_iter()
        .map(|(conversation, Member { user, role, is_copy, .. })| {
            let inbox_version = inboxes.next(user);
            updates.push(Update::Inbox { user, version: inbox_version });
            NewMember { conversation, user, role, read_seq: 0, inbox_version, is_copy }
        })
        .collect();
    tx.add_members(&members, now_ms).await?;
    tx.address(&addressees).await
}
