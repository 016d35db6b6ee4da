//! Creates the conversations that a batch starts, and adds their members.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use causerie_policy::Action;
use causerie_protocol::{ConversationId, TenantId, UserId, command::StartConversation};
use uuid::Uuid;

use super::{
    WriterDeps,
    check::authenticate,
    inboxes::raise,
    request::{Member, Start, WriteRequest},
    snapshots::{NotWritten, snapshot},
};
use crate::{
    domain::ConversationKind,
    facts::{
        Snapshot,
        policy_gate::{Rejection, not_found},
    },
    fanout::Update,
    store::{
        StoreError,
        queries::{append::NewConversation, members::NewMember, starters::Starter, write_tx::WriteTx},
    },
};

/// The state of a batch after its locks were taken.
#[derive(Default)]
pub(super) struct LockedBatch {
    /// One entry per start, in the order of the requests.
    pub starts: Vec<FoundStart>,
    /// The snapshots that were needed to decide the starts. Empty if the batch starts no conversation.
    pub facts: HashMap<TenantId, Arc<Snapshot>>,
    /// The API keys of the callers that are valid.
    pub valid_keys: HashSet<Uuid>,
}

/// A start after its conversation was created or found.
pub(super) struct FoundStart {
    /// The conversation with the start key; `None` if there is none.
    pub found: Option<FoundConversation>,
    /// The reason why the request must not create a conversation; `None` if it may.
    pub rejection: Option<Rejection>,
}

/// The conversation with the start key of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundConversation {
    pub id: ConversationId,
    /// Whether the conversation was created for this request: in this transaction, or in an earlier run of the batch whose
    /// commit was not confirmed.
    pub created: bool,
    /// Whether this transaction created the conversation, which then has no members yet.
    is_new: bool,
}

/// The rows that the requests of a batch name.
pub(super) struct NamedInBatch {
    /// The tenants of the callers.
    pub tenants: HashSet<TenantId>,
    /// The API keys of the callers.
    pub keys: HashSet<Uuid>,
    /// The conversations that the mutations change.
    pub conversations: HashSet<ConversationId>,
}

/// Creates the conversations that the requests start. The facts are locked and read first, because they decide which
/// conversations may be created. The conversations are locked after they were created, together with the conversations that
/// the mutations of the batch change.
pub(super) async fn begin_with_starts(
    tx: &WriteTx,
    deps: &WriterDeps,
    named: &NamedInBatch,
    requests: &[&WriteRequest<Start>],
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> Result<LockedBatch, NotWritten> {
    let mut facts = HashMap::new();
    for (tenant, version) in tx.hold_facts(named.tenants.iter().copied()).await? {
        facts.insert(tenant, snapshot(tx, deps, tenant, version).await?);
    }
    let valid_keys = tx.valid_keys(named.keys.iter().copied(), now_ms).await?;
    let starters = tx.starters(requests.iter().map(|request| request.caller.user).collect::<HashSet<_>>()).await?;
    let decided =
        requests.iter().map(|request| DecidedStart::new(&facts, &valid_keys, starters.get(&request.caller.user), request));
    let decided: Vec<_> = decided.collect();
    let found = create(tx, &decided, now_ms).await?;
    let found_conversations = found.iter().flatten().map(|found| found.id);
    tx.lock(named.conversations.iter().copied().chain(found_conversations).collect::<HashSet<_>>()).await?;
    add_members(tx, &decided, &found, now_ms, updates).await?;
    let starts = found.into_iter().zip(decided);
    let starts = starts.map(|(found, decided)| FoundStart { found, rejection: decided.rejection }).collect();
    Ok(LockedBatch { starts, facts, valid_keys })
}

/// A start and the decision by the locked facts whether it may create a conversation.
struct DecidedStart<'a> {
    start: &'a Start,
    /// The members of the new conversation.
    members: Cow<'a, [Member]>,
    /// The reason why the request must not create a conversation; `None` if it may. An existing conversation can still be
    /// found.
    rejection: Option<Rejection>,
}

impl<'a> DecidedStart<'a> {
    fn new(
        facts: &HashMap<TenantId, Arc<Snapshot>>,
        valid_keys: &HashSet<Uuid>,
        starter: Option<&Starter>,
        WriteRequest { caller, mutation: start }: &'a WriteRequest<Start>,
    ) -> Self {
        let Some((facts, starter)) = facts.get(&caller.tenant).zip(starter) else {
            return Self { start, members: Cow::Borrowed(&[]), rejection: Some(not_found().into()) };
        };
        let members = start.current_members(facts);
        let authenticated = authenticate(*caller, starter.tokens_valid_from_s, starter.is_suspended, valid_keys);
        let rejection = authenticated.and_then(|()| authorize(facts, caller.user, start, &members)).err();
        Self { start, members, rejection }
    }
}

/// Checks whether a user may create the conversation of a start.
///
/// # Errors
/// The rejection for the user if they may not.
fn authorize(facts: &Snapshot, starter: UserId, start: &Start, members: &[Member]) -> Result<(), Rejection> {
    if start.exists {
        return Err(not_found().into());
    }
    start.checks.iter().try_for_each(|check| check.authorize(facts, starter))?;
    start.require_recipient(members)?;
    // A conversation is not created if the user could not read it or not send the requested first message.
    let membership = start.starter_context();
    facts.authorize_in(Action::Read, starter, &membership)?;
    if start.first_message.is_some() && membership.kind != ConversationKind::Mail {
        let may_send = facts.authorize_in(Action::Send, starter, &membership);
        may_send.map_err(|rejection| rejection.field(StartConversation::FIRST_MESSAGE))?;
    }
    Ok(())
}

/// Creates the conversations that may be created. Returns the conversation of each request.
async fn create(
    tx: &WriteTx,
    decided: &[DecidedStart<'_>],
    now_ms: i64,
) -> Result<Vec<Option<FoundConversation>>, StoreError> {
    let new = decided.iter().filter(|decided| decided.rejection.is_none()).map(|DecidedStart { start, members, .. }| {
        let member_count = u32::try_from(members.len()).unwrap_or(u32::MAX);
        NewConversation { member_count, ..start.new.clone() }
    });
    let created_ids = tx.start(new.collect(), now_ms).await?;
    let key = |start: &Start| (start.new.tenant, start.new.start_key.clone());
    let ids = tx.conversations_of_start_keys(decided.iter().map(|decided| key(decided.start)).collect()).await?;
    let found = |start: &Start| {
        let id = *ids.get(&key(start))?;
        let created = id == start.new.id;
        Some(FoundConversation { id, created, is_new: created && created_ids.contains(&id) })
    };
    Ok(decided.iter().map(|decided| found(decided.start)).collect())
}

/// Adds the members and addressees of the conversations that this transaction created.
async fn add_members(
    tx: &WriteTx,
    decided: &[DecidedStart<'_>],
    found: &[Option<FoundConversation>],
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> Result<(), StoreError> {
    let (mut joining, mut addressees) = (Vec::new(), Vec::new());
    for (DecidedStart { start, members, .. }, found) in decided.iter().zip(found) {
        let Some(FoundConversation { id: conversation, is_new: true, .. }) = *found else { continue };
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
