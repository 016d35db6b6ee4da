//! Tests how a token creates, updates and admits its user.

use causerie_policy::DirectoryQuery;

use super::*;
use crate::{domain::Numbered as _, domain::User, facts::Facts, store::lookups::Lookups};

#[tokio::test]
async fn a_user_is_created_and_updated_from_the_claims() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let connect = |changes: Value| {
            let token = hs256("hs", &claims_with(changes));
            let auth = fixture.auth.clone();
            async move { auth.user(&token).await.expect("lets in") }
        };
        let first = connect(json!({})).await;
        assert_eq!(first.profile.name, "lea", "without a name, the product's id");
        assert_eq!(first.profile.external_id, "lea");
        assert_eq!(first.profile.status, i32::from(UserStatus::Active.number()));

        let named = connect(json!({ "name": "Léa Martin", "avatar": "https://a.example/1", "locale": "fr" })).await;
        assert_eq!(named.user, first.user);
        assert_eq!((named.profile.name.as_str(), named.profile.avatar_url.as_str()), ("Léa Martin", "https://a.example/1"));
        assert_eq!(named.locale, "fr");

        let without_claims = connect(json!({})).await;
        assert_eq!(without_claims.profile, named.profile, "claims that are absent keep their value");
        assert_eq!(connect(json!({ "name": "" })).await.profile.name, "Léa Martin", "an empty name is no name");

        let clock: Arc<dyn Clock> = fixture.clock.clone();
        let facts = Facts::new(&fixture.store, &Lookups::start(&fixture.store), &clock);
        let found = async |word: &str| {
            let snapshot = facts.latest(fixture.tenant).await.expect("reads");
            let user = snapshot.user(first.user).expect("is known");
            let search = DirectoryQuery { words: &[word.to_owned()], after: None, limit: 10 };
            snapshot.policy.complete(&snapshot.world, user, &search).hits.len()
        };
        assert_eq!((found("mart").await, found("le").await), (1, 1));
        connect(json!({ "name": "Léa Durand" })).await;
        assert_eq!((found("martin").await, found("durand").await, found("lea").await), (0, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_older_token_does_not_undo_a_newer_profile() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let connect = |issued_s: i64, roles: Value| {
            let claims = json!({ "iat": issued_s, "exp": NOW_S + 60, "name": format!("Léa {issued_s}"), "roles": roles });
            let (token, auth) = (hs256("hs", &claims_with(claims)), fixture.auth.clone());
            async move { auth.user(&token).await.expect("lets in").profile.name }
        };
        let roles = || async {
            let found = user_queries::find_by_external_id(fixture.store.reader(), &[(fixture.tenant, "lea")]).await;
            found.expect("reads").remove(0).roles
        };
        connect(NOW_S - 50, json!(["teacher"])).await;
        connect(NOW_S - 40, json!([])).await;
        assert_eq!(connect(NOW_S - 50, json!(["teacher"])).await, format!("Léa {}", NOW_S - 40));
        assert_eq!(roles().await, Vec::<String>::new(), "what the newer token took away stays away");

        connect(NOW_S - 30, json!(["teacher"])).await;
        assert_eq!(roles().await, ["teacher"]);
        let profile =
            user_queries::Profile { external_id: "lea".to_owned(), roles: Some(vec![]), ..user_queries::Profile::default() };
        user_queries::upsert(&fixture.store, fixture.tenant, &[profile], NOW_MS).await.expect("stores");
        connect(NOW_S - 10, json!(["teacher"])).await;
        assert_eq!(roles().await, Vec::<String>::new(), "nor does a token signed before the back end spoke undo it");
        connect(NOW_S, json!(["teacher"])).await;
        assert_eq!(roles().await, ["teacher"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_without_changes_still_outdates_older_tokens() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let connect = |issued_s: i64, roles: Value| {
            let token = hs256("hs", &claims_with(json!({ "iat": issued_s, "exp": NOW_S + 60, "roles": roles })));
            let auth = fixture.auth.clone();
            async move { auth.user(&token).await.expect("lets in") }
        };
        let stored = || async {
            let found = user_queries::find_by_external_id(fixture.store.reader(), &[(fixture.tenant, "lea")]).await;
            found.expect("reads").remove(0)
        };
        connect(NOW_S - 50, json!(["pupil"])).await;
        connect(NOW_S - 10, json!(["pupil"])).await;
        connect(NOW_S - 30, json!(["teacher"])).await;
        let lea = stored().await;
        assert_eq!((lea.roles.as_slice(), lea.claims_from_s), (["pupil".to_owned()].as_slice(), NOW_S - 10));
        let same_claims = user_queries::Profile {
            roles: Some(vec!["pupil".to_owned()]),
            issued_at_s: Some(NOW_S - 10),
            ..user_queries::Profile::default()
        };
        assert!(!same_claims.confirms(&lea), "once per token, not per connection");
        connect(NOW_S - 5, Value::Null).await;
        assert_eq!(stored().await, lea, "one that names no roles confirms none");

        // The stored roles changed between the read and the write.
        let other = User { roles: vec!["teacher".to_owned()], ..lea.clone() };
        user_queries::confirm_claims(&fixture.store, &[(&other, NOW_S), (&other, NOW_S - 1)]).await.expect("answers");
        assert_eq!(stored().await, lea);
        user_queries::confirm_claims(&fixture.store, &[(&lea, NOW_S), (&lea, NOW_S - 1)]).await.expect("stores");
        assert_eq!(stored().await.claims_from_s, NOW_S);
    })
    .await;
}

#[tokio::test]
async fn the_same_subject_in_another_tenant_is_another_user() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let identity = fixture.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in");
        let key = EncodingKey::from_secret(b"another secret of thirty-two bytes or more");
        let token = signed(r#"{"alg":"HS256","kid":"clinic"}"#, &claims("lea").to_string(), &key, Algorithm::Hs256);
        let other_identity = fixture.auth.user(&token).await.expect("lets in");
        assert_eq!((identity.tenant, other_identity.tenant), (fixture.tenant, fixture.other_tenant));
        assert_ne!(identity.user, other_identity.user);
        let found = user_queries::find(fixture.store.reader(), fixture.other_tenant, &[identity.user]).await.expect("asks");
        assert_eq!(found, []);
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_not_active_is_refused() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let token = hs256("hs", &claims("lea"));
        let lea = fixture.auth.user(&token).await.expect("lets in").user;
        for status in [UserStatus::Deactivated, UserStatus::Removed] {
            fixture.set_status("lea", status).await;
            let error = fixture.refusal(&hs256("hs", &claims_with(json!({ "name": "Renamed" })))).await;
            assert!(matches!(error, AuthError::Inactive), "{error}");
            assert_eq!(error.close_code(), CloseCode::Revoked);
        }
        let stored = user_queries::find(fixture.store.reader(), fixture.tenant, &[lea]).await.expect("asks");
        assert_eq!(stored[0].name, "lea", "their tokens change nothing");
        fixture.set_status("lea", UserStatus::Active).await;
        assert!(fixture.auth.user(&token).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_invited_user_is_active_after_the_first_connection() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        fixture.set_status("lea", UserStatus::Invited).await;
        let revoked = claims_with(json!({ "iat": NOW_S - 1 }));
        let invited =
            user_queries::find_by_external_id(fixture.store.reader(), &[(fixture.tenant, "lea")]).await.expect("asks");
        user_queries::revoke_tokens(&fixture.store, None, fixture.tenant, invited[0].id, NOW_S, None, NOW_MS)
            .await
            .expect("revokes");
        assert!(matches!(fixture.refusal(&hs256("hs", &revoked)).await, AuthError::Revoked));
        let identity = fixture.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in");
        assert_eq!((identity.user, identity.profile.status), (invited[0].id, i32::from(UserStatus::Active.number())));
        let stored = user_queries::find(fixture.store.reader(), fixture.tenant, &[identity.user]).await.expect("asks");
        assert_eq!(stored[0].status, UserStatus::Active);
    })
    .await;
}

