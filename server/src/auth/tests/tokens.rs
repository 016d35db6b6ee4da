//! Tests that forged tokens and malformed tokens are refused, and that valid tokens are accepted.

use super::*;

#[tokio::test]
async fn each_algorithm_is_accepted_with_its_key() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let keys = [
            ("hs", Algorithm::Hs256, EncodingKey::from_secret(SECRET.as_bytes())),
            ("rs", Algorithm::Rs256, EncodingKey::from_rsa_pem(RSA.as_bytes()).expect("a key")),
            ("es", Algorithm::Es256, EncodingKey::from_ec_pem(P256.as_bytes()).expect("a key")),
            ("ed", Algorithm::EdDsa, EncodingKey::from_ed_pem(ED25519.as_bytes()).expect("a key")),
        ];
        let mut users = std::collections::HashSet::new();
        for (kid, algorithm, key) in keys {
            let header = json!({ "alg": algorithm.name(), "kid": kid }).to_string();
            let token = signed(&header, &claims("lea").to_string(), &key, algorithm);
            let identity = fixture.auth.user(&token).await.unwrap_or_else(|error| panic!("{kid}: {error}"));
            assert_eq!((identity.tenant, identity.expires_at_s), (fixture.tenant, NOW_S + 3600));
            users.insert(identity.user);
            // One character of the signature differs.
            let forged = format!("{}A{}", &token[..token.len() - 20], &token[token.len() - 19..]);
            if forged != token {
                assert!(matches!(fixture.refusal(&forged).await, AuthError::BadSignature), "{kid}");
            }
        }
        assert_eq!(users.len(), 1, "the same user for each signing key");
    })
    .await;
}

