//! Tokens as attackers and careless products make them, and people as they come and go.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use causerie_protocol::{CloseCode, ErrorCode, wire::UserStatus};
use jsonwebtoken::EncodingKey;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{
    keys::Algorithm,
    token::{LEEWAY_S, LIFETIME_MAX_S, TOKEN_BYTES_MAX},
    *,
};
use crate::{
    store::queries::{directory, keys as key_queries, people, tenants},
    testing::{NOW_MS, TestClock, on_each_database},
};

const NOW_S: i64 = NOW_MS / 1000;
const SECRET: &str = "a secret of thirty-two bytes or more";
const RSA: &str = include_str!("fixtures/rsa.private.pem");
const RSA_PUBLIC: &str = include_str!("fixtures/rsa.public.pem");
const RSA_PKCS1: &str = include_str!("fixtures/rsa.pkcs1.pem");
const RSA_1024_PUBLIC: &str = include_str!("fixtures/rsa-1024.public.pem");
const P256: &str = include_str!("fixtures/p256.private.pem");
const P256_PUBLIC: &str = include_str!("fixtures/p256.public.pem");
const P384_PUBLIC: &str = include_str!("fixtures/p384.public.pem");
const ED25519: &str = include_str!("fixtures/ed25519.private.pem");
const ED25519_PUBLIC: &str = include_str!("fixtures/ed25519.public.pem");

fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// A token with any header and claims, signed as `algorithm` whatever the header says.
fn signed(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm.into()).expect("signs");
    format!("{message}.{signature}")
}

fn hs256(kid: &str, claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": kid }).to_string();
    signed(&header, &claims.to_string(), &EncodingKey::from_secret(SECRET.as_bytes()), Algorithm::Hs256)
}

fn claims(sub: &str) -> Value {
    json!({ "sub": sub, "iat": NOW_S, "exp": NOW_S + 3600 })
}

/// Good claims with some replaced; `null` leaves one out.
fn with(changes: Value) -> Value {
    let mut claims = claims("lea");
    let all = claims.as_object_mut().expect("an object");
    for (name, value) in changes.as_object().expect("an object") {
        all.remove(name);
        if !value.is_null() {
            all.insert(name.clone(), value.clone());
        }
    }
    claims
}

struct Setting {
    store: Store,
    clock: Arc<TestClock>,
    metrics: Arc<Metrics>,
    auth: Authenticator,
    secrets: Secrets,
    tenant: TenantId,
    other_tenant: TenantId,
}

impl Setting {
    async fn new(store: Store) -> Self {
        let tenant = tenants::create(&store, "school", "School", NOW_MS).await.expect("stores").id;
        let other_tenant = tenants::create(&store, "clinic", "Clinic", NOW_MS).await.expect("stores").id;
        for (tenant, kid, algorithm, material) in [
            (tenant, "hs", Algorithm::Hs256, SECRET),
            (tenant, "rs", Algorithm::Rs256, RSA_PUBLIC),
            (tenant, "es", Algorithm::Es256, P256_PUBLIC),
            (tenant, "ed", Algorithm::EdDsa, ED25519_PUBLIC),
            (other_tenant, "clinic", Algorithm::Hs256, "another secret of thirty-two bytes or more"),
            (tenant, "revoked", Algorithm::Hs256, SECRET),
            (tenant, "broken", Algorithm::Rs256, "what is this"),
        ] {
            key_queries::add_signing_key(&store, &Secrets::default(), tenant, kid, algorithm.name(), material, NOW_MS)
                .await
                .expect("stores");
        }
        assert_eq!(key_queries::revoke_signing_key(&store, "revoked", NOW_MS).await.expect("revokes"), Some(tenant));
        let (clock, metrics) = (TestClock::new(), Arc::new(Metrics::new()));
        let auth = Authenticator::new(
            store.clone(),
            Secrets::default(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&metrics),
        );
        Self { store, clock, metrics, auth, secrets: Secrets::default(), tenant, other_tenant }
    }

    async fn refusal(&self, token: &str) -> AuthError {
        match self.auth.user(token).await {
            Err(error) => error,
            Ok(identity) => panic!("let in as {identity:?} with {token}"),
        }
    }

