//! The messenger page, built into the binary (a debug build reads it from the source tree, so that a rebuilt page shows
//! at once). The server builds without it too: cargo must not need npm.

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::error::Problem;

#[derive(RustEmbed)]
#[folder = "../client-sdk/web/dist/messenger"]
#[allow_missing = true]
struct Messenger;

/// Names under this folder contain a hash of what is in the file; a changed file is another file.
const HASHED: &str = "assets/";

/// Serves a file of the page, `index.html` at `/`.
pub async fn serve(request: Request) -> Response {
    let path = match request.uri().path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    let Some(file) = Messenger::get(path) else {
        let mut response = Problem::no_such_path().into_response();
        // A page that asked for a socket at a wrong path may read so.
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        return response;
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::wrong_method().into_response();
    }
    answer(path, file, request.headers())
}

fn answer(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let etag = etag(&file);
    let is_known = asked.get_all(header::IF_NONE_MATCH).iter().any(|known| {
        known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag))
    });
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(file.data).into_response() };
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, &content_type(file.metadata.mimetype()));
    set(header::ETAG, &etag);
    let lasting = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    set(header::CACHE_CONTROL, lasting);
    set(header::CONTENT_SECURITY_POLICY, &policy(asked));
    protect(headers);
    response
}

/// For everything a browser may show: no guessing of types, no address told to other sites.
pub fn protect(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

fn etag(file: &EmbeddedFile) -> String {
    let hash: String = file.metadata.sha256_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

fn content_type(mime: &str) -> String {
    if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}

/// Nothing runs or loads but what this server serves. Sockets are named, for not all browsers count `ws:` to `'self'`.
fn policy(asked: &HeaderMap) -> String {
    let host = asked.get(header::HOST).and_then(|host| host.to_str().ok());
    // The name goes into a header; what is no name stays out.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let sockets = match host.filter(|host| !host.is_empty() && host.bytes().all(is_name)) {
        Some(host) => format!(" ws://{host} wss://{host}"),
        None => String::new(),
    };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{sockets}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_host_is_not_copied_into_the_content_security_policy() {
        let policy_for = |host: &str| {
            let host = HeaderValue::from_str(host).expect("a header value");
            policy(&HeaderMap::from_iter([(header::HOST, host)]))
        };
        assert!(
            policy_for("chat.example:8080").contains("connect-src 'self' ws://chat.example:8080 wss://chat.example:8080;")
        );
        assert!(policy_for("x; script-src *").contains("connect-src 'self';"));
    }

    #[test]
    fn text_assets_declare_their_encoding() {
        assert_eq!(content_type("text/html"), "text/html; charset=utf-8");
        assert_eq!(content_type("image/svg+xml"), "image/svg+xml");
    }
}
