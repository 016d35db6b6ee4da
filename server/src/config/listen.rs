//! The addresses the server listens on, and the origins whose pages may connect.

use std::net::{Ipv4Addr, SocketAddr};

use super::setting::Kind;

section! {
    /// Addresses and origins.
    Listen in "listen" {
        /// Address for clients: WebSocket, HTTP API, messenger page.
        public: SocketAddr = (Ipv4Addr::LOCALHOST, 8080).into(), Kind::Address;
        /// Address for operators: health and metrics, without authentication. Keep it off the public network.
        internal: SocketAddr = (Ipv4Addr::LOCALHOST, 8081).into(), Kind::Address;
        /// Origins whose pages may connect, as browsers send them: `https://app.example`, `capacitor://localhost`, or `null` for
        /// pages from files; `null` also admits sandboxed frames of any site. The server's own page may always connect.
        origins: Vec<String> = Vec::new(), Kind::List;
        /// Origins whose pages may embed the page of a tenant (`/embed/{tenant}`) in a frame: `https://app.example`, or
        /// `https://*.example` for all hosts below a domain. The server's own pages always may.
        frame_ancestors: Vec<String> = Vec::new(), Kind::List;
    }
}

impl Listen {
    /// The problem of an origin, if any. Browsers send `scheme://host[:port]` without a path, or `null`.
    #[must_use]
    pub fn origin_problem(origin: &str) -> Option<String> {
        if origin == "null" {
            return None;
        }
        let Some((scheme, host)) = origin.split_once("://") else {
            return Some(format!("`{origin}` has no scheme: write an origin such as `https://app.example.org`"));
        };
        let is_scheme = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
        if !scheme.starts_with(|first: char| first.is_ascii_lowercase()) || !scheme.bytes().all(is_scheme) {
            return Some(format!("`{origin}` does not begin with a scheme in small letters"));
        }
        match scheme {
            "ws" | "wss" => return Some(format!("`{origin}`: an origin is that of a page, which is http or https")),
            "file" => return Some(format!("`{origin}`: browsers send `null` for pages from files, so write `null`")),
            _ => {}
        }
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => ":",
        };
        if host.ends_with(default_port) {
            return Some(format!("`{origin}`: browsers leave out the default port, so leave it out"));
        }
        if host.is_empty()
            || host.contains(['/', '?', '#', '@', '*', ','])
            || !host.bytes().all(|byte| byte.is_ascii_graphic())
            || host != host.to_ascii_lowercase()
        {
            return Some(format!(
                "`{origin}` must be `scheme://host` or `scheme://host:port`, in small letters, without a path or a slash at the end"
            ));
        }
        None
    }

    /// The problem of a frame ancestor, if any: an origin without `null`, whose host may begin with `*.`.
    #[must_use]
    pub fn ancestor_problem(ancestor: &str) -> Option<String> {
        if ancestor == "null" || ancestor.contains([';', '\'', '"']) {
            return Some(format!("`{ancestor}` is no frame ancestor: write an origin such as `https://app.example.org`"));
        }
        Self::origin_problem(&ancestor.replacen("://*.", "://", 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_ancestors_are_origins_or_all_hosts_below_a_domain() {
        for good in ["https://app.example", "https://*.example", "http://localhost:3000", "https://*.a.example:8443"] {
            assert_eq!(Listen::ancestor_problem(good), None);
        }
        for bad in
            ["null", "*", "https://*", "https://a.*.example", "https://a.example; script-src *", "'self'", "https://a/'x'"]
        {
            assert!(Listen::ancestor_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn origins_must_have_the_form_that_browsers_send() {
        for good in [
            "https://app.example",
            "http://localhost:3000",
            "https://xn--caf-dma.example",
            "http://[::1]:3000",
            "capacitor://localhost",
            "tauri://localhost",
            "chrome-extension://abcdefghijklmnop",
            "null",
        ] {
            assert_eq!(Listen::origin_problem(good), None);
        }
        for bad in [
            "app.example",
            "https://app.example/",
            "https://*.example",
            "*",
            "https://",
            "://app.example",
            "ws://a",
            "file://",
            "https://App.example",
            "HTTPS://app.example",
            "https://app.example:443",
            "http://app.example:80",
            "https://café.example",
            "https://a.example,https://b.example",
            "NULL",
        ] {
            assert!(Listen::origin_problem(bad).is_some(), "{bad}");
        }
    }
}
