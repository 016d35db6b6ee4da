//! `causerie token`: signs a token, as a product's back end does.

use causerie_protocol::limits::EXTERNAL_ID_BYTES_MAX;
use clap::Args;

use super::{Outcome, Settings, clock};
use crate::{
    auth::{
        issue::{self, NewToken},
        keys::Algorithm,
        token::LIFETIME_MAX_S,
    },
    store::queries::keys,
};

#[derive(Debug, Args)]
pub(super) struct Token {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    /// The product's id of the user, `sub`.
    #[arg(long, value_parser = external_id)]
    user: String,
    /// The user's name.
    #[arg(long)]
    name: Option<String>,
    /// How long it is valid: 90s, 15m, 1h; at most 24h.
    #[arg(long, default_value = "1h", value_parser = seconds, value_name = "DURATION")]
    expires_in: i64,
    /// The key to sign with; without it, the tenant's newest HS256 key.
    #[arg(long)]
    kid: Option<String>,
}

impl Token {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let (store, tenant) = settings.tenant(&self.tenant).await?;
        let key = keys::signing_key(&store, tenant.id, Algorithm::Hs256.name(), self.kid.as_deref()).await?.ok_or_else(
            || match &self.kid {
                Some(kid) => format!(
                    "--kid: tenant `{0}` has no HS256 key `{kid}`, or it is revoked; `causerie signing-key list --tenant {0}` lists the keys",
                    self.tenant
                ),
                None => format!(
                    "tenant `{0}` has no HS256 key: `causerie signing-key add --tenant {0} --algorithm HS256 --generate`",
                    self.tenant
                ),
            },
        )?;
        let iat = clock().now_s();
        let token = NewToken { sub: &self.user, name: self.name.as_deref(), avatar: None, iat, exp: iat + self.expires_in };
        let secret = key.material(&settings.secrets()?)?;
        println!("{}", issue::hs256(&key.kid, secret.expose(), &token)?);
        Ok(())
    }
}

/// Checks an external id as the server checks the claim `sub`.
fn external_id(text: &str) -> Result<String, String> {
    let is_valid = (1..=EXTERNAL_ID_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control);
    let expected = || format!("expected 1 to {EXTERNAL_ID_BYTES_MAX} bytes without control characters");
    if is_valid { Ok(text.to_owned()) } else { Err(expected()) }
}

/// Parses a duration such as `90s`, `15m` or `24h`. Returns seconds.
fn seconds(text: &str) -> Result<i64, String> {
    let expected = || "expected a whole number and a unit: 90s, 15m, 1h, at most 24h".to_owned();
    let unit_index = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(expected)?;
    let (number, unit) = text.split_at(unit_index);
    let number: i64 = number.parse().map_err(|_| expected())?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(expected()),
    };
    number.checked_mul(unit).filter(|total| (1..=LIFETIME_MAX_S).contains(total)).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed() {
        let table: &[(&str, Option<i64>)] = &[
            ("90s", Some(90)),
            ("15m", Some(900)),
            ("24h", Some(86_400)),
            ("25h", None),
            ("0s", None),
            ("1", None),
            ("h", None),
            ("1d", None),
            ("-1h", None),
            ("99999999999999999999h", None),
            ("9223372036854775807h", None),
        ];
        for (text, expected) in table {
            assert_eq!(seconds(text).ok(), *expected, "{text}");
        }
    }
}
