//! `POST /open`: a form of the product's page opens the messenger for a user. The form has the user's token in the field
//! `token`. The answer is the messenger's page with the token in its `<head>`; the script of the page reads the token and
//! removes it. So neither an address, nor the browser's history, nor a log contains the token.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use causerie_protocol::{ErrorCode, Refusal};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::form_urlencoded;

use super::{assets, body, error::Problem};
use crate::{app::App, auth::AuthError, gateway::origin, store::queries::web_access};

/// The maximum size of a form in bytes: a token of the largest size, in the form's encoding, and other short fields.
const FORM_BYTES_MAX: usize = 16 * 1024;
/// The path of the messenger's page among the built web files.
const PAGE: &str = "messenger/index.html";

/// Answers a form with the messenger's page, or with a problem if the form, its token or the origin of its page is
/// refused.
pub async fn open(State(app): State<Arc<App>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let opened = async {
        let token = token(request).await?;
        page(&app, &headers, &token).await
    };
    opened.await.unwrap_or_else(|problem: Problem| problem.into_response())
}

/// `GET /open`: a browser sends it when the user reloads the page. Redirects to the messenger's page, which is in the same
/// folder.
pub async fn again() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("./"))]).into_response()
}

/// The field `token` of the form.
async fn token(request: Request) -> Result<String, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        let why = "send a form: `Content-Type: application/x-www-form-urlencoded`";
        return Err(Refusal::new(ErrorCode::Malformed, why).field("content-type").into());
    }
    let body = body::bytes(request, FORM_BYTES_MAX).await?;
    let mut fields = form_urlencoded::parse(&body).filter(|(name, _)| name == "token");
    match (fields.next(), fields.next()) {
        (Some((_, token)), None) if !token.is_empty() => Ok(token.into_owned()),
        (Some(_), Some(_)) => Err(Refusal::new(ErrorCode::Invalid, "`token` comes more than once").field("token").into()),
        _ => Err(Refusal::new(ErrorCode::Invalid, "`token` is missing: the form has the user's token in it")
            .field("token")
            .into()),
    }
}

async fn page(app: &App, headers: &HeaderMap, token: &str) -> Result<Response, Problem> {
    let identity = app.auth.user(token).await.map_err(|error| Refusal::from(error).field("token"))?;
    // Only a page of the product may open the messenger: another site could otherwise sign its visitors in as a user of its
    // choice, and read what they write.
    // Each site can make a page whose origin is `null`, so `null` is refused here, although a tenant may allow it for its
    // app.
    if matches!(origin::of(headers), Ok(None | Some("null"))) {
        let why = "a form of a web page opens the messenger: browsers send the origin of the page with it";
        return Err(Refusal::new(ErrorCode::Forbidden, why).field("origin").into());
    }
    if let Some(page) = origin::foreign(headers) {
        app.origins.admit(identity.tenant, page).await.map_err(|error: AuthError| Refusal::from(error).field("origin"))?;
    }
    let ancestors = web_access::of(app.store.reader(), identity.tenant).await?.frame_ancestors;
    let ancestors = ancestors.as_ref().unwrap_or(&app.config.listen.frame_ancestors);
    // A verified token has only letters of base64url and dots, so it needs no escapes.
    let head = format!("<meta name=\"causerie-token\" content=\"{token}\" />");
    let page = assets::page_with(PAGE, headers, ancestors, &head);
    Ok(page.unwrap_or_else(|| Problem::no_such_path().into_response()))
}
