//! Tests that a change of the policy keeps the loaded facts.

use std::sync::Arc;

use causerie_policy::{Action, Policy, Resource};
use causerie_protocol::TenantId;

use super::{node, tenant_under};
use crate::{
    store::{
        Store,
        queries::{
            facts::{FactWrite, read},
            users::Profile,
        },
    },
    testing::{NOW_MS, TestClock, on_each_database},
};

async fn put_in_force(store: &Store, tenant: TenantId, text: &str) {
    let mut write = FactWrite::begin(store, tenant, NOW_MS).await.expect("begins");
    write.policy("test", text, "test").await.expect("writes");
    write.commit().await.expect("commits");
}

async fn add_user(store: &Store, tenant: TenantId, name: &str) {
    let mut write = FactWrite::begin(store, tenant, NOW_MS).await.expect("begins");
    write.users(&[Profile { external_id: name.to_owned(), ..Profile::default() }]).await.expect("writes");
    write.commit().await.expect("commits");
}

/// Loading the facts of 100,000 users takes seconds, so a policy with the same vocabulary reuses the loaded facts.
#[tokio::test]
async fn a_new_policy_with_the_same_vocabulary_does_not_reload_the_facts() {
    on_each_database(|store| async move {
        let (tenant, _) = tenant_under(&store, "open", "acme").await;
        let facts = node(&store, &TestClock::new());
        add_user(&store, tenant, "lea").await;
        add_user(&store, tenant, "tom").await;
        facts.latest(tenant).await.expect("reads");

        let open = Policy::preset("open").expect("reads");
        let (first_lines, last_line) = open.text().trim_end().rsplit_once('\n').expect("several lines");
        put_in_force(&store, tenant, first_lines).await;
        add_user(&store, tenant, "eve").await;
        put_in_force(&store, tenant, &format!("{first_lines}\n{last_line}\ndeny start nobody when everyone")).await;
        add_user(&store, tenant, "ida").await;
        let version = read::versions(store.reader(), &[tenant]).await.expect("reads")[&tenant];
        assert_eq!((version.facts, version.policy), (7, 3));
        // Following the log does not load the facts again.
        let followed = facts.at_version_in(store.reader(), tenant, version).await.expect("reads").expect("is here");
        let fresh = node(&store, &TestClock::new()).latest(tenant).await.expect("reads");
        for snapshot in [&followed, &fresh] {
            assert_eq!((snapshot.version, snapshot.policy_version), (7, 3));
            let users: Vec<_> = snapshot.world.users().collect();
            assert_eq!(users.len(), 4);
            let start = snapshot.policy.decide(&snapshot.world, Action::Start, users[0], Resource::User(users[1]));
            assert!(!start.is_allowed(), "by the rules of before");
        }

        // A policy with another vocabulary requires loading the facts again.
        put_in_force(&store, tenant, Policy::preset("school").expect("reads").text()).await;
        let version = read::versions(store.reader(), &[tenant]).await.expect("reads")[&tenant];
        assert!(facts.at_version_in(store.reader(), tenant, version).await.expect("reads").is_none());
        let reloaded = facts.latest(tenant).await.expect("reads");
        assert!(Arc::ptr_eq(&reloaded, &facts.cached(tenant).expect("is here")));
        assert_eq!((reloaded.policy.name(), reloaded.world.users().count()), ("school", 4));
    })
    .await;
}
