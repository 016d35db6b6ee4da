//! Tests which tokens and keys the server accepts.

mod keys;
mod tokens;
mod users;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use causerie_protocol::{CloseCode, ErrorCode};
use jsonwebtoken::EncodingKey;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{
    keys::Algorithm,
    token::{LEEWAY_S, LIFETIME_MAX_S, TOKEN_BYTES_MAX},
    *,
};
use crate::{
    domain::UserStatus,
    store::queries::{keys as key_queries, tenants, users as user_queries},
    testing::{NOW_MS, TestClock, on_each_database},
};

const NOW_S: i64 = NOW_MS / 1000;
const SECRET: &str = "a secret of thirty-two bytes or more";
const RSA: &str = include_str!("../fixtures/rsa.private.pem");
const RSA_PUBLIC: &str = include_str!("../fixtures/rsa.public.pem");
const RSA_PKCS1: &str = include_str!("../fixtures/rsa.pkcs1.pem");
const RSA_1024_PUBLIC: &str = include_str!("../fixtures/rsa-1024.public.pem");
const P256: &str = include_str!("../fixtures/p256.private.pem");
const P256_PUBLIC: &str = include_str!("../fixtures/p256.public.pem");
const P384_PUBLIC: &str = include_str!("../fixtures/p384.public.pem");
const ED25519: &str = include_str!("../fixtures/ed25519.private.pem");
const ED25519_PUBLIC: &str = include_str!("../fixtures/ed25519.public.pem");

/// A header or claims as a part of a token: JSON in base64url.
fn encoded(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// A token with this header and these claims, signed with `algorithm`, which may differ from the algorithm in the header.
fn signed(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm.into()).expect("signs");
    format!("{message}.{signature}")
}

/// A token with these claims, signed with [`SECRET`].
fn hs256(kid: &str, claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": kid }).to_string();
    signed(&header, &claims.to_string(), &EncodingKey::from_secret(SECRET.as_bytes()), Algorithm::Hs256)
}

/// Valid claims of this user.
fn claims(sub: &str) -> Value {
    json!({ "sub": sub, "iat": NOW_S, "exp": NOW_S + 3600 })
}

/// The claims of Lea with these changes; `null` removes a claim.
fn claims_with(changes: Value) -> Value {
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

/// Two tenants with signing keys, and an authenticator. The tenant has a key for each algorithm, a revoked key and a key
/// that can't be used.
struct Fixture {
    store: Store,
    clock: Arc<TestClock>,
    metrics: Arc<Metrics>,
    auth: Authenticator,
    secrets: Secrets,
    tenant: TenantId,
    other_tenant: TenantId,
}

impl Fixture {
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
            key_queries::add_signing_key(
                store.writer(),
                &Secrets::default(),
                tenant,
                kid,
                algorithm.name(),
                material,
                NOW_MS,
            )
            .await
            .expect("stores");
        }
        assert!(key_queries::revoke_signing_key(store.writer(), tenant, "revoked", NOW_MS).await.expect("revokes"));
        let (clock, metrics) = (TestClock::new(), Arc::new(Metrics::new()));
        let auth = Authenticator::new(
            store.clone(),
            Secrets::default(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&metrics),
        );
        Self { store, clock, metrics, auth, secrets: Secrets::default(), tenant, other_tenant }
    }

    /// The error with which a token is refused.
    async fn refusal(&self, token: &str) -> AuthError {
        match self.auth.user(token).await {
            Err(error) => error,
            Ok(identity) => panic!("let in as {identity:?} with {token}"),
        }
    }

    /// Sets the user's status, as the product's back end does.
    async fn set_status(&self, external_id: &str, status: UserStatus) {
        let profile = user_queries::Profile {
            external_id: external_id.to_owned(),
            status: Some(status),
            ..user_queries::Profile::default()
        };
        user_queries::upsert(&self.store, self.tenant, &[profile], NOW_MS).await.expect("stores");
    }

    /// The number of batches of users that were looked up since the start.
    fn lookup_count(&self) -> u64 {
        let text = self.metrics.encode();
        let count = text.lines().find_map(|line| line.strip_prefix("causerie_lookup_batch_size_count "));
        count.and_then(|count| count.parse().ok()).expect("is listed")
    }

    /// The number of users in the database.
    async fn user_count(&self) -> u64 {
        let row = self.store.reader().query_one_raw(crate::store::rows::statement(
            self.store.backend(),
            "SELECT COUNT(*) AS n FROM users",
            vec![],
        ));
        let count: i64 = row.await.expect("counts").expect("a row").try_get("", "n").expect("a number");
        u64::try_from(count).expect("not negative")
    }
}
