//! Verifies a user's token: a JWT (RFC 7519) by the rules of RFC 8725.
//!
//! | Header | |
//! |---|---|
//! | `kid` | required; selects tenant, key and algorithm |
//! | `alg` | must be the algorithm of the key; the server never chooses the algorithm by this field |
//! | `crit` | refused, because this server supports no extension |
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

/// The maximum length of a token, in bytes; a longer token is refused before it is parsed. An RS256 signature takes 342
/// bytes.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// The maximum lifetime of a token, in seconds. A token with a longer lifetime is refused, because a user who loses access
/// could use it for too long.
pub const LIFETIME_MAX_S: i64 = 24 * 3600;
/// The maximum number of roles in a token. A policy has the same limit.
const ROLES_MAX: usize = 64;
/// The maximum length of a role, in bytes. A policy has the same limit.
const ROLE_BYTES_MAX: usize = 64;
/// The end of the year 9999, in seconds since 1970 UTC.
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

    /// The id of the signing key, from the header.
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
        // The library verifies only the signature here. Its checks of claims are not used, because they use the clock of the
        // machine, and accept a claim of the wrong type unless configured otherwise (CVE-2026-25537).
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
    /// Checks the types, bounds and times of the claims.
    fn check(self, now_s: i64) -> Result<Claims, AuthError> {
        let subject = text_claim("sub", self.sub)?;
        let external_id = subject.ok_or(AuthError::BadClaim { claim: "sub", problem: "is missing" })?;
        if external_id.is_empty() {
            return Err(AuthError::BadClaim { claim: "sub", problem: "is empty" });
        }
        check_length("sub", &external_id, limits::EXTERNAL_ID_BYTES_MAX)?;
        // Without its control characters the text would be the id of another user, so the token is refused. PostgreSQL can't
        // store NUL.
        if external_id.contains(char::is_control) {
            return Err(AuthError::BadClaim { claim: "sub", problem: "contains control characters" });
        }
        let required =
            |claim, value| seconds_claim(claim, value)?.ok_or(AuthError::BadClaim { claim, problem: "is missing" });
        let expires_at_s = required("exp", self.exp)?;
        let issued_at_s = required("iat", self.iat)?;
        let not_before_s = seconds_claim("nbf", self.nbf)?;
        check_audience(self.aud)?;
        // A name without a visible character counts as an absent name. The user is admitted, and is shown by id.
        let name = profile_text("name", self.name)?
            .and_then(|name| visible::stored_form(&truncated(name, limits::PROFILE_FIELD_BYTES_MAX)));
        let avatar_url = profile_text("avatar", self.avatar)?;
        check_length("avatar", avatar_url.as_deref().unwrap_or_default(), limits::PROFILE_FIELD_BYTES_MAX)?;
        if avatar_url
            .as_deref()
            .is_some_and(|url| !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://"))
        {
            return Err(AuthError::BadClaim { claim: "avatar", problem: "is neither empty nor an http or https address" });
        }
        let locale = profile_text("locale", self.locale)?;
        check_length("locale", locale.as_deref().unwrap_or_default(), limits::PROFILE_FIELD_BYTES_MAX)?;
        let roles = roles(self.roles)?;

        // `seconds_claim` bounds the numbers, so no sum overflows.
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
                has_connected: true,
                issued_at_s: Some(issued_at_s),
                ..Profile::default()
            },
            issued_at_s,
            expires_at_s,
        })
    }
}

/// The user's roles in the whole tenant, from the claim `roles`; `None` if the claim is absent. Roles that the tenant's
/// policy does not declare have no effect.
fn roles(value: Option<Value>) -> Result<Option<Vec<String>>, AuthError> {
    let bad = |problem| AuthError::BadClaim { claim: "roles", problem };
    let Some(value) = value else { return Ok(None) };
    let Value::Array(roles) = value else { return Err(bad("is not a list of texts")) };
    if roles.len() > ROLES_MAX {
        return Err(bad("has more than 64 roles"));
    }
    let is_role_name = |role: &str| {
        (1..=ROLE_BYTES_MAX).contains(&role.len())
            && role.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_')
    };
    let names = roles.into_iter().map(|role| match role {
        Value::String(role) if is_role_name(&role) => Ok(role),
        Value::String(_) => {
            Err(bad("has a role that is not spelled as policies spell theirs (small letters, digits, `-`, `_`)"))
        }
        _ => Err(bad("is not a list of texts")),
    });
    names.collect::<Result<_, _>>().map(Some)
}

/// The text of a claim; `None` if the claim is absent.
fn text_claim(claim: &'static str, value: Option<Value>) -> Result<Option<String>, AuthError> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(AuthError::BadClaim { claim, problem: "is not a text" }),
    }
}

/// Checks that a claim has at most `bytes_max` bytes.
fn check_length(claim: &'static str, text: &str, bytes_max: usize) -> Result<(), AuthError> {
    let problem = match bytes_max {
        limits::EXTERNAL_ID_BYTES_MAX => "has more than 128 bytes",
        _ => "has more than 512 bytes",
    };
    if text.len() > bytes_max { Err(AuthError::BadClaim { claim, problem }) } else { Ok(()) }
}

/// A text for the user's profile, without its control characters. Users choose these texts, so an invisible character in a
/// text must not make the server refuse the token.
fn profile_text(claim: &'static str, value: Option<Value>) -> Result<Option<String>, AuthError> {
    Ok(text_claim(claim, value)?.map(|text| text.chars().filter(|c| !c.is_control()).collect()))
}

/// The text cut to at most `bytes_max` bytes, between two characters.
fn truncated(mut text: String, bytes_max: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes_max));
    text
}

/// The time of a claim in whole seconds since 1970 UTC, rounded down, up to the year 9999; `None` if the claim is absent. A
/// `NumericDate` of RFC 7519 is any JSON number.
fn seconds_claim(claim: &'static str, value: Option<Value>) -> Result<Option<i64>, AuthError> {
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

/// Checks that the claim `aud` is absent or names this server.
fn check_audience(value: Option<Value>) -> Result<(), AuthError> {
    let is_for_this_server = match &value {
        None => true,
        Some(Value::String(audience)) => audience == AUDIENCE,
        Some(Value::Array(audiences)) => {
            audiences.iter().all(Value::is_string) && audiences.iter().any(|audience| audience == AUDIENCE)
        }
        Some(_) => false,
    };
    if is_for_this_server {
        Ok(())
    } else {
        Err(AuthError::BadClaim { claim: "aud", problem: "must be `causerie` or a list that holds it, or be left out" })
    }
}
