//! From an HTTP request to a WebSocket (RFC 6455 §4.2), without axum's own upgrade: that one brings an older tungstenite,
//! and its sockets escape the server's count of running tasks.

use std::sync::Arc;

use axum::{body::Body, extract::State};
use causerie_protocol::{Encoding, limits};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};

use super::{connection, origin};
use crate::app::App;

/// tungstenite zero-fills 128 KiB per socket by default; measured on 6,000 idle sockets, 4 KiB brought each from 133.6 to
/// 5.6 KiB.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Only a flush writes: a batch from the outbox is one write, and putting a frame into the buffer never waits for the peer.
/// The buffer holds one batch and is not allocated before it is needed.
const WRITE_BUFFER_BYTES: usize = 16 * 1024 * 1024;
/// Room for control frames behind a full buffer. An answer beyond this is refused by the buffer and ends the connection;
/// common clients take no larger frame either.
const WRITE_BUFFER_BYTES_MAX: usize = WRITE_BUFFER_BYTES + 64 * 1024;
const RETRY_AFTER_S: &str = "2";

/// `GET /v1/ws`.
pub async fn upgrade(State(app): State<Arc<App>>, mut request: Request<Body>) -> Response<Body> {
    let (accept, encoding) = match check(&app, &request) {
        Ok(agreed) => agreed,
        Err(refusal) => return *refusal,
    };
    let upgrading = hyper::upgrade::on(&mut request);
    let tasks = app.tasks.clone();
    tasks.spawn("connection", async move {
        match upgrading.await {
            Ok(upgraded) => serve(app, upgraded, encoding).await,
            Err(error) => tracing::debug!(%error, "an upgrade was not completed"),
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(encoding.subprotocol()));
    response
}

async fn serve(app: Arc<App>, upgraded: hyper::upgrade::Upgraded, encoding: Encoding) {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(limits::FRAME_BYTES_MAX))
        .max_frame_size(Some(limits::FRAME_BYTES_MAX));
    // Past hyper's wrapper to the bare socket that `lifecycle::listener` gave it.
    let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else {
        tracing::error!("the listener serves something else than TCP: the upgrade is given up");
        return;
    };
    // What the client sent ahead of our answer is kept; hyper's buffer, 11 KiB, is not.
    let early = parts.read_buf.to_vec();
    drop(parts.read_buf);
    let socket = WebSocketStream::from_partially_read(parts.io.into_inner(), early, Role::Server, Some(config)).await;
    connection::run(app, socket, encoding).await;
}

fn check(app: &App, request: &Request<Body>) -> Result<(HeaderValue, Encoding), Box<Response<Body>>> {
    let headers = request.headers();
    if request.method() != Method::GET || request.version() != Version::HTTP_11 {
        return Err(refuse(StatusCode::METHOD_NOT_ALLOWED, "a WebSocket starts with GET over HTTP/1.1"));
    }
    if !lists(headers, header::CONNECTION, "upgrade") || !lists(headers, header::UPGRADE, "websocket") {
        return Err(upgrade_required("this address speaks WebSocket: ask for an upgrade"));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(upgrade_required("`Sec-WebSocket-Version` is 13"));
    }
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(refuse(StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` must come once"));
    };
    if !is_nonce(key) {
        return Err(refuse(StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` is not 16 bytes in base64"));
    }
    if !origin::allowed(headers, &app.config.listen.origins) {
        return Err(refuse(StatusCode::FORBIDDEN, "this `Origin` is not among `listen.origins`"));
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
            "`Sec-WebSocket-Protocol` names neither causerie.v1.proto nor causerie.v1.json",
        ));
    };
    if !app.readiness.is_ready() {
        let mut refusal = refuse(StatusCode::SERVICE_UNAVAILABLE, "this node is leaving or not ready yet; try another");
        refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
        return Err(refusal);
    }
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()))
        .map_err(|_| refuse(StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` can't be answered"))?;
    Ok((accept, encoding))
}

/// A header that is a list of tokens holds this one.
fn lists(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(token))
}

fn is_nonce(key: &HeaderValue) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(key.as_bytes()).is_ok_and(|bytes| bytes.len() == 16)
}

fn upgrade_required(why: &'static str) -> Box<Response<Body>> {
    let mut response = refuse(StatusCode::UPGRADE_REQUIRED, why);
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

fn refuse(status: StatusCode, why: &'static str) -> Box<Response<Body>> {
    let mut response = Box::new(Response::new(Body::from(why)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