#[tokio::test]
async fn revoked_tokens_are_refused_and_later_tokens_accepted() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let lea = fixture.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in").user;
        assert!(
            user_queries::revoke_tokens(&fixture.store, None, fixture.tenant, lea, NOW_S + 1, None, NOW_MS)
                .await
                .expect("revokes")
        );
        let error = fixture.refusal(&hs256("hs", &claims_with(json!({ "name": "Renamed" })))).await;
        assert!(matches!(error, AuthError::Revoked), "issued in the second of the revocation: {error}");
        assert_eq!(error.close_code(), CloseCode::Revoked);
        fixture.clock.advance_ms(1_000);
        let identity =
            fixture.auth.user(&hs256("hs", &claims_with(json!({ "iat": NOW_S + 1 })))).await.expect("a fresh one");
        assert_eq!(identity.profile.name, "lea", "the revoked token changed no name");
        user_queries::revoke_tokens(&fixture.store, None, fixture.tenant, lea, NOW_S - 499, None, NOW_MS)
            .await
            .expect("revokes");
        assert!(
            fixture.auth.user(&hs256("hs", &claims("lea"))).await.is_err(),
            "a revocation is not taken back by an earlier one"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_who_connect_together_share_look_ups() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let connect_all = |round: usize| {
            let arrivals = (0..200).map(move |number| {
                let name = format!("User {number} of {round}");
                hs256("hs", &claims_with(json!({ "sub": format!("p{}", number % 100), "name": name })))
            });
            let auth = fixture.auth.clone();
            futures::future::join_all(arrivals.map(move |token| {
                let auth = auth.clone();
                tokio::spawn(async move { auth.user(&token).await.expect("lets in").user })
            }))
        };
        for round in 0..2 {
            let before = fixture.lookup_count();
            let users: std::collections::HashSet<_> =
                connect_all(round).await.into_iter().map(|user| user.expect("runs")).collect();
            assert_eq!(users.len(), 100, "one user per subject");
            let lookup_count = fixture.lookup_count() - before;
            assert!(lookup_count < 100, "{lookup_count} look-ups for 200 arrivals");
        }
        assert_eq!(fixture.user_count().await, 100);
    })
    .await;
}
