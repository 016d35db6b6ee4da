//! The demo: tenants with which a visitor can try the server. A visitor may sign in as any demo user without a password.
//! Each tenant has its own policy.
//!
//! The demo is available only on this machine. The settings allow it only with a loopback listener
//! ([`crate::config::Config::problems`]), and the routes refuse requests whose `Host` is not a loopback name, so that a page
//! of another site can't reach them by a name that resolves to 127.0.0.1. The demo does not change a tenant that an operator
//! created, even if the tenant has the name of a demo tenant.

mod loopback;
mod pages;
mod tenants;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, Request, State, rejection::QueryRejection},
    middleware,
    routing::{get, post},
};
use causerie_policy::Policy;
use causerie_protocol::{ErrorCode, Refusal, TenantId, wire};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use self::tenants::{DemoConversation, DemoTenant, TENANTS};
use crate::{
    app::App,
    audit::Actor,
    auth::{Caller, Credential, issue, keys::Algorithm},
    commands,
    config::Config,
    http::{body, error::Problem},
    provisioning::{Import, ImportDeps, Options, Stopped},
    store::{
        Store, StoreError,
        queries::{
            facts, keys,
            tenants::{self as stored, FirstPolicy},
            users,
        },
    },
};

/// The lifetime of a token in seconds.
const TOKEN_LIFETIME_S: i64 = 3_600;
/// The actor in the audit log. A tenant whose first policy was set by this actor was created by the demo. The actor of an
/// operator is `cli:…`.
const DEMO_ACTOR: &str = "demo";

/// Whether the demo is on. `demo.enabled` decides, if it is set. Otherwise the demo is on for an embedded server on a
/// loopback address while the database has no other tenant. A proxy on this machine may forward requests of other machines,
/// so a server with real tenants must not have the demo by default.
///
/// # Errors
/// [`StoreError`] if the database does not answer or refuses the statement.
pub async fn is_wanted(config: &Config, store: &Store) -> Result<bool, StoreError> {
    if config.demo.enabled.is_some() || !config.demo_enabled() {
        return Ok(config.demo_enabled());
    }
    Ok(stored::slug_of_tenant_not_created_by(store, DEMO_ACTOR).await?.is_none())
}

/// The reason why the server has no demo, for the operator.
///
/// # Errors
/// [`StoreError`] if the database does not answer or refuses the statement.
pub async fn why_off(config: &Config, store: &Store) -> Result<String, StoreError> {
    if config.demo.enabled == Some(false) {
        return Ok("`demo.enabled` is false".to_owned());
    }
    if !config.embedded() {
        return Ok("this node shares its data with others (`database.url`, `redis.url`)".to_owned());
    }
    if !config.listen.public.ip().is_loopback() {
        return Ok(format!("other machines can connect to {} (`listen.public`)", config.listen.public));
    }
    let other = stored::slug_of_tenant_not_created_by(store, DEMO_ACTOR).await?.unwrap_or_default();
    Ok(format!("there is a tenant of your own, `{other}`; CAUSERIE_DEMO__ENABLED=true keeps the demo beside it"))
}

/// Whether this database has the demo's tenants.
///
/// # Errors
/// [`StoreError`] if the database does not answer or refuses the statement.
pub async fn is_prepared(store: &Store) -> Result<bool, StoreError> {
    match stored::find_by_slug(store, &TENANTS[0].slug).await? {
        Some(tenant) => is_demo_tenant(store, tenant.id).await,
        None => Ok(false),
    }
}