#[tokio::test]
async fn the_algorithm_comes_from_the_key_not_from_the_token_header() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let valid_claims = claims("lea");
        let body = valid_claims.to_string();
        let secret = EncodingKey::from_secret(SECRET.as_bytes());
        let public_as_secret = EncodingKey::from_secret(RSA_PUBLIC.as_bytes());
        let public_trimmed = EncodingKey::from_secret(RSA_PUBLIC.trim_end().as_bytes());
        let header_json = |alg: &str, kid: &str| json!({ "alg": alg, "kid": kid }).to_string();
        let hs = |header: &str| signed(header, &body, &secret, Algorithm::Hs256);
        let unsigned =
            |alg: &str, kid: &str| format!("{}.{}.", encoded(&json!({ "alg": alg, "kid": kid })), encoded(&valid_claims));

        type Expected = fn(&AuthError) -> bool;
        let wrong_algorithm: Expected = |error| matches!(error, AuthError::WrongAlgorithm(_));
        let bad_signature: Expected = |error| matches!(error, AuthError::BadSignature);
        let not_a_token: Expected = |error| matches!(error, AuthError::NotAToken(_));
        let unknown_key: Expected = |error| matches!(error, AuthError::UnknownKey);
        let table: Vec<(&str, String, Expected)> = vec![
            ("alg none", unsigned("none", "hs"), wrong_algorithm),
            ("alg nOnE", unsigned("nOnE", "rs"), wrong_algorithm),
            ("no signature", unsigned("HS256", "hs"), bad_signature),
            (
                "RSA key as HMAC secret",
                signed(&header_json("HS256", "rs"), &body, &public_as_secret, Algorithm::Hs256),
                wrong_algorithm,
            ),
            (
                "the same, trimmed",
                signed(&header_json("HS256", "rs"), &body, &public_trimmed, Algorithm::Hs256),
                wrong_algorithm,
            ),
            (
                "the same, claiming RS256",
                signed(&header_json("RS256", "rs"), &body, &public_as_secret, Algorithm::Hs256),
                bad_signature,
            ),
            (
                "another algorithm of the family",
                signed(&header_json("HS512", "hs"), &body, &secret, Algorithm::Hs256),
                wrong_algorithm,
            ),
            ("alg in small letters", hs(&header_json("hs256", "hs")), wrong_algorithm),
            ("another tenant's kid", hs(&header_json("HS256", "clinic")), bad_signature),
            ("another key of the tenant", hs(&header_json("ES256", "es")), bad_signature),
            ("unknown kid", hs(&header_json("HS256", "nobody")), unknown_key),
            ("kid with SQL", hs(&header_json("HS256", "' OR 1=1 --")), unknown_key),
            ("kid with a path", hs(&header_json("HS256", "../../etc/passwd")), unknown_key),
            ("empty kid", hs(&header_json("HS256", "")), unknown_key),
            ("key that can't be used", hs(&header_json("RS256", "broken")), unknown_key),
            ("no kid", hs(r#"{"alg":"HS256"}"#), not_a_token),
            ("kid that is a number", hs(r#"{"alg":"HS256","kid":1}"#), not_a_token),
            ("no alg", hs(r#"{"kid":"hs"}"#), not_a_token),
            ("alg twice", hs(r#"{"alg":"HS256","alg":"none","kid":"hs"}"#), not_a_token),
            ("kid twice", hs(r#"{"alg":"HS256","kid":"hs","kid":"clinic"}"#), not_a_token),
            ("an extension", hs(r#"{"alg":"HS256","kid":"hs","crit":["b64"],"b64":false}"#), not_a_token),
            ("header is a list", hs("[]"), not_a_token),
            ("header is no JSON", hs("alg=HS256"), not_a_token),
            ("header is no base64url", format!("++.{}.x", encoded(&valid_claims)), not_a_token),
            ("two parts", "a.b".to_owned(), not_a_token),
            ("four parts", format!("{}.x", hs(&header_json("HS256", "hs"))), not_a_token),
            ("nothing", String::new(), not_a_token),
            ("dots", "..".to_owned(), not_a_token),
        ];
        for (case, token, expected) in table {
            let error = fixture.refusal(&token).await;
            assert!(expected(&error), "{case}: {error}");
            assert_eq!(error.code(), ErrorCode::Unauthenticated, "{case}");
            assert_eq!(error.close_code(), CloseCode::Unauthenticated, "{case}");
        }
        assert_eq!(fixture.user_count().await, 0, "no user was created");
    })
    .await;
}

#[tokio::test]
async fn keys_in_the_header_are_ignored() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let header = json!({
            "alg": "HS256", "kid": "hs", "jku": "http://169.254.169.254/keys", "x5u": "file:///etc/passwd",
            "jwk": { "kty": "oct", "k": URL_SAFE_NO_PAD.encode("my own secret, thirty-two bytes long") },
        });
        let own_key = EncodingKey::from_secret(b"my own secret, thirty-two bytes long");
        let forged = signed(&header.to_string(), &claims("lea").to_string(), &own_key, Algorithm::Hs256);
        assert!(matches!(fixture.refusal(&forged).await, AuthError::BadSignature));
    })
    .await;
}

#[tokio::test]
async fn claims_have_their_types_and_bounds() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let long = |bytes: usize| "x".repeat(bytes);
        let table: Vec<(Value, &str)> = vec![
            (json!({ "sub": null }), "`sub` is missing"),
            (json!({ "sub": "" }), "`sub` is empty"),
            (json!({ "sub": 42 }), "`sub` is not a text"),
            (json!({ "sub": ["lea"] }), "`sub` is not a text"),
            (json!({ "sub": long(129) }), "`sub` has more than 128 bytes"),
            (json!({ "sub": "le\u{0}a" }), "`sub` contains control characters"),
            (json!({ "sub": "le\u{1b}[2Ja" }), "`sub` contains control characters"),
            (json!({ "exp": null }), "`exp` is missing"),
            (json!({ "exp": "1800003600" }), "`exp` must be a number of seconds"),
            (json!({ "exp": true }), "`exp` must be a number of seconds"),
            (json!({ "exp": [] }), "`exp` must be a number of seconds"),
            (json!({ "exp": {} }), "`exp` must be a number of seconds"),
            (json!({ "exp": "1.8e9" }), "`exp` must be a number of seconds"),
            (json!({ "exp": -0.5 }), "`exp` must be a number of seconds"),
            (json!({ "exp": [1_800_003_600] }), "`exp` must be a number of seconds"),
            (json!({ "nbf": false }), "`nbf` must be a number of seconds"),
            (json!({ "nbf": [] }), "`nbf` must be a number of seconds"),
            (json!({ "nbf": { "$gt": 0 } }), "`nbf` must be a number of seconds"),
            (json!({ "exp": -1 }), "`exp` must be a number of seconds"),
            (json!({ "exp": u64::MAX }), "`exp` must be a number of seconds"),
            (json!({ "exp": i64::MAX }), "`exp` must be a number of seconds"),
            (json!({ "exp": 1e300 }), "`exp` must be a number of seconds"),
            (json!({ "exp": NOW_S }), "`exp` is not after `iat`"),
            (json!({ "exp": NOW_S + LIFETIME_MAX_S + 1 }), "`exp` is more than 24 hours"),
            // Milliseconds by mistake.
            (json!({ "exp": NOW_MS + 3_600_000, "iat": NOW_MS }), "`exp` must be a number of seconds"),
            (json!({ "iat": null }), "`iat` is missing"),
            (json!({ "iat": "1800000000" }), "`iat` must be a number of seconds"),
            (json!({ "iat": NOW_S + LEEWAY_S + 1 }), "`iat` lies in the future"),
            (json!({ "nbf": NOW_S + LEEWAY_S + 1 }), "`nbf` lies in the future"),
            (json!({ "nbf": "0" }), "`nbf` must be a number of seconds"),
            (json!({ "aud": "billing" }), "`aud` must be `causerie`"),
            (json!({ "aud": "" }), "`aud` must be `causerie`"),
            (json!({ "aud": [] }), "`aud` must be `causerie`"),
            (json!({ "aud": ["billing"] }), "`aud` must be `causerie`"),
            (json!({ "aud": ["causerie", 1] }), "`aud` must be `causerie`"),
            (json!({ "aud": { "causerie": true } }), "`aud` must be `causerie`"),
            (json!({ "name": 5 }), "`name` is not a text"),
            (json!({ "avatar": "javascript:alert(1)" }), "`avatar` is neither empty nor"),
            (json!({ "avatar": "data:text/html,x" }), "`avatar` is neither empty nor"),
            (json!({ "avatar": false }), "`avatar` is not a text"),
            (json!({ "locale": long(513) }), "`locale` has more than 512 bytes"),
        ];
        for (changes, sentence) in table {
            let error = fixture.refusal(&hs256("hs", &claims_with(changes.clone()))).await;
            assert!(error.to_string().contains(sentence), "{changes}: {error}");
            assert_eq!(error.code(), ErrorCode::Unauthenticated, "{changes}");
        }
        let secret = EncodingKey::from_secret(SECRET.as_bytes());
        let repeated_claim = format!(r#"{{"sub":"lea","sub":"tom","iat":{NOW_S},"exp":{}}}"#, NOW_S + 60);
        for body in [repeated_claim.as_str(), "[]", "null", "\"lea\"", "not JSON", "{\"sub\":\"\\ud800\"}", ""] {
            let token = signed(r#"{"alg":"HS256","kid":"hs"}"#, body, &secret, Algorithm::Hs256);
            let error = fixture.refusal(&token).await;
            assert!(matches!(error, AuthError::BadClaims), "{body}: {error}");
        }
        assert_eq!(fixture.user_count().await, 0, "no user was created");
    })
    .await;
}

#[tokio::test]
async fn claims_are_accepted_up_to_each_bound_and_refused_beyond() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        for changes in [
            json!({ "exp": NOW_S + LIFETIME_MAX_S }),
            json!({ "iat": NOW_S + LEEWAY_S }),
            json!({ "nbf": NOW_S + LEEWAY_S }),
            json!({ "iat": NOW_S - 100, "exp": NOW_S - LEEWAY_S + 1 }),
            json!({ "aud": "causerie" }),
            json!({ "aud": ["billing", "causerie"] }),
            json!({ "sub": "x".repeat(128) }),
            json!({ "name": "é".repeat(256), "avatar": "", "locale": "fr" }),
            json!({ "avatar": "https://a.example/lea.png" }),
            json!({ "roles": ["teacher", "no-role-of-this-policy"] }),
            json!({ "shoe_size": { "unknown": ["claims", "are", "ignored"] } }),
        ] {
            let outcome = fixture.auth.user(&hs256("hs", &claims_with(changes.clone()))).await;
            assert!(outcome.is_ok(), "{changes}: {outcome:?}");
        }
        let expired =
            fixture.refusal(&hs256("hs", &claims_with(json!({ "iat": NOW_S - 100, "exp": NOW_S - LEEWAY_S })))).await;
        assert!(matches!(expired, AuthError::Expired));
        assert_eq!((expired.code(), expired.close_code()), (ErrorCode::TokenExpired, CloseCode::TokenExpired));
    })
    .await;
}

#[tokio::test]
async fn dates_may_have_a_fraction_or_an_exponent() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let secret = EncodingKey::from_secret(SECRET.as_bytes());
        // (`iat`, `exp`, the expiry in whole seconds).
        for (iat, exp, expires_at_s) in [
            ("1800000000.73", "1800003600.73", NOW_S + 3600),
            ("1.8e9", "1.8000036e9", NOW_S + 3600),
            ("18E8", "1800003600", NOW_S + 3600),
            ("1800000000.0", "1800086400.999999", NOW_S + LIFETIME_MAX_S),
        ] {
            let body = format!(r#"{{"sub":"lea","iat":{iat},"nbf":{iat},"exp":{exp}}}"#);
            let token = signed(r#"{"alg":"HS256","kid":"hs"}"#, &body, &secret, Algorithm::Hs256);
            let identity = fixture.auth.user(&token).await.unwrap_or_else(|error| panic!("{body}: {error}"));
            assert_eq!((identity.issued_at_s, identity.expires_at_s), (NOW_S, expires_at_s), "{body}");
        }
        let late = claims_with(json!({ "iat": NOW_S - 100, "exp": (NOW_S - LEEWAY_S) as f64 - 0.5 }));
        assert!(matches!(fixture.refusal(&hs256("hs", &late)).await, AuthError::Expired));
    })
    .await;
}

#[tokio::test]
async fn no_profile_claim_makes_a_token_invalid() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let long = "é".repeat(300);
        for (name, shown) in [
            ("Lé\u{9b}a\u{0}", "Léa"),
            ("Léa\r\nMartin\t", "LéaMartin"),
            ("\u{1b}\u{7f}", "lea"),
            (long.as_str(), &long[..512]),
        ] {
            let profile =
                claims_with(json!({ "sub": "lea", "name": name, "locale": "f\u{0}r", "avatar": "https://a.example/\n1" }));
            let identity = fixture.auth.user(&hs256("hs", &profile)).await.expect("lets in");
            if shown == "lea" {
                assert_eq!(identity.profile.name, "LéaMartin", "nothing visible is no name, which changes nothing");
                continue;
            }
            assert_eq!(identity.profile.name, shown, "{name:?}");
            assert_eq!((identity.locale.as_str(), identity.profile.avatar_url.as_str()), ("fr", "https://a.example/1"));
        }
    })
    .await;
}

