//! The keys that sign people's tokens, cached.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwapOption;
use causerie_protocol::TenantId;
use jsonwebtoken::DecodingKey;
use tokio::sync::Mutex;

use crate::{
    clock::Clock,
    store::{
        Store, StoreError,
        queries::keys::{self as queries, SigningKeyRow},
    },
};

/// A key that is known is trusted this long before it is looked up again: how late a revocation binds on another node.
const REFRESH_MS: i64 = 30_000;
/// A `kid` that is not known may be new, but whoever invents one must not make us ask the database each time.
const REFRESH_UNKNOWN_MS: i64 = 5_000;
/// RFC 7518, 3.2: a key as long as the hash.
const SECRET_BYTES_MIN: usize = 32;
/// A public key of 2,048 bits in PKCS #1 with the smallest exponent; RFC 7518, 3.3 allows no shorter.
const RSA_DER_BYTES_MIN: usize = 268;

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Algorithm {
    /// HMAC with SHA-256: one secret, shared by product and server.
    #[value(name = "HS256")]
    Hs256,
    /// RSA, PKCS #1 v1.5 with SHA-256.
    #[value(name = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[value(name = "ES256")]
    Es256,
    /// Ed25519.
    #[value(name = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in `alg` and in SQL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Makes a key of its material: the shared secret (HS256, the bytes of the text) or the public key in PEM.
    ///
    /// # Errors
    /// When the material is weak, private, or of another algorithm.
    pub fn key(self, material: &str) -> Result<DecodingKey, BadMaterial> {
        let pem = material.contains("-----BEGIN");
        if self == Self::Hs256 {
            if pem {
                return Err(BadMaterial("is a PEM file, which others may know: HS256 needs a secret"));
            }
            if material.len() < SECRET_BYTES_MIN {
                return Err(BadMaterial("is shorter than 32 bytes"));
            }
            return Ok(DecodingKey::from_secret(material.as_bytes()));
        }
        if !pem {
            return Err(BadMaterial("is not a PEM file"));
        }
        if material.contains("PRIVATE KEY") {
            return Err(BadMaterial("is a private key: the product keeps that, this server needs the public one"));
        }
        let key = match self {
            Self::Rs256 => DecodingKey::from_rsa_pem(material.as_bytes()),
            Self::Es256 => DecodingKey::from_ec_pem(material.as_bytes()),
            Self::EdDsa | Self::Hs256 => DecodingKey::from_ed_pem(material.as_bytes()),
        };
        let key = key.map_err(|_| BadMaterial("is not a public key of this algorithm"))?;
        if self == Self::Rs256 && key.try_get_as_bytes().map_or(0, <[u8]>::len) < RSA_DER_BYTES_MIN {
            return Err(BadMaterial("is shorter than 2048 bits"));
        }
        self.try_out(&key)?;
        Ok(key)
    }

    /// Some keys are taken and fail only when used, one on another curve for instance.
    fn try_out(self, key: &DecodingKey) -> Result<(), BadMaterial> {
        // Any signature: only whether the key can be used matters.
        let signature = "A".repeat(86);
        jsonwebtoken::crypto::verify(&signature, b"tried out", key, self.into())
            .map(|_| ())
            .map_err(|_| BadMaterial("is not a public key of this algorithm"))
    }
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Hs256 => Self::HS256,
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Es256 => Self::ES256,
            Algorithm::EdDsa => Self::EdDSA,
        }
    }
}

/// The key can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {0}")]
pub struct BadMaterial(&'static str);

/// A key ready to verify with.
pub struct SigningKey {
    /// Whose people it signs for.
    pub tenant: TenantId,
    /// The only algorithm it is used with.
    pub algorithm: Algorithm,
    /// Tokens it signed are void.
    pub revoked: bool,
    pub(super) decoding: DecodingKey,
}

impl SigningKey {
    fn from_row(row: &SigningKeyRow) -> Result<Self, BadMaterial> {
        let algorithm =
            Algorithm::from_name(&row.algorithm).ok_or(BadMaterial("has an algorithm this server does not know"))?;
        let decoding = algorithm.key(row.material.expose())?;
        Ok(Self { tenant: row.tenant, algorithm, revoked: row.revoked_at_ms.is_some(), decoding })
    }
}

struct Snapshot {
    keys: HashMap<String, Arc<SigningKey>>,
    loaded_at_ms: i64,
}

/// All keys, as of a moment ago.
pub struct KeyCache {
    store: Store,
    clock: Arc<dyn Clock>,
    snapshot: ArcSwapOption<Snapshot>,
    /// Whoever finds the snapshot too old loads the next one; others wait for it.
    loading: Mutex<()>,
}

impl KeyCache {
    /// Nothing is loaded until the first key is asked for.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, snapshot: ArcSwapOption::empty(), loading: Mutex::new(()) }
    }

    /// The key of a `kid`, revoked ones included.
    ///
    /// # Errors
    /// When it is not known and the database fails.
    pub async fn get(&self, kid: &str) -> Result<Option<Arc<SigningKey>>, StoreError> {
        if let Some(known) = self.fresh(kid) {
            return Ok(known);
        }
        let _one_at_a_time = self.loading.lock().await;
        if let Some(known) = self.fresh(kid) {
            return Ok(known);
        }
        match queries::signing_keys(&self.store).await {
            Ok(rows) => {
                let snapshot = Arc::new(Snapshot { keys: usable(&rows), loaded_at_ms: self.clock.now_ms() });
                self.snapshot.store(Some(Arc::clone(&snapshot)));
                Ok(snapshot.keys.get(kid).cloned())
            }
            // An old key is better than none: the person's own look-up asks the database again anyway.
            Err(error) => match self.snapshot.load().as_ref().and_then(|snapshot| snapshot.keys.get(kid).cloned()) {
                Some(key) => {
                    tracing::warn!(%error, "signing keys can't be refreshed");
                    Ok(Some(key))
                }
                None => Err(error),
            },
        }
    }

    /// The answer, if the snapshot is young enough to give it.
    fn fresh(&self, kid: &str) -> Option<Option<Arc<SigningKey>>> {
        let snapshot = self.snapshot.load();
        let snapshot = snapshot.as_ref()?;
        let known = snapshot.keys.get(kid).cloned();
        let age_ms = self.clock.now_ms().saturating_sub(snapshot.loaded_at_ms);
        let age_ms_max = if known.is_some() { REFRESH_MS } else { REFRESH_UNKNOWN_MS };
        // A clock that was set back makes it older than it can tell.
        (0..age_ms_max).contains(&age_ms).then_some(known)
    }
}

fn usable(rows: &[SigningKeyRow]) -> HashMap<String, Arc<SigningKey>> {
    let mut keys = HashMap::with_capacity(rows.len());
    for row in rows {
        match SigningKey::from_row(row) {
            Ok(key) => {
                keys.insert(row.kid.clone(), Arc::new(key));
            }
            // One bad key must not lock out everybody else.
            Err(error) => tracing::error!(kid = row.kid, tenant_id = %row.tenant, %error, "signing key left out"),
        }
    }
    keys
}