    /// The product says whether a person may come in.
    async fn says(&self, external_id: &str, status: UserStatus) {
        let profile =
            people::Profile { external_id: external_id.to_owned(), status: Some(status), ..people::Profile::default() };
        people::upsert(&self.store, self.tenant, &[profile], NOW_MS).await.expect("stores");
    }

    /// Look-ups of people so far.
    fn look_ups(&self) -> u64 {
        let text = self.metrics.encode();
        let count = text.lines().find_map(|line| line.strip_prefix("causerie_lookup_batch_size_count "));
        count.and_then(|count| count.parse().ok()).expect("is listed")
    }

    async fn people(&self) -> u64 {
        let row = self.store.reader().query_one_raw(crate::store::rows::statement(
            self.store.backend(),
            "SELECT COUNT(*) AS n FROM users",
            vec![],
        ));
        let count: i64 = row.await.expect("counts").expect("a row").try_get("", "n").expect("a number");
        u64::try_from(count).expect("not negative")
    }
}

#[tokio::test]
async fn each_algorithm_is_accepted_with_its_key() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
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
            let identity = setting.auth.user(&token).await.unwrap_or_else(|error| panic!("{kid}: {error}"));
            assert_eq!((identity.tenant, identity.expires_at_s), (setting.tenant, NOW_S + 3600));
            users.insert(identity.user);
            // One bit off.
            let forged = format!("{}A{}", &token[..token.len() - 20], &token[token.len() - 19..]);
            if forged != token {
                assert!(matches!(setting.refusal(&forged).await, AuthError::BadSignature), "{kid}");
            }
        }
        assert_eq!(users.len(), 1, "the same person whatever signed");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_not_believed_for_what_its_header_says() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let good = claims("lea");
        let body = good.to_string();
        let secret = EncodingKey::from_secret(SECRET.as_bytes());
        let public_as_secret = EncodingKey::from_secret(RSA_PUBLIC.as_bytes());
        let public_trimmed = EncodingKey::from_secret(RSA_PUBLIC.trim_end().as_bytes());
        let head = |alg: &str, kid: &str| json!({ "alg": alg, "kid": kid }).to_string();
        let hs = |header: &str| signed(header, &body, &secret, Algorithm::Hs256);
        let unsigned = |alg: &str, kid: &str| format!("{}.{}.", part(&json!({ "alg": alg, "kid": kid })), part(&good));

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
                signed(&head("HS256", "rs"), &body, &public_as_secret, Algorithm::Hs256),
                wrong_algorithm,
            ),
            ("the same, trimmed", signed(&head("HS256", "rs"), &body, &public_trimmed, Algorithm::Hs256), wrong_algorithm),
            (
                "the same, claiming RS256",
                signed(&head("RS256", "rs"), &body, &public_as_secret, Algorithm::Hs256),
                bad_signature,
            ),
            (
                "another algorithm of the family",
                signed(&head("HS512", "hs"), &body, &secret, Algorithm::Hs256),
                wrong_algorithm,
            ),
            ("alg in small letters", hs(&head("hs256", "hs")), wrong_algorithm),
            ("another tenant's kid", hs(&head("HS256", "clinic")), bad_signature),
            ("another key of the tenant", hs(&head("ES256", "es")), bad_signature),
            ("unknown kid", hs(&head("HS256", "nobody")), unknown_key),
            ("kid with SQL", hs(&head("HS256", "' OR 1=1 --")), unknown_key),
            ("kid with a path", hs(&head("HS256", "../../etc/passwd")), unknown_key),
            ("empty kid", hs(&head("HS256", "")), unknown_key),
            ("key that can't be used", hs(&head("RS256", "broken")), unknown_key),
            ("no kid", hs(r#"{"alg":"HS256"}"#), not_a_token),
            ("kid that is a number", hs(r#"{"alg":"HS256","kid":1}"#), not_a_token),
            ("no alg", hs(r#"{"kid":"hs"}"#), not_a_token),
            ("alg twice", hs(r#"{"alg":"HS256","alg":"none","kid":"hs"}"#), not_a_token),
            ("kid twice", hs(r#"{"alg":"HS256","kid":"hs","kid":"clinic"}"#), not_a_token),
            ("an extension", hs(r#"{"alg":"HS256","kid":"hs","crit":["b64"],"b64":false}"#), not_a_token),
            ("header is a list", hs("[]"), not_a_token),
            ("header is no JSON", hs("alg=HS256"), not_a_token),
            ("header is no base64url", format!("++.{}.x", part(&good)), not_a_token),
            ("two parts", "a.b".to_owned(), not_a_token),
            ("four parts", format!("{}.x", hs(&head("HS256", "hs"))), not_a_token),
            ("nothing", String::new(), not_a_token),
            ("dots", "..".to_owned(), not_a_token),
        ];
        for (what, token, expected) in table {
            let error = setting.refusal(&token).await;
            assert!(expected(&error), "{what}: {error}");
            assert_eq!(error.code(), ErrorCode::Unauthenticated, "{what}");
            assert_eq!(error.close_code(), CloseCode::Unauthenticated, "{what}");
        }
        assert_eq!(setting.people().await, 0, "nobody was made");
    })
    .await;
}

#[tokio::test]
async fn keys_in_the_header_are_ignored() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let header = json!({
            "alg": "HS256", "kid": "hs", "jku": "http://169.254.169.254/keys", "x5u": "file:///etc/passwd",
            "jwk": { "kty": "oct", "k": URL_SAFE_NO_PAD.encode("my own secret, thirty-two bytes long") },
        });
        let own = EncodingKey::from_secret(b"my own secret, thirty-two bytes long");
        let forged = signed(&header.to_string(), &claims("lea").to_string(), &own, Algorithm::Hs256);
        assert!(matches!(setting.refusal(&forged).await, AuthError::BadSignature));
    })
    .await;
}

#[tokio::test]
async fn claims_have_their_types_and_bounds() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let long = |bytes: usize| "x".repeat(bytes);
        let table: Vec<(Value, &str)> = vec![
            (json!({ "sub": null }), "`sub` is missing"),
            (json!({ "sub": "" }), "`sub` is empty"),
            (json!({ "sub": 42 }), "`sub` is not a text"),
            (json!({ "sub": ["lea"] }), "`sub` is not a text"),
            (json!({ "sub": long(129) }), "`sub` is too long"),
            (json!({ "sub": "le\u{0}a" }), "`sub` contains control characters"),
            (json!({ "sub": "le\u{1b}[2Ja" }), "`sub` contains control characters"),
            (json!({ "exp": null }), "`exp` is missing"),
            (json!({ "exp": "1800003600" }), "`exp` is not a number of seconds"),
            (json!({ "exp": true }), "`exp` is not a number of seconds"),
            (json!({ "exp": [] }), "`exp` is not a number of seconds"),
            (json!({ "exp": {} }), "`exp` is not a number of seconds"),
            (json!({ "exp": "1.8e9" }), "`exp` is not a number of seconds"),
            (json!({ "exp": -0.5 }), "`exp` is not a number of seconds"),
            (json!({ "exp": [1_800_003_600] }), "`exp` is not a number of seconds"),
            (json!({ "nbf": false }), "`nbf` is not a number of seconds"),
            (json!({ "nbf": [] }), "`nbf` is not a number of seconds"),
            (json!({ "nbf": { "$gt": 0 } }), "`nbf` is not a number of seconds"),
            (json!({ "exp": -1 }), "`exp` is not a number of seconds"),
            (json!({ "exp": u64::MAX }), "`exp` is not a number of seconds"),
            (json!({ "exp": i64::MAX }), "`exp` is not a number of seconds"),
            (json!({ "exp": 1e300 }), "`exp` is not a number of seconds"),
            (json!({ "exp": NOW_S }), "`exp` is not after `iat`"),
            (json!({ "exp": NOW_S + LIFETIME_MAX_S + 1 }), "`exp` is more than 24 hours"),
            // Milliseconds by mistake.
            (json!({ "exp": NOW_MS + 3_600_000, "iat": NOW_MS }), "`exp` is not a number of seconds"),
            (json!({ "iat": null }), "`iat` is missing"),
            (json!({ "iat": "1800000000" }), "`iat` is not a number of seconds"),
            (json!({ "iat": NOW_S + LEEWAY_S + 1 }), "`iat` lies in the future"),
            (json!({ "nbf": NOW_S + LEEWAY_S + 1 }), "`nbf` lies in the future"),
            (json!({ "nbf": "0" }), "`nbf` is not a number of seconds"),
            (json!({ "aud": "billing" }), "`aud` does not name `causerie`"),
            (json!({ "aud": "" }), "`aud` does not name `causerie`"),
            (json!({ "aud": [] }), "`aud` does not name `causerie`"),
            (json!({ "aud": ["billing"] }), "`aud` does not name `causerie`"),
            (json!({ "aud": ["causerie", 1] }), "`aud` does not name `causerie`"),
            (json!({ "aud": { "causerie": true } }), "`aud` does not name `causerie`"),
            (json!({ "name": 5 }), "`name` is not a text"),
            (json!({ "avatar": "javascript:alert(1)" }), "`avatar` is neither empty nor"),
            (json!({ "avatar": "data:text/html,x" }), "`avatar` is neither empty nor"),
            (json!({ "avatar": false }), "`avatar` is not a text"),
            (json!({ "locale": long(513) }), "`locale` is too long"),
        ];
        for (changes, sentence) in table {
            let error = setting.refusal(&hs256("hs", &with(changes.clone()))).await;
            assert!(error.to_string().contains(sentence), "{changes}: {error}");
            assert_eq!(error.code(), ErrorCode::Unauthenticated, "{changes}");
        }
        let secret = EncodingKey::from_secret(SECRET.as_bytes());
        let twice = format!(r#"{{"sub":"lea","sub":"tom","iat":{NOW_S},"exp":{}}}"#, NOW_S + 60);
        for body in [twice.as_str(), "[]", "null", "\"lea\"", "not JSON", "{\"sub\":\"\\ud800\"}", ""] {
            let token = signed(r#"{"alg":"HS256","kid":"hs"}"#, body, &secret, Algorithm::Hs256);
            let error = setting.refusal(&token).await;
            assert!(matches!(error, AuthError::BadClaims), "{body}: {error}");
        }
        assert_eq!(setting.people().await, 0, "nobody was made");
    })
    .await;
}

#[tokio::test]
async fn both_sides_of_each_bound() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
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
            let outcome = setting.auth.user(&hs256("hs", &with(changes.clone()))).await;
            assert!(outcome.is_ok(), "{changes}: {outcome:?}");
        }
        let expired = setting.refusal(&hs256("hs", &with(json!({ "iat": NOW_S - 100, "exp": NOW_S - LEEWAY_S })))).await;
        assert!(matches!(expired, AuthError::Expired));
        assert_eq!((expired.code(), expired.close_code()), (ErrorCode::TokenExpired, CloseCode::TokenExpired));
    })
    .await;
}