#[tokio::test]
async fn tokens_are_checked_by_the_servers_clock() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let token = hs256("hs", &claims("lea"));
        assert!(fixture.auth.user(&token).await.is_ok());
        fixture.clock.advance_ms((3600 + LEEWAY_S) * 1000);
        assert!(matches!(fixture.refusal(&token).await, AuthError::Expired));
        fixture.clock.advance_ms(-2 * 3600 * 1000);
        assert!(matches!(fixture.refusal(&token).await, AuthError::NotYet { claim: "iat" }));
    })
    .await;
}

#[tokio::test]
async fn a_huge_token_is_refused_without_parsing() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let filler = |bytes: usize| hs256("hs", &claims_with(json!({ "filler": "x".repeat(bytes) })));
        assert!(matches!(fixture.refusal(&filler(TOKEN_BYTES_MAX)).await, AuthError::TooLarge { .. }));
        assert!(filler(5_800).len() <= TOKEN_BYTES_MAX);
        assert!(fixture.auth.user(&filler(5_800)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_issued_token_is_valid() {
    on_each_database(|store| async {
        let fixture = Fixture::new(store).await;
        let secret = issue::secret();
        key_queries::add_signing_key(
            fixture.store.writer(),
            &fixture.secrets,
            fixture.tenant,
            "made",
            "HS256",
            &secret,
            NOW_MS,
        )
        .await
        .expect("stores");
        let token = issue::NewToken { sub: "tom", name: Some("Tom"), avatar: None, iat: NOW_S, exp: NOW_S + 60 };
        let token = issue::hs256("made", &secret, &token).expect("signs");
        let identity = fixture.auth.user(&token).await.expect("lets in");
        assert_eq!((identity.profile.name.as_str(), identity.expires_at_s), ("Tom", NOW_S + 60));
    })
    .await;
}
