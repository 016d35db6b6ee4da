use super::*;
use crate::{
    domain::UserStatus,
    store::queries::tenants,
    testing::{NOW_MS, on_each_database},
};

fn named_profile(external_id: &str, name: &str) -> Profile {
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
        let profiles: Vec<_> = (0..1_203).rev().map(|n| named_profile(&format!("p{n}"), &format!("User {n}"))).collect();
        let first = upsert(&store, tenant, &profiles, NOW_MS).await.expect("stores");
        let external_ids: Vec<_> = profiles.iter().map(|profile| profile.external_id.as_str()).collect();
        assert_eq!(
            first.iter().map(|user| user.external_id.as_str()).collect::<Vec<_>>(),
            external_ids,
            "in the order asked"
        );
        assert!(first.iter().all(|user| user.status == UserStatus::Active));
        let again = upsert(&store, tenant, &profiles, NOW_MS + 1).await.expect("stores");
        assert_eq!(first, again);
        let stored = find_by_external_id(store.reader(), &[(tenant, "p1202")]).await.expect("reads");
        assert_eq!(stored[0].name, "User 1202");
    })
    .await;
}

#[tokio::test]
async fn the_later_of_two_profiles_of_a_user_applies() {
    on_each_database(|store| async move {
        let tenant = tenant(&store, "school").await;
        let users = upsert(&store, tenant, &[named_profile("lea", "Old"), named_profile("lea", "New")], NOW_MS)
            .await
            .expect("stores");
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
                    (0..100).map(|n| named_profile(&format!("p{n}"), &format!("Writer{writer} User{n}"))).collect();
                if writer % 2 == 0 {
                    profiles.reverse();
                }
                upsert(&store, tenant, &profiles, NOW_MS).await.map(|users| users.len())
            })
        });
        for outcome in futures::future::join_all(writers).await {
            assert_eq!(outcome.expect("runs").expect("stores"), 100);
        }
        // Each writer writes in one transaction under the tenant's fact lock, so all rows are those of the last writer.
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
        let school_users = upsert(&store, school, &[named_profile("lea", "Léa"), named_profile("tom", "Tom")], NOW_MS)
            .await
            .expect("stores");
        let clinic_users = upsert(&store, clinic, &[named_profile("lea", "Dr Léa"), named_profile("eve", "Eve")], NOW_MS)
            .await
            .expect("stores");
        let refs = [
            UserRef::ExternalId("tom".to_owned()),
            UserRef::Id(clinic_users[0].id),
            UserRef::Id(school_users[0].id),
            UserRef::ExternalId("eve".to_owned()),
            UserRef::ExternalId("tom".to_owned()),
            UserRef::Id(UserId::new()),
        ];
        let found = resolve(store.reader(), school, &refs).await.expect("asks");
        let names: Vec<_> = found.iter().map(|user| user.as_ref().map(|user| user.name.as_str())).collect();
        assert_eq!(names, [Some("Tom"), None, Some("Léa"), None, Some("Tom"), None]);
        assert_eq!(resolve(store.reader(), school, &[]).await.expect("asks"), []);

        let known = find(store.reader(), school, &[school_users[1].id, clinic_users[1].id]).await.expect("asks");
        assert_eq!(known, [school_users[1].clone()]);
        assert_eq!(known[0].external_id, "tom");
    })
    .await;
}

#[tokio::test]
async fn an_earlier_time_does_not_replace_the_time_of_last_seen() {
    on_each_database(|store| async move {
        let tenant = tenant(&store, "school").await;
        let users = upsert(&store, tenant, &[named_profile("lea", "Léa"), named_profile("tom", "Tom")], NOW_MS)
            .await
            .expect("stores");
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
        let created = tenants::ensure(&store, "demo", "Demo", None, NOW_MS).await.expect("stores");
        assert_eq!(tenants::ensure(&store, "demo", "Other", None, NOW_MS).await.expect("finds"), created);
        assert_eq!(tenants::find(&store, created.id).await.expect("finds"), Some(created));
        let error = tenants::create(&store, "demo", "Demo", NOW_MS).await.expect_err("is taken");
        assert!(error.is_unique_violation(), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_concurrent_migrations_apply_each_migration_once() {
    on_each_database(|store| async move {
        use causerie_migrations::MigratorTrait as _;
        causerie_migrations::Migrator::down(store.writer(), None).await.expect("undoes");
        assert!(!store.missing_migrations().await.expect("asks").is_empty());
        let (first, second) = tokio::join!(store.migrate(), store.migrate());
        let applied = first.expect("migrates").len() + second.expect("migrates").len();
        assert_eq!(applied, causerie_migrations::Migrator::migrations().len());
        assert!(store.missing_migrations().await.expect("asks").is_empty());
    })
    .await;
}