#[tokio::test]
async fn dates_may_have_a_fraction_or_an_exponent() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
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
            let identity = setting.auth.user(&token).await.unwrap_or_else(|error| panic!("{body}: {error}"));
            assert_eq!((identity.issued_at_s, identity.expires_at_s), (NOW_S, expires_at_s), "{body}");
        }
        let late = with(json!({ "iat": NOW_S - 100, "exp": (NOW_S - LEEWAY_S) as f64 - 0.5 }));
        assert!(matches!(setting.refusal(&hs256("hs", &late)).await, AuthError::Expired));
    })
    .await;
}

#[tokio::test]
async fn no_profile_locks_its_user_out() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let long = "é".repeat(300);
        for (name, shown) in [
            ("Lé\u{9b}a\u{0}", "Léa"),
            ("Léa\r\nMartin\t", "LéaMartin"),
            ("\u{1b}\u{7f}", "lea"),
            (long.as_str(), &long[..512]),
        ] {
            let profile =
                with(json!({ "sub": "lea", "name": name, "locale": "f\u{0}r", "avatar": "https://a.example/\n1" }));
            let identity = setting.auth.user(&hs256("hs", &profile)).await.expect("lets in");
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
async fn time_is_the_servers() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let token = hs256("hs", &claims("lea"));
        assert!(setting.auth.user(&token).await.is_ok());
        setting.clock.advance_ms((3600 + LEEWAY_S) * 1000);
        assert!(matches!(setting.refusal(&token).await, AuthError::Expired));
        setting.clock.advance_ms(-2 * 3600 * 1000);
        assert!(matches!(setting.refusal(&token).await, AuthError::NotYet { claim: "iat" }));
    })
    .await;
}

