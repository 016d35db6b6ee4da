//! Explains to a page why its WebSocket was refused. A browser gives a page no reason for a refused WebSocket, so the page
//! requests the same address again with `fetch`. Pages of all origins may read the answer.

use std::collections::HashMap;

use axum::{body::Body, extract::Query};
use causerie_protocol::Encoding;
use http::{HeaderMap, HeaderValue, Response, Uri, header};
use serde::Serialize;

use super::origin;
use crate::app::App;

/// The answer, as protocol/README.md describes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Diagnosis<'a> {
    /// Always `causerie`, so that the page can tell this server from another program at the address.
    service: &'static str,
    subprotocols: [&'static str; 2],
    /// The origin of the requesting page.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    origin_allowed: bool,
    /// Whether this node accepts connections now.
    ready: bool,
    message: String,
}

/// Whether the request asks for a diagnosis: it has no header of a WebSocket handshake.
#[must_use]
pub fn is_requested(headers: &HeaderMap) -> bool {
    [header::UPGRADE, header::SEC_WEBSOCKET_KEY, header::SEC_WEBSOCKET_VERSION]
        .iter()
        .all(|name| !headers.contains_key(name))
}

/// Answers whether a WebSocket handshake would be accepted. The page sends its origin in `?origin=`, because browsers send
/// no `Origin` header with requests to the page's own host. With the token of a user, the answer is about the pages that the
/// tenant of the token allows.
pub async fn answer(app: &App, headers: &HeaderMap, uri: &Uri) -> Response<Body> {
    let origin_in_query =
        Query::<HashMap<String, String>>::try_from_uri(uri).ok().and_then(|mut query| query.remove("origin"));
    let origin_header = origin::from_headers(headers);
    let origin = origin_in_query.as_deref().or(origin_header.unwrap_or_default());
    let origin_allowed = match origin {
        Some(origin) => origin::is_own(origin, headers) || is_allowed(app, headers, origin).await,
        None => origin_header.is_ok(),
    };
    let ready = app.readiness.is_ready();
    let message = if !origin_allowed {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let origin = origin.unwrap_or_default();
        format!(
            "pages of `{origin}` may not connect: add this origin to the tenant's allowed origins (`causerie tenant \
             web-access`), or to the setting `listen.origins` (CAUSERIE_LISTEN__ORIGINS={origin}) and start the server again. \
             Only pages of the host that is asked for, `{host}`, need no entry"
        )
    } else if !ready {
        "this node is leaving or not ready yet".to_owned()
    } else {
        "a WebSocket can be opened here; where it can't, something in between does not pass on `Upgrade`".to_owned()
    };
    let subprotocols = Encoding::ALL.map(Encoding::subprotocol);
    let diagnosis = Diagnosis { service: "causerie", subprotocols, origin, origin_allowed, ready, message };
    // Serialising can't fail: the answer has only texts, flags and a list of texts.
    let mut response = Response::new(Body::from(serde_json::to_vec(&diagnosis).unwrap_or_default()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn is_allowed(app: &App, headers: &HeaderMap, origin: &str) -> bool {
    let Some(credential) = headers.get(header::AUTHORIZATION) else { return app.origins.allows_any(origin).await };
    let token = credential.to_str().ok().and_then(|credential| credential.strip_prefix("Bearer "));
    match app.auth.user(token.unwrap_or_default()).await {
        Ok(identity) => app.origins.admit(identity.tenant, origin).await.is_ok(),
        Err(_) => false,
    }
}
