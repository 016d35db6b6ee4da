//! Verifies a user's token: a JWT (RFC 7519) by the rules of RFC 8725.
//!
//! | Header | |
//! |---|---|
//! | `kid` | required; selects tenant, key and algorithm |
//! | `alg` | must be the key's own algorithm; it selects nothing |
//! | `crit` | refused: this server knows no extension |
//!
//! | Claim | |
//! |---|---|
//! | `sub` | required text, 1 to 128 bytes: the product's id of the user |
//! | `exp`, `iat` | required numbers, seconds since 1970, with or without a fraction (RFC 7519 `NumericDate`); at most 24 h apart |
//! | `nbf` | optional number of the same form; the token is refused before this time |
//! | `aud` | optional: `causerie`, or a list that contains it. A token for another service is refused; a product that signs only for this server may leave `aud` out |
//! | `name`, `avatar`, `locale` | optional texts; control characters are removed and a name is cut to 512 bytes. They update the user's profile, unless the stored profile is newer than `iat` |
//! | `roles` | optional list of texts; they update the user's roles under the same condition |
//!
//! Other fields are ignored; in particular, `jku`, `jwk` and `x5u` select no key. Times are compared with
//! [`crate::clock::Clock`], with 30 seconds of leeway for clocks that disagree.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use causerie_protocol::limits;
use jsonwebtoken::crypto;
use serde::Deserialize;
use serde_json::Value;

use super::{AuthError, keys::SigningKey};
use crate::{names::visible, store::queries::users::Profile};

/// The longest token that is parsed, in bytes. A token has few claims; an RS256 signature takes 342 bytes of it.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// The longest lifetime, in seconds. A token that lives longer is refused: its expiry would come too late to end access.
pub const LIFETIME_MAX_S: i64 = 24 * 3600;
/// The most roles in a token, and the most bytes of each: the limits of a policy.
const ROLES_MAX: usize = 64;
const ROLE_BYTES_MAX: usize = 64;
/// The end of the year 9999.
const SECONDS_MAX: i64 = 253_402_300_799;
/// How far the clocks of the product and of this server may differ, in seconds.
pub const LEEWAY_S: i64 = 30;
/// The `aud` claim of a token for this server.
pub const AUDIENCE: &str = "causerie";

/// The claims of a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The profile and roles of the user.
    pub profile: Profile,
    /// `iat`. Seconds since 1970 UTC.
    pub issued_at_s: i64,
    /// `exp`, without leeway. Seconds since 1970 UTC.
    pub expires_at_s: i64,
}

/// A token whose header was parsed and whose signature was not verified yet.
#[derive(Debug)]
pub struct Unverified<'a> {
    token: &'a str,
    kid: String,
    alg: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// The claims as untyped values, so that an error can name the claim with the wrong type. A duplicate claim is an error.
#[derive(Deserialize)]
struct RawClaims {
    sub: Option<Value>,
    exp: Option<Value>,
    iat: Option<Value>,
    nbf: Option<Value>,
    aud: Option<Value>,
    name: Option<Value>,
    avatar: Option<Value>,
    locale: Option<Value>,
    roles: Option<Value>,
}