#[tokio::test]
async fn a_huge_token_is_refused_unread() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let filler = |bytes: usize| hs256("hs", &with(json!({ "filler": "x".repeat(bytes) })));
        assert!(matches!(setting.refusal(&filler(TOKEN_BYTES_MAX)).await, AuthError::TooLarge { .. }));
        assert!(filler(5_800).len() <= TOKEN_BYTES_MAX);
        assert!(setting.auth.user(&filler(5_800)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_signs_no_more() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        assert!(matches!(setting.refusal(&hs256("revoked", &claims("lea"))).await, AuthError::RevokedKey));
        let stranger = EncodingKey::from_secret(b"not the secret of the revoked key, at all");
        let forged = signed(r#"{"alg":"HS256","kid":"revoked"}"#, &claims("lea").to_string(), &stranger, Algorithm::Hs256);
        let error = setting.refusal(&forged).await;
        assert!(matches!(error, AuthError::BadSignature), "a stranger does not learn that it was revoked: {error}");

        let token = hs256("hs", &claims("lea"));
        assert!(setting.auth.user(&token).await.is_ok());
        key_queries::revoke_signing_key(&setting.store, "hs", NOW_MS).await.expect("revokes");
        setting.clock.advance_ms(30_000);
        let revoked = setting.refusal(&token).await;
        assert!(matches!(revoked, AuthError::RevokedKey));
        // Another key signs the user's next token, so the client is to fetch it.
        assert_eq!((revoked.code(), revoked.close_code()), (ErrorCode::TokenExpired, CloseCode::TokenExpired));
        let again = key_queries::revoke_signing_key(&setting.store, "hs", NOW_MS).await.expect("asks");
        assert_eq!(again, None, "once is enough");
    })
    .await;
}

