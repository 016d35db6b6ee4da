//! Restricts the demo to requests of pages and tools on this machine.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use causerie_protocol::{ErrorCode, Refusal};
use http::{HeaderMap, HeaderName, HeaderValue, header, uri::Authority};

use crate::http::error::Problem;

const WARNING: (HeaderName, HeaderValue) = (
    HeaderName::from_static("causerie-warning"),
    HeaderValue::from_static("demo: anyone can sign in as anyone; not for production"),
);

/// Passes requests of pages and tools on this machine, and refuses all other requests. Adds a warning to every answer.
pub(super) async fn loopback_only(request: Request, next: Next) -> Response {
    let mut response = if is_local(request.headers()) {
        next.run(request).await
    } else {
        Problem::from(Refusal::new(ErrorCode::Forbidden, "the demo is for this machine only")).into_response()
    };
    let headers = response.headers_mut();
    headers.extend([WARNING]);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether `Host` and, if present, `Origin` are loopback names, and no proxy forwarded the request.
fn is_local(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    let is_loopback = |authority: &str| {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    let is_own_page =
        text(header::ORIGIN).is_none_or(|origin| origin.split_once("://").is_some_and(|(_, host)| is_loopback(host)));
    // A proxy on this machine may forward requests of other machines under a loopback name.
    let is_forwarded = [header::FORWARDED, header::VIA].iter().any(|name| headers.contains_key(name))
        || headers.keys().any(|name| name.as_str().starts_with("x-forwarded-") || name == "x-real-ip");
    text(header::HOST).is_some_and(is_loopback) && is_own_page && !is_forwarded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
        is_local(&headers)
    }

    #[test]
    fn only_loopback_names_are_local() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "127.8.8.8", "[::1]:8080"] {
            assert!(local(host, None), "{host}");
        }
        for host in ["chat.example", "127.0.0.1.example", "localhost.example:8080", "10.0.0.1", ""] {
            assert!(!local(host, None), "{host}");
        }
        assert!(local("localhost:8080", Some("http://localhost:8080")));
        assert!(!local("localhost:8080", Some("https://evil.example")));
        assert!(!local("localhost:8080", Some("null")));
        assert!(!is_local(&HeaderMap::new()));
    }
}
