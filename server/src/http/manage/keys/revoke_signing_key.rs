//! `DELETE /v1/signing-keys/{kid}` and `DELETE /v1/tenants/{slug}/signing-keys/{kid}`: revokes a signing key.

use std::marker::PhantomData;

use causerie_protocol::{ErrorCode, Refusal};
use http::Method;

use super::{Owner, SIGNING_KEY_SCOPES};
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint},
    },
    provisioning::keys,
};

/// Revokes a signing key.
pub struct RevokeSigningKey<O>(PhantomData<O>);

impl<O: Owner> Endpoint for RevokeSigningKey<O> {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = O::SIGNING_KEY;
    const ID: &'static str = O::IDS[5];
    const SUMMARY: &'static str =
        "Revokes a signing key: the tokens that it signed are void on all nodes within 30 seconds.";
    const TEXT: &'static str = O::SIGNING_KEY_TEXT;
    const SCOPES: &'static [Scope] = O::SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = ();

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let (app, now_ms) = (&call.shared.app, call.shared.app.clock.now_ms());
        O::may_grant(&call.caller, &SIGNING_KEY_SCOPES, "")?;
        let tenant = O::tenant(app, &call.caller, call.id()).await?;
        let by = Actor::back_end(&call.caller);
        if keys::revoke_signing_key(&app.store, &by, &tenant, call.last(), now_ms).await? {
            return Ok(());
        }
        let reason = "the tenant has no valid signing key with this `kid`";
        Err(Refusal::new(ErrorCode::NotFound, reason).into())
    }
}
