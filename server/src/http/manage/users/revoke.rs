//! `POST /v1/users/{id}/revoke`: voids a user's tokens.

use causerie_protocol::Refusal;
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::note;
use crate::{
    auth::{ApiCaller, Scope, token::LEEWAY_S},
    http::{
        caller,
        error::Problem,
        manage::{
            decode::{invalid, seconds},
            endpoint::{Call, Endpoint, Json},
        },
    },
    store::queries::people,
};

/// Voids the tokens issued to a user until now, and ends the connections made with them.
pub struct RevokeUser;

/// Which tokens are void from now on. A field of another name is refused.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Revocation {
    /// Tokens whose `iat` is less, seconds since 1970 UTC. Take the time of the clock that signs the tokens, plus 1; then clocks
    /// that differ save no token. At most 31 seconds ahead of this server's clock. Without it: until now, by this server's clock.
    #[serde(default, deserialize_with = "seconds")]
    #[schemars(with = "Option<u64>", extend("maximum" = i64::MAX))]
    issued_before: Option<i64>,
}

impl Endpoint for RevokeUser {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/users/{id}/revoke";
    const ID: &'static str = "revokeUser";
    const SUMMARY: &'static str = "Voids the tokens issued to a user until now, and ends the user's connections.";
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
        people::revoke_tokens(&app.store, key.tenant, user.id, before_s, now_ms).await?;
        app.hub.revoke(user.id, before_s);
        note(app, key, "user.revoke", call.id(), []).await?;
        Ok(())
    }
}

/// Tokens issued before this second are to be void. Where nothing is asked, those of the current second are, too: `iat` may be no
/// finer.
fn issued_before(asked: Option<i64>, now_s: i64) -> Result<i64, Refusal> {
    match asked {
        None => Ok(now_s + 1),
        Some(before) if before <= now_s + LEEWAY_S + 1 => Ok(before),
        Some(_) => {
            let why = format!(
                "is more than {LEEWAY_S} seconds ahead of this server's clock, which says {now_s} (seconds since 1970)"
            );
            Err(invalid("issuedBefore", &why))
        }
    }
}
