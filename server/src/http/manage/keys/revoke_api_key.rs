//! `DELETE /v1/api-keys/{id}` and `DELETE /v1/tenants/{slug}/api-keys/{id}`: revokes an API key.

use std::marker::PhantomData;

use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use uuid::Uuid;

use super::Owner;
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint},
    },
    provisioning::keys,
    store::queries::keys as stored,
};

/// Revokes an API key.
pub struct RevokeApiKey<O>(PhantomData<O>);

impl<O: Owner> Endpoint for RevokeApiKey<O> {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = O::API_KEY;
    const ID: &'static str = O::IDS[2];
    const SUMMARY: &'static str = "Revokes an API key: the next request with it is refused.";
    const TEXT: &'static str = O::REVOKE_TEXT;
    const SCOPES: &'static [Scope] = O::SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = ();

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, now_ms) = (&call.shared.app, call.shared.app.clock.now_ms());
        let tenant = O::tenant(app, &call.caller, call.id()).await?;
        let not_found = || Refusal::new(ErrorCode::NotFound, "the tenant has no valid API key with this id");
        let id = Uuid::parse_str(call.last()).map_err(|_| not_found())?;
        let row = stored::api_key_of_id(app.store.reader(), tenant.id, id).await?;
        let row = row.ok_or_else(not_found)?;
        O::may_revoke(&call.caller, &row.scopes.split_whitespace().collect::<Vec<_>>())?;
        let by = Actor::back_end(&call.caller);
        if keys::revoke_api_key(&app.store, &by, &tenant, id, now_ms).await? { Ok(()) } else { Err(not_found().into()) }
    }
}
