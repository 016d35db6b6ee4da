//! API keys and signing keys of tenants.
//!
//! Each endpoint has two addresses. Without a tenant in the path it manages the keys of the caller's own tenant and needs
//! the scope `admin`; below `/v1/tenants/{slug}` it manages the keys of any tenant and needs the scope `operate`. The trait
//! [`Owner`] contains the differences between the two.

pub mod add_signing_key;
pub mod create_api_key;
pub mod list_api_keys;
pub mod list_signing_keys;
pub mod own;
pub mod revoke_api_key;
pub mod revoke_signing_key;

use std::future::Future;

use causerie_protocol::{ErrorCode, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::tenants;
use crate::{
    app::App,
    auth::{ApiCaller, Scope},
    clock::rfc3339,
    store::{
        entities::api_key,
        queries::tenants::{self as stored, Tenant},
    },
};

/// The tenant whose keys an endpoint manages.
pub trait Owner: 'static {
    /// The scopes that may manage the keys.
    const SCOPES: &'static [Scope];
    /// The path of the list of API keys.
    const API_KEYS: &'static str;
    /// The path of one API key.
    const API_KEY: &'static str;
    /// The path of the list of signing keys.
    const SIGNING_KEYS: &'static str;
    /// The path of one signing key.
    const SIGNING_KEY: &'static str;
    /// The names of the operations: list, create and revoke API keys; list, add and revoke signing keys.
    const IDS: [&'static str; 6];
    /// A sentence for the description: which API keys the caller may create.
    const CREATE_TEXT: &'static str;
    /// A sentence for the description: which API keys the caller may revoke.
    const REVOKE_TEXT: &'static str;
    /// A sentence for the description: which further scopes a change of signing keys needs.
    const SIGNING_KEY_TEXT: &'static str;

    /// Returns the tenant. `first` is the value of the first `{name}` of the path.
    ///
    /// # Errors
    /// `not_found` if the tenant does not exist; `unavailable` if the database fails.
    fn tenant(app: &App, caller: &ApiCaller, first: &str) -> impl Future<Output = Result<Tenant, Refusal>> + Send;

    /// Checks that the caller may create a key with these scopes. `field` is the field of the refusal.
    ///
    /// # Errors
    /// `forbidden` with this field if the caller may not grant one of the scopes.
    fn may_grant(caller: &ApiCaller, scopes: &[Scope], field: &'static str) -> Result<(), Refusal>;

    /// Checks that the caller may revoke an API key. `scopes` are the stored names of the scopes of the key; a newer release
    /// may have stored scopes that this release does not know.
    ///
    /// # Errors
    /// `forbidden` with the field `id` if the caller may not revoke the key.
    fn may_revoke(caller: &ApiCaller, scopes: &[&str]) -> Result<(), Refusal>;

    /// Checks that the caller may choose this id for a signing key of the tenant.
    ///
    /// # Errors
    /// `forbidden` with the field `kid` if the caller may not choose the id.
    fn may_name(tenant: &Tenant, kid: &str) -> Result<(), Refusal>;

    /// Checks that a new key with these scopes does not outlive the caller's key. `expires_at_ms` is the expiry of the new
    /// key in milliseconds since 1970 UTC, `None` for a key that does not expire.
    ///
    /// # Errors
    /// `forbidden` with the field `expiresInDays` if the new key would outlive the caller's key.
    fn may_expire_at(caller: &ApiCaller, scopes: &[Scope], expires_at_ms: Option<i64>) -> Result<(), Refusal>;
}

/// The scopes that a back end needs to change signing keys. The holder of a signing key can act as any user and set the
/// roles of users, which are the rights of these scopes.
const SIGNING_KEY_SCOPES: [Scope; 2] = [Scope::Act, Scope::Provision];

/// The caller's own tenant.
pub struct OwnTenant;

/// The tenant whose slug is in the path.
pub struct PathTenant;

impl Owner for OwnTenant {
    const SCOPES: &'static [Scope] = &[Scope::Admin];
    const API_KEYS: &'static str = "/v1/api-keys";
    const API_KEY: &'static str = "/v1/api-keys/{id}";
    const SIGNING_KEYS: &'static str = "/v1/signing-keys";
    const SIGNING_KEY: &'static str = "/v1/signing-keys/{kid}";
    const IDS: [&'static str; 6] =
        ["listApiKeys", "createApiKey", "revokeApiKey", "listSigningKeys", "addSigningKey", "revokeSigningKey"];
    const CREATE_TEXT: &'static str =
        "The caller's key must have all scopes of the new key, and the new key must not outlive it.";
    const REVOKE_TEXT: &'static str = "The caller's key must have all scopes of the other key.";
    const SIGNING_KEY_TEXT: &'static str =
        "The caller's key also needs the scopes `act` and `provision`, because tokens act as any user.";

    async fn tenant(app: &App, caller: &ApiCaller, _: &str) -> Result<Tenant, Refusal> {
        let found = stored::find(&app.store, caller.tenant).await?;
        found.ok_or_else(tenants::not_found)
    }

    fn may_grant(caller: &ApiCaller, scopes: &[Scope], field: &'static str) -> Result<(), Refusal> {
        require_scopes(caller, scopes.iter().map(|scope| scope.name()), field)
    }

    fn may_revoke(caller: &ApiCaller, scopes: &[&str]) -> Result<(), Refusal> {
        require_scopes(caller, scopes.iter().copied(), "id")
    }

    /// Ids are unique on the server. The ids that a tenant may choose begin with its slug, so that a conflict does not
    /// reveal the ids of other tenants, and no tenant takes an id that another tenant needs.
    fn may_name(tenant: &Tenant, kid: &str) -> Result<(), Refusal> {
        let prefix = format!("{}:", tenant.slug);
        if kid.starts_with(&prefix) {
            return Ok(());
        }
        let reason = format!(
            "the key of this request chooses only ids that begin with `{prefix}`; leave `kid` out, or have an operator add the key"
        );
        Err(Refusal::new(ErrorCode::Forbidden, reason).field("kid"))
    }

    fn may_expire_at(caller: &ApiCaller, _: &[Scope], expires_at_ms: Option<i64>) -> Result<(), Refusal> {
        require_earlier_expiry(caller, expires_at_ms)
    }
}

impl Owner for PathTenant {
    const SCOPES: &'static [Scope] = &[Scope::Operate];
    const API_KEYS: &'static str = "/v1/tenants/{slug}/api-keys";
    const API_KEY: &'static str = "/v1/tenants/{slug}/api-keys/{id}";
    const SIGNING_KEYS: &'static str = "/v1/tenants/{slug}/signing-keys";
    const SIGNING_KEY: &'static str = "/v1/tenants/{slug}/signing-keys/{kid}";
    const IDS: [&'static str; 6] = [
        "listTenantApiKeys",
        "createTenantApiKey",
        "revokeTenantApiKey",
        "listTenantSigningKeys",
        "addTenantSigningKey",
        "revokeTenantSigningKey",
    ];
    const CREATE_TEXT: &'static str = "A new key gets the scopes `tenants` and `operate` only if the caller's key has them, and must \
        then not outlive it.";
    const REVOKE_TEXT: &'static str = "";
    const SIGNING_KEY_TEXT: &'static str = "";

    async fn tenant(app: &App, _: &ApiCaller, slug: &str) -> Result<Tenant, Refusal> {
        let found = stored::find_by_slug(&app.store, slug).await?;
        found.ok_or_else(tenants::not_found)
    }

    fn may_grant(caller: &ApiCaller, scopes: &[Scope], field: &'static str) -> Result<(), Refusal> {
        let server_wide = scopes.iter().filter(|scope| scope.is_server_wide());
        require_scopes(caller, server_wide.map(|scope| scope.name()), field)
    }

    fn may_revoke(_: &ApiCaller, _: &[&str]) -> Result<(), Refusal> {
        Ok(())
    }

    fn may_name(_: &Tenant, _: &str) -> Result<(), Refusal> {
        Ok(())
    }

    fn may_expire_at(caller: &ApiCaller, scopes: &[Scope], expires_at_ms: Option<i64>) -> Result<(), Refusal> {
        if scopes.iter().any(|scope| scope.is_server_wide()) {
            require_earlier_expiry(caller, expires_at_ms)
        } else {
            Ok(())
        }
    }
}

/// Checks that the caller's key has all scopes with these names.
fn require_scopes<'a>(
    caller: &ApiCaller,
    mut names: impl Iterator<Item = &'a str>,
    field: &'static str,
) -> Result<(), Refusal> {
    let has_scope = |name: &str| caller.scopes.iter().any(|scope| scope.name() == name);
    let Some(missing) = names.find(|name| !has_scope(name)) else { return Ok(()) };
    let reason = format!("this needs the scope `{missing}`, which the key of this request does not have");
    Err(Refusal::new(ErrorCode::Forbidden, reason).field(field))
}

/// Checks that a new key does not outlive the caller's key.
fn require_earlier_expiry(caller: &ApiCaller, expires_at_ms: Option<i64>) -> Result<(), Refusal> {
    let Some(caller_expires_at_ms) = caller.expires_at_ms else { return Ok(()) };
    if expires_at_ms.is_some_and(|expires_at_ms| expires_at_ms <= caller_expires_at_ms) {
        return Ok(());
    }
    let reason =
        format!("the new key would outlive the key of this request, which expires at {}", rfc3339(caller_expires_at_ms));
    Err(Refusal::new(ErrorCode::Forbidden, reason).field("expiresInDays"))
}

/// An API key without its secret text, which the server does not keep.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiKey")]
pub struct ApiKeyAnswer {
    /// The id of the key, as in the audit: `key:…`.
    id: Uuid,
    /// The purpose of the key.
    name: String,
    /// What the key allows.
    #[schemars(with = "Vec<ScopeName>")]
    scopes: Vec<String>,
    /// When the key was created.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When the key expires; absent for a key that does not expire.
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// When the key was revoked; absent for a key that was not revoked.
    #[schemars(extend("format" = "date-time"))]
    revoked_at: Option<String>,
}

impl From<api_key::Model> for ApiKeyAnswer {
    fn from(row: api_key::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
            created_at: rfc3339(row.created_at),
            expires_at: row.expires_at.map(rfc3339),
            revoked_at: row.revoked_at.map(rfc3339),
        }
    }
}

/// The name of a scope, for schemas.
#[derive(JsonSchema)]
#[schemars(inline, extend("enum" = Scope::ALL.map(Scope::name)))]
struct ScopeName(#[allow(dead_code)] String);
