//! `GET /embed/{tenant}`: the page that other sites embed in a frame. The web access of the tenant lists the sites that may
//! embed it.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use causerie_protocol::{ErrorCode, Refusal};
use http::HeaderMap;

use super::{assets, error::Problem};
use crate::{
    app::App,
    provisioning,
    store::queries::{tenants, web_access},
};

/// The path of the page in the built files.
const PAGE: &str = "embed/index.html";

/// Serves the page with the frame ancestors of the tenant. If the tenant has none of its own, the setting
/// `listen.frame_ancestors` applies.
pub async fn serve(State(app): State<Arc<App>>, Path(slug): Path<String>, request: Request) -> Response {
    page(&app, &slug, request.headers()).await.unwrap_or_else(|problem| problem.into_response())
}

async fn page(app: &App, slug: &str, request_headers: &HeaderMap) -> Result<Response, Problem> {
    let not_found = || Refusal::new(ErrorCode::NotFound, "there is no tenant of this slug");
    // A text that is not a slug is refused here and not sent to the database.
    let slug = provisioning::tenants::slug(slug).map_err(|_| not_found())?;
    let tenant = tenants::find_by_slug(&app.store, &slug).await?.ok_or_else(not_found)?;
    let ancestors = web_access::of(app.store.reader(), tenant.id).await?.frame_ancestors;
    let ancestors = ancestors.as_ref().unwrap_or(&app.config.listen.frame_ancestors);
    Ok(assets::page(PAGE, request_headers, ancestors).unwrap_or_else(|| Problem::no_such_path().into_response()))
}
