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
    }
}

impl Listen {
    /// The problem of an origin, if any. Browsers send `scheme://host[:port]` without a path, or `null`.
    pub(super) fn origin_problem(origin: &str) -> Option<String> {
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