impl<'a> Unverified<'a> {
    /// Parses the header.
    ///
    /// # Errors
    /// [`AuthError::TooLarge`] if the token is too long; [`AuthError::NotAToken`] if it is not a JWT with a `kid`.
    pub fn parse(token: &'a str) -> Result<Self, AuthError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(AuthError::TooLarge { max_bytes: TOKEN_BYTES_MAX });
        }
        let mut parts = token.split('.');
        let (Some(header), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(AuthError::NotAToken("it has not three parts separated by dots"));
        };
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| AuthError::NotAToken("its header is not base64url"))?;
        let header: Header = serde_json::from_slice(&header)
            .map_err(|_| AuthError::NotAToken("its header is not a JSON object with a text `alg`"))?;
        if header.crit.is_some() {
            return Err(AuthError::NotAToken("its header demands an extension (`crit`)"));
        }
        let kid = header.kid.ok_or(AuthError::NotAToken("its header has no `kid`"))?;
        Ok(Self { token, kid, alg: header.alg })
    }

    /// The id of the key that the header names.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Verifies the signature, then the claims.
    ///
    /// # Errors
    /// [`AuthError`] if the signature does not match, the key was revoked, a claim is invalid, or the token has expired or
    /// is not valid yet.
    pub fn verify(&self, key: &SigningKey, now_s: i64) -> Result<Claims, AuthError> {
        if self.alg != key.algorithm.name() {
            return Err(AuthError::WrongAlgorithm(key.algorithm.name()));
        }
        // The library checks only the signature: its checks of claims use the machine's clock, and accept a claim of the
        // wrong type unless configured otherwise (CVE-2026-25537).
        let (message, signature) = self.token.rsplit_once('.').ok_or(AuthError::NotAToken("it has no signature"))?;
        let verified = crypto::verify(signature, message.as_bytes(), &key.decoding, key.algorithm.into());
        if !verified.is_ok_and(|matches| matches) {
            return Err(AuthError::BadSignature);
        }
        if key.revoked {
            return Err(AuthError::RevokedKey);
        }
        let claims = message.split_once('.').and_then(|(_, claims)| URL_SAFE_NO_PAD.decode(claims).ok());
        let claims: RawClaims =
            claims.and_then(|claims| serde_json::from_slice(&claims).ok()).ok_or(AuthError::BadClaims)?;
        claims.check(now_s)
    }
}

impl RawClaims {
    fn check(self, now_s: i64) -> Result<Claims, AuthError> {
        let subject = text("sub", self.sub)?;
        let external_id = subject.ok_or(AuthError::BadClaim { claim: "sub", problem: "is missing" })?;
        if external_id.is_empty() {
            return Err(AuthError::BadClaim { claim: "sub", problem: "is empty" });
        }
        bounded("sub", &external_id, limits::EXTERNAL_ID_BYTES_MAX)?;
        // Removing the control characters would make it another id. PostgreSQL can't store NUL.
        if external_id.contains(char::is_control) {
            return Err(AuthError::BadClaim { claim: "sub", problem: "contains control characters" });
        }
        let required = |claim, value| seconds(claim, value)?.ok_or(AuthError::BadClaim { claim, problem: "is missing" });
        let expires_at_s = required("exp", self.exp)?;
        let issued_at_s = required("iat", self.iat)?;
        let not_before_s = seconds("nbf", self.nbf)?;
        audience(self.aud)?;
        // A name without a visible character counts as no name: the user is admitted and shown by id.
        let name = shown("name", self.name)?.and_then(|name| visible::kept(&cut(name, limits::PROFILE_FIELD_BYTES_MAX)));
        let avatar_url = shown("avatar", self.avatar)?;
        bounded("avatar", avatar_url.as_deref().unwrap_or_default(), limits::PROFILE_FIELD_BYTES_MAX)?;
        if avatar_url
            .as_deref()
            .is_some_and(|url| !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://"))
        {
            return Err(AuthError::BadClaim { claim: "avatar", problem: "is neither empty nor an http or https address" });
        }
        let locale = shown("locale", self.locale)?;
        bounded("locale", locale.as_deref().unwrap_or_default(), limits::PROFILE_FIELD_BYTES_MAX)?;
        let roles = roles(self.roles)?;

        // `seconds` bounds the numbers, so no sum overflows.
        if expires_at_s <= issued_at_s {
            return Err(AuthError::BadClaim { claim: "exp", problem: "is not after `iat`" });
        }
        if expires_at_s - issued_at_s > LIFETIME_MAX_S {
            return Err(AuthError::BadClaim { claim: "exp", problem: "is more than 24 hours after `iat`" });
        }
        if issued_at_s > now_s + LEEWAY_S {
            return Err(AuthError::NotYet { claim: "iat" });
        }
        if not_before_s.is_some_and(|from| from > now_s + LEEWAY_S) {
            return Err(AuthError::NotYet { claim: "nbf" });
        }
        if expires_at_s + LEEWAY_S <= now_s {
            return Err(AuthError::Expired);
        }
        Ok(Claims {
            profile: Profile {
                external_id,
                name,
                avatar_url,
                locale,
                roles,
                is_here: true,
                said_at_s: Some(issued_at_s),
                ..Profile::default()
            },
            issued_at_s,
            expires_at_s,
        })
    }
}

/// The user's roles in the tenant as a whole. Roles that the tenant's policy does not declare have no effect.
fn roles(value: Option<Value>) -> Result<Option<Vec<String>>, AuthError> {
    let bad = |problem| AuthError::BadClaim { claim: "roles", problem };
    let Some(value) = value else { return Ok(None) };
    let Value::Array(roles) = value else { return Err(bad("is not a list of texts")) };
    if roles.len() > ROLES_MAX {
        return Err(bad("has more than 64 roles"));
    }
    let spelled = |role: &str| {
        (1..=ROLE_BYTES_MAX).contains(&role.len())
            && role.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_')
    };
    let names = roles.into_iter().map(|role| match role {
        Value::String(role) if spelled(&role) => Ok(role),
        Value::String(_) => {
            Err(bad("has a role that is not spelled as policies spell theirs (small letters, digits, `-`, `_`)"))
        }
        _ => Err(bad("is not a list of texts")),
    });
    names.collect::<Result<_, _>>().map(Some)
}

fn text(claim: &'static str, value: Option<Value>) -> Result<Option<String>, AuthError> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(AuthError::BadClaim { claim, problem: "is not a text" }),
    }
}

