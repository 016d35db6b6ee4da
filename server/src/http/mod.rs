//! HTTP: the API, its description, health, and the messenger page.
//!
//! [`routes`] is the table of what `/v1` offers; [`command`] turns a request into the command a socket would send, so both
//! go through the same `conversations` code and are refused in the same words ([`error`] gives them their HTTP form). The
//! public listener serves everything but the figures, the internal one only health and figures.

mod api;
pub mod assets;
pub mod body;
mod caller;
pub mod command;
mod cors;
pub mod descriptors;
mod docs;
pub mod error;
mod health;
mod host;
mod import;
pub mod openapi;
mod policy;
pub mod routes;
mod schema;
mod users;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};

use crate::{app::App, demo, gateway};

/// For clients: socket, API, page, health.
pub fn public_router(app: Arc<App>) -> Router {
    let socket = Router::new().route("/v1/ws", get(gateway::upgrade::upgrade)).with_state(Arc::clone(&app));
    let mut router = api::router(&app).merge(socket).merge(health::router(Arc::clone(&app)));
    if app.config.demo_enabled() {
        router = router.merge(demo::router(app));
    }
    router.fallback(assets::serve).layer(middleware::from_fn(host::required))
}

/// For operators: health and figures.
pub fn internal_router(app: Arc<App>) -> Router {
    health::router(Arc::clone(&app)).merge(health::metrics_router(app)).fallback(|| async { error::Problem::no_such_path() })
}
