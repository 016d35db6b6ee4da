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

/// A cached key is used for this long before it is loaded again; [`KeyCache::refresh`] loads it earlier.
const REFRESH_MS: i64 = 30_000;
/// An unknown `kid` may belong to a new key, so the database is queried before the token is refused. The queries are at
/// least this far apart, however many unknown `kid`s arrive; tokens with an unknown `kid` wait for the next query.
const ASKED_APART: Duration = Duration::from_secs(1);
/// RFC 7518, 3.2: the key must be at least as long as the hash.
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

    /// The algorithm with this name in `alg`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Makes a key from its material: the shared secret (HS256, the bytes of the text) or the public key in PEM.
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
        self.try_out(&key)?;
        Ok(key)
    }

    /// Verifies a dummy signature: jsonwebtoken accepts some unusable keys, for instance a key on another curve, and fails
    /// only when the key is used.
    fn try_out(self, key: &DecodingKey) -> Result<(), BadMaterial> {
        // Any signature will do: only an unusable key makes `verify` return an error.
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

/// The key can't be used; the text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {0}")]
pub struct BadMaterial(&'static str);

/// A key that is ready to verify tokens.
pub struct SigningKey {
    /// The tenant whose users' tokens the key signs.
    pub tenant: TenantId,
    /// The only algorithm that the key is used with.
    pub algorithm: Algorithm,
    /// The key was revoked: tokens that it signed are void.
    pub revoked: bool,
    pub(super) decoding: DecodingKey,
}

/// A stored key that this server can't verify with.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Unreadable(#[from] UnreadableKey),
    #[error(transparent)]
    Material(#[from] BadMaterial),
}

impl SigningKey {
    /// The same decoding key with the revocation state of a newer row.
    fn as_in(&self, row: &SigningKeyRow) -> Self {
        let (tenant, algorithm, decoding) = (self.tenant, self.algorithm, self.decoding.clone());
        Self { tenant, algorithm, revoked: row.revoked_at_ms.is_some(), decoding }
    }

    fn from_row(row: &SigningKeyRow, secrets: &Secrets) -> Result<Self, Unusable> {
        let algorithm =
            Algorithm::from_name(&row.algorithm).ok_or(BadMaterial("has an algorithm this server does not know"))?;
        let decoding = algorithm.key(row.material(secrets)?.expose())?;
        Ok(Self { tenant: row.tenant, algorithm, revoked: row.revoked_at_ms.is_some(), decoding })
    }
}

/// Identifies a key by 64 bits of a hash of its `kid`. Each session stores the mark of the key that signed its token.
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

#[derive(Default)]
struct Snapshot {
    keys: HashMap<String, Arc<SigningKey>>,
    /// Keys that were revoked, and keys that were once loaded and have been deleted since.
    ended: HashSet<KeyMark>,
    /// The `kid`s of keys that this server can't verify with.
    unusable: HashSet<String>,
    loaded_at_ms: i64,
}

/// When all keys were last queried, and whether the database answered.
struct Asked {
    at: Instant,
    outcome: Result<(), StoreError>,
}

/// All signing keys, as they were at the last query.
pub struct KeyCache {
    store: Store,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    snapshot: ArcSwapOption<Snapshot>,
    /// Locked during a query: tokens that arrive meanwhile wait for the same answer.
    asked: Mutex<Option<Asked>>,
}

impl KeyCache {
    /// Makes an empty cache. The first call of `get` or `refresh` loads the keys.
    #[must_use]
    pub fn new(store: Store, secrets: Secrets, clock: Arc<dyn Clock>) -> Self {
        Self { store, secrets, clock, snapshot: ArcSwapOption::empty(), asked: Mutex::new(None) }
    }

    /// The key with this `kid`, even if it was revoked. `None` only after a query that began after this call found no such
    /// key.
    ///
    /// # Errors
    /// `StoreError` if the key is not cached and the database does not answer.
    pub async fn get(&self, kid: &str) -> Result<Option<Arc<SigningKey>>, StoreError> {
        let called_at = Instant::now();
        if let Some(key) = self.fresh(kid) {
            return Ok(Some(key));
        }
        let mut asked = match (self.known(kid), self.asked.try_lock()) {
            (_, Ok(asked)) => asked,
            // An old key is better than a wait: the user look-up that follows queries the database anyway.
            (Some(old), Err(_)) => return Ok(Some(old)),
            (None, Err(_)) => self.asked.lock().await,
        };
        if let Some(key) = self.fresh(kid) {
            return Ok(Some(key));
        }
        let known = self.known(kid).is_some();
        let enough =
            |last: &Asked| last.at >= called_at || (known && last.outcome.is_err() && last.at.elapsed() < ASKED_APART);
        if !asked.as_ref().is_some_and(enough) {
            if let Some(last) = asked.as_ref().filter(|_| !known) {
                sleep_until(last.at + ASKED_APART).await;
            }
            self.ask(&mut asked).await;
        }
        match (asked.as_ref().map(|last| &last.outcome), self.known(kid)) {
            (Some(Err(error)), None) => Err(error.clone()),
            (_, known) => Ok(known),
        }
    }

    /// Queries all keys now. Returns the keys that were revoked, and the keys that were once loaded and have been deleted
    /// since.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn refresh(&self) -> Result<HashSet<KeyMark>, StoreError> {
        let mut asked = self.asked.lock().await;
        self.ask(&mut asked).await;
        if let Some(Asked { outcome: Err(error), .. }) = &*asked {
            return Err(error.clone());
        }
        Ok(self.snapshot.load().as_ref().map(|snapshot| snapshot.ended.clone()).unwrap_or_default())
    }

    async fn ask(&self, asked: &mut Option<Asked>) {
        let at = Instant::now();
        let outcome = queries::signing_keys(&self.store).await.map(|rows| {
            let before = self.snapshot.load_full().unwrap_or_default();
            self.snapshot.store(Some(Arc::new(before.next(&rows, &self.secrets, self.clock.now_ms()))));
        });
        if let Err(error) = &outcome {
            tracing::warn!(%error, "signing keys can't be refreshed");
        }
        *asked = Some(Asked { at, outcome });
    }

    fn known(&self, kid: &str) -> Option<Arc<SigningKey>> {
        self.snapshot.load().as_ref()?.keys.get(kid).cloned()
    }

    /// The key, if the snapshot is younger than `REFRESH_MS`, so that a revocation is noticed in time.
    fn fresh(&self, kid: &str) -> Option<Arc<SigningKey>> {
        let snapshot = self.snapshot.load();
        let snapshot = snapshot.as_ref()?;
        let age_ms = self.clock.now_ms().saturating_sub(snapshot.loaded_at_ms);
        // After the clock was set back the age is negative and says nothing, so the snapshot counts as too old.
        let key = snapshot.keys.get(kid).filter(|_| (0..REFRESH_MS).contains(&age_ms));
        key.cloned()
    }
}

impl Snapshot {
    /// The snapshot of these rows, which follows `self`.
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
                        next.keys.insert(row.kid.clone(), Arc::new(known.as_in(row)));
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
        let there: HashSet<KeyMark> = rows.iter().map(|row| KeyMark::of(&row.kid)).collect();
        let before = self.keys.keys().map(|kid| KeyMark::of(kid)).chain(self.ended.iter().copied());
        next.ended = revoked.chain(before.filter(|mark| !there.contains(mark))).collect();
        next
    }
}