#[tokio::test]
async fn a_new_key_is_found_at_once_although_another_was_looked_up_before() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        for round in 0..2 {
            let kid = format!("new-{round}");
            let token = hs256(&kid, &claims("lea"));
            assert!(matches!(setting.refusal(&token).await, AuthError::UnknownKey));
            key_queries::add_signing_key(&setting.store, &setting.secrets, setting.tenant, &kid, "HS256", SECRET, NOW_MS)
                .await
                .expect("stores");
            assert!(setting.auth.user(&token).await.is_ok(), "no clock moved");
        }
    })
    .await;
}

#[tokio::test]
async fn invented_keys_ask_the_database_once_a_second_at_most() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let began = std::time::Instant::now();
        let invented = |number: usize| hs256(&format!("invented-{number}"), &claims("lea"));
        for number in 0..3 {
            assert!(matches!(setting.refusal(&invented(number)).await, AuthError::UnknownKey));
        }
        assert!(began.elapsed() >= std::time::Duration::from_secs(2), "{:?}", began.elapsed());

        let tokens: Vec<String> = (3..500).map(invented).collect();
        let began = std::time::Instant::now();
        let known = hs256("hs", &claims("lea"));
        let crowd = futures::future::join_all(tokens.iter().map(|token| setting.refusal(token)));
        let (refusals, let_in) = tokio::join!(crowd, setting.auth.user(&known));
        assert!(refusals.iter().all(|refusal| matches!(refusal, AuthError::UnknownKey)));
        assert!(let_in.is_ok());
        assert!(began.elapsed() < std::time::Duration::from_secs(30), "a crowd shares an answer: {:?}", began.elapsed());
    })
    .await;
}

