//! How a token creates, updates and admits its user.

use causerie_policy::DirectoryQuery;

use super::*;
use crate::{domain::Numbered as _, domain::User, facts::Facts, store::lookups::Lookups};

#[tokio::test]
async fn a_user_is_created_and_updated_from_the_claims() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let enter = |changes: Value| {
            let token = hs256("hs", &with(changes));
            let auth = setting.auth.clone();
            async move { auth.user(&token).await.expect("lets in") }
        };
        let first = enter(json!({})).await;
        assert_eq!(first.profile.name, "lea", "without a name, the product's id");
        assert_eq!(first.profile.external_id, "lea");
        assert_eq!(first.profile.status, i32::from(UserStatus::Active.number()));

        let named = enter(json!({ "name": "Léa Martin", "avatar": "https://a.example/1", "locale": "fr" })).await;
        assert_eq!(named.user, first.user);
        assert_eq!((named.profile.name.as_str(), named.profile.avatar_url.as_str()), ("Léa Martin", "https://a.example/1"));
        assert_eq!(named.locale, "fr");

        let silent = enter(json!({})).await;
        assert_eq!(silent.profile, named.profile, "claims that are absent keep their value");
        assert_eq!(enter(json!({ "name": "" })).await.profile.name, "Léa Martin", "an empty name is no name");

        let clock: Arc<dyn Clock> = setting.clock.clone();
        let facts = Facts::new(&setting.store, &Lookups::start(&setting.store), &clock);
        let found = async |word: &str| {
            let snapshot = facts.latest(setting.tenant).await.expect("reads");
            let user = snapshot.user(first.user).expect("is known");
            let search = DirectoryQuery { words: &[word.to_owned()], after: None, limit: 10 };
            snapshot.policy.complete(&snapshot.world, user, &search).hits.len()
        };
        assert_eq!((found("mart").await, found("le").await), (1, 1));
        enter(json!({ "name": "Léa Durand" })).await;
        assert_eq!((found("martin").await, found("durand").await, found("lea").await), (0, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_older_token_does_not_undo_a_newer_profile() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let enter = |issued_s: i64, roles: Value| {
            let said = json!({ "iat": issued_s, "exp": NOW_S + 60, "name": format!("Léa {issued_s}"), "roles": roles });
            let (token, auth) = (hs256("hs", &with(said)), setting.auth.clone());
            async move { auth.user(&token).await.expect("lets in").profile.name }
        };
        let roles = || async {
            let found = user_queries::find_by_external_id(setting.store.reader(), &[(setting.tenant, "lea")]).await;
            found.expect("reads").remove(0).roles
        };
        enter(NOW_S - 50, json!(["teacher"])).await;
        enter(NOW_S - 40, json!([])).await;
        assert_eq!(enter(NOW_S - 50, json!(["teacher"])).await, format!("Léa {}", NOW_S - 40));
        assert_eq!(roles().await, Vec::<String>::new(), "what the newer token took away stays away");

        enter(NOW_S - 30, json!(["teacher"])).await;
        assert_eq!(roles().await, ["teacher"]);
        let profile =
            user_queries::Profile { external_id: "lea".to_owned(), roles: Some(vec![]), ..user_queries::Profile::default() };
        user_queries::upsert(&setting.store, setting.tenant, &[profile], NOW_MS).await.expect("stores");
        enter(NOW_S - 10, json!(["teacher"])).await;
        assert_eq!(roles().await, Vec::<String>::new(), "nor does a token signed before the back end spoke undo it");
        enter(NOW_S, json!(["teacher"])).await;
        assert_eq!(roles().await, ["teacher"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_without_changes_still_outdates_older_tokens() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let enter = |issued_s: i64, roles: Value| {
            let token = hs256("hs", &with(json!({ "iat": issued_s, "exp": NOW_S + 60, "roles": roles })));
            let auth = setting.auth.clone();
            async move { auth.user(&token).await.expect("lets in") }
        };
        let stored = || async {
            let found = user_queries::find_by_external_id(setting.store.reader(), &[(setting.tenant, "lea")]).await;
            found.expect("reads").remove(0)
        };
        enter(NOW_S - 50, json!(["pupil"])).await;
        enter(NOW_S - 10, json!(["pupil"])).await;
        enter(NOW_S - 30, json!(["teacher"])).await;
        let lea = stored().await;
        assert_eq!((lea.roles.as_slice(), lea.claims_from_s), (["pupil".to_owned()].as_slice(), NOW_S - 10));
        let again = user_queries::Profile {
            roles: Some(vec!["pupil".to_owned()]),
            said_at_s: Some(NOW_S - 10),
            ..user_queries::Profile::default()
        };
        assert!(!again.confirms(&lea), "once per token, not per connection");
        enter(NOW_S - 5, Value::Null).await;
        assert_eq!(stored().await, lea, "one that names no roles confirms none");

        // The stored roles changed between the read and the write.
        let other = User { roles: vec!["teacher".to_owned()], ..lea.clone() };
        user_queries::confirm_claims(&setting.store, &[(&other, NOW_S), (&other, NOW_S - 1)]).await.expect("answers");
        assert_eq!(stored().await, lea);
        user_queries::confirm_claims(&setting.store, &[(&lea, NOW_S), (&lea, NOW_S - 1)]).await.expect("stores");
        assert_eq!(stored().await.claims_from_s, NOW_S);
    })
    .await;
}

#[tokio::test]
async fn the_same_subject_in_another_tenant_is_another_user() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let here = setting.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in");
        let key = EncodingKey::from_secret(b"another secret of thirty-two bytes or more");
        let token = signed(r#"{"alg":"HS256","kid":"clinic"}"#, &claims("lea").to_string(), &key, Algorithm::Hs256);
        let there = setting.auth.user(&token).await.expect("lets in");
        assert_eq!((here.tenant, there.tenant), (setting.tenant, setting.other_tenant));
        assert_ne!(here.user, there.user);
        let across = user_queries::find(setting.store.reader(), setting.other_tenant, &[here.user]).await.expect("asks");
        assert_eq!(across, []);
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_not_active_is_refused() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let token = hs256("hs", &claims("lea"));
        let lea = setting.auth.user(&token).await.expect("lets in").user;
        for status in [UserStatus::Deactivated, UserStatus::Removed] {
            setting.says("lea", status).await;
            let error = setting.refusal(&hs256("hs", &with(json!({ "name": "Renamed" })))).await;
            assert!(matches!(error, AuthError::Inactive), "{error}");
            assert_eq!(error.close_code(), CloseCode::Revoked);
        }
        let stored = user_queries::find(setting.store.reader(), setting.tenant, &[lea]).await.expect("asks");
        assert_eq!(stored[0].name, "lea", "their tokens change nothing");
        setting.says("lea", UserStatus::Active).await;
        assert!(setting.auth.user(&token).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_invited_user_is_active_after_the_first_connection() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        setting.says("lea", UserStatus::Invited).await;
        let void = with(json!({ "iat": NOW_S - 1 }));
        let invited =
            user_queries::find_by_external_id(setting.store.reader(), &[(setting.tenant, "lea")]).await.expect("asks");
        user_queries::revoke_tokens(&setting.store, None, setting.tenant, invited[0].id, NOW_S, NOW_MS)
            .await
            .expect("revokes");
        assert!(matches!(setting.refusal(&hs256("hs", &void)).await, AuthError::Revoked));
        let identity = setting.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in");
        assert_eq!((identity.user, identity.profile.status), (invited[0].id, i32::from(UserStatus::Active.number())));
        let stored = user_queries::find(setting.store.reader(), setting.tenant, &[identity.user]).await.expect("asks");
        assert_eq!(stored[0].status, UserStatus::Active);
    })
    .await;
}

