use super::*;
use crate::{
    domain::UserStatus,
    store::queries::tenants,
    testing::{NOW_MS, on_each_database},
};

fn named(external_id: &str, name: &str) -> Profile {
    Profile { external_id: external_id.to_owned(), name: Some(name.to_owned()), ..Profile::default() }
}

async fn tenant(store: &Store, slug: &str) -> TenantId {
    tenants::create(store, slug, slug, NOW_MS).await.expect("stores").id
}

#[tokio::test]
async fn storing_users_twice_changes_nothing() {
    on_each_database(|store| async move {
        let tenant = tenant(&store, "school").await;
        // More than one chunk, not sorted.
        let profiles: Vec<_> = (0..1_203).rev().map(|n| named(&format!("p{n}"), &format!("User {n}"))).collect();
        let first = upsert(&store, tenant, &profiles, NOW_MS).await.expect("stores");
        let asked: Vec<_> = profiles.iter().map(|profile| profile.external_id.as_str()).collect();
        assert_eq!(first.iter().map(|user| user.external_id.as_str()).collect::<Vec<_>>(), asked, "in the order asked");
        assert!(first.iter().all(|user| user.status == UserStatus::Active));
        let again = upsert(&store, tenant, &profiles, NOW_MS + 1).await.expect("stores");
        assert_eq!(first, again);
        let stored = find_by_external_id(store.reader(), &[(tenant, "p1202")]).await.expect("reads");
        assert_eq!(stored[0].name, "User 1202");
    })
    .await;
}

#[tokio::test]
async fn of_two_rows_of_a_user_the_later_applies() {
    on_each_database(|store| async move {
        let tenant = tenant(&store, "school").await;
        let users = upsert(&store, tenant, &[named("lea", "Old"), named("lea", "New")], NOW_MS).await.expect("stores");
        assert_eq!(users.len(), 2);
        assert_eq!(users[0], users[1]);
        assert_eq!(users[0].name, "New");
        assert_eq!(upsert(&store, tenant, &[], NOW_MS).await.expect("stores"), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writers_of_the_same_users_do_not_deadlock() {
    on_each_database(|store| async move {
        let tenant = tenant(&store, "school").await;
        let writers = (0..8).map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut profiles: Vec<_> =
                    (0..100).map(|n| named(&format!("p{n}"), &format!("Writer{writer} User{n}"))).collect();
                if writer % 2 == 0 {
                    profiles.reverse();
                }
                upsert(&store, tenant, &profiles, NOW_MS).await.map(|users| users.len())
            })
        });
        for outcome in futures::future::join_all(writers).await {
            assert_eq!(outcome.expect("runs").expect("stores"), 100);
        }
        // The last writer wrote all of them, since each writes in one transaction under the tenant's fact lock.
        let ids: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
        let keys: Vec<(TenantId, &str)> = ids.iter().map(|id| (tenant, &**id)).collect();
        let stored = find_by_external_id(store.reader(), &keys).await.expect("reads");
        let (last, _) = stored[0].name.split_once(' ').expect("has two words");
        let expected: HashMap<String, String> = (0..100).map(|n| (format!("p{n}"), format!("{last} User{n}"))).collect();
        let names: HashMap<String, String> =
            stored.iter().map(|user| (user.external_id.clone(), user.name.clone())).collect();
        assert_eq!(names, expected);
    })
    .await;
}

#[tokio::test]
async fn references_are_resolved_within_the_tenant() {
    on_each_database(|store| async move {
        let (school, clinic) = (tenant(&store, "school").await, tenant(&store, "clinic").await);
        let here = upsert(&store, school, &[named("lea", "Léa"), named("tom", "Tom")], NOW_MS).await.expect("stores");
        let there = upsert(&store, clinic, &[named("lea", "Dr Léa"), named("eve", "Eve")], NOW_MS).await.expect("stores");
        let refs = [
            UserRef::ExternalId("tom".to_owned()),
            UserRef::Id(there[0].id),
            UserRef::Id(here[0].id),
            UserRef::ExternalId("eve".to_owned()),
            UserRef::ExternalId("tom".to_owned()),
            UserRef::Id(UserId::new()),
        ];
        let found = resolve(store.reader(), school, &refs).await.expect("asks");
        let names: Vec<_> = found.iter().map(|user| user.as_ref().map(|user| user.name.as_str())).collect();
        assert_eq!(names, [Some("Tom"), None, Some("Léa"), None, Some("Tom"), None]);
        assert_eq!(resolve(store.reader(), school, &[]).await.expect("asks"), []);

        let known = find(store.reader(), school, &[here[1].id, there[1].id]).await.expect("asks");
        assert_eq!(known, [here[1].clone()]);
        assert_eq!(known[0].external_id, "tom");
    })
    .await;
}

#[tokio::test]
async fn last_seen_only_grows() {
    on_each_database(|store| async move {
        let tenant = tenant(&store, "school").await;
        let users = upsert(&store, tenant, &[named("lea", "Léa"), named("tom", "Tom")], NOW_MS).await.expect("stores");
        let (lea, tom) = (users[0].id, users[1].id);
        set_last_seen(&store, &[(lea, 10), (tom, 7), (lea, 30), (lea, 20), (UserId::new(), 1)]).await.expect("stores");
        set_last_seen(&store, &[(lea, 25), (tom, 8)]).await.expect("stores");
        set_last_seen(&store, &[]).await.expect("stores");
        let seen = find(store.reader(), tenant, &[lea, tom]).await.expect("asks");
        let seen: HashMap<_, _> = seen.into_iter().map(|user| (user.id, user.last_seen_ms)).collect();
        assert_eq!((seen[&lea], seen[&tom]), (Some(30), Some(8)));
    })
    .await;
}

#[tokio::test]
async fn a_tenant_is_created_once() {
    on_each_database(|store| async move {
        let made = tenants::ensure(&store, "demo", "Demo", None, NOW_MS).await.expect("stores");
        assert_eq!(tenants::ensure(&store, "demo", "Other", None, NOW_MS).await.expect("finds"), made);
        assert_eq!(tenants::find(&store, made.id).await.expect("finds"), Some(made));
        let twice = tenants::create(&store, "demo", "Demo", NOW_MS).await.expect_err("is taken");
        assert!(twice.is_unique_violation(), "{twice}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_concurrent_migrations_do_not_collide() {
    on_each_database(|store| async move {
        use causerie_migrations::MigratorTrait as _;
        causerie_migrations::Migrator::down(store.writer(), None).await.expect("undoes");
        assert!(!store.missing_migrations().await.expect("asks").is_empty());
        let (one, other) = tokio::join!(store.migrate(), store.migrate());
        let taken = one.expect("migrates").len() + other.expect("migrates").len();
        assert_eq!(taken, causerie_migrations::Migrator::migrations().len());
        assert!(store.missing_migrations().await.expect("asks").is_empty());
    })
    .await;
}
