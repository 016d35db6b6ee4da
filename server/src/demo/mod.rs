//! A tenant to try the server out with: sample people anyone may be, without a password, and a group they are all in.
//!
//! Only on this machine: [`crate::config::Config::demo_enabled`] demands a loopback listener, and the routes answer only to
//! a loopback name in `Host`, so that a page elsewhere can't reach them by a name that resolves to 127.0.0.1.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use causerie_protocol::{
    ErrorCode, Refusal,
    command::{Command, Draft, Recipient, StartConversation, Target, UserRef},
    wire,
};
use http::{HeaderMap, HeaderName, HeaderValue, header, uri::Authority};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use crate::{
    app::App,
    auth::{issue, keys::Algorithm},
    conversations::{self, Caller},
    http::{body, error::Problem},
    store::{
        StoreError,
        queries::{keys, people, tenants},
    },
};

const SLUG: &str = "demo";
const LIFETIME_S: i64 = 3_600;
/// Fixed, so that every start finds the group the first one made.
const GROUP: Uuid = uuid!("0193a000-0000-7000-8000-000000000001");
const FIRST_MESSAGE: Uuid = uuid!("0193a000-0000-7000-8000-000000000002");
const WARNING: (HeaderName, HeaderValue) = (
    HeaderName::from_static("causerie-warning"),
    HeaderValue::from_static("demo: anyone can sign in as anyone; not for production"),
);

/// Product's id and name. Long, accented and punctuated ones are there to be looked at.
const PEOPLE: [(&str, &str); 8] = [
    ("lea", "Léa Martin"),
    ("tom", "Tom Nguyen"),
    ("amelie", "Amélie Dubois-Lefèvre"),
    ("yanis", "Yanis Benali"),
    ("chloe", "Chloé Petit"),
    ("jean-baptiste", "Maître Jean-Baptiste de la Rochefoucauld-Montmorency"),
    ("zoe", "Zoë O’Connor"),
    ("idriss", "Idriss Traoré"),
];

/// Makes tenant, key, people and group where they are missing.
///
/// # Errors
/// When the database fails.
pub async fn prepare(app: &App) -> Result<(), Refusal> {
    let (store, now_ms) = (&app.store, app.clock.now_ms());
    let tenant = tenants::ensure(store, SLUG, "Démo", now_ms).await.map_err(unavailable)?.id;
    if keys::signing_key(store, tenant, Algorithm::Hs256.name(), None).await.map_err(unavailable)?.is_none() {
        let kid = format!("demo-{}", Uuid::now_v7());
        let secret = issue::secret();
        keys::add_signing_key(store, tenant, &kid, Algorithm::Hs256.name(), &secret, now_ms).await.map_err(unavailable)?;
    }
    let profiles = PEOPLE.map(|(external_id, name)| people::Profile {
        external_id: external_id.to_owned(),
        name: Some(name.to_owned()),
        ..Default::default()
    });
    let users = people::upsert(store, tenant, &profiles, now_ms).await.map_err(unavailable)?;
    let Some((first, others)) = users.split_first() else { return Ok(()) };
    let group = Command::StartConversation(StartConversation {
        target: Target::Group {
            to: others.iter().map(|user| Recipient::User(UserRef::Id(user.id))).collect(),
            subject: "Sortie au musée".to_owned(),
            client_id: GROUP.into(),
        },
        first_message: Some(Draft {
            client_id: FIRST_MESSAGE.into(),
            text: "Bonjour à tous ! On se retrouve devant le musée à 14 h ?".to_owned(),
        }),
    });
    conversations::execute(app, Caller { tenant, user: first.id, issued_at_s: app.clock.now_s() }, group).await?;
    Ok(())
}

/// `/demo/people` and `/demo/token`.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/demo/people", get(people))
        .route("/demo/token", post(token))
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .with_state(app)
        .layer(body::limit())
        .layer(middleware::from_fn(here_only))
}

