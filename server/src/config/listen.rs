//! Where the server listens, and for which pages.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::setting::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting { key: "listen.public", kind: Kind::Address },
    Setting { key: "listen.internal", kind: Kind::Address },
    Setting { key: "listen.origins", kind: Kind::List },
];

/// Addresses and origins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// For clients: WebSocket, HTTP API, page. Default `127.0.0.1:8080`.
    pub public: SocketAddr,
    /// For operators: health and metrics, without authentication; keep it off the internet. Default `127.0.0.1:8081`.
    pub internal: SocketAddr,
    /// Origins (`https://app.example`) whose pages may connect. Default none: only pages this server itself served, that is,
    /// whose origin has the host of the request.
    pub origins: Vec<String>,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            public: (Ipv4Addr::LOCALHOST, 8080).into(),
            internal: (Ipv4Addr::LOCALHOST, 8081).into(),
            origins: Vec::new(),
        }
    }
}

impl Listen {
    /// What is wrong with an origin, if anything. Browsers send `scheme://host[:port]` and nothing behind.
    pub(super) fn origin_problem(origin: &str) -> Option<String> {
        let Some((scheme, host)) = origin.split_once("://") else {
            return Some(format!("`{origin}` has no scheme"));
        };
        if !matches!(scheme, "http" | "https") {
            return Some(format!("`{origin}` is neither http nor https"));
        }
        if host.is_empty() || host.contains(['/', '?', '#', '@', '*', ' ']) || host != host.to_ascii_lowercase() {
            return Some(format!("`{origin}` is not `scheme://host` or `scheme://host:port` in small letters"));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_send_them() {
        for good in ["https://app.example", "http://localhost:3000", "https://xn--caf-dma.example"] {
            assert_eq!(Listen::origin_problem(good), None);
        }
        for bad in
            ["app.example", "https://app.example/", "https://*.example", "https://", "ws://a", "https://App.example", "null"]
        {
            assert!(Listen::origin_problem(bad).is_some(), "{bad}");
        }
    }
}
