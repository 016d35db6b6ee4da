//! Tests that valid signing keys and API keys are accepted until they expire or are revoked, and that other keys are
//! refused.

use super::*;

#[tokio::test]
async fn tokens_of_a_revoked_key_are_refused() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        assert!(matches!(fixture.refusal(&hs256("revoked", &claims("lea"))).await, AuthError::RevokedKey));
        let stranger = EncodingKey::from_secret(b"not the secret of the revoked key, at all");
        let forged = signed(r#"{"alg":"HS256","kid":"revoked"}"#, &claims("lea").to_string(), &stranger, Algorithm::Hs256);
        let error = fixture.refusal(&forged).await;
        assert!(matches!(error, AuthError::BadSignature), "a stranger does not learn that it was revoked: {error}");

        let token = hs256("hs", &claims("lea"));
        assert!(fixture.auth.user(&token).await.is_ok());
        key_queries::revoke_signing_key(fixture.store.writer(), fixture.tenant, "hs", NOW_MS).await.expect("revokes");
        fixture.clock.advance_ms(30_000);
        let revoked = fixture.refusal(&token).await;
        assert!(matches!(revoked, AuthError::RevokedKey));
        // The user's next token is signed with another key, so the client must request a new token.
        assert_eq!((revoked.code(), revoked.close_code()), (ErrorCode::TokenExpired, CloseCode::TokenExpired));
        let is_revoked_again =
            key_queries::revoke_signing_key(fixture.store.writer(), fixture.tenant, "hs", NOW_MS).await.expect("asks");
        assert!(!is_revoked_again, "once is enough");
    })
    .await;
}

#[tokio::test]
async fn a_new_key_is_found_at_once_after_a_look_up_of_another_key() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        for round in 0..2 {
            let kid = format!("new-{round}");
            let token = hs256(&kid, &claims("lea"));
            assert!(matches!(fixture.refusal(&token).await, AuthError::UnknownKey));
            key_queries::add_signing_key(
                fixture.store.writer(),
                &fixture.secrets,
                fixture.tenant,
                &kid,
                "HS256",
                SECRET,
                NOW_MS,
            )
            .await
            .expect("stores");
            assert!(fixture.auth.user(&token).await.is_ok(), "no clock moved");
        }
    })
    .await;
}

#[tokio::test]
async fn unknown_keys_query_the_database_at_most_once_a_second() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let began = std::time::Instant::now();
        let unknown = |number: usize| hs256(&format!("unknown-{number}"), &claims("lea"));
        for number in 0..3 {
            assert!(matches!(fixture.refusal(&unknown(number)).await, AuthError::UnknownKey));
        }
        assert!(began.elapsed() >= std::time::Duration::from_secs(2), "{:?}", began.elapsed());

        let tokens: Vec<String> = (3..500).map(unknown).collect();
        let began = std::time::Instant::now();
        let known = hs256("hs", &claims("lea"));
        let all_refusals = futures::future::join_all(tokens.iter().map(|token| fixture.refusal(token)));
        let (refusals, accepted) = tokio::join!(all_refusals, fixture.auth.user(&known));
        assert!(refusals.iter().all(|refusal| matches!(refusal, AuthError::UnknownKey)));
        assert!(accepted.is_ok());
        assert!(began.elapsed() < std::time::Duration::from_secs(30), "a crowd shares an answer: {:?}", began.elapsed());
    })
    .await;
}

#[tokio::test]
async fn revoked_and_deleted_keys_are_reported() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let mark = |kid: &str| KeyMark::of(kid);
        let refresh = || async { fixture.auth.refresh_keys().await.expect("answers") };
        assert_eq!(refresh().await, [mark("revoked")].into());
        key_queries::revoke_signing_key(fixture.store.writer(), fixture.tenant, "hs", NOW_MS).await.expect("revokes");
        fixture.store.writer().execute_unprepared("DELETE FROM signing_keys WHERE kid = 'es'").await.expect("deletes");
        for _ in 0..2 {
            assert_eq!(refresh().await, [mark("revoked"), mark("hs"), mark("es")].into());
        }
        assert!(matches!(fixture.refusal(&hs256("hs", &claims("lea"))).await, AuthError::RevokedKey), "no clock moved");
        let identity = fixture.auth.user(&hs256("ed", &claims("lea"))).await;
        assert!(matches!(identity, Err(AuthError::WrongAlgorithm(_))), "the others are as they were");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_another_node_encrypted_stays_until_it_is_revoked() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let token = hs256("hs", &claims("lea"));
        assert!(fixture.auth.user(&token).await.is_ok());
        let auth = crate::config::Auth { secrets_key: crate::config::Secret::new("ab".repeat(32)), ..Default::default() };
        let secrets = Secrets::new(&auth).expect("a key");
        let (done, unreadable) = key_queries::encrypt_signing_keys(&fixture.store, &secrets).await.expect("encrypts");
        assert_eq!((done.len(), unreadable.len()), (3, 0));
        fixture.clock.advance_ms(31_000);
        assert!(fixture.auth.user(&token).await.is_ok(), "this node was not given the key yet");
        let found = key_queries::signing_key(&fixture.store, fixture.tenant, "HS256", Some("hs")).await.expect("reads");
        let found = found.expect("is there").material(&fixture.secrets).expect_err("is encrypted").to_string();
        assert!(found.contains("`hs`") && found.contains("`auth.secrets_key` is not set"), "{found}");
        key_queries::revoke_signing_key(fixture.store.writer(), fixture.tenant, "hs", NOW_MS).await.expect("revokes");
        fixture.clock.advance_ms(31_000);
        assert!(matches!(fixture.refusal(&token).await, AuthError::RevokedKey));
    })
    .await;
}