async fn people() -> Json<Value> {
    let people = PEOPLE.map(|(external_id, name)| json!({ "externalId": external_id, "name": name, "avatarUrl": "" }));
    Json(json!({ "people": people }))
}

async fn token(State(app): State<Arc<App>>, request: Request) -> Result<Json<Value>, Problem> {
    let body = body::read(request).await?;
    let asked = body.get("externalId").and_then(Value::as_str);
    let known = PEOPLE.into_iter().find(|(external_id, _)| Some(*external_id) == asked);
    let unknown = || Refusal::new(ErrorCode::Invalid, "`externalId` is none of `/demo/people`").field("externalId");
    let (external_id, name) = known.ok_or_else(unknown)?;

    let tenant = tenants::find_by_slug(&app.store, SLUG).await.map_err(unavailable)?.ok_or_else(unprepared)?;
    let key = keys::signing_key(&app.store, tenant.id, Algorithm::Hs256.name(), None).await.map_err(unavailable)?;
    let key = key.ok_or_else(unprepared)?;
    let iat = app.clock.now_s();
    let exp = iat + LIFETIME_S;
    let claims = issue::NewToken { sub: external_id, name: Some(name), avatar: None, iat, exp };
    let token = issue::hs256(&key.kid, key.material.expose(), &claims).map_err(|error| {
        tracing::error!(%error, "the demo's key can't sign");
        unprepared()
    })?;
    Ok(Json(json!({ "token": token, "expiresAt": date_time(exp) })))
}

/// Lets requests from this machine's own pages and tools through, and says on every answer what this is.
async fn here_only(request: Request, next: Next) -> Response {
    let mut response = if is_local(request.headers()) {
        next.run(request).await
    } else {
        Problem::from(Refusal::new(ErrorCode::Forbidden, "the demo is for this machine only")).into_response()
    };
    let headers = response.headers_mut();
    headers.extend([WARNING]);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `Host` is a loopback name, and so is `Origin` where a page asks.
fn is_local(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    let is_loopback = |authority: &str| {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    let from_here =
        text(header::ORIGIN).is_none_or(|origin| origin.split_once("://").is_some_and(|(_, host)| is_loopback(host)));
    // A proxy on this machine may pass on strangers, under a name of its own.
    let forwarded = [header::FORWARDED, header::VIA].iter().any(|name| headers.contains_key(name))
        || headers.keys().any(|name| name.as_str().starts_with("x-forwarded-") || name == "x-real-ip");
    text(header::HOST).is_some_and(is_loopback) && from_here && !forwarded
}

/// Seconds since 1970 as protobuf's JSON mapping writes a moment.
fn date_time(seconds: i64) -> Value {
    let mut message = wire::TokenRefreshed { token_expires_at: Some(Default::default()) };
    if let Some(at) = &mut message.token_expires_at {
        at.seconds = seconds;
    }
    serde_json::to_value(message.token_expires_at).unwrap_or_default()
}

fn unprepared() -> Refusal {
    Refusal::new(ErrorCode::Unavailable, "the demo is not set up; restart the server")
}

fn unavailable(error: StoreError) -> Refusal {
    tracing::error!(%error, "the demo failed");
    Refusal::new(ErrorCode::Unavailable, "the database can't answer now")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
        is_local(&headers)
    }

    #[test]
    fn only_loopback_names_are_here() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "127.8.8.8", "[::1]:8080"] {
            assert!(local(host, None), "{host}");
        }
        for host in ["chat.example", "127.0.0.1.example", "localhost.example:8080", "10.0.0.1", ""] {
            assert!(!local(host, None), "{host}");
        }
        assert!(local("localhost:8080", Some("http://localhost:8080")));
        assert!(!local("localhost:8080", Some("https://evil.example")));
        assert!(!local("localhost:8080", Some("null")));
        assert!(!is_local(&HeaderMap::new()));
    }

    #[test]
    fn moments_are_rfc_3339() {
        assert_eq!(date_time(1_700_000_000), "2023-11-14T22:13:20+00:00");
    }
}