fn bounded(claim: &'static str, text: &str, bytes_max: usize) -> Result<(), AuthError> {
    let problem = match bytes_max {
        limits::EXTERNAL_ID_BYTES_MAX => "has more than 128 bytes",
        _ => "has more than 512 bytes",
    };
    if text.len() > bytes_max { Err(AuthError::BadClaim { claim, problem }) } else { Ok(()) }
}

/// A text of the user's profile without control characters. Users choose these texts, and a character that nobody sees must
/// not lock them out.
fn shown(claim: &'static str, value: Option<Value>) -> Result<Option<String>, AuthError> {
    Ok(text(claim, value)?.map(|text| text.chars().filter(|c| !c.is_control()).collect()))
}

/// The beginning of a text, cut between two characters.
fn cut(mut text: String, bytes_max: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes_max));
    text
}

/// Seconds between 1970 and the year 9999, rounded down: a `NumericDate` of RFC 7519 is any JSON number.
fn seconds(claim: &'static str, value: Option<Value>) -> Result<Option<i64>, AuthError> {
    let Some(value) = value else { return Ok(None) };
    let whole = value.as_i64().or_else(|| {
        let number = value.as_f64().map(f64::floor).filter(|number| (0.0..=SECONDS_MAX as f64).contains(number))?;
        #[allow(clippy::cast_possible_truncation)] // a whole number within bounds
        Some(number as i64)
    });
    match whole {
        Some(number @ 0..=SECONDS_MAX) => Ok(Some(number)),
        _ => Err(AuthError::BadClaim {
            claim,
            problem: "must be a number of seconds since 1970, not milliseconds and not a text",
        }),
    }
}

fn audience(value: Option<Value>) -> Result<(), AuthError> {
    let for_us = match &value {
        None => true,
        Some(Value::String(one)) => one == AUDIENCE,
        Some(Value::Array(many)) => many.iter().all(Value::is_string) && many.iter().any(|one| one == AUDIENCE),
        Some(_) => false,
    };
    if for_us {
        Ok(())
    } else {
        Err(AuthError::BadClaim { claim: "aud", problem: "must be `causerie` or a list that holds it, or be left out" })
    }
}
