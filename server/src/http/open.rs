//! `POST /open`: a form of the product's page opens the messenger for a user. The form has the user's token in the field
//! `token`. The answer is the messenger's page with the token in its `<head>`. The script of the page reads the token and
//! removes it. This way the token is not part of an address, of the browser's history or of a log.

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

/// The maximum size of a form in bytes. A form with the longest token in the form's encoding and other short fields fits.
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

/// `GET /open`, which a browser sends when the user reloads the page. Redirects to the messenger's page, which is in the
/// same folder.
pub async fn redirect_to_messenger() -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("./"))]).into_response()
}

/// Reads the field `token` of the form.
async fn token(request: Request) -> Result<String, Problem> {
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|content_type| content_type.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        let reason = "send a form: `Content-Type: application/x-www-form-urlencoded`";
        return Err(Refusal::new(ErrorCode::Malformed, reason).field("content-type").into());
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
    // Only a page of the product may open the messenger. Otherwise another site could sign its visitors in as a user of its
    // choice, and read the messages that they write. A page with the origin `null` is refused, although a tenant may allow
    // this origin for its app, because each site can make a page with this origin.
    if matches!(origin::from_headers(headers), Ok(None | Some("null"))) {
        let reason = "a form of a web page opens the messenger: browsers send the origin of the page with it";
        return Err(Refusal::new(ErrorCode::Forbidden, reason).field("origin").into());
    }
    if let Some(page) = origin::foreign(headers) {
        app.origins.admit(identity.tenant, page).await.map_err(|error: AuthError| Refusal::from(error).field("origin"))?;
    }
    let ancestors = web_access::of(app.store.reader(), identity.tenant).await?.frame_ancestors;
    let ancestors = ancestors.as_ref().unwrap_or(&app.config.listen.frame_ancestors);
    // A verified token contains only letters of base64url and dots, so it needs no escaping.
    let head = format!("<meta name=\"causerie-token\" content=\"{token}\" />");
    let page = assets::page_with(PAGE, headers, ancestors, &head);
    Ok(page.unwrap_or_else(|| Problem::no_such_path().into_response()))
}
