//! Tokens as a product's back end signs them: HS256, by the server's rules for claims.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::Outcome;

/// Longer than any run.
const LIFETIME_S: u64 = 6 * 3_600;

/// Signs for everyone of a tenant.
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

impl Signer {
    /// With the key the server printed.
    #[must_use]
    pub fn new(kid: &str, secret: &str) -> Self {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
        Self { header, key: EncodingKey::from_secret(secret.as_bytes()) }
    }

    /// A token for a person, valid from now.
    ///
    /// # Errors
    /// When the machine's clock stands before 1970.
    pub fn token(&self, person: &str) -> Outcome<String> {
        let iat = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        Ok(jsonwebtoken::encode(&self.header, &Claims { sub: person, iat, exp: iat + LIFETIME_S }, &self.key)?)
    }
}
