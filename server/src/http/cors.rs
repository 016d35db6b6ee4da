//! CORS: pages of the origins that the node or a tenant allows may use `/v1`. The `Authorization` header carries the token,
//! and cookies are never used, so requests with credentials (cookies) are not allowed. A preflight has no token, so the
//! preflight is answered for an origin of any tenant; the request itself is checked against the tenant of its token
//! (`caller.rs`).

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::auth::Origins;

/// How long a browser may cache the answer to a preflight, in seconds. Two hours is the maximum that Chromium accepts.
const PREFLIGHT_MAX_AGE: HeaderValue = HeaderValue::from_static("7200");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, causerie-user");
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after, www-authenticate");

/// Answers CORS preflights, and adds to each response the headers that allow the page to read it.
pub async fn middleware(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let allowed = allowed_origin(request.headers(), &origins).await;
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };

    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let Some(origin) = allowed else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if is_preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE);
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

/// The `Origin` header of a request, if the node or any tenant allows the origin.
async fn allowed_origin(headers: &HeaderMap, origins: &Origins) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    origins.allows_any(origin.to_str().ok()?).await.then(|| origin.clone())
}
