//! `POST /v1/tenants`: creates a tenant and an API key for its back end.

use causerie_policy::{PRESETS, Policy};
use causerie_protocol::{ErrorCode, Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CREATE_SCOPES, TenantAnswer, name, name_bounds};
use crate::{
    audit::Actor,
    auth::{ApiCaller, Scope, api_key},
    http::{
        error::Problem,
        manage::{
            decode::{invalid, unexpected},
            endpoint::{Call, Endpoint, Json},
        },
    },
    provisioning::tenants,
    store::queries::tenants::Tenant,
};

/// Creates a tenant.
pub struct CreateTenant;

/// The scopes of the first API key of a new tenant.
const KEY_SCOPES: [Scope; 4] = [Scope::Provision, Scope::Act, Scope::Read, Scope::Admin];

/// A tenant to create.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTenant {
    /// Short name for operators: small letters, digits and hyphens. It can't be changed.
    #[schemars(regex(pattern = tenants::SLUG_PATTERN))]
    slug: String,
    /// Display name.
    #[schemars(transform = name_bounds)]
    name: String,
    /// The preset with the first rules; `open` by default.
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
    /// The key, with the scopes `provision`, `act`, `read` and `admin` of the new tenant. It can't be read again: if it is
    /// lost, `createTenantApiKey` makes another.
    api_key: String,
}

impl Endpoint for CreateTenant {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/tenants";
    const ID: &'static str = "createTenant";
    const SUMMARY: &'static str = "Creates a tenant and an API key for its back end.";
    const SCOPES: &'static [Scope] = CREATE_SCOPES;
    const NEEDS_BODY: bool = true;

    type Caller = ApiCaller;
    type Query = ();
    type Body = Json<NewTenant>;
    type Answer = Json<TenantCreated>;

    async fn run(call: Call<Self>, (): (), Json(new): Self::Body) -> Result<Self::Answer, Problem> {
        let (store, by, now_ms) = (&call.shared.app.store, Actor::back_end(&call.caller), call.shared.app.clock.now_ms());
        let slug = tenants::slug(&new.slug)
            .map_err(|reason| unexpected("slug", &new.slug, reason.trim_start_matches("expected ")))?;
        let name = name(&new.name)?;
        let policy = new.policy.as_deref().map(preset).transpose()?;
        let tenant = Tenant::new(&slug, &name, now_ms);
        let (key, row) = api_key::generate(tenant.id, "first key", &KEY_SCOPES, now_ms, None);
        let id = row.id;
        if !tenants::create(store, &by, &tenant, policy.as_ref(), Some(row)).await? {
            let reason = format!("there is a tenant `{slug}` already");
            return Err(Refusal::new(ErrorCode::Conflict, reason).field("slug").into());
        }
        Ok(Json(TenantCreated { tenant: tenant.into(), api_key_id: id, api_key: key }))
    }
}

/// The policy of a preset.
fn preset(name: &str) -> Result<Policy, Refusal> {
    Policy::preset(name).ok_or_else(|| {
        let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
        invalid("policy", &format!("is no preset; there are: {}", names.join(", ")))
    })
}
