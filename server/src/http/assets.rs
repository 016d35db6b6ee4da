//! The files for browsers: the messenger page at `/`, the admin page at `/admin/`, the widget for other sites under `/widget/`,
//! and the page for frames of other sites under `/embed/`. They are part of the binary. A debug build reads them from the source
//! tree, so that a rebuilt page is served at once. The server also builds without these files, because cargo must not depend on
//! npm.

use std::{
    collections::HashMap,
    io::Write,
    sync::{LazyLock, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::error::Problem;

#[derive(RustEmbed)]
#[folder = "../client-sdk/web/dist"]
#[allow_missing = true]
struct Built;

/// A folder of [`Built`] and the path at which it is served.
struct Site {
    /// The path, without the first slash.
    path: &'static str,
    /// The folder.
    folder: &'static str,
    /// Which pages may use the files.
    audience: Audience,
}

/// Which pages may use the files of a site.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Its own page, which no other site may frame.
    Itself,
    /// The pages of this server.
    ThisServer,
    /// Pages of all sites.
    AllSites,
}

/// The first site whose path begins the path of a request serves it.
static SITES: [Site; 4] = [
    Site { path: "admin/", folder: "admin/", audience: Audience::Itself },
    // `/embed/{tenant}` is a route of its own, which answers with `page`.
    Site { path: "embed/", folder: "embed/", audience: Audience::ThisServer },
    Site { path: "widget/", folder: "widget/", audience: Audience::AllSites },
    Site { path: "", folder: "messenger/", audience: Audience::ThisServer },
];

/// The part of a path under which file names contain a hash of the content. Such files can be cached forever.
const HASHED: &str = "/assets/";

/// Serves a file of a site, `index.html` at its path.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    // A page loads its files by paths relative to its own. The answer is relative too: a proxy may serve `/chat/admin`.
    let without_slash = SITES.iter().find(|site| site.path.strip_suffix('/') == Some(path));
    if let Some(site) = without_slash.filter(|site| Built::get(&format!("{}index.html", site.folder)).is_some()) {
        return moved(site.path);
    }
    let site = SITES.iter().find(|site| path.starts_with(site.path));
    let file = site.and_then(|site| {
        let below = path.strip_prefix(site.path).filter(|below| !below.is_empty()).unwrap_or("index.html");
        let name = format!("{}{below}", site.folder);
        Some((site, Built::get(&name)?, name))
    });
    let Some((site, file, name)) = file else {
        let mut response = Problem::no_such_path().into_response();
        // Lets a page of another origin read this answer when it connects to a wrong path.
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        return response;
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::wrong_method().into_response();
    }
    answer(site.audience, &name, file, request.headers(), &[])
}

/// A page that sites of these origins may embed in a frame, in addition to the server's own pages. `None` if it was not built.
pub fn page(name: &str, asked: &HeaderMap, ancestors: &[String]) -> Option<Response> {
    Built::get(name).map(|file| answer(Audience::ThisServer, name, file, asked, ancestors))
}

/// A page with more elements at the end of its head, which no cache keeps. `None` if it was not built.
pub fn page_with(name: &str, asked: &HeaderMap, ancestors: &[String], head: &str) -> Option<Response> {
    let file = Built::get(name)?;
    let page = String::from_utf8_lossy(&file.data).replacen("</head>", &format!("{head}</head>"), 1);
    let mut response = Body::from(page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy(Audience::ThisServer, asked, ancestors)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    protect(headers);
    Some(response)
}

fn moved(to: &'static str) -> Response {
    let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(to));
    protect(response.headers_mut());
    response
}

fn answer(audience: Audience, name: &str, file: EmbeddedFile, asked: &HeaderMap, ancestors: &[String]) -> Response {
    let gzip = accepts_gzip(asked);
    let etag = etag(&file, gzip);
    let is_known = asked.get_all(header::IF_NONE_MATCH).iter().any(|known| {
        known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag))
    });
    let mime = content_type(file.metadata.mimetype());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if gzip {
        Body::from(compressed(&file)).into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, &mime);
    set(header::ETAG, &etag);
    set(header::VARY, "accept-encoding");
    if gzip && !is_known {
        set(header::CONTENT_ENCODING, "gzip");
    }
    let lasting = if name.contains(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    set(header::CACHE_CONTROL, lasting);
    set(header::CONTENT_SECURITY_POLICY, &policy(audience, asked, ancestors));
    if audience == Audience::AllSites {
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    }
    protect(headers);
    response
}

/// Whether the browser accepts gzip: `Accept-Encoding` names `gzip` with a weight other than 0.
fn accepts_gzip(asked: &HeaderMap) -> bool {
    let codings = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|codings| codings.to_str().ok());
    codings.flat_map(|codings| codings.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// A file in gzip. Each file is compressed once and kept in memory.
fn compressed(file: &EmbeddedFile) -> Bytes {
    static KEPT: LazyLock<Mutex<HashMap<[u8; 32], Bytes>>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = file.metadata.sha256_hash();
    if let Some(body) = kept.get(&hash) {
        return body.clone();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let _ = encoder.write_all(&file.data);
    let body = Bytes::from(encoder.finish().unwrap_or_default());
    kept.insert(hash, body.clone());
    body
}

/// Adds the headers of everything that a browser may show: the browser must not guess types, and must not send the address
/// of the page to other sites.
pub fn protect(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

fn etag(file: &EmbeddedFile, gzip: bool) -> String {
    let hash: String = file.metadata.sha256_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}{}\"", if gzip { "-gzip" } else { "" })
}

fn content_type(mime: &str) -> String {
    if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}

/// The Content Security Policy: only files of this server run and load. A page that holds an API key makes no markup from text,
/// opens no socket and is not framed. WebSocket addresses are listed explicitly, because some browsers do not include `ws:` in
/// `'self'`. Sites of the origins in `ancestors`, which were checked when they were set, may show the page in a frame.
fn policy(audience: Audience, asked: &HeaderMap, ancestors: &[String]) -> String {
    if audience == Audience::Itself {
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
            .to_owned();
    }
    let host = asked.get(header::HOST).and_then(|host| host.to_str().ok());
    // The name of the host becomes part of a header, so any other characters are refused.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let sockets = match host.filter(|host| !host.is_empty() && host.bytes().all(is_name)) {
        Some(host) => format!(" ws://{host} wss://{host}"),
        None => String::new(),
    };
    let ancestors: String = ancestors.iter().map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{sockets}; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'{ancestors}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_host_is_not_copied_into_the_content_security_policy() {
        let policy_for = |host: &str| {
            let host = HeaderValue::from_str(host).expect("a header value");
            policy(Audience::ThisServer, &HeaderMap::from_iter([(header::HOST, host)]), &[])
        };
        assert!(
            policy_for("chat.example:8080").contains("connect-src 'self' ws://chat.example:8080 wss://chat.example:8080;")
        );
        assert!(policy_for("x; script-src *").contains("connect-src 'self';"));
    }

    #[test]
    fn a_body_is_compressed_for_a_browser_that_takes_gzip() {
        let accepts = |codings: &'static str| {
            accepts_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(codings))]))
        };
        assert!(accepts("gzip") && accepts("br, GZIP;q=0.5") && accepts("deflate,gzip"));
        assert!(!accepts("br") && !accepts("gzip;q=0") && !accepts("x-gzip") && !accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn text_assets_declare_their_encoding() {
        assert_eq!(content_type("text/html"), "text/html; charset=utf-8");
        assert_eq!(content_type("image/svg+xml"), "image/svg+xml");
    }
}
