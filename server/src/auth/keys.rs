//! The keys that sign users' tokens, cached in memory.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwapOption;
use causerie_protocol::TenantId;
use jsonwebtoken::DecodingKey;
use sha2::{Digest as _, Sha256};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use crate::{
    clock::Clock,
    secrets::{self, Secrets},
    store::{
        Store, StoreError,
        queries::keys::{self as queries, SigningKeyRow, UnreadableKey},
    },
};

/// How long a cached key is used before all keys are loaded again. [`KeyCache::refresh`] may load them earlier.
const REFRESH_MS: i64 = 30_000;
/// The minimum interval between two queries because of an unknown `kid`. An unknown `kid` may belong to a new key, so the
/// database is queried before the token is refused. However many tokens with unknown `kid`s arrive, they wait for the next
/// query.
const QUERY_INTERVAL_MIN: Duration = Duration::from_secs(1);
/// The minimum length of an HS256 secret. RFC 7518, 3.2: the key must be at least as long as the hash.
const SECRET_BYTES_MIN: usize = 32;
/// The size of a 2,048-bit public key in PKCS #1 with the smallest exponent; RFC 7518, 3.3 allows no shorter key.
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
    /// All algorithms.
    pub const ALL: [Self; 4] = [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name of the algorithm in the header field `alg` and in SQL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm with this name in the header field `alg`; `None` if the server does not support it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Makes a key from its material. For HS256 the material is the shared secret, whose bytes are the bytes of the text;
    /// for the other algorithms it is the public key in PEM.
    ///
    /// # Errors
    /// [`BadMaterial`] if the material is too short, is a private key, or is of another algorithm.
    pub fn key(self, material: &str) -> Result<DecodingKey, BadMaterial> {
        let pem = material.contains("-----BEGIN");
        if self == Self::Hs256 {
            if pem {
                return Err(BadMaterial("is a PEM file, which others may know: HS256 needs a secret"));
            }
            if secrets::is_marked(material) {
                return Err(BadMaterial("begins like a secret that this server encrypted: take another"));
            }
            if material.len() < SECRET_BYTES_MIN {
                return Err(BadMaterial(
                    "is shorter than 32 bytes: `openssl rand -hex 32` makes a secret, and so does --generate",
                ));
            }
            return Ok(DecodingKey::from_secret(material.as_bytes()));
        }
        if !pem {
            return Err(BadMaterial("is not a PEM file: it must begin with `-----BEGIN PUBLIC KEY-----`"));
        }
        if material.contains("PRIVATE KEY") {
            return Err(BadMaterial(
                "is a private key, which stays with the product: give the public key, as `openssl pkey -in FILE -pubout` prints it",
            ));
        }
        let key = match self {
            Self::Rs256 => DecodingKey::from_rsa_pem(material.as_bytes()),
            Self::Es256 => DecodingKey::from_ec_pem(material.as_bytes()),
            Self::EdDsa | Self::Hs256 => DecodingKey::from_ed_pem(material.as_bytes()),
        };
        let key = key.map_err(|_| BadMaterial("is not a public key of this algorithm: RS256 needs an RSA key, ES256 an EC key on P-256, EdDSA an Ed25519 key"))?;
        if self == Self::Rs256 && key.try_get_as_bytes().map_or(0, <[u8]>::len) < RSA_DER_BYTES_MIN {
            return Err(BadMaterial("is shorter than 2048 bits: make a longer one"));
        }
        self.check_usable(&key)?;
        Ok(key)
    }

    /// Checks that signatures can be verified with a key. `jsonwebtoken` accepts some unusable keys, for example a key on
    /// another curve, and returns an error only when the key is used.
    fn check_usable(self, key: &DecodingKey) -> Result<(), BadMaterial> {
        // For a wrong signature `verify` returns `false`; it returns an error only for an unusable key.
        let signature = "A".repeat(86);
        jsonwebtoken::crypto::verify(&signature, b"tried out", key, self.into())
            .map(|_| ())
            .map_err(|_| BadMaterial("is not a public key of this algorithm: RS256 needs an RSA key, ES256 an EC key on P-256, EdDSA an Ed25519 key"))
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

/// The reason why the material can't be used as a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {0}")]
pub struct BadMaterial(&'static str);

/// A key that is ready to verify tokens.
pub struct SigningKey {
    /// The tenant whose users' tokens the key signs.
    pub tenant: TenantId,
    /// The only algorithm that the key is used with.
    pub algorithm: Algorithm,
    /// The key was revoked, so all tokens that it signed are void.
    pub revoked: bool,
    pub(super) decoding: DecodingKey,
}

/// The reason why this server can't verify tokens with a stored key.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Unreadable(#[from] UnreadableKey),
    #[error(transparent)]
    Material(#[from] BadMaterial),
}

impl SigningKey {
    /// The same key with the revocation state of a newer row.
    fn with_revocation_of(&self, row: &SigningKeyRow) -> Self {
        let (tenant, algorithm, decoding) = (self.tenant, self.algorithm, self.decoding.clone());
        Self { tenant, algorithm, revoked: row.revoked_at_ms.is_some(), decoding }
    }

    /// Decrypts and parses a stored key.
    fn from_row(row: &SigningKeyRow, secrets: &Secrets) -> Result<Self, Unusable> {
        let algorithm =
            Algorithm::from_name(&row.algorithm).ok_or(BadMaterial("has an algorithm this server does not know"))?;
        let decoding = algorithm.key(row.material(secrets)?.expose())?;
        Ok(Self { tenant: row.tenant, algorithm, revoked: row.revoked_at_ms.is_some(), decoding })
    }
}

/// Identifies a signing key by 64 bits of a hash of its `kid`. Each session stores the mark of the key that signed its
/// token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyMark(pub u64);

impl KeyMark {
    /// The mark of a `kid`.
    #[must_use]
    pub fn of(kid: &str) -> Self {
        let hash: [u8; 32] = Sha256::digest(kid).into();
        Self(hash.iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte)))
    }
}

/// All signing keys, as they were in the database at one time.
#[derive(Default)]
struct Snapshot {
    /// The keys that can be used, by `kid`.
    keys: HashMap<String, Arc<SigningKey>>,
    /// Keys that were revoked, and keys that were once loaded and have been deleted since.
    ended: HashSet<KeyMark>,
    /// The `kid`s of keys with which this server can't verify tokens.
    unusable: HashSet<String>,
    /// The time of the query. Milliseconds since 1970 UTC.
    loaded_at_ms: i64,
}

/// The last query of all keys.
struct LastQuery {
    /// When the query began.
    begun_at: Instant,
    /// Whether the database answered.
    outcome: Result<(), StoreError>,
}

/// Caches all signing keys.
pub struct KeyCache {
    store: Store,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    snapshot: ArcSwapOption<Snapshot>,
    /// Locked during a query, so that tokens that arrive meanwhile wait for the same answer.
    last_query: Mutex<Option<LastQuery>>,
}

impl KeyCache {
    /// Makes an empty cache. The first call of `get` or `refresh` loads the keys.
    #[must_use]
    pub fn new(store: Store, secrets: Secrets, clock: Arc<dyn Clock>) -> Self {
        Self { store, secrets, clock, snapshot: ArcSwapOption::empty(), last_query: Mutex::new(None) }
    }

    /// The key with this `kid`, even if the key was revoked. Returns `None` only if a query that began after this call found
    /// no key with this `kid`.
    ///
    /// # Errors
    /// `StoreError` if the key is not cached and the database does not answer.
    pub async fn get(&self, kid: &str) -> Result<Option<Arc<SigningKey>>, StoreError> {
        let called_at = Instant::now();
        if let Some(key) = self.fresh(kid) {
            return Ok(Some(key));
        }
        let mut last_query = match (self.cached(kid), self.last_query.try_lock()) {
            (_, Ok(last_query)) => last_query,
            // Another task queries the keys. The old key is used instead of waiting: the look-up of the user, which follows,
            // queries the database anyway.
            (Some(old), Err(_)) => return Ok(Some(old)),
            (None, Err(_)) => self.last_query.lock().await,
        };
        if let Some(key) = self.fresh(kid) {
            return Ok(Some(key));
        }
        let is_cached = self.cached(kid).is_some();
        let is_recent_enough = |last: &LastQuery| {
            last.begun_at >= called_at
                || (is_cached && last.outcome.is_err() && last.begun_at.elapsed() < QUERY_INTERVAL_MIN)
        };
        if !last_query.as_ref().is_some_and(is_recent_enough) {
            if let Some(last) = last_query.as_ref().filter(|_| !is_cached) {
                sleep_until(last.begun_at + QUERY_INTERVAL_MIN).await;
            }
            self.query_keys(&mut last_query).await;
        }
        match (last_query.as_ref().map(|last| &last.outcome), self.cached(kid)) {
            (Some(Err(error)), None) => Err(error.clone()),
            (_, cached) => Ok(cached),
        }
    }

    /// Queries all keys now. Returns the keys that were revoked, and the keys that were once loaded and have been deleted
    /// since.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn refresh(&self) -> Result<HashSet<KeyMark>, StoreError> {
        let mut last_query = self.last_query.lock().await;
        self.query_keys(&mut last_query).await;
        if let Some(LastQuery { outcome: Err(error), .. }) = &*last_query {
            return Err(error.clone());
        }
        Ok(self.snapshot.load().as_ref().map(|snapshot| snapshot.ended.clone()).unwrap_or_default())
    }

    /// Queries all keys and stores the result as the snapshot.
    async fn query_keys(&self, last_query: &mut Option<LastQuery>) {
        let begun_at = Instant::now();
        let outcome = queries::signing_keys(&self.store).await.map(|rows| {
            let before = self.snapshot.load_full().unwrap_or_default();
            self.snapshot.store(Some(Arc::new(before.next(&rows, &self.secrets, self.clock.now_ms()))));
        });
        if let Err(error) = &outcome {
            tracing::warn!(%error, "signing keys can't be refreshed");
        }
        *last_query = Some(LastQuery { begun_at, outcome });
    }

    /// The key in the snapshot, however old the snapshot is.
    fn cached(&self, kid: &str) -> Option<Arc<SigningKey>> {
        self.snapshot.load().as_ref()?.keys.get(kid).cloned()
    }

    /// The key, if the snapshot is younger than `REFRESH_MS`, so that a revocation is noticed in time.
    fn fresh(&self, kid: &str) -> Option<Arc<SigningKey>> {
        let snapshot = self.snapshot.load();
        let snapshot = snapshot.as_ref()?;
        let age_ms = self.clock.now_ms().saturating_sub(snapshot.loaded_at_ms);
        // If the clock was set back, the age is negative and the real age is unknown. The snapshot then counts as too old.
        let key = snapshot.keys.get(kid).filter(|_| (0..REFRESH_MS).contains(&age_ms));
        key.cloned()
    }
}

