//! Which pages may connect. Browsers send no cookie that counts here, yet a foreign page has no business on this socket.

use http::{HeaderMap, header};

/// A request without `Origin` comes from no page. Without a list, a page must come from the host it connects to.
#[must_use]
pub fn allowed(headers: &HeaderMap, origins: &[String]) -> bool {
    let mut sent = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = sent.next() else { return true };
    let (Ok(origin), None) = (origin.to_str(), sent.next()) else { return false };
    if !origins.is_empty() {
        return origins.iter().any(|allowed| allowed == origin);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let same = |scheme: &str| {
        origin.strip_prefix(scheme).is_some_and(|from| host.is_some_and(|host| host.eq_ignore_ascii_case(from)))
    };
    same("https://") || same("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_table() {
        let list = ["https://app.example".to_owned()];
        for (origin, host, origins, expected) in [
            (None, "chat.example", &[][..], true),
            (Some("https://chat.example"), "chat.example", &[], true),
            (Some("http://localhost:8080"), "localhost:8080", &[], true),
            (Some("http://localhost:3000"), "localhost:8080", &[], false),
            (Some("https://evil.example"), "chat.example", &[], false),
            (Some("https://chat.example.evil.example"), "chat.example", &[], false),
            (Some("null"), "chat.example", &[], false),
            (Some("https://app.example"), "chat.example", &list, true),
            (Some("https://chat.example"), "chat.example", &list, false),
            (Some("http://app.example"), "chat.example", &list, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().expect("a header"));
            }
            assert_eq!(allowed(&headers, origins), expected, "{origin:?} at {host}");
        }
    }

    #[test]
    fn two_origins_are_none() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "a".parse().expect("a header"));
        headers.append(header::ORIGIN, "https://a".parse().expect("a header"));
        headers.append(header::ORIGIN, "https://a".parse().expect("a header"));
        assert!(!allowed(&headers, &[]));
    }
}
