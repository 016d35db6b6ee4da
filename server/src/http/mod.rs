//! HTTP: the API, its description, health, and the messenger page.
//!
//! `/v1` has two kinds of operations. [`commands`] contains the commands of the socket, which a table lists. [`manage`]
//! contains the endpoints for back ends and users, each of which is a type. [`openapi`] describes both in one document, and
//! [`error`] turns refusals into HTTP answers. The public listener serves everything except metrics; the internal listener
//! serves only health and metrics.

mod api;
pub mod assets;
pub mod body;
mod caller;
pub mod commands;
mod cors;
pub mod cut;
mod docs;
mod embed;
pub mod error;
mod health;
mod host;
mod manage;
mod open;
pub mod openapi;
pub mod operation;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};

use crate::{app::App, gateway};

/// The router of the public listener: socket, API, pages, health, and the routes in `added`.
pub fn public_router(app: Arc<App>, added: Router) -> Router {
    let socket = Router::new().route("/v1/ws", get(gateway::upgrade::upgrade)).with_state(Arc::clone(&app));
    let pages = Router::new()
        .route("/embed/{tenant}", get(embed::serve))
        .route("/open", get(open::redirect_to_messenger).post(open::open))
        .with_state(Arc::clone(&app));
    let router = api::router(&app).merge(socket).merge(pages).merge(health::router(app)).merge(added);
    router.fallback(assets::serve).layer(middleware::from_fn(host::required))
}

/// The router of the internal listener: health and metrics.
pub fn internal_router(app: Arc<App>) -> Router {
    health::router(Arc::clone(&app)).merge(health::metrics_router(app)).fallback(|| async { error::Problem::no_such_path() })
}
