//! One transaction: create the started conversations, lock, read the current state, decide, write, commit.

use std::collections::{HashMap, HashSet};

use causerie_protocol::{ConversationId, MessageId, Refusal, UserId, wire};

use super::{
    WriterDeps,
    request::{Mutation, WriteRequest, WriteResult},
    snapshots::{NotWritten, snapshot},
    start::{Begun, begin_with_starts},
    state::{BatchState, OwnDeletions, Tally, distinct},
};
use crate::{
    facts::policy_gate::{Denial, not_found},
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
    /// One outcome per request, in the order of the requests.
    pub outcomes: Vec<Result<WriteResult, Refusal>>,
    /// The updates to publish, in this order.
    pub updates: Vec<Update>,
    /// Counts to add to the metrics.
    pub tally: Tally,
    /// Denied commands, for the metrics and the audit log.
    pub denials: Vec<Denial>,
}

/// Writes a batch. It changes no metric, writes no audit entry and publishes nothing before the commit, because a batch that
/// fails is decided again.
pub(super) async fn write(deps: &WriterDeps, now_ms: i64, requests: &[WriteRequest]) -> Result<Written, NotWritten> {
    let tx = WriteTx::new(deps.store.begin().await?);
    let gate = deps.gate.keeping_denials();
    let mut updates = Vec::new();
    let tenants = distinct(requests.iter().map(|request| request.caller.tenant));
    let begun = if requests.iter().any(|request| matches!(request.mutation, Mutation::Start(_))) {
        begin_with_starts(&tx, deps, &gate, &tenants, requests, now_ms, &mut updates).await?
    } else {
        tx.hold(tenants.iter().copied(), distinct(requests.iter().filter_map(|request| request.mutation.place()))).await?;
        Begun { refusals: vec![None; requests.len()], started: vec![None; requests.len()], facts: HashMap::new() }
    };
    let Begun { refusals, started, mut facts } = begun;
    let places: Vec<Option<ConversationId>> = requests
        .iter()
        .zip(&started)
        .map(|(request, started)| request.mutation.place().or(started.map(|(id, _)| id)))
        .collect();

    let asked = requests.iter().zip(&places).filter_map(|(request, place)| {
        Some(((*place)?, request.caller.user, request.mutation.draft().map(|draft| draft.client_id)))
    });
    let BatchContext { by_actor: actors, sent, facts: versions } = tx.contexts(distinct(asked)).await?;
    for (tenant, version) in versions {
        // A request that names a conversation of another tenant is refused without that tenant's facts.
        if tenants.contains(&tenant) && !facts.contains_key(&tenant) {
            facts.insert(tenant, snapshot(&tx, deps, tenant, version).await?);
        }
    }
    let sent_before = tx.messages(sent).await?.into_values().filter_map(|message| {
        let key = (message.author_id.parse().ok()?, message.client_id.parse().ok()?);
        Some((key, message))
    });
    let sent_before = sent_before.collect();
    let targets = tx.messages(distinct(requests.iter().filter_map(|request| request.mutation.target()))).await?;
    let people: Vec<(ConversationId, UserId)> = requests.iter().flat_map(WriteRequest::concerned).collect();
    let present = tx.present(&people).await?.into_iter().collect();

    let own_deletions = read_own_deletions(&tx, requests, &places, &actors, &targets).await?;

    let mut state = BatchState {
        gate: &gate,
        tally: Tally::default(),
        facts,
        now_ms,
        logs: HashMap::new(),
        actors,
        sent: sent_before,
        targets,
        present,
        inserts: Vec::new(),
        rewritten: HashSet::new(),
        readings: HashMap::new(),
        marks: Vec::new(),
        joining: Vec::new(),
        leaving: HashSet::new(),
        returned: HashSet::new(),
        own_deletions,
        updates,
        decided_by: 0,
        secret_members: false,
    };
    let mut outcomes = Vec::with_capacity(requests.len());
    for (((request, place), started), refusal) in requests.iter().zip(places).zip(started).zip(refusals) {
        let outcome = match place {
            Some(place) => state.decide(request, place, started.is_some_and(|(_, created)| created), refusal),
            None => Err(refusal.unwrap_or_else(not_found)),
        };
        if let (Ok(WriteResult::Marked(_)), Some(place)) = (&outcome, place) {
            state.marks.push((outcomes.len(), (place, request.caller.user)));
        }
        outcomes.push(outcome);
    }
    state.persist(&tx, &mut outcomes).await?;
    let BatchState { updates, tally, .. } = state;
    tx.commit().await?;
    Ok(Written { outcomes, updates, tally, denials: gate.denials() })
}

/// Reads the users' own deletions that the batch needs before it is decided.
async fn read_own_deletions(
    tx: &WriteTx,
    requests: &[WriteRequest],
    places: &[Option<ConversationId>],
    actors: &HashMap<(ConversationId, UserId), ActorContext>,
    targets: &HashMap<MessageId, wire::Message>,
) -> Result<OwnDeletions, StoreError> {
    let away = actors.iter().filter(|(_, actor)| actor.peer_left);
    let away = away.filter_map(|((conversation, _), actor)| Some((*conversation, actor.member.peer?)));
    let perhaps_hidden = requests.iter().zip(places).filter_map(|(request, place)| {
        let (conversation, user) = ((*place)?, request.caller.user);
        let seq = targets.get(&request.mutation.target()?)?.seq;
        let hidden_seq = actors.get(&(conversation, user))?.member.hidden_seq;
        (seq <= hidden_seq).then_some((conversation, user, seq))
    });
    let mut own_deletions =
        OwnDeletions { away: away.collect(), hidden: tx.hidden(distinct(perhaps_hidden)).await?, ..OwnDeletions::default() };
    let erased = requests.iter().filter_map(|request| match request.mutation {
        Mutation::DeleteConversation { conversation, for_all: true } => Some(conversation),
        _ => None,
    });
    for (conversation, user) in tx.holders(distinct(erased)).await? {
        own_deletions.holders.entry(conversation).or_default().insert(user);
    }
    Ok(own_deletions)
}
