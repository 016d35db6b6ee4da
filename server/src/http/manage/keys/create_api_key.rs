//! `POST /v1/api-keys` and `POST /v1/tenants/{slug}/api-keys`: makes an API key.

use std::marker::PhantomData;

use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ApiKeyAnswer, Owner, ScopeName};
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope, api_key},
    http::{
        error::Problem,
        manage::{
            decode::{invalid, unexpected, whole_number},
            endpoint::{Call, Endpoint, Json},
            tenants::{name, name_bounds},
        },
    },
    provisioning::keys,
};

/// Creates an API key.
pub struct CreateApiKey<O>(PhantomData<O>);

/// The maximum number of days until a key expires, about a hundred years.
const DAYS_MAX: u64 = 36_500;
const DAY_MS: i64 = 86_400_000;

/// An API key to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewApiKey {
    /// The purpose of the key, for the list of keys.
    #[schemars(transform = name_bounds)]
    name: String,
    /// What the key allows.
    #[schemars(with = "Vec<ScopeName>", length(min = 1))]
    scopes: Vec<String>,
    /// Days until the key expires; without it, the key does not expire.
    #[serde(default, deserialize_with = "whole_number")]
    #[schemars(with = "Option<u32>", range(min = 1, max = DAYS_MAX))]
    expires_in_days: Option<u64>,
}

/// The new API key.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyCreated {
    /// The text that the back end sends as its credential. The server keeps only its hash: it can't be read again. If it is
    /// lost, make another key and revoke this one.
    api_key: String,
    /// The key as in the list of keys.
    details: ApiKeyAnswer,
}

impl<O: Owner> Endpoint for CreateApiKey<O> {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = O::API_KEYS;
    const ID: &'static str = O::IDS[1];
    const SUMMARY: &'static str = "Makes an API key. The answer has the text of the key, which can't be read again.";
    const TEXT: &'static str = O::CREATE_TEXT;
    const SCOPES: &'static [Scope] = O::SCOPES;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<NewApiKey>;
    type Answer = Json<ApiKeyCreated>;

    async fn run(call: Call<Self>, (): (), Json(new): Self::Body) -> Result<Self::Answer, Problem> {
        let (app, now_ms) = (&call.shared.app, call.shared.app.clock.now_ms());
        let name = name(&new.name)?;
        let scopes = scopes(&new.scopes)?;
        O::may_grant(&call.caller, &scopes, "scopes")?;
        let days = match new.expires_in_days {
            Some(days) if !(1..=DAYS_MAX).contains(&days) => {
                let expected = format!("is {days}, expected a number from 1 to {DAYS_MAX}");
                return Err(invalid("expiresInDays", &expected).into());
            }
            days => days.and_then(|days| i64::try_from(days).ok()),
        };
        let expires_at_ms = days.map(|days| now_ms + days * DAY_MS);
        O::may_expire_at(&call.caller, &scopes, expires_at_ms)?;
        let tenant = O::tenant(app, &call.caller, call.id()).await?;
        let (text, row) = api_key::generate(tenant.id, &name, &scopes, now_ms, expires_at_ms);
        let by = Actor::back_end(&call.caller);
        keys::create_api_key(&app.store, &by, &tenant, row.clone()).await?;
        Ok(Json(ApiKeyCreated { api_key: text, details: row.into() }))
    }
}

/// The scopes with these names, each once.
fn scopes(names: &[String]) -> Result<Vec<Scope>, Refusal> {
    if names.is_empty() {
        return Err(Refusal::new(ErrorCode::Invalid, "`scopes` is empty: a key needs at least one scope").field("scopes"));
    }
    let mut scopes = Vec::new();
    for name in names {
        let scope = Scope::ALL.into_iter().find(|scope| scope.name() == name);
        let all = Scope::ALL.map(Scope::name).join(", ");
        let scope = scope.ok_or_else(|| unexpected("scopes", name, &format!("some of {all}")))?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}
