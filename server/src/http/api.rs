//! The router of `/v1`: the commands, and the endpoints for back ends and users.

use std::sync::Arc;

use axum::{Router, middleware, response::Response, routing::get};
use http::{HeaderValue, header};

use super::{assets, body, commands, cors, docs, error::Problem, manage, manage::exports::Exports, openapi};
use crate::{app::App, limits::UserLimiter, provisioning::ImportLocks};

/// The state that the handlers of `/v1` share.
#[derive(Clone)]
pub struct Shared {
    /// The server.
    pub app: Arc<App>,
    /// Limits the number of requests per user.
    pub limiter: Arc<UserLimiter>,
    /// The locks of the imports that run on this node.
    pub imports: ImportLocks,
    /// The exports that run on this node.
    pub exports: Exports,
}

/// The router of all paths below `/v1`, except the WebSocket.
pub fn router(app: &Arc<App>) -> Router {
    let limiter = Arc::new(UserLimiter::of_requests(&app.config.limits));
    let shared = Shared { app: Arc::clone(app), limiter, imports: ImportLocks::default(), exports: Exports::default() };
    let origins = app.origins.clone();
    commands::router()
        .merge(manage::router())
        .with_state(shared)
        .route("/v1/openapi.json", get(async || json_response(openapi::DESCRIPTION.document.to_string())))
        .route("/v1/docs", get(docs::serve))
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .layer(body::limit())
        .layer(middleware::from_fn_with_state(origins, cors::middleware))
}

/// A successful response whose body is JSON.
pub(super) fn json_response(body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    assets::protect(headers);
    response
}