/// Creates the tenants, keys, users and first conversations that are missing. Later changes by visitors are kept.
///
/// # Errors
/// The [`Refusal`] of the first step that fails, for example because the database does not answer.
pub async fn prepare(app: &App) -> Result<(), Refusal> {
    let mut conversation_numbers = 0..;
    for demo in TENANTS.iter() {
        let policy = demo.policy().ok_or_else(not_set_up)?;
        let first_policy = FirstPolicy { name: policy.name(), text: policy.text(), by: DEMO_ACTOR };
        let (store, now_ms) = (&app.store, app.clock.now_ms());
        let tenant = stored::ensure(store, &demo.slug, demo.title(), Some(first_policy), now_ms).await?.id;
        if !is_demo_tenant(store, tenant).await? {
            tracing::warn!(
                tenant = demo.slug,
                "a tenant of this name exists that the demo did not make; the demo leaves it alone"
            );
            continue;
        }
        if keys::signing_key(store, tenant, Algorithm::Hs256.name(), None).await?.is_none() {
            let kid = format!("{}-{}", demo.slug, Uuid::now_v7());
            let secret = issue::secret();
            keys::add_signing_key(store.writer(), &app.secrets, tenant, &kid, Algorithm::Hs256.name(), &secret, now_ms)
                .await?;
        }
        let conversations: Vec<(&DemoConversation, u128)> =
            demo.conversations.iter().zip(conversation_numbers.by_ref()).collect();
        if is_new(app, tenant).await? {
            import_facts(app, demo, tenant, &policy).await.map_err(|Stopped(why)| {
                tracing::error!(why, tenant = demo.slug, "the import of the demo users failed");
                not_set_up()
            })?;
            for (conversation, number) in conversations {
                start_conversation(app, tenant, conversation, number).await?;
            }
        }
    }
    Ok(())
}

/// Whether the demo created the tenant.
async fn is_demo_tenant(store: &Store, tenant: TenantId) -> Result<bool, StoreError> {
    let first_policy = facts::read::policy_of_version(store.reader(), tenant, 1).await?;
    Ok(first_policy.is_some_and(|policy| policy.created_by == DEMO_ACTOR))
}

/// Whether the tenant has no facts yet.
async fn is_new(app: &App, tenant: TenantId) -> Result<bool, StoreError> {
    let versions = facts::read::versions(app.store.reader(), &[tenant]).await?;
    Ok(versions.get(&tenant).is_none_or(|version| version.facts == 0))
}

/// Imports all users and facts of a demo tenant in one transaction, because there are few.
async fn import_facts(app: &App, demo: &DemoTenant, tenant: TenantId, policy: &Policy) -> Result<(), Stopped> {
    let deps = ImportDeps {
        store: app.store.clone(),
        tenant,
        vocabulary: Arc::clone(policy.vocabulary()),
        clock: Arc::clone(&app.clock),
        by: Actor::operator(DEMO_ACTOR.to_owned()),
        // No user is connected yet, so no session must end.
        committed: Box::new(|_| ()),
    };
    let mut import = Import::new(deps, Options::default());
    for (line, row) in (1..).zip(demo.rows()) {
        import.take(line, Ok(row));
    }
    let refused = import.flush().await?;
    if refused.is_empty() { Ok(()) } else { Err(Stopped(format!("{refused:?}"))) }
}

/// Starts one of the first conversations, in the name of its first user.
async fn start_conversation(
    app: &App,
    tenant: TenantId,
    conversation: &DemoConversation,
    number: u128,
) -> Result<(), Refusal> {
    let found = users::find_by_external_id(app.store.reader(), &[(tenant, &conversation.from)]).await?;
    let user = found.first().ok_or_else(not_set_up)?.id;
    let caller = Caller { tenant, user, credential: Credential::Server };
    commands::execute(&app.command_deps, caller, conversation.command(number)).await?;
    Ok(())
}

/// The routes below `/demo/`.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/demo/people", get(list_users))
        .route("/demo/token", post(token).get(token_of_page))
        .route("/demo/side-by-side", get(pages::side_by_side))
        .route("/demo/pages/style.css", get(pages::style))
        .route("/demo/pages/{name}", get(pages::page))
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .with_state(app)
        .layer(body::limit())
        .layer(middleware::from_fn(loopback::loopback_only))
}

