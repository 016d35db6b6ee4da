//! Decides which web pages may open a WebSocket. The server does not authenticate by cookies, so a foreign page could not
//! act for a user. It is refused nevertheless, because it has no reason to connect.

use http::{HeaderMap, HeaderName, header};

/// The host name that the client sent to a proxy, if the proxy uses another name for this server. A page can't set this
/// header on a WebSocket.
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The `Origin` header of a request. `None` if the request has no such header: it comes from no page.
///
/// # Errors
/// [`NotAnOrigin`] if the header occurs more than once or is no text, which no browser sends.
pub fn from_headers(headers: &HeaderMap) -> Result<Option<&str>, NotAnOrigin> {
    let mut values = headers.get_all(header::ORIGIN).iter();
    match (values.next().map(|origin| origin.to_str()), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(origin)), None) => Ok(Some(origin)),
        _ => Err(NotAnOrigin),
    }
}

/// The request has more than one `Origin` header, or an `Origin` header that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnOrigin;

/// The origin of a page of another site. `None` for the server's own page, which may always connect, and for a request that
/// comes from no page. For a wrong header ([`NotAnOrigin`]) the result is an empty text, which is the origin of no page.
#[must_use]
pub fn foreign(headers: &HeaderMap) -> Option<&str> {
    from_headers(headers).unwrap_or(Some("")).filter(|origin| !is_own(origin, headers))
}

/// Whether the origin names the host of the request. This holds for the server's own page.
#[must_use]
pub fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let Some((scheme, origin_host)) = origin.split_once("://") else { return false };
    // A proxy may end TLS, so only the scheme of the origin is known. Browsers omit the default port of a scheme, and other
    // clients may send it.
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let without_port = |host: &str| host.strip_suffix(default_port).unwrap_or(host).to_ascii_lowercase();
    let requested_hosts = headers.get_all(header::HOST).iter().chain(headers.get_all(X_FORWARDED_HOST));
    requested_hosts
        .filter_map(|hosts| hosts.to_str().ok())
        .flat_map(|hosts| hosts.split(','))
        .any(|host| !host.trim().is_empty() && without_port(host.trim()) == without_port(origin_host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, host.parse().expect("a header"))])
    }

    #[test]
    fn an_origin_with_the_host_of_the_request_is_the_servers_own_page() {
        for (origin, host, expected) in [
            ("https://chat.example", "chat.example", true),
            ("http://localhost:8080", "localhost:8080", true),
            ("http://localhost:3000", "localhost:8080", false),
            ("https://evil.example", "chat.example", false),
            ("https://chat.example.evil.example", "chat.example", false),
            ("null", "chat.example", false),
            ("null", "null", false),
            ("capacitor://localhost", "localhost", false),
            // The default port may be given. The default port of the other scheme is another server.
            ("https://chat.example", "chat.example:443", true),
            ("https://chat.example:443", "chat.example", true),
            ("http://chat.example", "CHAT.example:80", true),
            ("http://chat.example", "chat.example:443", false),
            ("https://chat.example", "chat.example:80", false),
            ("https://chat.example:8443", "chat.example:8443", true),
            ("https://chat.example:8443", "chat.example", false),
            ("https://[::1]", "[::1]:443", true),
            ("https://", "", false),
        ] {
            assert_eq!(is_own(origin, &headers(host)), expected, "{origin:?} at {host}");
        }
    }

    #[test]
    fn a_page_behind_a_proxy_with_another_host_name_is_the_servers_own_page() {
        let mut headers = headers("127.0.0.1:8080");
        assert!(!is_own("https://chat.example", &headers));
        headers.insert(X_FORWARDED_HOST, "chat.example, inner.example".parse().expect("a header"));
        assert!(is_own("https://chat.example", &headers));
        assert!(!is_own("https://evil.example", &headers));
    }

    #[test]
    fn a_request_with_two_origins_has_no_valid_origin() {
        let mut headers = headers("a");
        assert_eq!(from_headers(&headers), Ok(None));
        headers.append(header::ORIGIN, "https://a".parse().expect("a header"));
        assert_eq!(from_headers(&headers), Ok(Some("https://a")));
        headers.append(header::ORIGIN, "https://a".parse().expect("a header"));
        assert_eq!(from_headers(&headers), Err(NotAnOrigin));
    }
}