#[tokio::test]
async fn revoked_tokens_are_refused_and_later_tokens_accepted() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let lea = setting.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in").user;
        assert!(
            user_queries::revoke_tokens(&setting.store, None, setting.tenant, lea, NOW_S + 1, NOW_MS)
                .await
                .expect("revokes")
        );
        let error = setting.refusal(&hs256("hs", &with(json!({ "name": "Renamed" })))).await;
        assert!(matches!(error, AuthError::Revoked), "issued in the second of the revocation: {error}");
        assert_eq!(error.close_code(), CloseCode::Revoked);
        setting.clock.advance_ms(1_000);
        let identity = setting.auth.user(&hs256("hs", &with(json!({ "iat": NOW_S + 1 })))).await.expect("a fresh one");
        assert_eq!(identity.profile.name, "lea", "the revoked token changed no name");
        user_queries::revoke_tokens(&setting.store, None, setting.tenant, lea, NOW_S - 499, NOW_MS).await.expect("revokes");
        assert!(
            setting.auth.user(&hs256("hs", &claims("lea"))).await.is_err(),
            "a revocation is not taken back by an earlier one"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_who_connect_together_share_look_ups() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let arrive = |round: usize| {
            let arrivals = (0..200).map(move |number| {
                let name = format!("User {number} of {round}");
                hs256("hs", &with(json!({ "sub": format!("p{}", number % 100), "name": name })))
            });
            let auth = setting.auth.clone();
            futures::future::join_all(arrivals.map(move |token| {
                let auth = auth.clone();
                tokio::spawn(async move { auth.user(&token).await.expect("lets in").user })
            }))
        };
        for round in 0..2 {
            let before = setting.look_ups();
            let users: std::collections::HashSet<_> =
                arrive(round).await.into_iter().map(|user| user.expect("runs")).collect();
            assert_eq!(users.len(), 100, "one user per subject");
            let look_ups = setting.look_ups() - before;
            assert!(look_ups < 100, "{look_ups} look-ups for 200 arrivals");
        }
        assert_eq!(setting.user_count().await, 100);
    })
    .await;
}
