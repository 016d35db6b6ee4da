//! One transaction: create the started conversations, lock, read the current state, decide, write, commit.

use std::collections::{HashMap, HashSet};

use causerie_protocol::{ConversationId, MessageId, Refusal, UserId};

use super::{
    WriterDeps,
    queue::Batch,
    request::{Mutation, Started, WriteRequest, WriteResult},
    snapshots::{NotWritten, snapshot},
    start::{LockedBatch, NamedInBatch, begin_with_starts},
    state::{BatchState, Current, Decided, SendCounts, distinct},
};
use crate::{
    domain::Message,
    facts::policy_gate::Denial,
    fanout::Update,
    store::{
        StoreError,
        queries::{
            append::{ActorContext, BatchContext},
            write_tx::WriteTx,
        },
    },
};

/// The result of a committed batch.
pub(super) struct Written {
    /// One outcome per start, in the order of [`Batch::starts`].
    pub started: Vec<Result<Started, Refusal>>,
    /// One outcome per mutation, in the order of [`Batch::mutations`].
    pub mutated: Vec<Result<WriteResult, Refusal>>,
    /// The updates to publish, in this order.
    pub updates: Vec<Update>,
    /// Counts to add to the metrics.
    pub counts: SendCounts,
    /// Denied requests, for the metrics and the audit log.
    pub denials: Vec<Denial>,
}

/// Writes a batch in one transaction. Before the commit nothing is counted, recorded, encoded or published, because a batch
/// that fails is decided again.
pub(super) async fn write(deps: &WriterDeps, now_ms: i64, batch: &Batch) -> Result<Written, NotWritten> {
    let starts: Vec<_> = batch.starts.iter().map(|queued| &queued.request).collect();
    let mutations: Vec<_> = batch.mutations.iter().map(|queued| &queued.request).collect();
    let tx = WriteTx::new(deps.store.begin().await?);
    let mut decided = Decided::default();
    let named = NamedInBatch {
        tenants: distinct(batch.callers().map(|caller| caller.tenant)),
        keys: distinct(batch.callers().filter_map(|caller| caller.credential.api_key())),
        conversations: distinct(mutations.iter().map(|request| request.mutation.conversation())),
    };
    let LockedBatch { starts: found_starts, mut facts, valid_keys } = if starts.is_empty() {
        tx.hold(named.tenants.iter().copied(), named.conversations.iter().copied()).await?;
        LockedBatch { valid_keys: tx.valid_keys(named.keys.iter().copied(), now_ms).await?, ..LockedBatch::default() }
    } else {
        begin_with_starts(&tx, deps, &named, &starts, now_ms, &mut decided.updates).await?
    };

    let started = starts.iter().zip(&found_starts).filter_map(|(request, found_start)| {
        let client_id = request.mutation.first_message.as_ref().map(|message| message.draft.client_id);
        Some((found_start.found?.id, request.caller.user, client_id))
    });
    let mutated =
        mutations.iter().map(|request| (request.mutation.conversation(), request.caller.user, request.mutation.client_id()));
    let BatchContext { by_actor: actors, sent, facts: versions } = tx.contexts(distinct(started.chain(mutated))).await?;
    for (tenant, version) in versions {
        // A request that names a conversation of another tenant is refused without that tenant's facts.
        if named.tenants.contains(&tenant) && !facts.contains_key(&tenant) {
            facts.insert(tenant, snapshot(&tx, deps, tenant, version).await?);
        }
    }
    let current = read_current(&tx, &mutations, actors, sent).await?;

    let mut state = BatchState { now_ms, facts, valid_keys, logs: HashMap::new(), current, decided };
    let started = starts
        .into_iter()
        .zip(found_starts)
        .map(|(request, found_start)| state.decide_start(request, found_start))
        .collect();
    let mut mutated: Vec<_> = mutations.iter().map(|request| state.decide(request)).collect();
    let read_states = state.persist(&tx).await?;
    let Decided { updates, denials, counts, .. } = state.decided;
    tx.commit().await?;
    for (request, outcome) in mutations.iter().zip(&mut mutated) {
        if let Ok(WriteResult::Marked(read_state)) = outcome
            && let Some(stored) = read_states.get(&(request.mutation.conversation(), request.caller.user))
        {
            *read_state = *stored;
        }
    }
    Ok(Written { started, mutated, updates, counts, denials })
}

/// Reads the rows on which the decisions depend, under the locks of the batch.
async fn read_current(
    tx: &WriteTx,
    mutations: &[&WriteRequest<Mutation>],
    actors: HashMap<(ConversationId, UserId), ActorContext>,
    sent: HashSet<MessageId>,
) -> Result<Current, StoreError> {
    let sent = tx.messages(sent).await?.into_values();
    let sent = sent.map(|message| ((message.author, message.client_id), message)).collect();
    let targets = tx.messages(distinct(mutations.iter().filter_map(|request| request.mutation.target()))).await?;
    let memberships: Vec<_> = mutations.iter().flat_map(|request| request.memberships()).collect();
    let members = tx.current_members(&memberships).await?.into_iter().collect();
    let left_peers = actors.iter().filter(|(_, actor)| actor.peer_left);
    let left_peers = left_peers.filter_map(|((conversation, _), actor)| Some((*conversation, actor.member.peer?))).collect();
    let hidden = tx.hidden(distinct(possibly_hidden(mutations, &actors, &targets))).await?;
    let mut holders: HashMap<ConversationId, HashSet<UserId>> = HashMap::new();
    let erased = mutations.iter().filter_map(|request| match request.mutation {
        Mutation::DeleteConversation { conversation, for_all: true } => Some(conversation),
        _ => None,
    });
    for (conversation, user) in tx.members_of(distinct(erased)).await? {
        holders.entry(conversation).or_default().insert(user);
    }
    Ok(Current { actors, sent, targets, members, left_peers, hidden, holders })
}

/// The messages that requests change and whose own copy the caller may have deleted, by conversation, user and `seq`.
fn possibly_hidden(
    mutations: &[&WriteRequest<Mutation>],
    actors: &HashMap<(ConversationId, UserId), ActorContext>,
    targets: &HashMap<MessageId, Message>,
) -> impl Iterator<Item = (ConversationId, UserId, u32)> {
    mutations.iter().filter_map(|request| {
        let (conversation, user) = (request.mutation.conversation(), request.caller.user);
        let seq = targets.get(&request.mutation.target()?)?.seq;
        let hidden_seq = actors.get(&(conversation, user))?.member.hidden_seq;
        (seq <= hidden_seq).then_some((conversation, user, seq))
    })
}
