//! `/v1`: commands and endpoints of back ends as one router.

use std::sync::Arc;

use axum::{Router, middleware, response::Response, routing::get};
use http::{HeaderValue, header};

use super::{assets, body, commands, cors, docs, error::Problem, manage, manage::exports::Exports, openapi};
use crate::{app::App, limits::UserLimiter, provisioning::ImportLocks};

/// What every handler needs.
#[derive(Clone)]
pub struct Shared {
    /// The server.
    pub app: Arc<App>,
    /// Limits how many requests a user may send.
    pub limiter: Arc<UserLimiter>,
    /// The imports of this node.
    pub imports: ImportLocks,
    /// The exports of this node.
    pub exports: Exports,
}

/// All of `/v1` except the WebSocket.
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

/// A success whose body is JSON.
pub(super) fn json_response(body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    assets::protect(headers);
    response
}
