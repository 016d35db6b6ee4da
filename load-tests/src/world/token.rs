//! Tokens as the back end of a product signs them.

use std::{fs, path::Path, time::SystemTime};

use clap::ValueEnum;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

use crate::Outcome;

/// The validity of a token. It is longer than any run.
const LIFETIME_S: u64 = 6 * 3_600;

/// The algorithm of the signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Signing {
    /// A shared secret.
    #[value(name = "HS256")]
    Hs256,
    /// A private key on the curve P-256, in PKCS#8.
    #[value(name = "ES256")]
    Es256,
    /// A private RSA key.
    #[value(name = "RS256")]
    Rs256,
    /// A private Ed25519 key.
    #[value(name = "EdDSA")]
    EdDsa,
}

/// The key of a tenant, by which tokens for all its users are signed. Its debug output does not contain the key.
#[derive(Clone, Serialize, Deserialize)]
pub struct Issuer {
    kid: String,
    signing: Signing,
    key: String,
}

/// Signs tokens for the users of a tenant.
pub struct Signer {
    header: Header,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iat: u64,
    exp: u64,
}

impl Issuer {
    /// An issuer with the secret that the server printed.
    #[must_use]
    pub fn of_secret(kid: &str, secret: &str) -> Self {
        Self { kid: kid.to_owned(), signing: Signing::Hs256, key: secret.to_owned() }
    }

    /// An issuer with the secret, or the private key in PEM, of a file.
    ///
    /// # Errors
    /// When the file can't be read or contains no key of this kind.
    pub fn of_file(kid: &str, signing: Signing, file: &Path) -> Outcome<Self> {
        let wrong = |why: String| format!("--key-file {}: {why}", file.display());
        let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        // Reads a secret in the same way as the server.
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let key = line.strip_suffix('\r').unwrap_or(line).to_owned();
        let issuer = Self { kid: kid.to_owned(), signing, key };
        let not_one = |error| wrong(format!("holds no key for {signing:?}, which --algorithm chooses ({error})"));
        issuer.signer().map_err(not_one)?;
        Ok(issuer)
    }

    /// The signer of this key.
    ///
    /// # Errors
    /// When the key does not fit the algorithm.
    pub fn signer(&self) -> Outcome<Signer> {
        let key = self.key.as_bytes();
        let (algorithm, key) = match self.signing {
            Signing::Hs256 => (Algorithm::HS256, EncodingKey::from_secret(key)),
            Signing::Es256 => (Algorithm::ES256, EncodingKey::from_ec_pem(key)?),
            Signing::Rs256 => (Algorithm::RS256, EncodingKey::from_rsa_pem(key)?),
            Signing::EdDsa => (Algorithm::EdDSA, EncodingKey::from_ed_pem(key)?),
        };
        Ok(Signer { header: Header { kid: Some(self.kid.clone()), ..Header::new(algorithm) }, key })
    }
}

impl Signer {
    /// A token for a user, valid from now.
    ///
    /// # Errors
    /// When the clock of the machine is before 1970.
    pub fn token(&self, user: &str) -> Outcome<String> {
        let iat = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        Ok(jsonwebtoken::encode(&self.header, &Claims { sub: user, iat, exp: iat + LIFETIME_S }, &self.key)?)
    }
}