#[tokio::test]
async fn known_keys_stay_valid_while_the_database_fails() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let token = hs256("hs", &claims("lea"));
        assert!(fixture.auth.user(&token).await.is_ok());
        fixture.store.writer().execute_unprepared("DROP TABLE signing_keys").await.expect("breaks it");
        fixture.clock.advance_ms(31_000);
        assert!(fixture.auth.user(&token).await.is_ok());
        let error = fixture.refusal(&hs256("unknown", &claims("lea"))).await;
        assert!(matches!(error, AuthError::Store(_)), "whether the key exists is not known: {error}");
        assert_eq!((error.code(), error.close_code()), (ErrorCode::Unavailable, CloseCode::Overloaded));
        assert!(!error.to_string().contains("signing_keys"), "strangers do not read database errors");
    })
    .await;
}

#[tokio::test]
async fn a_back_end_authenticates_with_its_key() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let (key, row) = api_key::generate(fixture.tenant, "back end", &[Scope::Provision], NOW_MS, Some(NOW_MS + 1_000));
        let id = row.id;
        key_queries::add_api_key(fixture.store.writer(), row).await.expect("stores");
        let caller = fixture.auth.key(&key).await.expect("lets in");
        assert_eq!((caller.tenant, caller.key, caller.scopes), (fixture.tenant, id, vec![Scope::Provision]));

        let (stranger, _) = api_key::generate(fixture.tenant, "", &Scope::ALL, NOW_MS, None);
        for wrong in [stranger.as_str(), "", "sk_", &hs256("hs", &claims("lea"))] {
            assert!(matches!(fixture.auth.key(wrong).await, Err(AuthError::UnknownApiKey)), "{wrong}");
        }
        fixture.clock.advance_ms(1_000);
        assert!(matches!(fixture.auth.key(&key).await, Err(AuthError::UnknownApiKey)), "it ended");
        fixture.clock.advance_ms(-1_000);
        assert!(key_queries::revoke_api_key(fixture.store.writer(), fixture.tenant, id, NOW_MS).await.expect("revokes"));
        assert!(matches!(fixture.auth.key(&key).await, Err(AuthError::UnknownApiKey)), "it was revoked");
    })
    .await;
}

#[test]
fn weak_and_malformed_keys_are_refused() {
    let table: &[(Algorithm, &str, bool)] = &[
        (Algorithm::Hs256, SECRET, true),
        (Algorithm::Hs256, "too short", false),
        (Algorithm::Hs256, "$causerie$1$abcdef01$AAAAAAAAAAAAAAAAAAAAAAAAA", false),
        (Algorithm::Hs256, RSA_PUBLIC, false),
        (Algorithm::Rs256, RSA_PUBLIC, true),
        (Algorithm::Rs256, RSA_PKCS1, true),
        (Algorithm::Rs256, RSA_1024_PUBLIC, false),
        (Algorithm::Rs256, RSA, false),
        (Algorithm::Rs256, P256_PUBLIC, false),
        (Algorithm::Rs256, SECRET, false),
        (Algorithm::Es256, P256_PUBLIC, true),
        (Algorithm::Es256, P384_PUBLIC, false),
        (Algorithm::Es256, P256, false),
        (Algorithm::Es256, ED25519_PUBLIC, false),
        (Algorithm::EdDsa, ED25519_PUBLIC, true),
        (Algorithm::EdDsa, ED25519, false),
        (Algorithm::EdDsa, RSA_PUBLIC, false),
        (Algorithm::EdDsa, "", false),
        (Algorithm::EdDsa, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", false),
    ];
    for (algorithm, material, is_valid) in table {
        let key = algorithm.key(material);
        assert_eq!(key.is_ok(), *is_valid, "{algorithm:?} {:?}: {:?}", material.get(..30), key.err());
    }
}