/// `GET /demo/people`: the demo tenants with their users.
async fn list_users(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let mut tenants = Vec::new();
    for demo in TENANTS.iter() {
        if id_of_demo_tenant(&app, demo).await?.is_some() {
            tenants.push(demo.described());
        }
    }
    Ok(Json(json!({ "tenants": tenants })))
}

/// The id of the tenant in the database; `None` if it does not exist or the demo did not create it.
async fn id_of_demo_tenant(app: &App, demo: &DemoTenant) -> Result<Option<TenantId>, Refusal> {
    let Some(tenant) = stored::find_by_slug(&app.store, &demo.slug).await? else { return Ok(None) };
    Ok(is_demo_tenant(&app.store, tenant.id).await?.then_some(tenant.id))
}

/// The query of `/demo/token`: the external id of the user, and the slug of the tenant.
#[derive(Debug, Default, Deserialize)]
struct UserSelection {
    #[serde(rename = "as")]
    user: Option<String>,
    tenant: Option<String>,
}

/// `GET /demo/token`: the token URL of the demo's pages. A real product takes the user from its own session.
async fn token_of_page(
    State(app): State<Arc<App>>,
    selection: Result<Query<UserSelection>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let UserSelection { user, tenant } = selection.map(|Query(selection)| selection).unwrap_or_default();
    sign(&app, tenant.as_deref(), user.as_deref()).await
}

/// `POST /demo/token`: a token for the user and the tenant in the body.
async fn token(State(app): State<Arc<App>>, request: Request) -> Result<Json<Value>, Problem> {
    let body = body::read(request).await?;
    let requested = |field: &'static str| body.get(field).and_then(Value::as_str);
    sign(&app, requested("tenant"), requested("externalId")).await
}

/// Signs a token for a user. Without `tenant`, the user is of the first demo tenant.
async fn sign(app: &App, tenant: Option<&str>, user: Option<&str>) -> Result<Json<Value>, Problem> {
    let unknown =
        |field: &'static str| Refusal::new(ErrorCode::Invalid, format!("`{field}` is none of `/demo/people`")).field(field);
    let slug = tenant.unwrap_or(&TENANTS[0].slug);
    let demo = TENANTS.iter().find(|demo| demo.slug == slug).ok_or_else(|| unknown("tenant"))?;
    let user = demo.users.iter().find(|demo_user| Some(demo_user.external_id.as_str()) == user);
    let user = user.ok_or_else(|| unknown("externalId"))?;

    let tenant = id_of_demo_tenant(app, demo).await?.ok_or_else(|| unknown("tenant"))?;
    let key = keys::signing_key(&app.store, tenant, Algorithm::Hs256.name(), None).await?;
    let key = key.ok_or_else(not_set_up)?;
    let iat = app.clock.now_s();
    let exp = iat + TOKEN_LIFETIME_S;
    let claims = issue::NewToken { sub: &user.external_id, name: Some(&user.name), avatar: None, iat, exp };
    let secret = key.material(&app.secrets).map_err(|error| cannot_sign(&error))?;
    let token = issue::hs256(&key.kid, secret.expose(), &claims).map_err(|error| cannot_sign(&error))?;
    Ok(Json(json!({ "token": token, "expiresAt": date_time(exp) })))
}

/// A time in seconds since 1970 UTC, in the JSON form of protobuf.
fn date_time(seconds: i64) -> Value {
    let mut message = wire::TokenRefreshed { token_expires_at: Some(Default::default()), ..Default::default() };
    if let Some(timestamp) = &mut message.token_expires_at {
        timestamp.seconds = seconds;
    }
    serde_json::to_value(message.token_expires_at).unwrap_or_default()
}

fn cannot_sign(error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%error, "the demo's key can't sign");
    not_set_up()
}

fn not_set_up() -> Refusal {
    Refusal::new(ErrorCode::Unavailable, "the demo is not set up; restart the server")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_rfc_3339() {
        assert_eq!(date_time(1_700_000_000), "2023-11-14T22:13:20+00:00");
    }
}
