//! The keys that sign people's tokens, cached.

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

/// A key that is known is trusted this long before it is looked up again; [`KeyCache::refresh`] does that earlier.
const REFRESH_MS: i64 = 30_000;
/// An unknown `kid` may be new, so the database is asked before it is refused; but at most this often, however many are invented.
/// The tokens that name them wait for the next answer.
const ASKED_APART: Duration = Duration::from_secs(1);
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

    /// Some keys are taken and fail only when used, one on another curve for instance.
    fn try_out(self, key: &DecodingKey) -> Result<(), BadMaterial> {
        // Any signature: only whether the key can be used matters.
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

/// A stored key that this server can't verify with.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Unreadable(#[from] UnreadableKey),
    #[error(transparent)]
    Material(#[from] BadMaterial),
}

impl SigningKey {
    /// The same key with what else a newer row says.
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

/// Which key, in 64 bits of a hash of its `kid`: what each session remembers.
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
    /// Those that were revoked, or were known and are not there any more.
    ended: HashSet<KeyMark>,
    /// Those this server can't verify with.
    unusable: HashSet<String>,
    loaded_at_ms: i64,
}

/// When the database was asked for all keys the last time, and whether it answered.
struct Asked {
    at: Instant,
    outcome: Result<(), StoreError>,
}

/// All keys, as of a moment ago.
pub struct KeyCache {
    store: Store,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    snapshot: ArcSwapOption<Snapshot>,
    /// Held while the database is asked: tokens that come meanwhile wait for the same answer.
    asked: Mutex<Option<Asked>>,
}

impl KeyCache {
    /// Nothing is loaded until the first key is asked for.
    #[must_use]
    pub fn new(store: Store, secrets: Secrets, clock: Arc<dyn Clock>) -> Self {
        Self { store, secrets, clock, snapshot: ArcSwapOption::empty(), asked: Mutex::new(None) }
    }

    /// The key of a `kid`, revoked ones included. That there is none is said only after the database was asked since the call.
    ///
    /// # Errors
    /// When it is not known and the database fails.
    pub async fn get(&self, kid: &str) -> Result<Option<Arc<SigningKey>>, StoreError> {
        let called_at = Instant::now();
        if let Some(key) = self.fresh(kid) {
            return Ok(Some(key));
        }
        let mut asked = match (self.known(kid), self.asked.try_lock()) {
            (_, Ok(asked)) => asked,
            // An old key is better than a wait: the look-up of the user asks the database again anyway.
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

    /// Asks the database for all keys now. Answers those that were revoked, or were known and are gone.
    ///
    /// # Errors
    /// When the database fails.
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

    /// The key, if the snapshot is young enough to say whether it was revoked.
    fn fresh(&self, kid: &str) -> Option<Arc<SigningKey>> {
        let snapshot = self.snapshot.load();
        let snapshot = snapshot.as_ref()?;
        let age_ms = self.clock.now_ms().saturating_sub(snapshot.loaded_at_ms);
        // A clock that was set back makes it older than it can tell.
        let key = snapshot.keys.get(kid).filter(|_| (0..REFRESH_MS).contains(&age_ms));
        key.cloned()
    }
}

impl Snapshot {
    /// The keys of these rows, after those of `self`.
    fn next(&self, rows: &[SigningKeyRow], secrets: &Secrets, now_ms: i64) -> Self {
        let mut next = Self { loaded_at_ms: now_ms, ..Self::default() };
        for row in rows {
            match SigningKey::from_row(row, secrets) {
                Ok(key) => {
                    next.keys.insert(row.kid.clone(), Arc::new(key));
                }
                Err(error) => {
                    // Another node may have encrypted it under a key that this one is not given yet.
                    if let (Unusable::Unreadable(_), Some(known)) = (&error, self.keys.get(&row.kid)) {
                        next.keys.insert(row.kid.clone(), Arc::new(known.as_in(row)));
                    }
                    // One bad key must not lock out everybody else. Said once, not at each refresh.
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
