//! Questions many ask at once: each kind is answered in batches.

use causerie_protocol::{ConversationId, TenantId, UserId};

use super::{
    Store,
    batcher::Batcher,
    queries::{
        conversations::Summary,
        facts::read::{self, Version},
        member_context::MemberContext,
        messages::Changed,
        people, tenants,
    },
};

/// Pairs per query: two bound values each, far below SQLite's 32,766, and a page of answers still fits a cache.
const BATCH_MAX: usize = 512;

/// Of changes, which may have `limits::CHANGES_TEXT_BYTES_MAX` of text each.
const CHANGES_MAX: usize = 256;

/// The batched look-ups of one node.
#[derive(Clone)]
pub struct Lookups {
    /// A conversation as a member sees it.
    pub summaries: Batcher<(ConversationId, UserId), Summary>,
    /// What rules ask about a person in a conversation.
    pub facts: Batcher<(ConversationId, UserId), MemberContext>,
    /// What changed after a version.
    pub changes: Batcher<(ConversationId, u32), Changed>,
    /// What voids the positions a tenant's clients hold, when it differs from theirs.
    pub epochs: Batcher<TenantId, String>,
    /// Whether people may still be here.
    pub account_statuses: Batcher<UserId, people::AccountStatus>,
    /// How far the facts of tenants are.
    pub facts_versions: Batcher<TenantId, Version>,
}

impl Lookups {
    /// Starts the workers.
    #[must_use]
    pub fn start(store: &Store) -> Self {
        let [a, b, c, d, e, f] = std::array::from_fn(|_| store.clone());
        Self {
            summaries: Batcher::spawn(BATCH_MAX, move |pairs| {
                let store = a.clone();
                async move { store.summaries(pairs).await }
            }),
            facts: Batcher::spawn(BATCH_MAX, move |pairs| {
                let store = b.clone();
                async move { store.facts(pairs).await }
            }),
            changes: Batcher::spawn(CHANGES_MAX, move |pairs| {
                let store = c.clone();
                async move { store.changed_since(pairs).await }
            }),
            epochs: Batcher::spawn(BATCH_MAX, move |tenants| {
                let store = d.clone();
                async move { tenants::epochs(&store, &tenants).await }
            }),
            account_statuses: Batcher::spawn(BATCH_MAX, move |users| {
                let store = e.clone();
                async move { people::account_statuses(&store, &users).await }
            }),
            facts_versions: Batcher::spawn(BATCH_MAX, move |tenants| {
                let store = f.clone();
                async move { read::versions(store.reader(), &tenants).await }
            }),
        }
    }
}
