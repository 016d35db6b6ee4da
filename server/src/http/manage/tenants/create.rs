//! `POST /v1/tenants`: makes a tenant, and a key for its back end.

use causerie_policy::{PRESETS, Policy};
use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{SCOPES, TenantAnswer, name, name_bounds};
use crate::{
    audit,
    auth::{ApiCaller, Scope, api_key},
    http::{
        error::Problem,
        manage::{
            decode::{invalid, unexpected},
            endpoint::{Call, Endpoint, Json},
        },
    },
    provisioning::tenants,
    store::queries::keys,
};

/// Makes a tenant.
pub struct CreateTenant;

/// The scopes of the key of a new tenant.
const KEY_SCOPES: [Scope; 4] = [Scope::Provision, Scope::Act, Scope::Read, Scope::Admin];

/// A tenant to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTenant {
    /// Short name for operators: small letters, digits and hyphens. It can't be changed.
    #[schemars(regex(pattern = tenants::SLUG_PATTERN))]
    slug: String,
    /// Name for people.
    #[schemars(transform = name_bounds)]
    name: String,
    /// The rules it begins with, `open` if left out.
    #[schemars(extend("enum" = PRESETS.iter().map(|(name, _)| Some(*name)).chain([None]).collect::<Vec<_>>()))]
    policy: Option<String>,
}

/// The new tenant and the key of its back end.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantCreated {
    /// The tenant.
    tenant: TenantAnswer,
    /// The id of the key.
    api_key_id: Uuid,
    /// The key, with the scopes `provision`, `act`, `read` and `admin` of the new tenant. It is not told again.
    api_key: String,
}

impl Endpoint for CreateTenant {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/tenants";
    const ID: &'static str = "createTenant";
    const SUMMARY: &'static str = "Makes a tenant, and a key for its back end.";
    const SCOPES: &'static [Scope] = SCOPES;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<NewTenant>;
    type Answer = Json<TenantCreated>;

    async fn run(call: Call<Self>, (): (), Json(new): Self::Body) -> Result<Self::Answer, Problem> {
        let (store, by, now_ms) = (&call.shared.app.store, audit::back_end(&call.caller), call.shared.app.clock.now_ms());
        let slug =
            tenants::slug(&new.slug).map_err(|why| unexpected("slug", &new.slug, why.trim_start_matches("expected ")))?;
        let name = name(&new.name)?;
        let policy = new.policy.as_deref().map(preset).transpose()?;
        let made = tenants::create(store, &by, &slug, &name, policy.as_ref(), now_ms).await?;
        let tenant = made
            .ok_or_else(|| Refusal::new(ErrorCode::Conflict, format!("there is a tenant `{slug}` already")).field("slug"))?;
        let (key, row) = api_key::generate(tenant.id, "first key", &KEY_SCOPES, now_ms, None);
        let id = row.id;
        keys::add_api_key(store, row).await?;
        let scopes: Vec<&str> = KEY_SCOPES.iter().map(|scope| scope.name()).collect();
        let detail = [("name", "first key".into()), ("scopes", scopes.into())];
        let entry = audit::done(by, "api_key.create", format!("key:{id}"), detail, now_ms);
        audit::record(store, tenant.id, entry).await?;
        Ok(Json(TenantCreated { tenant: tenant.into(), api_key_id: id, api_key: key }))
    }
}

fn preset(name: &str) -> Result<Policy, Refusal> {
    Policy::preset(name).ok_or_else(|| {
        let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
        invalid("policy", &format!("is no preset; there are: {}", names.join(", ")))
    })
}
