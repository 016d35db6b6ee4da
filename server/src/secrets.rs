//! Encrypts the tenants' secrets in the database, under a key that the database does not hold.
//!
//! A stored secret is either plain text, or `$causerie$1$<key id>$<base64url of nonce, ciphertext and tag>`: AES-256-GCM
//! with a random nonce. The key id is the beginning of a hash of the key, so that a wrong key is recognised. The owner of
//! the secret is authenticated data of the encryption, so a ciphertext that was copied into another row can't be decrypted
//! there.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::RngCore as _;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};

use crate::config::{Auth, NotAKey, Secret};

/// The beginning of an encrypted secret.
const MARK: &str = "$causerie$";
const VERSION: &str = "1";

/// The keys of `auth.secrets_key` and `auth.secrets_keys_old`. Cheap to clone.
#[derive(Clone, Default)]
pub struct Secrets(Arc<Keys>);

#[derive(Default)]
struct Keys {
    /// The key for new secrets. Without it, new secrets are stored as plain text.
    current: Option<Key>,
    /// Earlier keys, which only decrypt.
    old: Vec<Key>,
}

struct Key {
    id: String,
    cipher: LessSafeKey,
}

/// The reason why a stored secret can't be decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the error texts describe the variants
pub enum Unreadable {
    #[error("its secret is encrypted under the key `{id}`, and `auth.secrets_key` is not set")]
    NoKey { id: String },
    #[error(
        "its secret is encrypted under the key `{id}`; `auth.secrets_key` is the key `{given}`, and `auth.secrets_keys_old` does not hold `{id}`"
    )]
    OtherKey { id: String, given: String },
    #[error("its secret is encrypted under the key `{id}`, but was changed since")]
    Changed { id: String },
    #[error("its secret is encrypted in a form this version does not know")]
    UnknownForm,
}

impl Secrets {
    /// Reads the keys from the settings.
    ///
    /// # Errors
    /// [`NotAKey`] if `auth.secrets_key` or a part of `auth.secrets_keys_old` is not a key.
    pub fn new(auth: &Auth) -> Result<Self, NotAKey> {
        let current = auth.current()?.map(|bytes| Key::new(&bytes));
        let old = auth.old()?.iter().map(Key::new).collect();
        Ok(Self(Arc::new(Keys { current, old })))
    }

    /// The id of the key for new secrets; `None` if new secrets are stored as plain text.
    #[must_use]
    pub fn current_id(&self) -> Option<&str> {
        self.0.current.as_ref().map(|key| key.id.as_str())
    }

    /// Encrypts a secret for storage. [`Secrets::open`] needs the same `owner`, which names the row that the secret belongs
    /// to.
    #[must_use]
    pub fn seal(&self, secret: &str, owner: &str) -> String {
        let Some(key) = &self.0.current else { return secret.to_owned() };
        let mut nonce = [0; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        let mut sealed = secret.as_bytes().to_vec();
        key.cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut sealed)
            .expect("a secret is far shorter than 64 GiB");
        let payload = URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
        format!("{MARK}{VERSION}${}${payload}", key.id)
    }

    /// Decrypts a stored secret.
    ///
    /// # Errors
    /// [`Unreadable`] if the key is missing, the stored text was changed or encrypted for another owner, or its form is
    /// unknown.
    pub fn open(&self, stored: &str, owner: &str) -> Result<Secret, Unreadable> {
        let Some(id) = key_id(stored)? else { return Ok(Secret::new(stored)) };
        let mut keys = self.0.current.iter().chain(&self.0.old);
        let Some(key) = keys.find(|key| key.id == id) else {
            let id = id.to_owned();
            return Err(match self.current_id() {
                Some(given) => Unreadable::OtherKey { id, given: given.to_owned() },
                None => Unreadable::NoKey { id },
            });
        };
        let changed = || Unreadable::Changed { id: id.to_owned() };
        let payload = stored.rsplit('$').next().unwrap_or_default();
        let mut payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| changed())?;
        let (nonce, sealed) = payload.split_at_mut_checked(NONCE_LEN).ok_or_else(changed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| changed())?;
        let secret = key.cipher.open_in_place(nonce, Aad::from(owner), sealed).map_err(|_| changed())?;
        std::str::from_utf8(secret).map(Secret::new).map_err(|_| changed())
    }
}

