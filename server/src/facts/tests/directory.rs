//! Tests which users of the database the directory finds in a snapshot.

use causerie_policy::{DirectoryQuery, Entity, UserIx};
use causerie_protocol::{TenantId, UserId};
use uuid::Uuid;

use super::{node, tenant_under};
use crate::{
    domain::UserStatus,
    facts::Facts,
    names::fold,
    store::{Store, queries::users},
    testing::{NOW_MS, TestClock, on_each_database},
};

async fn store_users(store: &Store, tenant: TenantId, users: &[(&str, &str, UserStatus)]) -> Vec<UserId> {
    let profiles = users.iter().map(|(external_id, name, status)| users::Profile {
        external_id: (*external_id).to_owned(),
        name: Some((*name).to_owned()),
        status: Some(*status),
        ..users::Profile::default()
    });
    let profiles: Vec<_> = profiles.collect();
    let stored = users::upsert(store, tenant, &profiles, NOW_MS).await.expect("stores");
    stored.into_iter().map(|user| user.id).collect()
}

/// The names of the users whom `user` finds by a query, sorted; at most `limit` users.
async fn found_names(
    store: &Store,
    facts: &Facts,
    (tenant, user): (TenantId, UserId),
    query: &str,
    limit: usize,
) -> Vec<String> {
    let snapshot = facts.latest(tenant).await.expect("reads");
    let words: Vec<String> = fold::words(query).into_iter().collect();
    let principal: UserIx = snapshot.user(user).expect("is known");
    let page = snapshot.policy.complete(&snapshot.world, principal, &DirectoryQuery { words: &words, after: None, limit });
    let users = page.hits.into_iter().filter_map(|hit| match hit.entity {
        Entity::User(user) => Some(UserId(Uuid::from_u128(snapshot.world.user_key(user)))),
        Entity::Group(_) => None,
    });
    let users: Vec<UserId> = users.collect();
    let users = users::find(store.reader(), tenant, &users).await.expect("reads");
    let mut names: Vec<String> = users.into_iter().map(|user| user.name).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_directory_finds_active_users_of_the_tenant_by_the_beginnings_of_words() {
    use UserStatus::{Active, Deactivated};
    on_each_database(|store| async move {
        let (school, _) = tenant_under(&store, "open", "school").await;
        let (clinic, _) = tenant_under(&store, "open", "clinic").await;
        let users = [
            ("lea.martin", "Léa Martin", Active),
            ("m2", "Émile Martineau", Active),
            ("m3", "Zoé Martin", Active),
            ("gone", "Martin Disparu", Active),
            ("pc", "100% _Martin_", Active),
        ];
        let user = (school, store_users(&store, school, &users).await[0]);
        store_users(&store, clinic, &[("x", "Martin Ailleurs", Active)]).await;
        let facts = node(&store, &TestClock::new());
        assert_eq!(found_names(&store, &facts, user, "disparu", 10).await, ["Martin Disparu"]);
        store_users(&store, school, &[("gone", "Martin Disparu", Deactivated)]).await;

        let table: &[(&str, &[&str])] = &[
            ("martin", &["100% _Martin_", "Léa Martin", "Zoé Martin", "Émile Martineau"]),
            ("MARTINE", &["Émile Martineau"]),
            ("mart lea", &["Léa Martin"]),
            ("emile", &["Émile Martineau"]),
            ("ÉMI MARTI", &["Émile Martineau"]),
            ("m2", &["Émile Martineau"]),
            // `%` and `_` are not wildcards: `%` finds only names with a word that begins with it.
            ("%", &[]),
            ("mar_in", &[]),
            ("100%", &["100% _Martin_"]),
            ("artin", &[]),
            ("nobody", &[]),
            ("' OR 1=1 --", &[]),
            ("a b c d e f g h i j k l m n o p q r s t u v w x y z", &[]),
        ];
        for (query, expected) in table {
            assert_eq!(found_names(&store, &facts, user, query, 10).await, *expected, "{query}");
        }
        assert_eq!(found_names(&store, &facts, user, "martin", 2).await.len(), 2);

        store_users(&store, school, &[("lea.martin", "Léa Durand", Active)]).await;
        // The external id still contains the old name.
        let after_rename: &[(&str, &[&str])] = &[
            ("durand", &["Léa Durand"]),
            ("lea", &["Léa Durand"]),
            ("martin", &["100% _Martin_", "Léa Durand", "Zoé Martin", "Émile Martineau"]),
        ];
        for (query, expected) in after_rename {
            assert_eq!(found_names(&store, &facts, user, query, 10).await, *expected, "{query}");
        }
        store_users(&store, school, &[("m3", "Zoé Durand", Active)]).await;
        assert_eq!(
            found_names(&store, &facts, user, "martin zoe", 10).await,
            Vec::<String>::new(),
            "an old name finds nobody"
        );
    })
    .await;
}
