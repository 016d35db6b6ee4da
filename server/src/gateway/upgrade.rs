//! Upgrades an HTTP request to a WebSocket (RFC 6455 §4.2). axum's own upgrade is not used, because it depends on an older
//! tungstenite and starts tasks that the server does not track.

use std::sync::Arc;

use axum::{body::Body, extract::State};
use causerie_protocol::Encoding;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{connection, diagnosis, origin};
use crate::app::App;

/// The value of `Retry-After`, in seconds, of a node that accepts no connections.
const RETRY_AFTER_S: &str = "2";

/// The handler of `GET /v1/ws`.
pub async fn upgrade(State(app): State<Arc<App>>, mut request: Request<Body>) -> Response<Body> {
    let mut response = if diagnosis::is_requested(request.headers()) {
        diagnosis::answer(&app, request.headers(), request.uri()).await
    } else {
        let page = origin::foreign(request.headers()).map(Box::from);
        let is_admitted = match &page {
            Some(origin) => app.origins.allows_any(origin).await,
            None => true,
        };
        match check_request(&app, &request, is_admitted) {
            Ok((accepted, encoding)) => {
                let upgrading = hyper::upgrade::on(&mut request);
                app.tasks.clone().spawn("connection", connection::run(app, upgrading, encoding, page));
                accepted.response(Some(encoding.subprotocol()))
            }
            Err(refusal) => *refusal,
        }
    };
    // Pages of all origins may read the reason of a refusal.
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// The `Sec-WebSocket-Accept` value of a handshake that conforms to RFC 6455.
pub struct Accepted(HeaderValue);

impl Accepted {
    /// Checks a handshake (RFC 6455 §4.2.1).
    ///
    /// # Errors
    /// The HTTP response that says why the handshake is refused.
    pub fn check(request: &Request<Body>) -> Result<Self, Box<Response<Body>>> {
        let headers = request.headers();
        if request.method() != Method::GET || request.version() != Version::HTTP_11 {
            return Err(refuse(StatusCode::METHOD_NOT_ALLOWED, "a WebSocket starts with GET over HTTP/1.1"));
        }
        if !contains_token(headers, header::CONNECTION, "upgrade") || !contains_token(headers, header::UPGRADE, "websocket")
        {
            return Err(upgrade_required(
                "this address speaks WebSocket: ask for an upgrade; a proxy in between must pass on `Connection` and `Upgrade`",
            ));
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(upgrade_required("`Sec-WebSocket-Version` must be 13"));
        }
        let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(refuse(StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` must come once"));
        };
        if !is_nonce(key) {
            return Err(refuse(StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` is not 16 bytes in base64"));
        }
        HeaderValue::from_str(&derive_accept_key(key.as_bytes()))
            .map(Self)
            .map_err(|_| refuse(StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` can't be answered"))
    }

    /// The response `101 Switching Protocols`.
    #[must_use]
    pub fn response(self, subprotocol: Option<&'static str>) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, self.0);
        if let Some(subprotocol) = subprotocol {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
        }
        response
    }
}

/// Checks the handshake, the origin and the state of this node, and chooses the encoding. `is_admitted`: the node or a
/// tenant allows the page of the request.
///
/// # Errors
/// The HTTP response that says why the WebSocket is refused.
fn check_request(
    app: &App,
    request: &Request<Body>,
    is_admitted: bool,
) -> Result<(Accepted, Encoding), Box<Response<Body>>> {
    let headers = request.headers();
    let accepted = Accepted::check(request)?;
    match origin::from_headers(headers) {
        Ok(None) => {}
        Ok(Some(_)) if is_admitted => {}
        Ok(Some(origin)) => {
            app.refused_origins.count(origin, headers, app.clock.now_ms(), &app.metrics.origins_refused);
            return Err(refuse(
                StatusCode::FORBIDDEN,
                "pages of this `Origin` may not connect: add it to the tenant's allowed origins, or to the setting \
                 `listen.origins` and start the server again",
            ));
        }
        Err(origin::NotAnOrigin) => return Err(refuse(StatusCode::FORBIDDEN, "`Origin` must come once, as text")),
    }
    let encoding = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|offered| offered.to_str().ok())
        .flat_map(|offered| offered.split(','))
        .find_map(|offered| Encoding::ALL.into_iter().find(|encoding| encoding.subprotocol() == offered.trim()));
    let Some(encoding) = encoding else {
        return Err(refuse(
            StatusCode::BAD_REQUEST,
            "ask for a subprotocol in `Sec-WebSocket-Protocol`: causerie.v1.json or causerie.v1.proto",
        ));
    };
    if !app.readiness.is_ready() {
        let mut refusal = refuse(StatusCode::SERVICE_UNAVAILABLE, "this node is leaving or not ready yet; try another");
        refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
        return Err(refusal);
    }
    Ok((accepted, encoding))
}

/// Whether a header with a list of tokens contains this token.
fn contains_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|listed| listed.trim().eq_ignore_ascii_case(token))
}

/// Whether the key is 16 bytes in base64.
fn is_nonce(key: &HeaderValue) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(key.as_bytes()).is_ok_and(|bytes| bytes.len() == 16)
}

fn upgrade_required(message: &'static str) -> Box<Response<Body>> {
    let mut response = refuse(StatusCode::UPGRADE_REQUIRED, message);
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

fn refuse(status: StatusCode, message: &'static str) -> Box<Response<Body>> {
    let mut response = Box::new(Response::new(Body::from(message)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