impl Key {
    fn new(bytes: &[u8; 32]) -> Self {
        let hash = Sha256::new().chain_update("causerie secrets key").chain_update(bytes).finalize();
        let id = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("AES-256 has keys of 32 bytes");
        Self { id, cipher: LessSafeKey::new(key) }
    }
}

/// Whether [`Secrets::open`] reads the text as an encrypted secret.
#[must_use]
pub fn is_marked(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The id of the key under which a stored secret is encrypted; `None` if the secret is plain text.
///
/// # Errors
/// [`Unreadable::UnknownForm`] if it is encrypted in a form that this version does not know.
pub fn key_id(stored: &str) -> Result<Option<&str>, Unreadable> {
    let Some(rest) = stored.strip_prefix(MARK) else { return Ok(None) };
    let mut parts = rest.split('$');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(VERSION), Some(id), Some(_), None) => Ok(Some(id)),
        _ => Err(Unreadable::UnknownForm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(current: &str, old: &str) -> Secrets {
        let key = |digit: &str| Secret::new(digit.repeat(64));
        Secrets::new(&Auth { secrets_key: key(current), secrets_keys_old: key(old) }).expect("keys")
    }

    #[test]
    fn a_secret_is_decrypted_only_with_its_key_and_for_its_owner() {
        let stored = secrets("a", "").seal("hunter2", "key lea");
        assert!(!stored.contains("hunter2"), "{stored}");
        assert_ne!(stored, secrets("a", "").seal("hunter2", "key lea"), "a nonce is used once");
        assert_eq!(secrets("a", "").open(&stored, "key lea"), Ok(Secret::new("hunter2")));
        assert_eq!(secrets("b", "a").open(&stored, "key lea"), Ok(Secret::new("hunter2")), "after a change of keys");
        assert!(matches!(secrets("a", "").open(&stored, "key tom"), Err(Unreadable::Changed { .. })));

        let message = secrets("b", "").open(&stored, "key lea").expect_err("another key").to_string();
        assert!(
            message.contains("`auth.secrets_key` is the key `") && message.contains("auth.secrets_keys_old"),
            "{message}"
        );
        let message = secrets("", "").open(&stored, "key lea").expect_err("no key").to_string();
        assert!(message.contains("`auth.secrets_key` is not set"), "{message}");
    }

    #[test]
    fn a_plain_secret_is_returned_unchanged() {
        assert_eq!(secrets("", "").seal("hunter2", "key lea"), "hunter2");
        for secrets in [secrets("", ""), secrets("a", "b")] {
            assert_eq!(secrets.open("hunter2", "key lea"), Ok(Secret::new("hunter2")));
        }
    }

    #[test]
    fn any_change_of_a_stored_secret_is_detected() {
        let secrets = secrets("a", "");
        let stored = secrets.seal("hunter2", "key lea");
        for index in 0..stored.len() {
            let mut changed = stored.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            let opened = secrets.open(&changed, "key lea");
            // With a changed prefix, the text counts as a plain secret, which verifies no token.
            assert!(opened.is_err() || !changed.starts_with(MARK), "{changed}: {opened:?}");
            assert_ne!(opened, Ok(Secret::new("hunter2")), "{changed}");
        }
        for invalid in ["$causerie$", "$causerie$2$ab$cd", "$causerie$1$ab", "$causerie$1$a$b$c"] {
            assert_eq!(secrets.open(invalid, "key lea"), Err(Unreadable::UnknownForm), "{invalid}");
        }
        let id = secrets.current_id().expect("is set").to_owned();
        for short in ["", "AAAA", "=", "AAAAAAAAAAAAAAAA"] {
            let invalid = format!("$causerie$1${id}${short}");
            assert_eq!(secrets.open(&invalid, "key lea"), Err(Unreadable::Changed { id: id.clone() }), "{invalid}");
        }
    }
}
