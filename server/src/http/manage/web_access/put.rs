//! `PUT /v1/web-access` and `PUT /v1/tenants/{slug}/web-access`: sets the web pages that may use a tenant.

use std::marker::PhantomData;

use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Address, WebAccessAnswer, check, list_bounds};
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope},
    domain::WebAccess,
    http::{
        error::Problem,
        manage::endpoint::{Call, Endpoint, Json},
    },
    provisioning::web_access::{self, ancestor_problem, origin_problem},
};

/// Sets the web pages that may use a tenant.
pub struct PutWebAccess<A>(PhantomData<A>);

/// The web pages that may use a tenant. An absent list stands for the server's setting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewWebAccess {
    /// The origins whose pages may connect with tokens of the tenant, as browsers send them: `https://app.example`. They
    /// replace the setting `listen.origins` for this tenant. The server's own page may always connect.
    #[schemars(transform = list_bounds)]
    allowed_origins: Option<Vec<String>>,
    /// The origins whose pages may embed the tenant's page (`/embed/{tenant}`) in a frame: `https://app.example`, or
    /// `https://*.example` for all hosts below a domain. They replace the setting `listen.frame_ancestors` for this tenant.
    #[schemars(transform = list_bounds)]
    frame_ancestors: Option<Vec<String>>,
}

impl<A: Address> Endpoint for PutWebAccess<A> {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = A::WEB_ACCESS;
    const ID: &'static str = A::WEB_ACCESS_IDS[1];
    const SUMMARY: &'static str = "Sets the origins whose pages may use the tenant.";
    const TEXT: &'static str = "New connections follow within a second, on every node. Open connections stay.";
    const SCOPES: &'static [Scope] = A::SCOPES;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<NewWebAccess>;
    type Answer = Json<WebAccessAnswer>;

    async fn run(call: Call<Self>, (): (), Json(new): Self::Body) -> Result<Self::Answer, Problem> {
        let app = &call.shared.app;
        let access = WebAccess {
            allowed_origins: check(new.allowed_origins, "allowedOrigins", origin_problem)?,
            frame_ancestors: check(new.frame_ancestors, "frameAncestors", ancestor_problem)?,
        };
        let tenant = A::tenant(app, &call.caller, call.id()).await?;
        let by = Actor::back_end(&call.caller);
        web_access::set(&app.store, &by, &tenant, &access, app.clock.now_ms()).await?;
        Ok(Json(access.into()))
    }
}