impl Snapshot {
    /// Makes the snapshot of these rows. `self` is the snapshot before it.
    fn next(&self, rows: &[SigningKeyRow], secrets: &Secrets, now_ms: i64) -> Self {
        let mut next = Self { loaded_at_ms: now_ms, ..Self::default() };
        for row in rows {
            match SigningKey::from_row(row, secrets) {
                Ok(key) => {
                    next.keys.insert(row.kid.clone(), Arc::new(key));
                }
                Err(error) => {
                    // Another node may have encrypted the row with a secrets key that this node does not have yet.
                    if let (Unusable::Unreadable(_), Some(known)) = (&error, self.keys.get(&row.kid)) {
                        next.keys.insert(row.kid.clone(), Arc::new(known.with_revocation_of(row)));
                    }
                    // One bad key must not make the other keys unusable. The error is logged once, not at each refresh.
                    if !self.unusable.contains(&row.kid) && row.revoked_at_ms.is_none() {
                        tracing::error!(
                            kid = row.kid, tenant_id = %row.tenant, %error,
                            "a signing key can't be used: tokens of this key are refused"
                        );
                    }
                    next.unusable.insert(row.kid.clone());
                }
            }
        }
        let revoked = rows.iter().filter(|row| row.revoked_at_ms.is_some()).map(|row| KeyMark::of(&row.kid));
        let stored: HashSet<KeyMark> = rows.iter().map(|row| KeyMark::of(&row.kid)).collect();
        let before = self.keys.keys().map(|kid| KeyMark::of(kid)).chain(self.ended.iter().copied());
        next.ended = revoked.chain(before.filter(|mark| !stored.contains(mark))).collect();
        next
    }
}
