//! `GET /v1/web-access` and `GET /v1/tenants/{slug}/web-access`: the web pages that may use a tenant.

use std::marker::PhantomData;

use http::Method;

use super::{Address, WebAccessAnswer};
use crate::{
    auth::{ApiCaller, Scope},
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    store::queries::web_access,
};

/// Returns the web pages that may use a tenant.
pub struct GetWebAccess<A>(PhantomData<A>);

impl<A: Address> Endpoint for GetWebAccess<A> {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = A::WEB_ACCESS;
    const ID: &'static str = A::WEB_ACCESS_IDS[0];
    const SUMMARY: &'static str = "Returns the origins whose pages may use the tenant.";
    const SCOPES: &'static [Scope] = A::SCOPES;

    type Caller = ApiCaller;
    type Query = ();
    type Body = ();
    type Answer = Json<WebAccessAnswer>;

    async fn run(call: Call<Self>, (): (), (): ()) -> Result<Self::Answer, Problem> {
        let app = &call.shared.app;
        let tenant = A::tenant(app, &call.caller, call.id()).await?;
        Ok(Json(web_access::of(app.store.reader(), tenant.id).await?.into()))
    }
}
