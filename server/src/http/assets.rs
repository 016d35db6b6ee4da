//! The files for browsers: the messenger page at `/`, the administration page at `/admin/`, the widget for other sites under
//! `/widget/`, and the page for frames of other sites under `/embed/`. The files are part of the binary. A debug build reads
//! them from the source tree, so that a rebuilt page is served at once. The server can be built without these files, so that
//! cargo does not depend on npm.

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

/// The files that `npm run build` writes.
#[derive(RustEmbed)]
#[folder = "../client-sdk/web/dist"]
#[allow_missing = true]
struct BuiltFiles;

/// A folder of [`BuiltFiles`] and the path at which it is served.
struct Site {
    /// The path, without the leading slash.
    path: &'static str,
    /// The folder in the built files.
    folder: &'static str,
    /// Which pages may use the files.
    audience: Audience,
}

/// Which pages may use the files of a site.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Only the page of the site. No page may embed it in a frame.
    Itself,
    /// The pages of this server.
    ThisServer,
    /// Pages of all sites.
    AllSites,
}

/// The sites. A request is served by the first site whose path is a prefix of the path of the request.
static SITES: [Site; 4] = [
    Site { path: "admin/", folder: "admin/", audience: Audience::Itself },
    // `/embed/{tenant}` is a separate route, which answers with `page`.
    Site { path: "embed/", folder: "embed/", audience: Audience::ThisServer },
    Site { path: "widget/", folder: "widget/", audience: Audience::AllSites },
    Site { path: "", folder: "messenger/", audience: Audience::ThisServer },
];

/// A folder of files whose names contain a hash of the content, so that caches can keep them forever.
const HASHED: &str = "/assets/";

/// Serves a file of a site, and `index.html` at the path of the site.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    // A page loads its files by paths relative to its own path, so the path must end with a slash. The redirect is relative,
    // because a proxy may serve the page at another path, such as `/chat/admin`.
    let without_slash = SITES.iter().find(|site| site.path.strip_suffix('/') == Some(path));
    if let Some(site) = without_slash.filter(|site| BuiltFiles::get(&format!("{}index.html", site.folder)).is_some()) {
        return redirect(site.path);
    }
    let site = SITES.iter().find(|site| path.starts_with(site.path));
    let file = site.and_then(|site| {
        let file = path.strip_prefix(site.path).filter(|file| !file.is_empty()).unwrap_or("index.html");
        let name = format!("{}{file}", site.folder);
        Some((site, BuiltFiles::get(&name)?, name))
    });
    let Some((site, file, name)) = file else {
        let mut response = Problem::no_such_path().into_response();
        // The header lets a page of another origin read this answer if the page connects to a wrong path.
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        return response;
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::wrong_method().into_response();
    }
    answer(site.audience, &name, file, request.headers(), &[])
}

/// The response with a page that pages of the origins `ancestors` may embed in a frame, in addition to the server's own
/// pages. `None` if the page was not built.
pub fn page(name: &str, request_headers: &HeaderMap, ancestors: &[String]) -> Option<Response> {
    BuiltFiles::get(name).map(|file| answer(Audience::ThisServer, name, file, request_headers, ancestors))
}

/// Like [`page`], with the HTML `head` added at the end of the page's `<head>`. Caches must not store this response.
pub fn page_with(name: &str, request_headers: &HeaderMap, ancestors: &[String], head: &str) -> Option<Response> {
    let file = BuiltFiles::get(name)?;
    let page = String::from_utf8_lossy(&file.data).replacen("</head>", &format!("{head}</head>"), 1);
    let mut response = Body::from(page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy(Audience::ThisServer, request_headers, ancestors)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    protect(headers);
    Some(response)
}

/// A permanent redirect to this path.
fn redirect(to: &'static str) -> Response {
    let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(to));
    protect(response.headers_mut());
    response
}

/// The response with a file, or 304 if the browser has the file already.
fn answer(
    audience: Audience,
    name: &str,
    file: EmbeddedFile,
    request_headers: &HeaderMap,
    ancestors: &[String],
) -> Response {
    let gzip = accepts_gzip(request_headers);
    let etag = etag(&file, gzip);
    let is_cached = request_headers.get_all(header::IF_NONE_MATCH).iter().any(|known| {
        known.to_str().is_ok_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == etag))
    });
    let mime = content_type(file.metadata.mimetype());
    let mut response = if is_cached {
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
    if gzip && !is_cached {
        set(header::CONTENT_ENCODING, "gzip");
    }
    let cache_control = if name.contains(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    set(header::CACHE_CONTROL, cache_control);
    set(header::CONTENT_SECURITY_POLICY, &policy(audience, request_headers, ancestors));
    if audience == Audience::AllSites {
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    }
    protect(headers);
    response
}

/// Whether the browser accepts gzip: `Accept-Encoding` names `gzip` with a weight other than 0.
fn accepts_gzip(request_headers: &HeaderMap) -> bool {
    let codings = request_headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|codings| codings.to_str().ok());
    codings.flat_map(|codings| codings.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// A file compressed with gzip. Each file is compressed only once; the result stays in memory.
fn compressed(file: &EmbeddedFile) -> Bytes {
    static CACHE: LazyLock<Mutex<HashMap<[u8; 32], Bytes>>> = LazyLock::new(Mutex::default);
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = file.metadata.sha256_hash();
    if let Some(body) = cache.get(&hash) {
        return body.clone();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let _ = encoder.write_all(&file.data);
    let body = Bytes::from(encoder.finish().unwrap_or_default());
    cache.insert(hash, body.clone());
    body
}

/// Adds the headers of each response that a browser may show. With them, the browser does not guess content types and does
/// not send the address of the page to other sites.
pub fn protect(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The entity tag of a file, which differs between the compressed and the uncompressed form.
fn etag(file: &EmbeddedFile, gzip: bool) -> String {
    let hash: String = file.metadata.sha256_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}{}\"", if gzip { "-gzip" } else { "" })
}

fn content_type(mime: &str) -> String {
    if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() }
}

/// The Content Security Policy of a page. A page may run and load only files of this server, and must not make markup from
/// text. The administration page, which holds an API key, in addition must not open a WebSocket and must not be embedded in a
/// frame. WebSocket addresses are listed explicitly, because some browsers do not include `ws:` in `'self'`. Pages of the
/// origins in `ancestors` may embed the page in a frame; these origins were checked when they were set.
fn policy(audience: Audience, request_headers: &HeaderMap, ancestors: &[String]) -> String {
    if audience == Audience::Itself {
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
            .to_owned();
    }
    let host = request_headers.get(header::HOST).and_then(|host| host.to_str().ok());
    // The host becomes part of a header, so a host with other characters is left out.
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let sockets = match host.filter(|host| !host.is_empty() && host.bytes().all(is_host_byte)) {
        Some(host) => format!(" ws://{host} wss://{host}"),
        None => String::new(),
    };
    let ancestors: String = ancestors.iter().map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{sockets}; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
         trusted-types lit-html; frame-ancestors 'self'{ancestors}"
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
    fn a_body_is_compressed_for_a_browser_that_accepts_gzip() {
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