#[tokio::test]
async fn keys_that_were_revoked_or_are_gone_are_told() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let mark = |kid: &str| keys::KeyMark::of(kid);
        let refresh = || async { setting.auth.refresh_keys().await.expect("answers") };
        assert_eq!(refresh().await, [mark("revoked")].into());
        key_queries::revoke_signing_key(&setting.store, "hs", NOW_MS).await.expect("revokes");
        setting.store.writer().execute_unprepared("DELETE FROM signing_keys WHERE kid = 'es'").await.expect("deletes");
        for _ in 0..2 {
            assert_eq!(refresh().await, [mark("revoked"), mark("hs"), mark("es")].into());
        }
        assert!(matches!(setting.refusal(&hs256("hs", &claims("lea"))).await, AuthError::RevokedKey), "no clock moved");
        let identity = setting.auth.user(&hs256("ed", &claims("lea"))).await;
        assert!(matches!(identity, Err(AuthError::WrongAlgorithm(_))), "the others are as they were");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_another_node_encrypted_stays_until_it_is_revoked() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let token = hs256("hs", &claims("lea"));
        assert!(setting.auth.user(&token).await.is_ok());
        let auth = crate::config::Auth { secrets_key: crate::config::Secret::new("ab".repeat(32)), ..Default::default() };
        let secrets = Secrets::new(&auth).expect("a key");
        let (done, unreadable) = key_queries::encrypt_signing_keys(&setting.store, &secrets).await.expect("encrypts");
        assert_eq!((done.len(), unreadable.len()), (3, 0));
        setting.clock.advance_ms(31_000);
        assert!(setting.auth.user(&token).await.is_ok(), "this node was not given the key yet");
        let told = key_queries::signing_key(&setting.store, setting.tenant, "HS256", Some("hs")).await.expect("reads");
        let told = told.expect("is there").material(&setting.secrets).expect_err("is encrypted").to_string();
        assert!(told.contains("`hs`") && told.contains("`auth.secrets_key` is not set"), "{told}");
        key_queries::revoke_signing_key(&setting.store, "hs", NOW_MS).await.expect("revokes");
        setting.clock.advance_ms(31_000);
        assert!(matches!(setting.refusal(&token).await, AuthError::RevokedKey));
    })
    .await;
}

#[tokio::test]
async fn known_keys_outlive_a_database_that_fails() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let token = hs256("hs", &claims("lea"));
        assert!(setting.auth.user(&token).await.is_ok());
        setting.store.writer().execute_unprepared("DROP TABLE signing_keys").await.expect("breaks it");
        setting.clock.advance_ms(31_000);
        assert!(setting.auth.user(&token).await.is_ok());
        let error = setting.refusal(&hs256("unknown", &claims("lea"))).await;
        assert!(matches!(error, AuthError::Store(_)), "whether it exists can't be told: {error}");
        assert_eq!((error.code(), error.close_code()), (ErrorCode::Unavailable, CloseCode::Overloaded));
        assert!(!error.to_string().contains("signing_keys"), "strangers do not read database errors");
    })
    .await;
}

