//! `POST /v1/users/{id}/revoke`: revokes a user's tokens.

use causerie_protocol::Refusal;
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    audit,
    auth::{ApiCaller, Scope, token::LEEWAY_S},
    http::{
        caller,
        error::Problem,
        manage::{
            decode::{invalid, seconds},
            endpoint::{Call, Endpoint, Json},
        },
    },
    store::queries::users,
};

/// Revokes the tokens that were issued to a user until now, and ends the connections that use them.
pub struct RevokeUser;

/// Selects the tokens to revoke. An unknown field is refused.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Revocation {
    /// Revokes the tokens whose `iat` is less than this, seconds since 1970 UTC. Use the time of the clock that signs the
    /// tokens, plus 1, so that no token escapes if the clocks differ. At most 31 seconds ahead of this server's clock.
    /// Without it, the tokens issued until now by this server's clock are revoked.
    #[serde(default, deserialize_with = "seconds")]
    #[schemars(with = "Option<u64>", extend("maximum" = i64::MAX))]
    issued_before: Option<i64>,
}

impl Endpoint for RevokeUser {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/users/{id}/revoke";
    const ID: &'static str = "revokeUser";
    const SUMMARY: &'static str = "Revokes the tokens issued to a user until now, and ends the user's connections.";
    const SCOPES: &'static [Scope] = &[Scope::Provision];

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<Revocation>;
    type Answer = ();

    async fn run(call: Call<Self>, (): (), Json(body): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, key) = (&call.shared.app, &call.caller);
        let now_ms = app.clock.now_ms();
        let before_s = issued_before(body.issued_before, now_ms.div_euclid(1000))?;
        let user = caller::find(app, key, call.id()).await?;
        let entry = audit::done(audit::back_end(key), "user.revoke", format!("user:{}", call.id()), [], now_ms);
        users::revoke_tokens(&app.store, Some(key.key), key.tenant, user.id, before_s, Some(entry), now_ms).await?;
        app.hub.revoke(user.id, before_s);
        Ok(())
    }
}

/// The second before which all tokens are revoked, in seconds since 1970 UTC. By default this is the next second, so that
/// the tokens of the current second are revoked too: `iat` may be in whole seconds.
fn issued_before(requested: Option<i64>, now_s: i64) -> Result<i64, Refusal> {
    match requested {
        None => Ok(now_s + 1),
        Some(before) if before <= now_s + LEEWAY_S + 1 => Ok(before),
        Some(_) => {
            let reason = format!(
                "is more than {LEEWAY_S} seconds ahead of this server's clock, which says {now_s} (seconds since 1970)"
            );
            Err(invalid("issuedBefore", &reason))
        }
    }
}
