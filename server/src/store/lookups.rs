//! Lookups that many callers make at the same time. Each kind of lookup is answered in batches.

use causerie_protocol::{ConversationId, TenantId, UserId};

use super::{
    Store,
    batcher::Batcher,
    queries::{
        conversations::Summary,
        facts::read::{self, Version},
        member_context::MemberContext,
        messages::Changed,
        tenants, users,
    },
};

/// The maximum number of keys per query. A key has at most two bound values, so this stays far below SQLite's limit of
/// 32,766 values.
const BATCH_MAX: usize = 512;

/// The maximum number of keys per query for changes. The changes of one key may have `limits::CHANGES_TEXT_BYTES_MAX` bytes
/// of text.
const CHANGES_MAX: usize = 256;

/// The batched lookups of one node.
#[derive(Clone)]
pub struct Lookups {
    /// A conversation as a member sees it.
    pub summaries: Batcher<(ConversationId, UserId), Summary>,
    /// The context of a user in a conversation, which the rules need.
    pub member_contexts: Batcher<(ConversationId, UserId), MemberContext>,
    /// The changes of a conversation after a version.
    pub changes: Batcher<(ConversationId, u32), Changed>,
    /// The epoch of a tenant.
    pub epochs: Batcher<TenantId, String>,
    /// Whether a user's account is active, and since when the user's tokens are valid.
    pub account_statuses: Batcher<UserId, users::AccountStatus>,
    /// The versions of a tenant's facts and policy.
    pub facts_versions: Batcher<TenantId, Version>,
}

impl Lookups {
    /// Starts one task per kind of lookup.
    #[must_use]
    pub fn start(store: &Store) -> Self {
        let [a, b, c, d, e, f] = std::array::from_fn(|_| store.clone());
        Self {
            summaries: Batcher::spawn(BATCH_MAX, move |pairs| {
                let store = a.clone();
                async move { store.summaries(pairs).await }
            }),
            member_contexts: Batcher::spawn(BATCH_MAX, move |pairs| {
                let store = b.clone();
                async move { store.member_contexts(pairs).await }
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
                async move { users::account_statuses(&store, &users).await }
            }),
            facts_versions: Batcher::spawn(BATCH_MAX, move |tenants| {
                let store = f.clone();
                async move { read::versions(store.reader(), &tenants).await }
            }),
        }
    }
}
