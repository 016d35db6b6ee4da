//! API keys of a tenant's back end: `sk_` and 32 random bytes in base64url, shown once.
//!
//! The server stores only the SHA-256 of a key. A slow hash is needed for passwords, which can be guessed; 256 random bits
//! can't be guessed. The server finds a key by its hash. The response time can show at most how the hash of a guessed key
//! compares with stored hashes, and an attacker can't construct a key from a hash. Therefore no comparison in constant time
//! is needed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use causerie_protocol::TenantId;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::AuthError;
use crate::store::entities::api_key;

const PREFIX: &str = "sk_";
const RANDOM_BYTES: usize = 32;

/// A right that an API key gives to a back end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Scope {
    /// Create and change users and everything else that the product provisions.
    Provision,
    /// Act in the name of a user.
    Act,
    /// Read all data of the tenant.
    Read,
    /// Change the tenant's rules, and read them; retry and delete the tenant's jobs.
    Admin,
    /// Create, list and rename the tenants of this server.
    Tenants,
    /// Operate this server: suspend, resume and delete any of its tenants, and list, create and revoke the keys of any of
    /// them.
    Operate,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 6] = [Self::Provision, Self::Act, Self::Read, Self::Admin, Self::Tenants, Self::Operate];

    /// The name in SQL and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Act => "act",
            Self::Read => "read",
            Self::Admin => "admin",
            Self::Tenants => "tenants",
            Self::Operate => "operate",
        }
    }

    /// Whether the scope concerns all tenants of the server, not only the tenant of the key.
    #[must_use]
    pub fn is_server_wide(self) -> bool {
        match self {
            Self::Provision | Self::Act | Self::Read | Self::Admin => false,
            Self::Tenants | Self::Operate => true,
        }
    }
}

/// A back end whose API key was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiCaller {
    /// The tenant of the back end.
    pub tenant: TenantId,
    /// The id of the API key, for logs and the audit.
    pub key: Uuid,
    /// The scopes of the key.
    pub scopes: Vec<Scope>,
    /// When the key expires, milliseconds since 1970 UTC; `None` if it does not.
    pub expires_at_ms: Option<i64>,
}

impl ApiCaller {
    /// Checks that the key has at least one of these scopes.
    ///
    /// # Errors
    /// [`AuthError::MissingScope`] if the key has none of these scopes.
    pub fn require_any(&self, scopes: &[Scope]) -> Result<(), AuthError> {
        if scopes.iter().any(|scope| self.scopes.contains(scope)) {
            return Ok(());
        }
        let held = if self.scopes.is_empty() { "none".to_owned() } else { names(&self.scopes, ", ") };
        Err(AuthError::MissingScope { needed: names(scopes, " or "), held })
    }

    /// The caller of a stored key.
    ///
    /// # Errors
    /// [`AuthError::UnknownApiKey`] if the key expired or was revoked.
    pub(super) fn from_row(row: api_key::Model, now_ms: i64) -> Result<Self, AuthError> {
        let is_expired = row.expires_at.is_some_and(|expires_at_ms| expires_at_ms <= now_ms);
        if is_expired || row.revoked_at.is_some() {
            return Err(AuthError::UnknownApiKey);
        }
        // A newer server may have stored a name that is not in `Scope`. This server has no endpoint that needs such a scope.
        let scopes = Scope::ALL.into_iter().filter(|scope| row.scopes.split(' ').any(|name| name == scope.name())).collect();
        Ok(Self { tenant: row.tenant_id.into(), key: row.id, scopes, expires_at_ms: row.expires_at })
    }
}

/// Scopes for use in a sentence: `` `read` or `admin` ``.
fn names(scopes: &[Scope], separator: &str) -> String {
    scopes.iter().map(|scope| format!("`{}`", scope.name())).collect::<Vec<_>>().join(separator)
}

/// Generates a key. Returns the text of the key, which the server shows only once, and the row to store. Times are in
/// milliseconds since 1970 UTC; `expires_at_ms` is `None` for a key that does not expire.
#[must_use]
pub fn generate(
    tenant: TenantId,
    name: &str,
    scopes: &[Scope],
    now_ms: i64,
    expires_at_ms: Option<i64>,
) -> (String, api_key::Model) {
    let mut random = [0; RANDOM_BYTES];
    rand::rng().fill_bytes(&mut random);
    let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
    let row = api_key::Model {
        id: Uuid::now_v7(),
        tenant_id: tenant.into(),
        name: name.to_owned(),
        hash: digest(&key),
        scopes: scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" "),
        created_at: now_ms,
        expires_at: expires_at_ms,
        revoked_at: None,
    };
    (key, row)
}

/// The hash of a key, as it is stored; `None` if the text has not the form of a key, so that no query is needed.
#[must_use]
pub fn hash(key: &str) -> Option<String> {
    let random = URL_SAFE_NO_PAD.decode(key.strip_prefix(PREFIX)?).ok()?;
    (random.len() == RANDOM_BYTES).then(|| digest(key))
}

/// The SHA-256 of a key in hexadecimal digits.
fn digest(key: &str) -> String {
    Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(scopes: &[Scope], expires_at: Option<i64>) -> api_key::Model {
        generate(TenantId::new(), "back end", scopes, 1_000, expires_at).1
    }

    #[test]
    fn a_key_is_found_by_its_hash() {
        let (key, row) = generate(TenantId::new(), "back end", &[Scope::Read], 0, None);
        assert!(key.starts_with("sk_") && key.len() == 46, "{key}");
        assert_eq!(hash(&key), Some(row.hash.clone()));
        assert!(!format!("{row:?}").contains(&key[3..]), "the key itself is not stored");
        assert_ne!(generate(TenantId::new(), "", &[], 0, None).0, key);
    }

    #[test]
    fn invalid_texts_are_no_api_keys() {
        let too_long = format!("sk_{}", "A".repeat(8_000));
        for text in ["", "sk_", "sk_short", "pk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "sk_é", &too_long] {
            assert_eq!(hash(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_has_exactly_its_granted_scopes() {
        let caller = ApiCaller::from_row(row(&[Scope::Act, Scope::Read], None), 2_000).expect("valid");
        assert!(caller.require_any(&[Scope::Act]).is_ok());
        assert!(caller.require_any(&[Scope::Admin, Scope::Read]).is_ok());
        let refused = caller.require_any(&[Scope::Admin, Scope::Provision]).expect_err("neither").to_string();
        assert!(refused.contains("the scope `admin` or `provision`, and this key has `act`, `read`"), "{refused}");
        let mut newer = row(&[], None);
        newer.scopes = "provisioning act-as".to_owned();
        assert_eq!(ApiCaller::from_row(newer, 2_000).expect("valid").scopes, []);
    }

    #[test]
    fn an_expired_or_revoked_key_is_refused() {
        assert!(ApiCaller::from_row(row(&[], Some(2_000)), 1_999).is_ok());
        assert!(ApiCaller::from_row(row(&[], Some(2_000)), 2_000).is_err());
        let mut revoked = row(&[], None);
        revoked.revoked_at = Some(1_500);
        assert!(ApiCaller::from_row(revoked, 1_600).is_err());
    }
}