#[tokio::test]
async fn a_person_is_made_and_follows_the_claims() {
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
        assert_eq!(first.profile.status, UserStatus::Active as i32);

        let named = enter(json!({ "name": "Léa Martin", "avatar": "https://a.example/1", "locale": "fr" })).await;
        assert_eq!(named.user, first.user);
        assert_eq!((named.profile.name.as_str(), named.profile.avatar_url.as_str()), ("Léa Martin", "https://a.example/1"));
        assert_eq!(named.locale, "fr");

        let silent = enter(json!({})).await;
        assert_eq!(silent.profile, named.profile, "what is not said stays");
        assert_eq!(enter(json!({ "name": "" })).await.profile.name, "Léa Martin", "an empty name is no name");

        let found = |query: &'static str| {
            let store = setting.store.clone();
            async move { directory::search(store.reader(), setting.tenant, query, 10).await.expect("searches").len() }
        };
        assert_eq!(found("mart lé").await, 1);
        enter(json!({ "name": "Léa Durand" })).await;
        assert_eq!((found("martin").await, found("DURAND").await, found("lea").await), (0, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_older_token_undoes_nothing() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let enter = |issued_s: i64, roles: Value| {
            let said = json!({ "iat": issued_s, "exp": NOW_S + 60, "name": format!("Léa {issued_s}"), "roles": roles });
            let (token, auth) = (hs256("hs", &with(said)), setting.auth.clone());
            async move { auth.user(&token).await.expect("lets in").profile.name }
        };
        let roles = || async {
            let found = people::find_by_external_id(setting.store.reader(), &[(setting.tenant, "lea")]).await;
            found.expect("reads").remove(0).roles
        };
        enter(NOW_S - 50, json!(["teacher"])).await;
        enter(NOW_S - 40, json!([])).await;
        assert_eq!(enter(NOW_S - 50, json!(["teacher"])).await, format!("Léa {}", NOW_S - 40));
        assert_eq!(roles().await, Vec::<String>::new(), "what the newer token took away stays away");

        enter(NOW_S - 30, json!(["teacher"])).await;
        assert_eq!(roles().await, ["teacher"]);
        let profile = people::Profile { external_id: "lea".to_owned(), roles: Some(vec![]), ..people::Profile::default() };
        people::upsert(&setting.store, setting.tenant, &[profile], NOW_MS).await.expect("stores");
        enter(NOW_S - 10, json!(["teacher"])).await;
        assert_eq!(roles().await, Vec::<String>::new(), "nor does a token signed before the back end spoke undo it");
        enter(NOW_S, json!(["teacher"])).await;
        assert_eq!(roles().await, ["teacher"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_says_nothing_new_outdates_older_ones() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let enter = |issued_s: i64, roles: Value| {
            let token = hs256("hs", &with(json!({ "iat": issued_s, "exp": NOW_S + 60, "roles": roles })));
            let auth = setting.auth.clone();
            async move { auth.user(&token).await.expect("lets in") }
        };
        let stored = || async {
            let found = people::find_by_external_id(setting.store.reader(), &[(setting.tenant, "lea")]).await;
            found.expect("reads").remove(0)
        };
        enter(NOW_S - 50, json!(["pupil"])).await;
        enter(NOW_S - 10, json!(["pupil"])).await;
        enter(NOW_S - 30, json!(["teacher"])).await;
        let lea = stored().await;
        assert_eq!((lea.roles.as_slice(), lea.claims_from_s), (["pupil".to_owned()].as_slice(), NOW_S - 10));
        let again = people::Profile {
            roles: Some(vec!["pupil".to_owned()]),
            said_at_s: Some(NOW_S - 10),
            ..people::Profile::default()
        };
        assert!(!again.confirms(&lea), "once per token, not per connection");
        enter(NOW_S - 5, Value::Null).await;
        assert_eq!(stored().await, lea, "one that names no roles confirms none");

        // Others came between what was read and what is written.
        let other = people::User { roles: vec!["teacher".to_owned()], ..lea.clone() };
        people::confirm_claims(&setting.store, &[(&other, NOW_S), (&other, NOW_S - 1)]).await.expect("answers");
        assert_eq!(stored().await, lea);
        people::confirm_claims(&setting.store, &[(&lea, NOW_S), (&lea, NOW_S - 1)]).await.expect("stores");
        assert_eq!(stored().await.claims_from_s, NOW_S);
    })
    .await;
}

#[tokio::test]
async fn the_same_subject_of_another_tenant_is_somebody_else() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let here = setting.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in");
        let key = EncodingKey::from_secret(b"another secret of thirty-two bytes or more");
        let token = signed(r#"{"alg":"HS256","kid":"clinic"}"#, &claims("lea").to_string(), &key, Algorithm::Hs256);
        let there = setting.auth.user(&token).await.expect("lets in");
        assert_eq!((here.tenant, there.tenant), (setting.tenant, setting.other_tenant));
        assert_ne!(here.user, there.user);
        let across = people::find(setting.store.reader(), setting.other_tenant, &[here.user]).await.expect("asks");
        assert_eq!(across, []);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_active_stays_out() {
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
        let stored = people::find(setting.store.reader(), setting.tenant, &[lea]).await.expect("asks");
        assert_eq!(stored[0].name, "lea", "their tokens change nothing");
        setting.says("lea", UserStatus::Active).await;
        assert!(setting.auth.user(&token).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn who_was_invited_is_active_once_they_come() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        setting.says("lea", UserStatus::Invited).await;
        let void = with(json!({ "iat": NOW_S - 1 }));
        let invited = people::find_by_external_id(setting.store.reader(), &[(setting.tenant, "lea")]).await.expect("asks");
        people::revoke_tokens(&setting.store, setting.tenant, invited[0].id, NOW_MS - 1_000).await.expect("revokes");
        assert!(matches!(setting.refusal(&hs256("hs", &void)).await, AuthError::Revoked));
        let identity = setting.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in");
        assert_eq!((identity.user, identity.profile.status), (invited[0].id, UserStatus::Active as i32));
        let stored = people::find(setting.store.reader(), setting.tenant, &[identity.user]).await.expect("asks");
        assert_eq!(stored[0].status, UserStatus::Active);
    })
    .await;
}

#[tokio::test]
async fn revoked_tokens_are_void_and_later_ones_good() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let lea = setting.auth.user(&hs256("hs", &claims("lea"))).await.expect("lets in").user;
        assert!(people::revoke_tokens(&setting.store, setting.tenant, lea, NOW_MS).await.expect("revokes"));
        let error = setting.refusal(&hs256("hs", &with(json!({ "name": "Renamed" })))).await;
        assert!(matches!(error, AuthError::Revoked), "issued in the second of the revocation: {error}");
        assert_eq!(error.close_code(), CloseCode::Revoked);
        setting.clock.advance_ms(1_000);
        let identity = setting.auth.user(&hs256("hs", &with(json!({ "iat": NOW_S + 1 })))).await.expect("a fresh one");
        assert_eq!(identity.profile.name, "lea", "the void token renamed nobody");
        people::revoke_tokens(&setting.store, setting.tenant, lea, NOW_MS - 500_000).await.expect("revokes");
        assert!(
            setting.auth.user(&hs256("hs", &claims("lea"))).await.is_err(),
            "a revocation is not taken back by an earlier one"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_who_arrive_together_share_look_ups() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let arrive = |round: usize| {
            let arrivals = (0..200).map(move |number| {
                let name = format!("Person {number} of {round}");
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
            assert_eq!(users.len(), 100, "one person per subject");
            let look_ups = setting.look_ups() - before;
            assert!(look_ups < 100, "{look_ups} look-ups for 200 arrivals");
        }
        assert_eq!(setting.people().await, 100);
    })
    .await;
}

#[tokio::test]
async fn a_back_end_enters_with_its_key() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let (key, row) = api_key::generate(setting.tenant, "back end", &[Scope::Provision], NOW_MS, Some(NOW_MS + 1_000));
        let id = row.id;
        key_queries::add_api_key(&setting.store, row).await.expect("stores");
        let caller = setting.auth.key(&key).await.expect("lets in");
        assert_eq!((caller.tenant, caller.key, caller.scopes), (setting.tenant, id, vec![Scope::Provision]));

        let (stranger, _) = api_key::generate(setting.tenant, "", &Scope::ALL, NOW_MS, None);
        for wrong in [stranger.as_str(), "", "sk_", &hs256("hs", &claims("lea"))] {
            assert!(matches!(setting.auth.key(wrong).await, Err(AuthError::UnknownApiKey)), "{wrong}");
        }
        setting.clock.advance_ms(1_000);
        assert!(matches!(setting.auth.key(&key).await, Err(AuthError::UnknownApiKey)), "it ended");
        setting.clock.advance_ms(-1_000);
        assert!(key_queries::revoke_api_key(&setting.store, id, NOW_MS).await.expect("revokes").is_some());
        assert!(matches!(setting.auth.key(&key).await, Err(AuthError::UnknownApiKey)), "it was revoked");
    })
    .await;
}

#[test]
fn weak_and_wrong_keys_are_not_taken() {
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
    for (algorithm, material, good) in table {
        let key = algorithm.key(material);
        assert_eq!(key.is_ok(), *good, "{algorithm:?} {:?}: {:?}", material.get(..30), key.err());
    }
}

#[tokio::test]
async fn an_issued_token_is_good() {
    on_each_database(|store| async {
        let setting = Setting::new(store).await;
        let secret = issue::secret();
        key_queries::add_signing_key(&setting.store, &setting.secrets, setting.tenant, "made", "HS256", &secret, NOW_MS)
            .await
            .expect("stores");
        let token = issue::NewToken { sub: "tom", name: Some("Tom"), avatar: None, iat: NOW_S, exp: NOW_S + 60 };
        let token = issue::hs256("made", &secret, &token).expect("signs");
        let identity = setting.auth.user(&token).await.expect("lets in");
        assert_eq!((identity.profile.name.as_str(), identity.expires_at_s), ("Tom", NOW_S + 60));
    })
    .await;
}
