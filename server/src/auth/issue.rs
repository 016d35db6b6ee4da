//! Signs tokens with a shared secret, as a product's back end does. The command line and the demo use this module.

use jsonwebtoken::{EncodingKey, Header};
use rand::RngCore as _;
use serde::Serialize;

use super::{keys::Algorithm, token::AUDIENCE};

/// The claims of a new token. Times are seconds since 1970 UTC.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)] // see the table in `token`
pub struct NewToken<'a> {
    pub sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<&'a str>,
    pub iat: i64,
    pub exp: i64,
}

#[derive(Serialize)]
struct WithAudience<'a> {
    #[serde(flatten)]
    token: &'a NewToken<'a>,
    aud: &'static str,
}

/// Signs a token with HS256.
///
/// # Errors
/// The error of `jsonwebtoken` if it can't serialise the claims or can't sign with the secret.
pub fn hs256(kid: &str, secret: &str, token: &NewToken<'_>) -> Result<String, jsonwebtoken::errors::Error> {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::Hs256.into()) };
    jsonwebtoken::encode(&header, &WithAudience { token, aud: AUDIENCE }, &EncodingKey::from_secret(secret.as_bytes()))
}

/// Generates a secret for HS256: 32 random bytes as 64 hexadecimal digits. The secret is the text of the digits, not the
/// decoded bytes, because most JWT libraries take a secret as a text.
#[must_use]
pub fn secret() -> String {
    let mut random = [0; 32];
    rand::rng().fill_bytes(&mut random);
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}
