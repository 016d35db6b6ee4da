//! Tests that the tables, the log and the snapshots in memory hold the same facts.

mod changes;
mod directory;
mod pruned;
mod random;
mod rebuilt;
mod rules;

use std::sync::Arc;

use causerie_policy::{PRESETS, Vocabulary};
use causerie_protocol::TenantId;
use proptest::{
    strategy::{Strategy, ValueTree as _},
    test_runner::TestRunner,
};

use super::Facts;
use crate::{
    clock::Clock,
    store::{
        Store,
        lookups::Lookups,
        queries::{facts::FactWrite, tenants},
    },
    testing::{NOW_MS, TestClock},
};

/// A node that holds no snapshot yet.
fn node(store: &Store, clock: &Arc<TestClock>) -> Facts {
    let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(clock);
    Facts::new(store, &Lookups::start(store), &clock)
}

/// A tenant under a preset, and the vocabulary of that preset.
async fn tenant_under(store: &Store, preset: &str, slug: &str) -> (TenantId, Arc<Vocabulary>) {
    let tenant = tenants::create(store, slug, slug, NOW_MS).await.expect("stores").id;
    let (_, text) = PRESETS.iter().find(|(name, _)| *name == preset).expect("is one of ours");
    let policy = causerie_policy::Policy::preset(preset).expect("reads");
    let mut write = FactWrite::begin(store, tenant, NOW_MS).await.expect("begins");
    write.policy(preset, text, "test").await.expect("writes");
    write.commit().await.expect("commits");
    (tenant, Arc::clone(policy.vocabulary()))
}

/// The next value of a random sequence that is the same in every run.
fn next<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).expect("makes one").current()
}
